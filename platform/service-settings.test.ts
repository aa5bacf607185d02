// platform: a service's settings follow its configuration server while it runs, or stay what they were, and say so.
import { HubError } from '@staffetta/flow/errors.ts';
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { eventually } from './bus/conformance-kit.ts';
import { systemClock } from './clock.ts';
import { keptSettings } from './config/kept-settings.ts';
import { environmentView, settingsInForce } from './config/settings-in-force.ts';
import { defineSettings, readSettings } from './config/settings.ts';
import { worldSettings } from './config/world-settings.ts';
import { openServiceSettings } from './service-settings.ts';
import { createLog } from './telemetry/log.ts';

const table = defineSettings({
  limit: { env: 'LIMIT', kind: 'integer', default: 1, min: 1, live: true, says: 'A limit.' },
  size: { env: 'SIZE', kind: 'integer', default: 5, says: 'A size.' },
  own: { env: 'OWN', kind: 'text', default: 'd', live: true, says: 'Set by the environment.' },
});

/** A configuration server whose answer and presence the test decides. */
async function configServer(t: TestContext) {
  const state = { source: {} as Record<string, unknown>, away: false, asked: 0, unchanged: 0 };
  const server = createServer((request, response) => {
    state.asked++;
    if (state.away) return response.writeHead(503).end();
    const text = JSON.stringify({ propertySources: [{ name: 'f', source: state.source }] });
    const mark = `"${Buffer.from(text).toString('base64url')}"`;
    if (request.headers['if-none-match'] === mark) {
      state.unchanged++;
      return response.writeHead(304).end();
    }
    return response.setHeader('etag', mark).end(text);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return Object.assign(state, { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
}

async function emptyFolder(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'staffetta-settings-'));
  t.after(() => rm(folder, { recursive: true }));
  return folder;
}

async function open(t: TestContext, url: string, more: Record<string, string> = {}) {
  const environment: Record<string, string> = { STAFFETTA_DATA_DIR: await emptyFolder(t), ...more };
  const levels: string[] = [];
  const heard = new Set<() => void>();
  const settings = await openServiceSettings({
    service: 'signer',
    table,
    environment: { STAFFETTA_CONFIG_POLL: '0', OWN: 'mine', ...environment },
    world: readSettings(worldSettings, environment).values,
    urls: [url],
    rules: { callerSecret: 's', trustDirectCalls: true },
    clock: systemClock,
    log: createLog('silent'),
    setLogLevel: (level) => levels.push(level),
    onNews(hear) {
      heard.add(hear);
      return () => void heard.delete(hear);
    },
  });
  t.after(() => settings.stop());
  const known = settingsInForce('signer')!;
  const tell = (): void => {
    for (const hear of heard) hear();
  };
  return { ...settings, values: settings.live.values, levels, heard, tell, known, now: () => known.refresh!.now() };
}

test('what the server changes counts at once, but for what waits for a restart; the environment still wins', async (t) => {
  const server = await configServer(t);
  server.source = { LIMIT: 2, LOG_LEVEL: 'warn' };
  const one = await open(t, server.url);
  assert.deepEqual([one.values.limit, one.levels], [2, ['warn']]);
  server.source = { limit: 3, SIZE: 6, OWN: 'theirs', LOG_LEVEL: 'debug', DATABASE_URL: 'postgres://nobody' };
  assert.deepEqual(await one.now(), ['LIMIT', 'LOG_LEVEL']);
  assert.deepEqual({ ...one.values }, { limit: 3, size: 5, own: 'mine' });
  assert.deepEqual(one.levels, ['warn', 'debug']);
  const view = environmentView(one.known);
  const shown = Object.assign({}, ...view.propertySources.map(({ properties }) => properties));
  assert.deepEqual(
    [shown['SIZE'].waitsForRestart, shown['LIMIT'].value, shown['DATABASE_URL'].value],
    ['6', '3', null],
  );
  assert.equal(shown['DATABASE_URL'].waitsForRestart, undefined, 'what is needed to ask the server is not asked of it');
  assert.deepEqual([await one.now(), server.unchanged], [[], 1]);
});

test('who is told asks at once; who stopped does not', async (t) => {
  const server = await configServer(t);
  const one = await open(t, server.url);
  server.source = { LIMIT: 7 };
  one.tell();
  await eventually('the new limit counts', () => one.values.limit === 7);
  await one.stop();
  assert.equal(one.heard.size, 0);
});

test('where nobody tells, asking at intervals finds it; and the interval is a setting that changes too', async (t) => {
  const server = await configServer(t);
  const one = await open(t, server.url, { STAFFETTA_CONFIG_POLL: '' });
  server.source = { STAFFETTA_CONFIG_POLL: '20ms' };
  await one.now();
  server.source = { ...server.source, LIMIT: 9 };
  await eventually('the new limit counts', () => one.values.limit === 9);
  const asked = server.asked;
  await eventually('it goes on asking, for nothing new', () => server.asked > asked + 2 && server.unchanged > 0);
});

test('a wrong value changes nothing, shows, and is forgotten once it is right', async (t) => {
  const server = await configServer(t);
  server.source = { LIMIT: 2 };
  const one = await open(t, server.url);
  const state = () => one.known.refresh!.state();
  assert.equal(state().problem, null);
  for (const wrong of [{ LIMIT: 'many' }, { LIMIT: 5, LOG_LEVEL: 'loud' }, { LIMIT: 5, SIZE: -0.5 }]) {
    server.source = wrong;
    await assert.rejects(one.now(), { code: 'SETTING_WRONG' });
    assert.equal(one.values.limit, 2, JSON.stringify(wrong));
    await assert.rejects(one.now(), { code: 'SETTING_WRONG' }, 'the same again is as wrong');
    assert.match(state().problem ?? '', /(LIMIT|LOG_LEVEL|SIZE)=/);
  }
  server.source = { LIMIT: 2 };
  assert.deepEqual([await one.now(), state().problem], [[], null]);
});

test('what the service makes of the settings refuses them too', async (t) => {
  const server = await configServer(t);
  const one = await open(t, server.url);
  one.live.derived(({ limit }) => {
    if (limit === 13) throw new HubError('SETTING_WRONG', 'LIMIT=13 is bad luck.');
  });
  server.source = { LIMIT: 13, LOG_LEVEL: 'error' };
  await assert.rejects(one.now(), { code: 'SETTING_WRONG', message: /bad luck/ });
  assert.deepEqual([one.values.limit, one.levels], [1, ['info']]);
});

test('a server that is away leaves everything as it is, from the start on too, and is found again by itself', async (t) => {
  const server = await configServer(t);
  Object.assign(server, { away: true, source: { LIMIT: 4, SIZE: 6 } });
  const one = await open(t, server.url);
  const state = () => one.known.refresh!.state();
  assert.equal(one.values.limit, 1);
  assert.match(state().problem ?? '', /gives no settings for signer: it answers 503/);
  assert.equal(state().answeredAt, null);
  server.away = false;
  await eventually('it counts, though asking at intervals is off', () => one.values.limit === 4);
  assert.deepEqual([state().problem, state().answeredAt === null, one.values.size], [null, false, 5]);
  server.away = true;
  await assert.rejects(one.now(), { code: 'SERVICE_AWAY' });
  assert.deepEqual([one.values.limit, state().problem === null], [4, false]);
});

test('a start without a server works by what was served last, until it is found again', async (t) => {
  const server = await configServer(t);
  const STAFFETTA_DATA_DIR = await emptyFolder(t);
  server.source = { LIMIT: 4, SIZE: 6, OWN: 'theirs', LOG_LEVEL: 'warn' };
  const one = await open(t, server.url, { STAFFETTA_DATA_DIR });
  one.started();
  server.source = { ...server.source, LIMIT: 5 };
  await one.now();
  await one.stop();
  Object.assign(server, { away: true });
  const next = await open(t, server.url, { STAFFETTA_DATA_DIR });
  const state = () => next.known.refresh!.state();
  assert.deepEqual([{ ...next.values }, next.levels], [{ limit: 5, size: 6, own: 'mine' }, ['warn']]);
  assert.match(state().problem ?? '', /gives no settings/);
  assert.match(state().keptAt ?? '', /^\d{4}-/);
  Object.assign(server, { away: false, source: { LIMIT: 7, SIZE: 6 } });
  assert.deepEqual(await next.now(), ['LIMIT', 'LOG_LEVEL']);
  assert.deepEqual([next.values.limit, state().problem, state().keptAt], [7, null, null]);
});

test('what did not carry a service through its start is not kept', async (t) => {
  const server = await configServer(t);
  const STAFFETTA_DATA_DIR = await emptyFolder(t);
  server.source = { LIMIT: 2 };
  (await open(t, server.url, { STAFFETTA_DATA_DIR })).started();
  await settingsInForce('signer')!.refresh!.now();
  server.source = { LIMIT: 3 };
  await (await open(t, server.url, { STAFFETTA_DATA_DIR })).stop();
  Object.assign(server, { away: true });
  assert.equal((await open(t, server.url, { STAFFETTA_DATA_DIR })).values.limit, 2);
});

test('what is kept and is good no more is passed over, and does not stop the start', async (t) => {
  const server = await configServer(t);
  const STAFFETTA_DATA_DIR = await emptyFolder(t);
  server.source = { LIMIT: 3 };
  const one = await open(t, server.url, { STAFFETTA_DATA_DIR });
  one.started();
  await one.stop();
  const usual = { service: 'signer', profile: 'default', label: undefined, secret: 's' } as const;
  const keeper = keptSettings({ ...usual, dataDir: STAFFETTA_DATA_DIR, clock: systemClock, log: createLog('silent') });
  keeper.keep({ LIMIT: 'many' });
  await keeper.done();
  Object.assign(server, { away: true });
  const next = await open(t, server.url, { STAFFETTA_DATA_DIR });
  assert.deepEqual([next.values.limit, next.known.refresh!.state().keptAt], [1, null]);
});
