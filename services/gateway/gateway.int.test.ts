// gateway: tests of the whole gateway: keys, roles, paths, limits, what it passes on and what it keeps.
import { callerHeader, readCaller } from '@staffetta/platform/http/caller.ts';
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { after, before, describe, test } from 'node:test';
import {
  arubaKey,
  customerKey,
  echo,
  sdiKey,
  sendRaw,
  startGateway,
  startService,
  type TestGateway,
  type TestService,
} from './gateway-test-kit.ts';

let service: TestService;
let gateway: TestGateway;

before(async () => {
  service = await startService((incoming, response) => void echo(incoming, response));
  gateway = await startGateway(service.url);
});

after(async () => {
  await gateway.stop();
  await service.stop();
});

const errorOf = (text: string) => JSON.parse(text) as { apiPath: string; errorCode: string; errorMessage: string };

describe('who may pass', () => {
  const cases: [method: string, path: string, sdi: number, aruba: number, customer: number][] = [
    ['POST', '/receiver/api/notificaSdI', 200, 403, 403],
    ['POST', '/receiver/api/salvaFatturaInterna', 403, 200, 200],
    ['POST', '/receiver/api/salvaFatturaEsterna', 403, 200, 200],
    ['POST', '/receiver/api/verificaFattura', 403, 200, 200],
    ['GET', '/receiver/v3/api-docs', 403, 200, 403],
    ['GET', '/dbmanager/api/invoices', 403, 200, 200],
    ['DELETE', '/dbmanager/api/invoices/1', 403, 200, 200],
    ['GET', '/dbmanager/actuator/prometheus', 403, 200, 403],
    ['GET', '/sender/api/mails', 403, 200, 403],
    ['GET', '/scheduler/api/dead-letters', 403, 200, 403],
    ['GET', '/actuator/info', 200, 200, 200],
    ['GET', '/actuator/prometheus', 403, 200, 403],
    ['GET', '/swagger-ui/', 200, 200, 200],
    ['GET', '/v3/api-docs', 200, 200, 200],
    ['GET', '/nowhere', 404, 404, 404],
    ['POST', '/api/notificaSdI', 404, 404, 404],
  ];

  for (const [method, path, sdi, aruba, customer] of cases) {
    test(`${method} ${path}`, async () => {
      const statusWith = async (headers: Record<string, string>) => (await gateway.ask(method, path, headers)).status;
      assert.equal(await statusWith({}), 401, 'no key');
      assert.equal(await statusWith({ 'x-api-key': 'wrong' }), 401, 'wrong key');
      assert.equal(await statusWith({ 'x-api-key': 'SDI-SECRET-TOKEN' }), 401, 'wrong case');
      assert.equal(await statusWith(sdiKey), sdi, 'SDI');
      assert.equal(await statusWith(arubaKey), aruba, 'ARUBA');
      assert.equal(await statusWith(customerKey), customer, 'CUSTOMER');
    });
  }

  test('health is open to everybody', async () => {
    for (const path of ['/actuator/health', '/actuator/health/liveness', '/actuator/health/readiness']) {
      assert.equal((await gateway.ask('GET', path)).status, 200, path);
    }
  });

  test('refusals are in the contract’s shape and name the path', async () => {
    const answer = await gateway.ask('POST', '/receiver/api/notificaSdI?x=1', arubaKey, 'body');
    assert.equal(answer.status, 403);
    const error = errorOf(answer.text);
    assert.equal(error.apiPath, '/receiver/api/notificaSdI');
    assert.equal(error.errorCode, 'FORBIDDEN');
    assert.match(error.errorMessage, /may not POST \/receiver\/api\/notificaSdI/);
    const { headers, text } = await gateway.ask('GET', '/sender/x');
    assert.equal(errorOf(text).errorCode, 'UNAUTHORIZED');
    assert.match(String(headers['www-authenticate']), /X-API-KEY/);
  });

  test('odd spellings of a path lead nowhere', async () => {
    const tricks = [
      '//receiver/api/notificaSdI',
      '/receiver/../sender/api',
      '/receiver/api/../../sender/api',
      '/receiver/%2e%2e/sender/api',
      '/%2e%2e/sender',
      '/receiver/./api/notificaSdI',
      '/receiver%2fapi%2fnotificaSdI',
      '/Receiver/api/notificaSdI',
      '/receiver;/api/notificaSdI',
      '/receiver\\api',
    ];
    const reached = service.seen.length;
    for (const path of tricks) {
      assert.match(await sendRaw(gateway.port, `GET ${path} HTTP/1.1`), /^HTTP\/1.1 401 /, path);
      const signed = await sendRaw(gateway.port, `GET ${path} HTTP/1.1\r\nx-api-key: aruba-secret-token`);
      assert.match(signed, /^HTTP\/1.1 404 /, path);
    }
    assert.equal(service.seen.length, reached);
  });

  test('an encoded spelling meets the row of its plain one', async () => {
    const path = '/receiver/api/%6eotificaSd%49';
    assert.equal((await gateway.ask('POST', path, arubaKey)).status, 403);
    const { url } = JSON.parse((await gateway.ask('POST', path, sdiKey)).text) as { url: string };
    assert.equal(url, '/api/notificaSdI');
  });
});

