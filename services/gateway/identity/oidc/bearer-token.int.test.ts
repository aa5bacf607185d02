// gateway: tests of machines that sign in by access token, and of all that only looks like one.
import { exportSPKI, generateKeyPair, importJWK, SignJWT, UnsecuredJWT, type JWTHeaderParameters } from 'jose';
import assert from 'node:assert/strict';
import { after, before, describe, test, type TestContext } from 'node:test';
import { echo, startGateway, startService, type TestGateway, type TestService } from '../../gateway-test-kit.ts';
import { audience, hubSettings, startProvider, type TestProvider } from './provider-test-kit.ts';

let provider: TestProvider;
let service: TestService;
let gateway: TestGateway;

before(async () => {
  service = await startService((incoming, response) => void echo(incoming, response));
  provider = await startProvider();
  gateway = await startGateway(service.url, hubSettings(provider));
});

after(async () => {
  await gateway.stop();
  await provider.stop();
  await service.stop();
});

const nowS = () => Math.floor(gateway.clock.now().getTime() / 1000);

/** Claims that would count. */
function claims(more: Record<string, unknown> = {}): Record<string, unknown> {
  const [iat, exp] = [nowS(), nowS() + 300];
  return {
    iss: provider.issuer,
    sub: 'erp',
    aud: audience,
    client_id: 'erp',
    roles: ['invoice-admin'],
    iat,
    exp,
    ...more,
  };
}

async function withToken(token: string, path = '/me', method = 'GET', at = gateway) {
  const answer = await at.ask(method, path, { authorization: `Bearer ${token}` });
  return { ...answer, challenge: String(answer.headers['www-authenticate']) };
}

async function assertRefused(token: string, words: RegExp): Promise<void> {
  const { status, text, challenge } = await withToken(token);
  assert.equal(status, 401, text);
  assert.match(text, words);
  assert.match(challenge, /^Bearer realm="staffetta", error="invalid_token", error_description="[^"\\]+"$/);
}

describe('a token', () => {
  test('of a program that the provider issued counts for what its claims say', async () => {
    const token = await provider.tokenOf('erp');
    const { status, text } = await withToken(token);
    assert.equal(status, 200, text);
    const { until, ...rest } = JSON.parse(text) as Record<string, unknown>;
    assert.deepEqual(rest, { name: 'erp', roles: ['CUSTOMER'], customerId: 2, how: 'token' });
    assert.match(String(until), /^\d{4}-/);
    assert.equal((await withToken(token, '/receiver/api/salvaFatturaInterna', 'POST')).status, 200);
    const denied = await withToken(token, '/sender/api/mails');
    assert.equal(denied.status, 403);
    assert.match(denied.challenge, /error="insufficient_scope"/);
  });

  test('goes no further than the gateway', async () => {
    const { text } = await withToken(await provider.tokenOf('other-erp'), '/sender/x');
    const { headers } = JSON.parse(text) as { headers: Record<string, string> };
    assert.equal(headers['authorization'], undefined);
    assert.ok(headers['x-staffetta-caller']);
  });

  test('may be called an access token or nothing, in any letters', async () => {
    for (const typ of ['at+jwt', 'application/at+jwt', 'AT+JWT', 'JWT', undefined]) {
      const header = typ === undefined ? {} : { typ };
      assert.equal((await withToken(await provider.sign(claims(), header))).status, 200, typ);
    }
    const several = await provider.sign(claims({ aud: ['account', audience] }));
    assert.equal((await withToken(several)).status, 200);
  });

  test('without a role that counts is known and may nothing', async () => {
    const { status, text, challenge } = await withToken(await provider.sign(claims({ roles: ['other'] })));
    assert.equal(status, 403);
    assert.match(text, /no role that counts here/);
    assert.match(challenge, /error="insufficient_scope"/);
  });

  test('of a customer without a customer may nothing', async () => {
    const { status, text } = await withToken(await provider.sign(claims({ roles: ['cliente'] })));
    assert.equal(status, 403);
    assert.match(text, /customer_id.*names no customer/);
  });

  test('is looked at once and then believed until it ends', async () => {
    const token = await provider.sign(claims({ jti: 'once' }));
    assert.equal((await withToken(token)).status, 200);
    gateway.clock.turn(290_000);
    assert.equal((await withToken(token)).status, 200);
    gateway.clock.turn(41_000);
    await assertRefused(token, /expired/);
    gateway.clock.turn(-331_000);
  });
});

