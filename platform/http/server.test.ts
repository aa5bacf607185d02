// platform: every service's server keeps the contract's error shape, whatever comes in.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { after, before, test } from 'node:test';
import { HubError } from '@staffetta/flow/errors.ts';
import { Type } from 'typebox';
import { Pool, request } from 'undici';
import { systemClock } from '../clock.ts';
import { createLog } from '../telemetry/log.ts';
import { createHttpServer, type HttpServer } from './server.ts';

let server: HttpServer;
let base: string;
let databaseUp = true;

before(async () => {
  server = await createHttpServer({
    service: 'test',
    says: 'A server for tests.',
    version: '0',
    clock: systemClock,
    log: createLog('silent'),
    bodyBytesMax: 1000,
    health: [
      {
        name: 'db',
        essential: true,
        check: async () => {
          if (!databaseUp) throw new Error('no database');
        },
      },
      { name: 'smtp', essential: false, check: () => Promise.reject(new Error('refused')) },
    ],
  });
  const Body = Type.Object({ customer: Type.Object({ customerId: Type.Integer({ minimum: 1 }) }) });
  server.app.post('/things', { schema: { body: Body } }, () => ({ ok: true }));
  server.app.get(
    '/things',
    { schema: { querystring: Type.Object({ page: Type.Optional(Type.Integer()) }) } },
    ({ query }) => query,
  );
  server.app.get('/conflict', () => {
    throw new HubError('MOVE_REFUSED', 'It is delivered.');
  });
  server.app.get('/broken', () => {
    throw new Error('secret inside');
  });
  base = `http://127.0.0.1:${await server.listen(0, '127.0.0.1')}`;
});

after(() => server.close());

async function call(path: string, options: Parameters<typeof request>[1] = {}) {
  const answer = await request(`${base}${path}`, options);
  const text = await answer.body.text();
  return { status: answer.statusCode, headers: answer.headers, body: text === '' ? undefined : JSON.parse(text) };
}

function post(body: string, type = 'application/json') {
  return call('/things', { method: 'POST', body, headers: { 'content-type': type } });
}

for (const [what, body, expected] of [
  ['malformed JSON', '{"a":', /no JSON/],
  ['an empty body', '', /empty/],
  ['a missing field', '{}', /customer/],
  ['a number written as text', '{"customer":{"customerId":"2"}}', /customerId/],
  ['a negative id', '{"customer":{"customerId":-1}}', /customerId/],
  ['a list instead of an object', '[]', /object/],
] as const) {
  test(`${what} is a 400 that names it`, async () => {
    const { status, body: error } = await post(body);
    assert.equal(status, 400);
    assert.deepEqual(Object.keys(error), ['apiPath', 'errorCode', 'errorMessage', 'errorTime']);
    assert.equal(error.apiPath, '/things');
    assert.equal(error.errorCode, 'BAD_REQUEST');
    assert.match(error.errorMessage, expected);
    assert.match(error.errorTime, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}$/);
  });
}

test('a body that is not UTF-8 is a 400, never a document with other letters', async () => {
  const body = Buffer.from('{"customer":{"customerId":1},"name":"Niccolò"}', 'latin1');
  const { status, body: error } = await call('/things', {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json' },
  });
  assert.equal(status, 400);
  assert.match(error.errorMessage, /UTF-8/);
});

test('a body over the limit is a 413 that the client can read, although it is still sending', async () => {
  const { status, body } = await post(JSON.stringify({ customer: { customerId: 1 }, x: 'y'.repeat(10_000_000) }));
  assert.equal(status, 413);
  assert.match(body.errorMessage, /limit/);
});

test('an unknown content type is a 400 that lists the known ones', async () => {
  const { status, body } = await post('a,b', 'text/csv');
  assert.equal(status, 400);
  assert.match(body.errorMessage, /application\/json/);
});

test('a rule broken is a 409 with what to do', async () => {
  const { status, body } = await call('/conflict');
  assert.equal(status, 409);
  assert.equal(body.errorCode, 'CONFLICT');
  assert.match(body.errorMessage, /It is delivered\. See/);
});