interface Echoed {
  readonly method: string;
  readonly url: string;
  readonly headers: Record<string, string>;
  readonly bytes: number;
}

async function echoed(method: string, path: string, headers: Record<string, string>, body?: string | Buffer) {
  const answer = await gateway.ask(method, path, headers, body);
  assert.equal(answer.status, 200, answer.text);
  return { answer, got: JSON.parse(answer.text) as Echoed };
}

describe('what goes through', () => {
  test('the first segment is lost, path and query are kept', async () => {
    const { got } = await echoed('GET', '/dbmanager/api/invoices?status=a%20b&page=0', arubaKey);
    assert.equal(got.url, '/api/invoices?status=a%20b&page=0');
    assert.equal((await echoed('GET', '/sender', arubaKey)).got.url, '/');
    assert.equal((await echoed('GET', '/sender/?x', arubaKey)).got.url, '/?x');
    assert.equal(got.headers['x-forwarded-prefix'], '/dbmanager');
  });

  test('a correlation id is taken, passed on and echoed', async () => {
    const { answer, got } = await echoed('GET', '/dbmanager/x', { ...arubaKey, 'x-correlation-id': 'mine-1' });
    assert.equal(got.headers['x-correlation-id'], 'mine-1');
    assert.equal(answer.headers['x-correlation-id'], 'mine-1');
    assert.equal(got.headers['x-staffetta-correlation-made'], undefined);
  });

  test('without one it is made, and the service is told so', async () => {
    const { answer, got } = await echoed('GET', '/dbmanager/x', arubaKey);
    assert.match(got.headers['x-correlation-id'] ?? '', /^[0-9a-f-]{36}$/);
    assert.equal(answer.headers['x-correlation-id'], got.headers['x-correlation-id']);
    assert.equal(got.headers['x-staffetta-correlation-made'], 'true');
  });

  test('the service learns who calls, signed, and never the key', async () => {
    const { got } = await echoed('GET', '/dbmanager/x', customerKey);
    const caller = readCaller('test-secret', got.headers[callerHeader] ?? '', gateway.clock.now());
    assert.deepEqual(caller, { name: 'acme', roles: ['CUSTOMER'], customerId: 2 });
    assert.equal(got.headers['x-api-key'], undefined);
  });

  test('a signature is renewed before it is too old', async () => {
    const { got: before } = await echoed('GET', '/dbmanager/x', customerKey);
    gateway.clock.turn(10 * 60_000);
    const { got: later } = await echoed('GET', '/dbmanager/x', customerKey);
    assert.notEqual(before.headers[callerHeader], later.headers[callerHeader]);
    assert.ok(readCaller('test-secret', later.headers[callerHeader] ?? '', gateway.clock.now()));
  });

  test('a client cannot say what only the gateway may say', async () => {
    const { got } = await echoed('GET', '/dbmanager/x', {
      ...arubaKey,
      'X-Staffetta-Caller': 'forged',
      'x-staffetta-correlation-made': 'true',
      'x-correlation-id': 'mine',
      'x-staffetta-anything': 'x',
      'x-forwarded-for': '10.0.0.1',
      forwarded: 'for=10.0.0.1',
      'x-mine': 'kept',
    });
    assert.notEqual(got.headers[callerHeader], 'forged');
    assert.equal(got.headers['x-staffetta-correlation-made'], undefined);
    assert.equal(got.headers['x-staffetta-anything'], undefined);
    assert.equal(got.headers['x-forwarded-for'], '127.0.0.1');
    assert.equal(got.headers['forwarded'], undefined);
    assert.equal(got.headers['x-mine'], 'kept');
    assert.equal(got.headers['x-forwarded-host'], `127.0.0.1:${gateway.port}`);
  });

  test('hop-by-hop headers stay on their hop', async () => {
    const head = [
      'POST /dbmanager/x HTTP/1.1',
      'x-api-key: aruba-secret-token',
      'connection: x-private, close',
      'x-private: secret',
      'te: trailers',
      'upgrade: h2c',
      'expect: 100-continue',
      'content-length: 0',
    ];
    const answer = await sendRaw(gateway.port, head.join('\r\n'));
    const { headers } = JSON.parse(answer.slice(answer.indexOf('{'), answer.lastIndexOf('}') + 1)) as Echoed;
    for (const name of ['x-private', 'te', 'upgrade', 'expect']) assert.equal(headers[name], undefined, name);
  });

  test('bodies go through as they are, whatever their type', async () => {
    const post = '/receiver/api/salvaFatturaInterna';
    for (const type of ['application/json', 'application/xml', 'application/pkcs7-mime', 'no type at all', '']) {
      const headers = { ...arubaKey, ...(type && { 'content-type': type }) };
      const { got } = await echoed('POST', post, headers, '{not json');
      assert.equal(got.bytes, 9, type);
      assert.equal(got.headers['content-length'], '9');
      if (type) assert.equal(got.headers['content-type'], type);
    }
    assert.equal((await echoed('DELETE', '/dbmanager/x', arubaKey, 'a body')).got.bytes, 6);
  });

  test('HEAD is answered without a body', async () => {
    const answer = await gateway.ask('HEAD', '/dbmanager/x', arubaKey);
    assert.deepEqual([answer.status, answer.text], [200, '']);
  });

  test('10 MB go through', async () => {
    const body = Buffer.alloc(10 * 1024 * 1024, 'x');
    const { got } = await echoed('POST', '/receiver/api/salvaFatturaInterna', arubaKey, body);
    assert.equal(got.bytes, body.length);
    assert.equal(got.headers['content-length'], String(body.length));
  });

  test('a body of unknown length goes through', async () => {
    const path = '/receiver/api/salvaFatturaInterna';
    const upload = httpRequest(gateway.url + path, { method: 'POST', headers: arubaKey });
    for (let part = 0; part < 20; part += 1) upload.write(Buffer.alloc(10_000));
    upload.end();
    const [answer] = (await once(upload, 'response')) as [IncomingMessage];
    const chunks: Buffer[] = await answer.toArray();
    assert.equal((JSON.parse(Buffer.concat(chunks).toString()) as Echoed).bytes, 200_000);
  });
});

