// gateway: tests of identity providers that publish what they should not, or for ever: they let nobody in, harm nothing, and show in health.
import { eventually } from '@staffetta/platform/bus/conformance-kit.ts';
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWK } from 'jose';
import assert from 'node:assert/strict';
import { createSign, generateKeyPairSync, randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { after, before, describe, test, type TestContext } from 'node:test';
import {
  arubaKey,
  echo,
  startGateway,
  startService,
  type TestGateway,
  type TestService,
} from '../../gateway-test-kit.ts';
import { audience, hubSettings } from './provider-test-kit.ts';

type Say = (response: ServerResponse) => void;

const json =
  (content: unknown): Say =>
  (response) =>
    void response.setHeader('content-type', 'application/json').end(JSON.stringify(content));
const status =
  (code: number): Say =>
  (response) =>
    void response.writeHead(code, { 'content-type': 'application/json' }).end('{}');
const page: Say = (response) => void response.setHeader('content-type', 'text/html').end('<h1>Please log in</h1>');
const redirect =
  (to: string): Say =>
  (response) =>
    void response.writeHead(302, { location: to }).end();
const silence: Say = () => undefined;
const breakOff: Say = (response) => {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': 500 });
  response.write('{"issuer":', () => response.destroy());
};
/** Blanks before a JSON text are allowed, and these never end. */
const flood: Say = (response) => {
  response.writeHead(200, { 'content-type': 'application/json' });
  const blanks = ' '.repeat(64 * 1024);
  const pour = (): void => {
    while (!response.destroyed && response.write(blanks));
  };
  response.on('drain', pour);
  pour();
};
const drip: Say = (response) => {
  response.writeHead(200, { 'content-type': 'application/json' });
  const timer = setInterval(() => response.write(' '), 10);
  response.on('close', () => clearInterval(timer));
};

/** Nobody waits for these longer than is set. */
const endless = new Set<Say>([silence, drip]);

let service: TestService;
let pair: { privateKey: CryptoKey; publicKey: CryptoKey };
let publicKey: JWK;

before(async () => {
  service = await startService((incoming, response) => void echo(incoming, response));
  pair = await generateKeyPair('RS256', { extractable: true });
  publicKey = { ...(await exportJWK(pair.publicKey)), kid: 'one', use: 'sig', alg: 'RS256' };
});
after(() => service.stop());

/** A provider that says what a test wants and else what is right, and a gateway that believes it. */
async function openOdd(t: TestContext, odd: { description?: Say; keys?: Say; fields?: Record<string, unknown> } = {}) {
  const wishes = { ...odd };
  const provider = await startService((incoming, response) => {
    const { issuer } = known;
    const right = {
      issuer,
      authorization_endpoint: `${issuer}/auth`,
      token_endpoint: `${issuer}/token`,
      jwks_uri: `${issuer}/jwks`,
    };
    if (incoming.url === '/jwks') return (wishes.keys ?? json({ keys: [publicKey] }))(response);
    // Where a redirect would lead: there all is well.
    if (incoming.url === '/elsewhere/jwks') return json({ keys: [publicKey] })(response);
    if (incoming.url === '/elsewhere/description') return json(right)(response);
    return (wishes.description ?? json({ ...right, ...wishes.fields }))(response);
  });
  const known = { issuer: provider.url };
  const isSlow = [odd.description, odd.keys].some((one) => one !== undefined && endless.has(one));
  const gateway = await startGateway(service.url, { ...hubSettings(known), ...(isSlow && { oidcTimeoutMs: 250 }) });
  t.after(async () => {
    await gateway.stop();
    await provider.stop();
  });
  return { provider, gateway, wishes, issuer: provider.url };
}

function claimsFor(gateway: TestGateway, issuer: string) {
  const now = Math.floor(gateway.clock.now().getTime() / 1000);
  const who = { sub: 'erp', aud: audience, client_id: 'erp', roles: ['invoice-admin'] };
  return { iss: issuer, ...who, iat: now, exp: now + 3600, jti: randomUUID() };
}

async function askWith({ gateway, issuer }: { gateway: TestGateway; issuer: string }, key = pair.privateKey) {
  const token = await new SignJWT(claimsFor(gateway, issuer))
    .setProtectedHeader({ alg: 'RS256', kid: 'one' })
    .sign(key);
  return gateway.ask('GET', '/sender/x', { authorization: `Bearer ${token}` });
}

async function healthOf(gateway: TestGateway): Promise<string | undefined> {
  const { status: code, text } = await gateway.ask('GET', '/actuator/health');
  assert.equal(code, 200, text);
  const { components } = JSON.parse(text) as { components: Record<string, { status: string }> };
  return components['identityProvider']?.status;
}

const descriptions: Record<string, { description?: Say; fields?: Record<string, unknown> }> = {
  'has another issuer': { fields: { issuer: 'https://evil.example' } },
  'has an issuer with another path': { fields: { issuer: 'http://127.0.0.1/realms/other' } },
  'has no issuer': { fields: { issuer: undefined } },
  'names no keys': { fields: { jwks_uri: undefined } },
  'names keys at no address': { fields: { jwks_uri: 'jwks' } },
  'names keys in a file': { fields: { jwks_uri: 'file:///etc/hostname' } },
  'names keys that it brings': { fields: { jwks_uri: 'data:application/json,{"keys":[]}' } },
  'sends browsers to a script': { fields: { authorization_endpoint: 'javascript:alert(1)' } },
  'sends secrets to a file': { fields: { token_endpoint: 'file:///tmp/x' } },
  'is a page': { description: page },
  'is nothing': { description: json(null) },
  'is a list': { description: json([]) },
  'is not there': { description: status(404) },
  'is in trouble': { description: status(500) },
  'lies elsewhere': { description: redirect('/elsewhere/description') },
  'breaks off': { description: breakOff },
  'never comes': { description: silence },
  'never ends': { description: flood },
  'comes too slowly': { description: drip },
};

const keySets: Record<string, Say> = {
  'are a page': page,
  'are nothing': json(null),
  'are no list': json({ keys: 5 }),
  'are missing': json({}),
  'are a list of nothing': json({ keys: [null] }),
  'are not there': status(404),
  'lie elsewhere': redirect('/elsewhere/jwks'),
  'break off': breakOff,
  'never come': silence,
  'never end': flood,
  'come too slowly': drip,
};

const whole = {
  ...Object.fromEntries(Object.entries(descriptions).map(([what, odd]) => [`whose description ${what}`, odd])),
  ...Object.fromEntries(Object.entries(keySets).map(([what, keys]) => [`whose keys ${what}`, { keys }])),
};

describe('a provider lets nobody in', () => {
  for (const [what, odd] of Object.entries(whole)) {
    test(what, async (t) => {
      const here = await openOdd(t, odd);
      const { gateway, wishes } = here;
      const refused = await askWith(here);
      assert.equal(refused.status, 503, refused.text);
      assert.match(refused.text, /The identity provider does not answer as it should/);
      assert.ok(!refused.text.includes('evil'), 'what it said is not repeated');
      assert.equal((await gateway.ask('GET', '/signin')).status, 503);
      assert.equal((await gateway.ask('GET', '/sender/x', arubaKey)).status, 200, 'keys go on');
      assert.equal(await healthOf(gateway), 'DEGRADED');
      for (const name of Object.keys(wishes)) delete wishes[name as keyof typeof wishes];
      // On a busy machine what is right may come late too.
      await eventually('it counts once it is right', async () => {
        gateway.clock.turn(2000);
        return (await askWith(here)).status === 200;
      });
      assert.equal(await healthOf(gateway), 'UP');
    });
  }
});

test('a provider that becomes odd while it is known lets in by its known keys, and health says so', async (t) => {
  const here = await openOdd(t);
  const { gateway, wishes } = here;
  assert.equal((await askWith(here)).status, 200);
  const stranger = await generateKeyPair('RS256');
  const others = { ...(await exportJWK(stranger.publicKey)), kid: 'one', alg: 'RS256' };
  Object.assign(wishes, { fields: { issuer: 'https://evil.example' }, keys: json({ keys: [others] }) });
  gateway.clock.turn(700_000);
  assert.equal((await askWith(here)).status, 200);
  await eventually('health says so', async () => (await healthOf(gateway)) === 'DEGRADED');
  assert.equal((await askWith(here)).status, 200);
  assert.equal((await askWith(here, stranger.privateKey)).status, 401);
});

describe('a key that is published lets nobody in', () => {
  const publishes: Record<string, () => Promise<unknown[]>> = {
    'with its private half': async () => [{ ...(await exportJWK(pair.privateKey)), kid: 'one', alg: 'RS256' }],
    'for encryption': async () => [{ ...publicKey, use: 'enc' }],
    'for another algorithm': async () => [{ ...publicKey, alg: 'PS256' }],
    'for signing alone': async () => [{ ...publicKey, use: undefined, key_ops: ['sign'] }],
    'twice with one name': async () => {
      const other = await generateKeyPair('RS256');
      return [publicKey, { ...(await exportJWK(other.publicKey)), kid: 'one', alg: 'RS256' }];
    },
    'under another name': async () => [{ ...publicKey, kid: 'two' }],
    'in half': async () => [{ ...publicKey, n: undefined }],
    'of an unknown kind': async () => [{ ...publicKey, kty: 'XX' }],
    'as a secret': async () => [{ kty: 'oct', k: 'c2VjcmV0', kid: 'one' }],
  };
  for (const [what, keys] of Object.entries(publishes)) {
    test(what, async (t) => {
      const here = await openOdd(t, { keys: json({ keys: await keys() }) });
      const { status: code, text } = await askWith(here);
      assert.equal(code, 401, text);
      assert.match(text, /The (?:token|signature)/);
    });
  }

  test('that is too short', async (t) => {
    const short = generateKeyPairSync('rsa', { modulusLength: 1024 });
    const weak = { ...short.publicKey.export({ format: 'jwk' }), kid: 'one', alg: 'RS256' };
    const { gateway, issuer } = await openOdd(t, { keys: json({ keys: [weak] }) });
    const part = (content: unknown): string => Buffer.from(JSON.stringify(content)).toString('base64url');
    const said = `${part({ alg: 'RS256', kid: 'one' })}.${part(claimsFor(gateway, issuer))}`;
    const signature = createSign('RSA-SHA256').update(said).sign(short.privateKey, 'base64url');
    const answer = await gateway.ask('GET', '/sender/x', { authorization: `Bearer ${said}.${signature}` });
    assert.equal(answer.status, 401, answer.text);
  });
});