test('our own fault is a 500 without its inside', async () => {
  const { status, body } = await call('/broken');
  assert.equal(status, 500);
  assert.doesNotMatch(JSON.stringify(body), /secret/);
});

test('an unknown path is a 404 in the same shape', async () => {
  const { status, body } = await call('/nowhere?x=1');
  assert.equal(status, 404);
  assert.equal(body.apiPath, '/nowhere');
});

test('numbers in queries are read from text, and nonsense there is a 400', async () => {
  assert.deepEqual((await call('/things?page=2')).body, { page: 2 });
  assert.equal((await call('/things?page=two')).status, 400);
});

test('a correlation id is kept and echoed, else made; one with control characters is replaced', async () => {
  const kept = await call('/things', { headers: { 'x-correlation-id': 'abc' } });
  assert.equal(kept.headers['x-correlation-id'], 'abc');
  assert.match(String((await call('/things')).headers['x-correlation-id']), /^[0-9a-f-]{36}$/);
  const odd = await call('/things', { headers: { 'x-correlation-id': 'a b' } });
  assert.notEqual(odd.headers['x-correlation-id'], 'a b');
});

test('health tells the truth: what is essential turns readiness off, the rest shows as degraded, liveness asks nobody', async () => {
  const healthy = await call('/actuator/health');
  assert.equal(healthy.status, 200);
  assert.equal(healthy.body.components.smtp.status, 'DEGRADED');
  databaseUp = false;
  assert.equal((await call('/actuator/health/readiness')).status, 503);
  assert.equal((await call('/actuator/health')).body.components.db.status, 'DOWN');
  assert.equal((await call('/actuator/health/liveness')).status, 200);
  databaseUp = true;
});

test('the API is described', async () => {
  const { body } = await call('/v3/api-docs');
  assert.equal(body.openapi, '3.1.0');
  assert.ok(body.paths['/things']);
  assert.equal((await request(`${base}/swagger-ui/`)).statusCode, 200);
});

test('a path that cannot be decoded is a 400 in the same shape', async () => {
  const { status, body } = await call('/%zz');
  assert.equal(status, 400);
  assert.deepEqual([body.apiPath, body.errorCode], ['/%zz', 'BAD_REQUEST']);
});

test('a request in hand when the closing begins is answered; connections that never asked hold up nothing', async () => {
  const closing = await createHttpServer({
    service: 'test',
    says: 'A server that closes.',
    version: '0',
    clock: systemClock,
    log: createLog('silent'),
    bodyBytesMax: 1000,
    health: [],
  });
  const arrived = Promise.withResolvers<void>();
  const mayAnswer = Promise.withResolvers<void>();
  closing.app.get('/slow', async () => {
    arrived.resolve();
    await mayAnswer.promise;
    return { ok: true };
  });
  const port = await closing.listen(0, '127.0.0.1');
  const silent = connect(port, '127.0.0.1');
  await once(silent, 'connect');
  const pool = new Pool(`http://127.0.0.1:${port}`);
  const answer = pool.request({ path: '/slow', method: 'GET' }).then(async ({ body }) => body.json());
  await arrived.promise;
  let forced = 0;
  const closeAll = closing.app.server.closeAllConnections.bind(closing.app.server);
  closing.app.server.closeAllConnections = () => {
    forced++;
    closeAll();
  };
  const closed = closing.close();
  mayAnswer.resolve();
  assert.deepEqual(await answer, { ok: true });
  await closed;
  silent.destroy();
  assert.equal(forced, 0);
  await pool.close();
});

test('a service is out of service until it has come to the end of its start, and alive all the while', async () => {
  let hasStarted = false;
  const one = await createHttpServer({
    service: 'starting',
    says: '',
    version: '0',
    clock: systemClock,
    log: createLog('silent'),
    bodyBytesMax: 1,
    health: [],
    hasStarted: () => hasStarted,
  });
  const status = async (page: string) => (await one.app.inject(`/actuator/health${page}`)).statusCode;
  assert.deepEqual([await status('/readiness'), await status(''), await status('/liveness')], [503, 503, 200]);
  hasStarted = true;
  assert.deepEqual([await status('/readiness'), await status(''), await status('/liveness')], [200, 200, 200]);
  await one.close();
});
