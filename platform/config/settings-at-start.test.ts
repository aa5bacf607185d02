// platform: at its start a service asks one configuration server after the other, and again where it must have an answer.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test, type TestContext } from 'node:test';
import { createLog } from '../telemetry/log.ts';
import { openConfigSource } from './config-source.ts';
import { settingsAtStart, type StartOptions } from './settings-at-start.ts';

const away = 'http://127.0.0.1:1';
const options: StartOptions = { service: 'sender', failFast: false, waitMs: 0, log: createLog('silent') };

const sourceOf = (...urls: string[]) =>
  openConfigSource({ urls, service: 'sender', profile: 'prod', label: 'feature/one' });

/** A server that refuses the first calls. */
async function serve(t: TestContext, refusals: number) {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    if (asked.length <= refusals) return response.writeHead(503).end();
    return response.end(JSON.stringify({ propertySources: [{ name: 'x', source: { k: 1 } }] }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return { asked, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

test('nobody is asked where there is no server, and nobody’s silence keeps a service down', async () => {
  assert.deepEqual(await settingsAtStart(sourceOf(), options), { served: {} });
  const { served, failure } = await settingsAtStart(sourceOf(away), options);
  assert.deepEqual(served, {});
  assert.match(String(failure), /gives no settings for sender/);
});

test('the next server is asked where one is away; a slash in the label becomes (_)', async (t) => {
  const { url, asked } = await serve(t, 0);
  const source = sourceOf(away, url);
  assert.deepEqual(await settingsAtStart(source, options), { served: { k: '1' } });
  assert.deepEqual(asked, ['/sender/prod/feature(_)one']);
  assert.equal(await source.ask(2000), undefined, 'nothing is new at the second time');
});

test('who must have the settings asks again, and stays down without them', async (t) => {
  const { url, asked } = await serve(t, 2);
  const must = { ...options, failFast: true };
  assert.deepEqual(await settingsAtStart(sourceOf(url), { ...must, waitMs: 60_000 }), { served: { k: '1' } });
  assert.equal(asked.length, 3);
  await assert.rejects(settingsAtStart(sourceOf(away), must), { code: 'SERVICE_AWAY' });
});
