// gateway: tests of its front door: limits told and kept, CORS, headers of its own answers, bounds of connections, proxies before it.
import { liveSettings } from '@staffetta/platform/config/live-settings.ts';
import { readSettings } from '@staffetta/platform/config/settings.ts';
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { after, before, describe, test, type TestContext } from 'node:test';
import {
  arubaKey,
  customerKey,
  echo,
  startGateway,
  startService,
  type TestAnswer,
  type TestService,
} from '../gateway-test-kit.ts';
import { settings } from '../config.ts';
import { eventually } from './test-wire.ts';

let service: TestService;

before(async () => {
  service = await startService((incoming, response) => void echo(incoming, response));
});

after(() => service.stop());

async function start(t: TestContext, changes: Parameters<typeof startGateway>[1] = {}) {
  const gateway = await startGateway(service.url, changes);
  t.after(() => gateway.stop());
  return gateway;
}

const errorOf = ({ text }: TestAnswer) => (JSON.parse(text) as { errorMessage: string }).errorMessage;

describe('limits', () => {
  test('every answer tells them: handed on, refused, of the gateway itself', async (t) => {
    const gateway = await start(t);
    for (const [path, headers] of [
      ['/dbmanager/x', arubaKey],
      ['/nowhere', arubaKey],
      ['/contactSupport', {}],
      ['/v3/api-docs', arubaKey],
      ['/actuator/health', {}],
    ] as const) {
      const { headers: told } = await gateway.ask('GET', path, headers);
      assert.match(String(told['ratelimit']), /^"(key|address)";r=19\d{3};t=\d+$/, path);
      assert.match(String(told['ratelimit-policy']), /"(key|address)";q=20000;w=2, "address-total";q=100000;w=2/, path);
      assert.equal(told['x-ratelimit-limit'], '20000', path);
      assert.match(String(told['x-ratelimit-remaining']), /^19\d{3}$/, path);
      assert.match(String(told['x-ratelimit-reset']), /^\d+$/, path);
    }
  });

  test('a refusal says which limit it was', async (t) => {
    const gateway = await start(t, {
      customerLimitPerSecond: 0.1,
      customerLimitBurst: 2,
      apiKeys: 'a:one:CUSTOMER:2,b:two:CUSTOMER:2,c:three:CUSTOMER:3',
    });
    const ask = (key: string) => gateway.ask('GET', '/dbmanager/x', { 'x-api-key': key });
    assert.deepEqual([(await ask('one')).status, (await ask('two')).status], [200, 200]);
    const refused = await ask('two');
    assert.equal(refused.status, 429);
    assert.match(errorOf(refused), /credentials of this customer together/);
    assert.match(String(refused.headers['ratelimit']), /^"customer";r=0;/);
    assert.ok(Number(refused.headers['retry-after']) >= 8);
    assert.equal((await ask('three')).status, 200);
  });

  test('change while the gateway runs', async (t) => {
    const live = liveSettings(settings, readSettings(settings, { GATEWAY_WAIT_FOR_SERVICES: 'false' }));
    const gateway = await startGateway(service.url, {}, {}, live);
    t.after(() => gateway.stop());
    const status = async () => (await gateway.ask('GET', '/dbmanager/x', arubaKey)).status;
    assert.equal(await status(), 200);
    const changed = {
      GATEWAY_RATE_LIMIT_PER_SECOND: '0.01',
      GATEWAY_RATE_LIMIT_BURST: '1',
      GATEWAY_HOSTS: 'hub.example',
    };
    live.offer(readSettings(settings, changed));
    assert.equal((await gateway.ask('GET', '/dbmanager/x', arubaKey)).status, 421);
    live.offer(readSettings(settings, { ...changed, GATEWAY_HOSTS: '' }));
    assert.deepEqual([await status(), await status()], [200, 429]);
    assert.throws(() => live.offer(readSettings(settings, { GATEWAY_TRUSTED_PROXIES: 'nobody' })), {
      code: 'SETTING_WRONG',
    });
  });

  test('wrong keys are tried in vain: after some even the right one waits, but for those who were there before', async (t) => {
    const gateway = await start(t, { signInLimitPerSecond: 0.01, signInLimitBurst: 3 });
    const status = async (headers: Record<string, string>) =>
      (await gateway.ask('GET', '/dbmanager/x', headers)).status;
    assert.equal(await status(customerKey), 200);
    const tries = [1, 2, 3, 4, 5].map((number) => status({ 'x-api-key': `guess ${number}` }));
    assert.deepEqual(
      (await Promise.all(tries)).toSorted((one, other) => one - other),
      [401, 401, 401, 429, 429],
    );
    const guessed = await gateway.ask('GET', '/dbmanager/x', arubaKey);
    assert.equal(guessed.status, 429);
    assert.match(errorOf(guessed), /wrong credentials/);
    assert.equal(await status(customerKey), 200);
    assert.equal(await status({}), 401, 'no credential is no try');
    assert.equal((await gateway.ask('GET', '/actuator/health', { 'x-api-key': 'wrong' })).status, 200);
  });

  test('addresses are those of clients, not of the trusted proxy before them', async (t) => {
    const gateway = await start(t, { trustedProxies: ['loopback'], addressLimitPerSecond: 0.01, addressLimitBurst: 2 });
    const from = async (address: string) =>
      (await gateway.ask('GET', '/dbmanager/x', { ...arubaKey, 'x-forwarded-for': address })).status;
    assert.deepEqual(
      [await from('203.0.113.1'), await from('203.0.113.1'), await from('203.0.113.1')],
      [200, 200, 429],
    );
    assert.equal(await from('203.0.113.2'), 200);
  });
});