describe('a token is refused that', () => {
  test('is signed by nobody', async () => {
    const unsigned = new UnsecuredJWT(claims()).encode();
    await assertRefused(unsigned, /cannot be read|algorithm/);
    const [, body] = (await provider.sign(claims())).split('.');
    for (const alg of ['none', 'None', 'NONE', '']) {
      const head = Buffer.from(JSON.stringify({ alg, typ: 'at+jwt' })).toString('base64url');
      await assertRefused(`${head}.${body}.`, /cannot be read|algorithm/);
      await assertRefused(`${head}.${body}.AAAA`, /cannot be read|algorithm/);
    }
  });

  test('is signed with the public key as if it were a secret', async () => {
    const [jwk] = await provider.keys();
    const pem = await exportSPKI((await importJWK(jwk!, 'RS256', { extractable: true })) as never);
    for (const secret of [pem, pem.trim(), JSON.stringify(jwk), jwk!.n!]) {
      const header: JWTHeaderParameters = { alg: 'HS256', kid: jwk!.kid! };
      const token = await new SignJWT(claims()).setProtectedHeader(header).sign(Buffer.from(secret));
      await assertRefused(token, /algorithm/);
    }
  });

  test('is signed with another key under the same name', async () => {
    const { privateKey } = await generateKeyPair('RS256');
    await assertRefused(await provider.sign(claims(), {}, privateKey), /signature of the token is wrong/);
  });

  test('brings or names its own key', async (t) => {
    const { privateKey, publicKey } = await generateKeyPair('RS256', { extractable: true });
    const jwk = await crypto.subtle.exportKey('jwk', publicKey);
    let asked = 0;
    const evil = await startService((_incoming, response) => {
      asked += 1;
      response.end(JSON.stringify({ keys: [{ ...jwk, kid: 'evil' }] }));
    });
    t.after(() => evil.stop());
    const headers: Partial<JWTHeaderParameters>[] = [
      { jwk, kid: 'evil' },
      { jku: `${evil.url}/keys`, kid: 'evil' },
      { x5u: `${evil.url}/chain`, kid: 'evil' },
      { kid: `${evil.url}/keys` },
      { kid: '../../../../dev/null' },
      { kid: "x' UNION SELECT 'key" },
      { kid: '__proto__' },
      { kid: 'evil', x5c: ['AAAA'] },
    ];
    for (const header of headers) {
      await assertRefused(await provider.sign(claims(), header, privateKey), /key that its issuer does not publish/);
    }
    const known = await provider.sign(claims(), { jwk }, privateKey);
    await assertRefused(known, /signature of the token is wrong/);
    assert.equal(asked, 0);
  });

  test('asks for something that we do not understand', async () => {
    const header = { crit: ['b64x'], b64x: true } as unknown as Partial<JWTHeaderParameters>;
    const token = await provider.sign(claims(), {});
    const [head = '', body, signature] = token.split('.');
    const changed = { ...(JSON.parse(Buffer.from(head, 'base64url').toString()) as object), ...header };
    await assertRefused(
      `${Buffer.from(JSON.stringify(changed)).toString('base64url')}.${body}.${signature}`,
      /read|wrong/,
    );
  });

  test('was changed after it was signed', async () => {
    const [head, , signature] = (await provider.sign(claims({ roles: ['cliente'], customer_id: 2 }))).split('.');
    const body = Buffer.from(JSON.stringify(claims())).toString('base64url');
    await assertRefused(`${head}.${body}.${signature}`, /signature of the token is wrong/);
  });

  const wrong: [title: string, more: () => Record<string, unknown>, words: RegExp][] = [
    ['comes from another issuer', () => ({ iss: 'https://evil.example' }), /another issuer/],
    ['comes from an issuer spelt otherwise', () => ({ iss: `${provider.issuer}/` }), /another issuer/],
    ['has no issuer', () => ({ iss: undefined }), /another issuer/],
    ['was made for another hub', () => ({ aud: 'urn:other' }), /another audience/],
    ['was made for a client', () => ({ aud: 'hub-web' }), /another audience/],
    ['has no audience', () => ({ aud: undefined }), /another audience/],
    ['never ends', () => ({ exp: undefined }), /claim .*exp/],
    ['is nobody’s', () => ({ sub: undefined }), /claim .*sub/],
    ['has an end that is no number', () => ({ exp: '9999999999' }), /claim .*exp/],
    [
      'expired beyond the skew',
      () => ({ exp: nowS() - 31 }),
      /expired: it says exp \S+Z, and the clock of this hub \S+Z\./,
    ],
    ['begins later than the skew', () => ({ nbf: nowS() + 40 }), /not valid yet: it says nbf \S+Z, and the clock/],
    ['was made later than now', () => ({ iat: nowS() + 40 }), /not valid yet: it says iat \S+Z, and the clock/],
    ['is an ID token', () => ({ nonce: 'n' }), /no access token/],
    ['is an ID token without nonce', () => ({ at_hash: 'h' }), /no access token/],
    ['is an ID token of Keycloak', () => ({ typ: 'ID' }), /no access token/],
    ['is a refresh token of Keycloak', () => ({ typ: 'Refresh' }), /no access token/],
    ['is a logout token', () => ({ events: {} }), /no access token/],
    ['is bound to a key', () => ({ cnf: { jkt: 'x' } }), /bound to a key/],
  ];
  for (const [title, more, words] of wrong) {
    test(title, async () => assertRefused(await provider.sign(claims(more())), words));
  }

  test('says in its head that it is something else', async () => {
    for (const typ of ['logout+jwt', 'dpop+jwt', 'secevent+jwt']) {
      await assertRefused(await provider.sign(claims(), { typ }), /another type/);
    }
  });

  test('is huge, cut, or holds what no token holds', async () => {
    const huge = await provider.sign(claims({ filler: 'x'.repeat(8000) }));
    await assertRefused(huge, /larger than 8192 bytes/);
    const good = await provider.sign(claims());
    await assertRefused(good.slice(0, -20), /signature of the token is wrong/);
    await assertRefused(good.split('.').slice(0, 2).join('.'), /no JSON Web Token/);
    await assertRefused(`${good} ${good}`, /characters that no token has/);
    await assertRefused('"><script>', /characters that no token has/);
    await assertRefused('x', /no JSON Web Token/);
    const beyond = await gateway.ask('GET', '/me', { authorization: `Bearer ${'x'.repeat(20_000)}` });
    assert.equal(beyond.status, 431);
  });
});