describe('limits', () => {
  test('over the limit is 429 with Retry-After, per client', async (t) => {
    const limited = await startGateway(service.url, { rateLimitPerSecond: 0.1, rateLimitBurst: 2 });
    t.after(() => limited.stop());
    const statusWith = async (headers: Record<string, string>) =>
      (await limited.ask('GET', '/dbmanager/x', headers)).status;
    assert.deepEqual([await statusWith(arubaKey), await statusWith(arubaKey)], [200, 200]);
    const refused = await limited.ask('GET', '/dbmanager/x', arubaKey);
    assert.equal(refused.status, 429);
    assert.equal(errorOf(refused.text).errorCode, 'TOO_MANY_REQUESTS');
    assert.ok(Number(refused.headers['retry-after']) >= 8, String(refused.headers['retry-after']));
    assert.equal(await statusWith(customerKey), 200);
    assert.deepEqual([await statusWith({}), await statusWith({ 'x-api-key': 'wrong' })], [401, 401]);
    assert.equal(await statusWith({ 'x-api-key': 'another wrong one' }), 429);
  });

  test('a start in production without a key is refused in clear words', async () => {
    const act = startGateway(service.url, { apiKeys: undefined }, { profile: 'production' });
    await assert.rejects(act, { code: 'SETTING_WRONG', message: /needs at least one key in STAFFETTA_API_KEYS/ });
  });

  test('a REDIS_URL that is none stops the start', async () => {
    const act = startGateway(service.url, { redisUrl: 'localhost' });
    await assert.rejects(act, { code: 'SETTING_WRONG', message: /REDIS_URL/ });
  });
});