describe('proxies before it', () => {
  const seenBy = async (t: TestContext, trustedProxies: string[]) => {
    const gateway = await start(t, { trustedProxies });
    const said = { 'x-forwarded-for': '203.0.113.1', 'x-forwarded-proto': 'https', 'x-forwarded-host': 'hub.example' };
    const answer = await gateway.ask('GET', '/dbmanager/x', { ...arubaKey, ...said });
    return { answer, got: (JSON.parse(answer.text) as { headers: Record<string, string> }).headers };
  };

  test('are believed where they are trusted', async (t) => {
    const { answer, got } = await seenBy(t, ['127.0.0.1']);
    assert.equal(got['x-forwarded-for'], '203.0.113.1, 127.0.0.1');
    assert.deepEqual([got['x-forwarded-proto'], got['x-forwarded-host']], ['https', 'hub.example']);
    assert.match(String(answer.headers['strict-transport-security']), /max-age/);
  });

  test('and not otherwise', async (t) => {
    const { answer, got } = await seenBy(t, ['10.0.0.0/8']);
    assert.deepEqual([got['x-forwarded-for'], got['x-forwarded-proto']], ['127.0.0.1', 'http']);
    assert.equal(answer.headers['strict-transport-security'], undefined);
  });
});

describe('pages of other origins', () => {
  const origin = 'https://erp.example';
  const preflight = { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'x-api-key' };

  test('may not call where no setting names them', async (t) => {
    const gateway = await start(t);
    const answer = await gateway.ask('OPTIONS', '/dbmanager/x', preflight);
    assert.equal(answer.status, 401);
    assert.equal(answer.headers['access-control-allow-origin'], undefined);
  });

  test('may where one does: asked before anybody signs in, told in answers of services too', async (t) => {
    const gateway = await start(t, { corsOrigins: [origin] });
    const reached = service.seen.length;
    const { status, headers } = await gateway.ask('OPTIONS', '/dbmanager/x', preflight);
    assert.equal(status, 204);
    assert.equal(headers['access-control-allow-origin'], origin);
    assert.equal(headers['access-control-allow-headers'], 'x-api-key');
    assert.match(String(headers['access-control-allow-methods']), /POST/);
    assert.equal(headers['access-control-allow-credentials'], undefined);
    assert.equal(service.seen.length, reached);
    const answer = await gateway.ask('GET', '/dbmanager/x', { ...arubaKey, origin });
    assert.equal(answer.headers['access-control-allow-origin'], origin);
    assert.match(String(answer.headers['access-control-expose-headers']), /x-correlation-id/);
    assert.match(String(answer.headers['vary']), /Origin/);
    const other = await gateway.ask('GET', '/dbmanager/x', { ...arubaKey, origin: 'https://erp.example.evil' });
    assert.equal(other.headers['access-control-allow-origin'], undefined);
    assert.match(String(other.headers['vary']), /Origin/);
    assert.equal((await gateway.ask('OPTIONS', '/x', { ...preflight, origin: 'null' })).status, 403);
  });

  test('a setting that is no origin, or opens cookies to all, stops the start', async (t) => {
    const wrong = { code: 'SETTING_WRONG', message: /GATEWAY_CORS/ };
    await assert.rejects(start(t, { corsOrigins: ['erp.example'] }), wrong);
    await assert.rejects(start(t, { corsOrigins: ['https://erp.example/'] }), wrong);
    await assert.rejects(start(t, { corsOrigins: ['*'], corsCredentials: true }), wrong);
  });
});