test('both clocks may be wrong by the skew and no more', async () => {
  assert.equal((await withToken(await provider.sign(claims({ exp: nowS() - 25 })))).status, 200);
  assert.equal((await withToken(await provider.sign(claims({ nbf: nowS() + 25, iat: nowS() + 25 })))).status, 200);
});

async function gatewayWith(t: TestContext, changes: Parameters<typeof startGateway>[1], own = provider) {
  const started = await startGateway(service.url, { ...hubSettings(own), ...changes });
  t.after(() => started.stop());
  return started;
}

describe('by setting', () => {
  test('only tokens of some clients count', async (t) => {
    const strict = await gatewayWith(t, { oidcTokenClients: ['other-erp'] });
    const refused = await withToken(await provider.tokenOf('erp'), '/me', 'GET', strict);
    assert.equal(refused.status, 401);
    assert.match(refused.text, /given to a client that does not count/);
    assert.equal((await withToken(await provider.tokenOf('other-erp'), '/me', 'GET', strict)).status, 200);
  });

  test('only tokens that say what they are count', async (t) => {
    const strict = await gatewayWith(t, { oidcTokenType: 'at+jwt' });
    assert.equal((await withToken(await provider.sign(claims()), '/me', 'GET', strict)).status, 401);
    assert.equal((await withToken(await provider.sign(claims(), { typ: 'at+jwt' }), '/me', 'GET', strict)).status, 200);
  });

  test('a token may only what its scopes say', async (t) => {
    const limited = await gatewayWith(t, { oidcScopeMap: ['invoices.read=invoices:read', 'hub=operate'] });
    const reads = await provider.sign(claims({ scope: 'openid invoices.read' }));
    assert.equal((await withToken(reads, '/dbmanager/api/invoices', 'GET', limited)).status, 200);
    assert.equal((await withToken(reads, '/dbmanager/api/invoices/1', 'DELETE', limited)).status, 403);
    assert.equal((await withToken(reads, '/sender/x', 'GET', limited)).status, 403);
    assert.equal((await withToken(await provider.sign(claims()), '/sender/x', 'GET', limited)).status, 403);
    const operates = await provider.sign(claims({ scope: 'hub' }));
    assert.equal((await withToken(operates, '/sender/x', 'GET', limited)).status, 200);
  });

  test('several issuers count, each with its own keys', async (t) => {
    const other = await startProvider();
    t.after(() => other.stop());
    const both = await gatewayWith(t, { oidcIssuers: [provider.issuer, other.issuer] });
    assert.equal((await withToken(await provider.tokenOf('erp'), '/me', 'GET', both)).status, 200);
    assert.equal((await withToken(await other.tokenOf('erp'), '/me', 'GET', both)).status, 200);
    const forged = await withToken(await other.sign(claims()), '/me', 'GET', both);
    assert.equal(forged.status, 401, 'one issuer cannot speak for the other');
    assert.equal((await withToken(await other.tokenOf('erp'))).status, 401, 'it counts only where it is named');
  });

  test('tokens that are none to read are asked about', async (t) => {
    const asks = await gatewayWith(t, { oidcIntrospection: true });
    const token = await provider.tokenOf('opaque-erp');
    assert.ok(!token.includes('.'));
    assert.equal((await withToken(token)).status, 401, 'not without the setting');
    const asked = () => provider.seen.filter((one) => one === 'POST /token/introspection').length;
    const before = asked();
    const answers = await Promise.all([1, 2, 3].map(() => withToken(token, '/me', 'GET', asks)));
    for (const { status, text } of answers) assert.equal(status, 200, text);
    assert.equal(asked() - before, 1, 'once for all');
    const unknown = await withToken('nobody-knows-it', '/me', 'GET', asks);
    assert.equal(unknown.status, 401);
    assert.match(unknown.text, /not valid, or no longer/);
    await provider.away();
    t.after(() => provider.back());
    assert.equal((await withToken(token, '/me', 'GET', asks)).status, 200, 'believed for a while');
    const away = await withToken('another-one', '/me', 'GET', asks);
    assert.equal(away.status, 503);
    assert.ok(Number(away.headers['retry-after']) > 0);
    assert.equal((await asks.ask('GET', '/me', { 'x-api-key': 'aruba-secret-token' })).status, 200);
  });

  test('no audience, no tokens', async (t) => {
    const people = await gatewayWith(t, { oidcAudiences: [] });
    const { status, text } = await withToken(await provider.tokenOf('erp'), '/me', 'GET', people);
    assert.equal(status, 401);
    assert.match(text, /takes no access tokens.*OIDC_AUDIENCE/);
  });
});

