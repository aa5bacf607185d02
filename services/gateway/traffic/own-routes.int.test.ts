// gateway: tests of routes of a firm's own: who may, what the service reads, and how a table is changed while the gateway runs.
import { liveSettings } from '@staffetta/platform/config/live-settings.ts';
import { readSettings } from '@staffetta/platform/config/settings.ts';
import { createLog } from '@staffetta/platform/telemetry/log.ts';
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import {
  arubaKey,
  customerKey,
  echo,
  sdiKey,
  startGateway,
  startService,
  type TestAnswer,
} from '../gateway-test-kit.ts';
import { openOwnRoutes } from './own-routes.ts';
import { eventually } from './traffic-test-kit.ts';
import { trafficSettings } from './traffic-settings.ts';

type Changes = Parameters<typeof startGateway>[1];

async function withRoutes(t: TestContext, routes: (url: string) => string, changes: Changes = {}) {
  const service = await startService((incoming, response) => void echo(incoming, response));
  const hub = await startService((incoming, response) => void echo(incoming, response));
  const gateway = await startGateway(hub.url, { routes: routes(service.url), ...changes });
  t.after(async () => {
    await gateway.stop();
    await service.stop();
    await hub.stop();
  });
  return { gateway, service, hub };
}

interface Echoed {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

function echoed({ status, text }: TestAnswer): Echoed {
  assert.equal(status, 200, text);
  return JSON.parse(text) as Echoed;
}

describe('a route of a firm’s own', () => {
  const shop = (url: string) => `
- id: shop
  path: /shop/**
  to: ${url}
  who: [CUSTOMER]
  scope: any
  stripPrefix: 1
  requestHeaders: { set: { X-Shop: one }, remove: [X-Debug] }
  answerHeaders: { set: { X-Answered-By: shop }, remove: [X-Powered-By] }
- { id: open, path: /open, to: "${url}", who: everybody, rewrite: /public/page, hostHeader: shop.example }
- { id: token, path: /token, to: "${url}", who: signedIn, scope: any, relayToken: true }
`;

  test('asks who may, as any route does', async (t) => {
    const { gateway, service } = await withRoutes(t, shop);
    assert.equal((await gateway.ask('GET', '/shop/x')).status, 401);
    assert.equal((await gateway.ask('GET', '/shop/x', sdiKey)).status, 403);
    assert.equal((await gateway.ask('GET', '/shop/x', customerKey)).status, 200);
    assert.equal((await gateway.ask('GET', '/shopping', customerKey)).status, 404);
    assert.equal((await gateway.ask('GET', '/open')).status, 200);
    assert.equal(service.seen.length, 2);
  });

  test('hands on path, query and body, and changes headers as it says', async (t) => {
    const { gateway } = await withRoutes(t, shop);
    const headers = { ...customerKey, 'x-debug': 'yes', 'x-mine': 'kept' };
    const answer = await gateway.ask('POST', '/shop/a%20b/c?x=1', headers, 'body');
    const got = echoed(answer);
    assert.equal(got.url, '/a%20b/c?x=1');
    assert.equal(got.headers['x-forwarded-prefix'], '/shop');
    assert.deepEqual(
      [got.headers['x-shop'], got.headers['x-debug'], got.headers['x-mine']],
      ['one', undefined, 'kept'],
    );
    assert.equal(answer.headers['x-answered-by'], 'shop');
    const open = echoed(await gateway.ask('GET', '/open?a=b'));
    assert.deepEqual([open.url, open.headers['host']], ['/public/page?a=b', 'shop.example']);
  });

  test('tells who calls in plain words, and hands out nothing that signs in at the hub', async (t) => {
    const { gateway } = await withRoutes(t, shop);
    const got = echoed(await gateway.ask('GET', '/shop/x', { ...customerKey, 'x-staffetta-user': 'forged' }));
    assert.equal(got.headers['x-staffetta-user'], 'acme');
    assert.equal(got.headers['x-staffetta-roles'], 'CUSTOMER');
    assert.equal(got.headers['x-staffetta-customer'], '2');
    for (const name of ['x-staffetta-caller', 'x-api-key']) assert.equal(got.headers[name], undefined, name);
    const open = echoed(await gateway.ask('GET', '/open', { authorization: 'Basic eDp5' }));
    assert.equal(open.headers['authorization'], undefined);
    assert.equal(open.headers['x-staffetta-user'], undefined);
    const forged = { X_Staffetta_User: 'forged', 'x-staffetta_roles': 'forged', x_forwarded_for: 'forged' };
    const { text } = await gateway.ask('GET', '/open', forged);
    assert.doesNotMatch(text, /forged/, 'a server that reads headers as variables would take them for ours');
  });

  test('never takes a path of the hub’s own', async (t) => {
    for (const path of ['/dbmanager/**', '/signin/**', '/signout/now', '/me/**', '/api/**']) {
      const routes = `- { id: a, path: ${path}, to: "http://a", who: everybody }`;
      const message = /first segment must be a word of its own/;
      await assert.rejects(startGateway('http://127.0.0.1:1', { routes }), { code: 'SETTING_WRONG', message }, path);
    }
    const { gateway } = await withRoutes(t, shop);
    const { text } = await gateway.ask('GET', '/', arubaKey);
    const shown = JSON.parse(text) as { ownRoutes: { id: string }[]; routes: unknown[] };
    assert.deepEqual(
      shown.ownRoutes.map(({ id }) => id),
      ['shop', 'open', 'token'],
    );
    assert.ok(shown.routes.length > 10);
  });

  test('to an application that nobody has registered is answered 503 in words', async (t) => {
    const { gateway } = await withRoutes(t, () => '- { id: lost, path: /lost, to: lb://LOST }');
    const { status, text } = await gateway.ask('GET', '/lost', arubaKey);
    assert.equal(status, 503);
    assert.match(text, /no instance of the service of the route \\?"lost/);
  });

  test('has rules of its own, and may tune those of a service', async (t) => {
    const routes = (url: string) => `
- { id: small, path: /small, to: "${url}", bodyMax: 10B }
- { id: tight, tune: sender, path: /sender/tight/**, bodyMax: 20B }
`;
    const { gateway } = await withRoutes(t, routes);
    const statusOf = async (path: string, bytes: number) =>
      (await gateway.ask('POST', path, arubaKey, Buffer.alloc(bytes))).status;
    assert.deepEqual([await statusOf('/small', 10), await statusOf('/small', 11)], [200, 413]);
    assert.deepEqual([await statusOf('/sender/tight/x', 20), await statusOf('/sender/tight/x', 21)], [200, 413]);
    assert.equal(await statusOf('/sender/other', 5000), 200);
  });
});

describe('a table in a file', () => {
  async function newFile(t: TestContext, text: string) {
    const folder = await mkdtemp(join(tmpdir(), 'staffetta-routes-'));
    t.after(() => rm(folder, { recursive: true }));
    const path = join(folder, 'routes.yml');
    await writeFile(path, text);
    return { path, write: (next: string) => writeFile(path, next) };
  }

  test('is read anew when it changes; a wrong one is refused, told, and the old stays', async (t) => {
    const { path, write } = await newFile(t, '');
    const { gateway, service } = await withRoutes(t, () => '', { routesFile: path, filesCheckMs: 10 });
    const statusOf = async () => (await gateway.ask('GET', '/later/x', arubaKey)).status;
    const told = async (): Promise<string> => {
      const { text } = await gateway.ask('GET', '/actuator/health');
      const { routes } = (JSON.parse(text) as { components: Record<string, { details?: { error: string } }> })
        .components;
      return routes?.details?.error ?? '';
    };
    assert.equal(await statusOf(), 404);
    await write(`- { id: later, path: /later/**, to: "${service.url}" }`);
    await eventually('the route is there', async () => (await statusOf()) === 200);
    await write('- { id: later, path: /later/**, to: "nowhere" }');
    const words = /line 1, route 1 \("later"\): to: write .* The routes of before are in force\./;
    await eventually('the wrong one is told', async () => words.test(await told()));
    assert.equal(await statusOf(), 200, 'the old one stays');
    assert.equal((await gateway.ask('GET', '/actuator/health/readiness')).status, 200);
    await write('[]');
    await eventually('the route is gone', async () => (await statusOf()) === 404);
    await eventually('all is well', async () => (await told()) === '');
  });

  test('that is wrong or missing at the start stops it', async (t) => {
    const { path } = await newFile(t, '- { id: a }');
    await assert.rejects(startGateway('http://127.0.0.1:1', { routesFile: path }), {
      code: 'SETTING_WRONG',
      message: /path is missing/,
    });
    const missing = startGateway('http://127.0.0.1:1', { routesFile: `${path}.not` });
    await assert.rejects(missing, { code: 'SETTING_WRONG', message: /cannot be read/ });
  });
});

test('a table of the settings changes with them, all or nothing', (t) => {
  const start = readSettings(trafficSettings, { GATEWAY_ROUTES: '- { id: a, path: /a, to: "http://a" }' });
  const live = liveSettings(trafficSettings, start);
  let changes = 0;
  const routes = openOwnRoutes(live, createLog('silent'), () => (changes += 1));
  t.after(() => routes.stop());
  const ids = () => routes.book().routes.map(({ id }) => id);
  assert.deepEqual(ids(), ['a']);
  live.offer(
    readSettings(
      trafficSettings,
      {},
      { 'gateway.routes[0].id': 'b', 'gateway.routes[0].path': '/b', 'gateway.routes[0].to': 'http://b' },
    ),
  );
  assert.deepEqual([ids(), changes], [['b'], 1]);
  const wrong = readSettings(trafficSettings, {}, { GATEWAY_ROUTES: '- { id: c }', GATEWAY_RETRIES: '7' });
  assert.throws(() => live.offer(wrong), { code: 'SETTING_WRONG' });
  assert.deepEqual([ids(), changes, live.values.retries], [['b'], 1, 2]);
  live.offer(readSettings(trafficSettings, {}, { GATEWAY_RETRIES: '7' }));
  assert.equal(routes.book().rules.get('receiver')?.retries, 7);
});