describe('headers of its own answers', () => {
  test('keep browsers from guessing, framing and loading', async (t) => {
    const gateway = await start(t);
    for (const path of ['/nowhere', '/contactSupport', '/v3/api-docs', '/actuator/health']) {
      const { headers } = await gateway.ask('GET', path, arubaKey);
      assert.equal(headers['x-content-type-options'], 'nosniff', path);
      assert.equal(headers['x-frame-options'], 'DENY', path);
      assert.equal(headers['referrer-policy'], 'no-referrer', path);
      assert.match(String(headers['content-security-policy']), /^default-src 'none'; frame-ancestors 'none'/, path);
    }
    const page = await gateway.ask('GET', '/swagger-ui/', arubaKey);
    assert.match(String(page.headers['content-security-policy']), /script-src 'self'; style-src/);
  });

  test('services answer for themselves', async (t) => {
    const { headers } = await (await start(t)).ask('GET', '/dbmanager/x', arubaKey);
    assert.equal(headers['content-security-policy'], undefined);
  });
});

describe('bounds of connections', () => {
  async function open(port: number, count: number): Promise<Socket[]> {
    const sockets = Array.from({ length: count }, () => connect(port, '127.0.0.1'));
    for (const socket of sockets) socket.on('error', () => undefined).resume();
    await Promise.all(sockets.map((socket) => once(socket, 'connect')));
    return sockets;
  }

  const openOf = (sockets: readonly Socket[]) => sockets.filter((socket) => !socket.closed).length;

  test('one address has so many and no more, and others that it closes', async (t) => {
    const gateway = await start(t, { addressSocketsMax: 3 });
    const sockets = await open(gateway.port, 8);
    t.after(() => sockets.forEach((socket) => socket.destroy()));
    await eventually('the rest is closed', () => openOf(sockets) === 3);
    for (const socket of sockets) socket.destroy();
    await eventually('it is heard again', () =>
      gateway.ask('GET', '/actuator/health').then(
        ({ status }) => status === 200,
        () => false,
      ),
    );
  });

  test('all together have so many and no more', async (t) => {
    const gateway = await start(t, { socketsMax: 4 });
    const sockets = await open(gateway.port, 9);
    t.after(() => sockets.forEach((socket) => socket.destroy()));
    await eventually('the rest is closed', () => openOf(sockets) === 4);
  });

  test('a connection ends after so many requests, and says so', async (t) => {
    const gateway = await start(t, { socketRequestsMax: 2 });
    const [socket] = await open(gateway.port, 1);
    let text = '';
    socket!.on('data', (chunk) => (text += String(chunk)));
    const ask = 'GET /actuator/health/liveness HTTP/1.1\r\nhost: x\r\n\r\n';
    socket!.write(ask);
    await eventually('it is answered', () => text.includes('UP'));
    assert.doesNotMatch(text, /connection: close/i);
    socket!.write(ask);
    await eventually('its end is told', () => /connection: close/i.test(text));
    // Who does not hear it is not answered again.
    socket!.write(ask);
    await eventually('it is closed', () => socket!.closed);
    assert.equal(text.match(/UP/g)?.length, 2);
  });

  test('a stop waits for nobody who is silent', async () => {
    const gateway = await startGateway(service.url);
    const sockets = await open(gateway.port, 3);
    await gateway.stop();
    await eventually('all are closed', () => openOf(sockets) === 0);
  });
});