describe('a provider', () => {
  test('that is away leaves its known keys behind, for as long as the setting says', async (t) => {
    const own = await startProvider();
    const hub = await gatewayWith(t, { oidcKeysRefreshMs: 60_000, oidcAwayMaxMs: 600_000 }, own);
    assert.equal((await withToken(await own.tokenOf('erp'), '/me', 'GET', hub)).status, 200);
    await own.away();
    const later = (seconds: number) => own.sign({ ...claims({ iss: own.issuer }), jti: seconds, exp: nowS() + 3600 });
    assert.equal((await withToken(await later(1), '/me', 'GET', hub)).status, 200);
    hub.clock.turn(500_000);
    assert.equal((await withToken(await later(2), '/me', 'GET', hub)).status, 200);
    hub.clock.turn(200_000);
    const late = await withToken(await later(3), '/me', 'GET', hub);
    assert.equal(late.status, 503);
    assert.match(late.text, /identity provider does not answer.*OIDC_ISSUER/);
    const health = await hub.ask('GET', '/actuator/health');
    assert.equal(health.status, 200);
    assert.match(health.text, /identityProvider/);
    await own.back();
    hub.clock.turn(2000);
    assert.equal((await withToken(await later(4), '/me', 'GET', hub)).status, 200, 'it comes back by itself');
    await own.stop();
  });

  test('that was away at our start is found as soon as it is there', async (t) => {
    const own = await startProvider();
    const token = await own.tokenOf('erp');
    await own.away();
    const hub = await gatewayWith(t, {}, own);
    assert.equal((await withToken(token, '/me', 'GET', hub)).status, 503);
    assert.equal((await hub.ask('GET', '/signin')).status, 503);
    await own.back();
    hub.clock.turn(2000);
    assert.equal((await withToken(token, '/me', 'GET', hub)).status, 200);
    await own.stop();
  });

  test('that has a new key is asked for it, and not for every name that somebody invents', async (t) => {
    const own = await startProvider();
    const hub = await gatewayWith(t, {}, own);
    const old = await own.tokenOf('erp');
    assert.equal((await withToken(old, '/me', 'GET', hub)).status, 200);
    await own.rotate();
    hub.clock.turn(31_000);
    assert.equal((await withToken(await own.tokenOf('erp'), '/me', 'GET', hub)).status, 200);
    const fetches = () => own.seen.filter((one) => one === 'GET /jwks').length;
    const before = fetches();
    for (let count = 0; count < 20; count += 1) {
      const token = await own.sign(claims({ iss: own.issuer }), { kid: `invented-${count}` });
      assert.equal((await withToken(token, '/me', 'GET', hub)).status, 401);
    }
    assert.equal(fetches(), before);
    hub.clock.turn(600_000);
    assert.equal((await withToken(old, '/me', 'GET', hub)).status, 401, 'what an old key signed is over with the key');
    await own.stop();
  });
});
