// platform: a service starts with what the configuration server says, and shows where each setting comes from.
import { HubError } from '@staffetta/flow/errors.ts';
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import type { EnvironmentView } from './config/settings-in-force.ts';
import { defineSettings, readSettings } from './config/settings.ts';
import { worldSettings } from './config/world-settings.ts';
import { createHttpServer } from './http/server.ts';
import type { ServiceDefinition } from './service.ts';
import { createLog } from './telemetry/log.ts';
import { openShared, startService, version } from './world.ts';

const settings = defineSettings({
  wait: { env: 'WAIT_LONG', kind: 'durationMs', default: 1, says: 'A wait.' },
  word: { env: 'WORD', kind: 'secret', says: 'A word.' },
});

const definition: ServiceDefinition<typeof settings> = {
  name: 'sender',
  says: 'A service of this test.',
  settings,
  needs: [],
  async start(world, values) {
    assert.equal(values.wait, 7000);
    const { clock, log } = world;
    const parts = { service: 'sender', says: '', version, clock, log, bodyBytesMax: 1, health: [] };
    const server = await createHttpServer(parts);
    return { port: await server.listen(0, '127.0.0.1'), stop: () => server.close() };
  },
};

async function openWorld(t: TestContext, more: Readonly<Record<string, string>>) {
  const dataDir = await mkdtemp(join(tmpdir(), 'staffetta-world-'));
  const environment = { STAFFETTA_DATA_DIR: dataDir, ...more };
  const shared = await openShared({
    name: 'test',
    settings: readSettings(worldSettings, environment).values,
    environment,
    log: createLog('silent'),
    definitions: [definition],
    databaseUrl: undefined,
  });
  t.after(async () => {
    await shared.close();
    await rm(dataDir, { recursive: true });
  });
  return shared;
}

test('the settings come from the server that is given a login, and are shown with their place', async (t) => {
  const asked: { url: string | undefined; headers: IncomingHttpHeaders }[] = [];
  const server = createServer(({ url, headers }, response) => {
    asked.push({ url, headers });
    response.end(JSON.stringify({ propertySources: [{ name: 'x', source: { WAIT_LONG: '7s', WORD: 'never' } }] }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const login = { CONFIG_LOGIN: 'me:p@:w', CONFIGSERVER_URL: url, STAFFETTA_CONFIG_LABEL: 'v1' };
  const shared = await openWorld(t, { ...login, WORD: 'hidden' });
  const running = await startService(shared, definition);
  t.after(() => running.stop());
  assert.equal(asked[0]?.url, '/sender/default/v1');
  assert.equal(asked[0]?.headers.authorization, `Basic ${Buffer.from('me:p@:w').toString('base64')}`);

  const answer = await fetch(`http://127.0.0.1:${running.port}/actuator/env`);
  assert.equal(answer.status, 200);
  const { propertySources } = (await answer.json()) as EnvironmentView;
  assert.equal(JSON.stringify(propertySources).includes('hidden'), false);
  const [environment, configserver] = propertySources.map(({ properties }) => properties);
  assert.equal(environment?.['WORD']?.value, '******');
  assert.equal(environment?.['STAFFETTA_CONFIG_LABEL']?.value, 'v1');
  assert.deepEqual(configserver, { WAIT_LONG: { value: '7000 ms', says: 'A wait.', live: false } });
});

test('a service that must have its settings does not start without them', async (t) => {
  const missing = { CONFIG_URL: 'http://127.0.0.1:1', STAFFETTA_CONFIG_FAIL_FAST: 'true', STAFFETTA_CONFIG_WAIT: '0s' };
  const shared = await openWorld(t, missing);
  await assert.rejects(
    startService(shared, definition),
    (error) => error instanceof HubError && error.code === 'SERVICE_AWAY',
  );
});
