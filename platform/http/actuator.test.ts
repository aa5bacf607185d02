// platform: the actuator's pages: an index, metrics one by one, levels of logs that change while the service runs.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemClock, type Clock } from '../clock.ts';
import { noteSettings } from '../config/settings-in-force.ts';
import { createLog } from '../telemetry/log.ts';
import { callerHeader, signCaller, type Role } from './caller.ts';
import { createHttpServer } from './server.ts';

const rules = { callerSecret: 'shared', trustDirectCalls: false };

function signed(roles: readonly Role[]): Record<string, string> {
  return { [callerHeader]: signCaller(rules.callerSecret, { name: 'test', roles }, new Date()) };
}

async function serve(service: string, clock: Clock = systemClock) {
  noteSettings(service, { settings: () => [], rules });
  const root = createLog('silent');
  const log = root.child({ service });
  const options = { service, says: 'For tests.', version: '1', clock, bodyBytesMax: 1000, health: [] };
  const server = await createHttpServer({ ...options, log });
  server.app.get('/things/:id', () => ({}));
  return { ...server, log, other: root.child({ service: 'another' }) };
}

test('the index links all pages by the names that Spring gives them', async () => {
  const { app } = await serve('actuator-index');
  const { _links: links } = (await app.inject('/actuator')).json<{ _links: Record<string, { href: string }> }>();
  assert.equal(links['health-liveness']?.href, 'http://localhost:80/actuator/health/liveness');
  for (const [name, { href }] of Object.entries(links)) {
    if (href.includes('{') || ['env', 'loggers', 'refresh'].includes(name)) continue;
    assert.equal((await app.inject(new URL(href).pathname)).statusCode, 200, name);
  }
  await app.close();
});

test('a metric is found by its name in Prometheus and by that in Micrometer, whole and by its tags', async () => {
  const { app } = await serve('actuator-metrics');
  await app.inject('/things/1');
  await app.inject('/things/2');
  await app.inject('/nothing-here');
  const { names } = (await app.inject('/actuator/metrics')).json<{ names: string[] }>();
  assert.ok(names.includes('http_server_requests_seconds'));
  const whole = (await app.inject('/actuator/metrics/http.server.requests')).json();
  assert.equal(whole.baseUnit, 'seconds');
  assert.ok(
    whole.availableTags.some(({ tag, values }: { tag: string; values: string[] }) => {
      return tag === 'uri' && values.includes('/things/:id') && values.includes('UNKNOWN');
    }),
  );
  const one = (
    await app.inject('/actuator/metrics/http_server_requests_seconds?tag=uri:/things/:id&tag=status:200')
  ).json();
  assert.deepEqual(one.measurements[0], { statistic: 'COUNT', value: 2 });
  assert.equal((await app.inject('/actuator/metrics/none')).statusCode, 404);
  assert.equal((await app.inject('/actuator/metrics/http.server.requests?tag=uri:/else')).statusCode, 404);
  await app.close();
});

test('who may changes the level of a log, or of all logs of the process, and gives it back', async () => {
  const { app, log, other } = await serve('actuator-loggers');
  const post = (name: string, body: object, headers = signed(['ARUBA'])) =>
    app.inject({ method: 'POST', url: `/actuator/loggers/${name}`, headers, payload: body });
  assert.equal((await app.inject('/actuator/loggers')).statusCode, 401);
  assert.equal((await post('ROOT', { configuredLevel: 'DEBUG' }, signed(['CUSTOMER']))).statusCode, 403);
  assert.equal((await post('actuator-loggers', { configuredLevel: 'LOUD' })).statusCode, 400);
  assert.equal((await post('nobody', { configuredLevel: 'DEBUG' })).statusCode, 404);
  assert.deepEqual([log.level, other.level], ['silent', 'silent']);

  assert.equal((await post('actuator-loggers', { configuredLevel: 'ERROR' })).statusCode, 204);
  assert.deepEqual([log.level, other.level], ['error', 'silent']);
  const shown = (await app.inject({ url: '/actuator/loggers', headers: signed(['ARUBA']) })).json();
  assert.deepEqual(shown.loggers['actuator-loggers'], { configuredLevel: 'ERROR', effectiveLevel: 'ERROR' });

  await post('ROOT', { configuredLevel: 'error' });
  assert.deepEqual([log.level, other.level], ['error', 'error']);
  await post('ROOT', { configuredLevel: null });
  assert.deepEqual([log.level, other.level], ['silent', 'silent']);
  await app.close();
});

test('a clock of the hub that was turned by days keeps nobody out', async () => {
  const turned = { now: () => new Date(Date.now() + 6 * 86_400_000), real: systemClock };
  const { app } = await serve('actuator-turned', turned);
  assert.equal((await app.inject({ url: '/actuator/loggers', headers: signed(['ARUBA']) })).statusCode, 200);
  await app.close();
});
