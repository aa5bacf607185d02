// platform: a service shows its settings to the platform and to administrators, gate or not, and to nobody else.
import { HubError } from '@staffetta/flow/errors.ts';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemClock } from '../clock.ts';
import { noteSettings } from '../config/settings-in-force.ts';
import { createLog } from '../telemetry/log.ts';
import { callerHeader, signCaller, type Role } from './caller.ts';
import { createHttpServer, type HttpOptions } from './server.ts';

const rules = { callerSecret: 'shared', trustDirectCalls: true };
const settings = () => [{ env: 'WAIT', value: '1 ms', origin: 'default', live: true, says: 'A wait.' }] as const;
const state = { servers: ['http://config'], answeredAt: null, changedAt: null, keptAt: null, problem: null };

async function serve(service: string, more: Partial<HttpOptions> = {}) {
  const options = { says: '', version: '0', clock: systemClock, log: createLog('silent'), bodyBytesMax: 1, health: [] };
  return createHttpServer({ service, ...options, ...more });
}

function signed(roles: readonly Role[], secret = rules.callerSecret) {
  return { [callerHeader]: signCaller(secret, { name: 'test', roles }, new Date()) };
}

test('signed calls with the role, and direct ones where those are trusted', async () => {
  noteSettings('settings-test', { settings, rules });
  const { app } = await serve('settings-test');
  const status = async (headers: Record<string, string>) =>
    (await app.inject({ url: '/actuator/env', headers })).statusCode;
  assert.deepEqual((await app.inject('/actuator/env')).json(), {
    activeProfiles: [],
    propertySources: [
      { name: 'environment', properties: {} },
      { name: 'configserver', properties: {} },
      { name: 'default', properties: { WAIT: { value: '1 ms', says: 'A wait.', live: true } } },
    ],
  });
  assert.equal(await status(signed(['ARUBA'])), 200);
  assert.equal(await status(signed(['CUSTOMER'])), 403);
  assert.equal(await status(signed(['ARUBA'], 'another')), 401);
  await app.close();
});

test('behind a gate only signed calls, beside it', async () => {
  noteSettings('settings-gated', { settings, rules });
  const { app } = await serve('settings-gated', {
    gate: (request, reply, done) => {
      if (request.headers['x-open'] !== undefined) return done();
      void reply.code(401).send();
    },
  });
  const status = async (headers: Record<string, string>, url = '/actuator/env') =>
    (await app.inject({ url, headers })).statusCode;
  assert.equal(await status(signed(['ARUBA'])), 200);
  assert.equal(await status(signed(['ARUBA']), '/actuator/info'), 401);
  assert.equal(await status({}), 401);
  assert.equal(await status({ 'x-open': '1' }), 401);
  assert.equal(await status(signed(['CUSTOMER'])), 403);
  await app.close();
});

test('whoever only wears the header of signed calls meets the gate, whatever the method', async () => {
  noteSettings('settings-worn', { settings, rules });
  let seen = 0;
  const { app } = await serve('settings-worn', {
    gate: (_request, reply) => {
      seen += 1;
      void reply.code(429).send();
    },
  });
  const worn = [{ [callerHeader]: 'forged' }, { [callerHeader]: '.' }, signed(['ARUBA'], 'another')];
  const asked = [
    ['GET', '/actuator/env'],
    ['POST', '/actuator/refresh'],
    ['GET', '/actuator/loggers'],
    ['POST', '/actuator/loggers/ROOT'],
    ['DELETE', '/actuator/env'],
  ] as const;
  for (const headers of worn) {
    for (const [method, url] of asked) assert.equal((await app.inject({ method, url, headers })).statusCode, 429);
  }
  assert.equal(seen, worn.length * asked.length);
  await app.close();
});

test('a refresh is asked for by administrators; it answers what changed, or why nothing could', async () => {
  const wrong: { error?: Error } = {};
  const now = async () => {
    if (wrong.error) throw wrong.error;
    return ['WAIT'];
  };
  noteSettings('settings-refresh', { settings, rules, refresh: { now, state: () => state } });
  const { app } = await serve('settings-refresh');
  const post = (headers: Record<string, string> = {}) =>
    app.inject({ method: 'POST', url: '/actuator/refresh', headers });
  assert.deepEqual((await post()).json(), ['WAIT']);
  assert.equal((await post(signed(['CUSTOMER']))).statusCode, 403);
  wrong.error = new HubError('SETTING_WRONG', 'WAIT="x": it is no durationMs.');
  const refused = await post();
  assert.equal(refused.statusCode, 500);
  assert.match(refused.body, /WAIT=/);
  await app.close();
});

test('what is served and not in force shows in health, and readiness stays', async () => {
  let problem: string | null = null;
  const refresh = { now: async () => [], state: () => ({ ...state, problem }) };
  noteSettings('settings-health', { settings, rules, refresh });
  const { app } = await serve('settings-health');
  const health = async (path = '') => (await app.inject(`/actuator/health${path}`)).json();
  assert.deepEqual(await health(), { status: 'UP', components: { settings: { status: 'UP' } } });
  problem = 'Nobody answers.';
  const settingsPart = { status: 'DEGRADED', details: { error: problem } };
  assert.deepEqual(await health(), { status: 'UP', components: { settings: settingsPart } });
  assert.deepEqual(await health('/readiness'), { status: 'UP', components: {} });
  await app.close();
});

test('a server of which nothing is known has no such page', async () => {
  const { app } = await serve('settings-nobody');
  assert.equal((await app.inject('/actuator/env')).statusCode, 404);
  await app.close();
});
