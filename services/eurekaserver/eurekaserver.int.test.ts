// eurekaserver: over HTTP it answers as Eureka does, and our own client keeps itself registered with it.
import { turnableClock } from '@staffetta/platform/clock.ts';
import { registerWithEureka } from '@staffetta/platform/discovery/eureka-client.ts';
import type { Running, World } from '@staffetta/platform/service.ts';
import { createLog } from '@staffetta/platform/telemetry/log.ts';
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, test, type TestContext } from 'node:test';
import { eurekaserver } from './eurekaserver.ts';

const log = createLog('silent');

async function request(url: string, options: RequestInit = {}) {
  const answer = await fetch(url, options);
  const text = await answer.text();
  return { status: answer.status, headers: Object.fromEntries(answer.headers), text };
}

async function start(port = 0): Promise<Running & { clock: ReturnType<typeof turnableClock>; url: string }> {
  const clock = turnableClock();
  const rest = { profile: 'dev', callerSecret: '', dataDir: '.', addressOf: () => '', version: '0.0.0' };
  const world = { ...rest, clock, log, host: '127.0.0.1', port } as unknown as World;
  const running = await eurekaserver.start(world, { leaseMs: 90_000, deltaMs: 180_000, instancesMax: 100 });
  return { ...running, clock, url: `http://127.0.0.1:${running.port}` };
}

async function serve(t: TestContext) {
  const server = await start();
  t.after(() => server.stop());
  const ask = (method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, body?: unknown) => {
    return request(server.url + path, {
      method,
      headers: { accept: 'application/json', ...(body !== undefined && { 'content-type': 'application/json' }) },
      body: body === undefined ? null : JSON.stringify(body),
    });
  };
  const get = async <T>(path: string) => JSON.parse((await ask('GET', path)).text) as T;
  return { ...server, ask, get };
}

const instance = {
  instanceId: 'host:demo:8080',
  hostName: 'host',
  app: 'DEMO',
  ipAddr: '10.0.0.1',
  status: 'UP',
  port: { $: 8080, '@enabled': 'true' },
  dataCenterInfo: { '@class': 'com.netflix.appinfo.InstanceInfo$DefaultDataCenterInfo', name: 'MyOwn' },
  leaseInfo: { renewalIntervalInSecs: 30, durationInSecs: 90 },
  metadata: { zone: 'a' },
  homePageUrl: 'http://host:8080/',
  lastDirtyTimestamp: '1700000000000',
};

interface Listed {
  readonly applications: {
    readonly versions__delta: string;
    readonly apps__hashcode: string;
    readonly application: { readonly name: string; readonly instance: Record<string, unknown>[] }[];
  };
}

describe('Eureka’s REST', () => {
  test('a service registers, renews, is found and leaves, under both bases', async (t) => {
    const { ask, get } = await serve(t);
    for (const base of ['/eureka', '/eureka/v2']) {
      const place = `${base}/apps/demo/host%3Ademo%3A8080`;
      const empty = await ask('PUT', place);
      assert.equal(empty.status, 404);
      assert.deepEqual(Object.keys(JSON.parse(empty.text) as object), ['timestamp', 'status', 'error', 'path']);
      assert.equal((await ask('POST', `${base}/apps/demo`, { instance })).status, 204);
      const beat = await ask('PUT', `${place}?status=UP&lastDirtyTimestamp=1700000000000`);
      assert.deepEqual([beat.status, beat.text, beat.headers['content-length']], [200, '', '0']);
      assert.equal((await get<Listed>(`${base}/apps/`)).applications.apps__hashcode, 'UP_1_');
      assert.equal((await get<Listed>(`${base}/apps/delta`)).applications.application[0]?.name, 'DEMO');
      assert.equal((await get<{ application: { name: string } }>(`${base}/apps/Demo`)).application.name, 'DEMO');
      for (const path of [place, `${base}/instances/host:demo:8080`]) {
        assert.equal((await get<{ instance: typeof instance }>(path)).instance.instanceId, 'host:demo:8080');
      }
      assert.equal((await ask('DELETE', place)).status, 200);
      assert.equal((await ask('DELETE', place)).status, 404);
      assert.equal((await ask('GET', `${base}/apps/demo`)).status, 404);
    }
  });

  test('an instance is shown in the protocol’s shape', async (t) => {
    const { ask, get, clock } = await serve(t);
    await ask('POST', '/eureka/apps/DEMO', { instance });
    const [shown] = (await get<Listed>('/eureka/apps')).applications.application[0]!.instance;
    const now = clock.now().getTime();
    assert.deepEqual(shown?.['port'], { $: 8080, '@enabled': 'true' });
    assert.deepEqual(shown?.['securePort'], { $: 7002, '@enabled': 'false' });
    assert.equal(shown?.['overriddenStatus'], 'UNKNOWN');
    assert.equal(shown?.['lastDirtyTimestamp'], '1700000000000');
    assert.equal(typeof shown?.['lastUpdatedTimestamp'], 'string');
    assert.equal(shown?.['actionType'], 'ADDED');
    assert.deepEqual(shown?.['metadata'], { zone: 'a' });
    const lease = shown?.['leaseInfo'] as Record<string, number>;
    assert.equal(lease['durationInSecs'], 90);
    assert.ok(Math.abs((lease['registrationTimestamp'] ?? 0) - now) < 60_000);
  });

  test('what is missing is named in plain text', async (t) => {
    const { ask } = await serve(t);
    for (const [field, words] of [
      ['hostName', 'Missing hostname'],
      ['ipAddr', 'Missing ip address'],
      ['app', 'Missing appName'],
      ['dataCenterInfo', 'Missing dataCenterInfo'],
    ] as const) {
      const { status, text } = await ask('POST', '/eureka/apps/demo', {
        instance: { ...instance, [field]: undefined },
      });
      assert.deepEqual([status, text], [400, words]);
    }
    const other = await ask('POST', '/eureka/apps/other', { instance });
    assert.deepEqual([other.status, other.text], [400, 'Mismatched appName, expecting OTHER but was DEMO']);
    assert.equal((await ask('POST', '/eureka/apps/demo', { instance: 5 })).status, 400);
  });
});

describe('what comes from clients of other kinds', () => {
  test('a heartbeat may carry a content type and no body', async (t) => {
    const { ask, url } = await serve(t);
    await ask('POST', '/eureka/apps/demo', { instance });
    const headers = { 'content-type': 'application/json' };
    const beat = await request(`${url}/eureka/apps/DEMO/host:demo:8080`, { method: 'PUT', headers, body: '' });
    assert.equal(beat.status, 200);
  });

  test('XML is refused in plain words: 415 as a body, 406 as the only wish', async (t) => {
    const { url } = await serve(t);
    const headers = { 'content-type': 'application/xml' };
    const sent = await request(`${url}/eureka/apps/demo`, { method: 'POST', headers, body: '<instance/>' });
    assert.equal(sent.status, 415);
    assert.match(sent.text, /JSON only/);
    const asked = await request(`${url}/eureka/apps`, { headers: { accept: 'application/xml' } });
    assert.equal(asked.status, 406);
  });

  test('a body that is no JSON is a 400 that shows the form', async (t) => {
    const { url } = await serve(t);
    const headers = { 'content-type': 'application/json' };
    const sent = await request(`${url}/eureka/apps/demo`, { method: 'POST', headers, body: '{"instance":' });
    assert.equal(sent.status, 400);
    assert.match(sent.text, /\{"instance":/);
  });
});

describe('the page', () => {
  test('lists instances and lets no name become markup', async (t) => {
    const { ask } = await serve(t);
    assert.match((await ask('GET', '/')).text, /Nobody has registered yet/);
    const nasty = { ...instance, instanceId: '<script>alert(1)</script>', homePageUrl: 'javascript:alert(1)' };
    await ask('POST', '/eureka/apps/demo', { instance: nasty });
    await ask('POST', '/eureka/apps/demo', { instance });
    const { text, headers } = await ask('GET', '/');
    assert.match(String(headers['content-type']), /^text\/html/);
    assert.match(text, /<a href="http:\/\/host:8080\/"/);
    assert.equal(text.includes('<script>'), false);
    assert.equal(text.includes('javascript:'), false);
  });
});

async function until(words: string, check: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 500; tries += 1) {
    if (await check()) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error(`it never came true: ${words}`);
}

async function hashCodeAt(url: string): Promise<string> {
  const { text } = await request(`${url}/eureka/apps`);
  return (JSON.parse(text) as Listed).applications.apps__hashcode;
}

describe('our client', () => {
  const rhythm = { host: '127.0.0.1', port: 1234, log, heartbeatMs: 20, retryMs: 20 };

  test('registers, keeps its lease and leaves', async (t) => {
    const { url, get, clock } = await serve(t);
    const registration = registerWithEureka({ ...rhythm, serverUrls: [`${url}/eureka/`], service: 'receiver' });
    await until('registered', async () => (await hashCodeAt(url)) === 'UP_1_');
    clock.turn(80_000);
    await new Promise((resolve) => setTimeout(resolve, 200));
    clock.turn(80_000);
    const { instance: own } = await get<{ instance: Record<string, unknown> }>(
      '/eureka/apps/RECEIVER/127.0.0.1:receiver:1234',
    );
    assert.equal(own['vipAddress'], 'receiver');
    await registration.stop();
    assert.equal(await hashCodeAt(url), '');
    assert.match((await request(`${url}/eureka/apps/delta`)).text, /DELETED/);
  });

  test('registers again with a server that forgot it', async (t) => {
    const { url, ask } = await serve(t);
    const registration = registerWithEureka({ ...rhythm, serverUrls: [`${url}/eureka`], service: 'sender' });
    t.after(() => registration.stop());
    await until('registered', async () => (await hashCodeAt(url)) === 'UP_1_');
    await ask('DELETE', '/eureka/apps/SENDER/127.0.0.1:sender:1234');
    await until('registered again', async () => (await hashCodeAt(url)) === 'UP_1_');
  });

  test('waits for a server that is away, and goes on when it is there', async (t) => {
    const first = await start();
    await first.stop();
    const registration = registerWithEureka({ ...rhythm, serverUrls: [`${first.url}/eureka`], service: 'sender' });
    t.after(() => registration.stop());
    await new Promise((resolve) => setTimeout(resolve, 60));
    const second = await start(first.port);
    t.after(() => second.stop());
    await until('registered', async () => (await hashCodeAt(second.url)) === 'UP_1_');
  });

  test('takes the next server where the first is away', async (t) => {
    const { url } = await serve(t);
    const serverUrls = ['http://127.0.0.1:1/eureka', `${url}/eureka/v2`];
    const registration = registerWithEureka({ ...rhythm, serverUrls, service: 'sender' });
    await until('registered', async () => (await hashCodeAt(url)) === 'UP_1_');
    await registration.stop();
    assert.equal(await hashCodeAt(url), '');
  });

  test('stops although its server never answers, and although no address is one', async (t) => {
    const silent = createServer(() => undefined);
    silent.listen(0, '127.0.0.1');
    await once(silent, 'listening');
    t.after(() => {
      silent.closeAllConnections();
      silent.close();
    });
    const { port } = silent.address() as AddressInfo;
    await registerWithEureka({ ...rhythm, serverUrls: [`http://127.0.0.1:${port}/eureka`], service: 'sender' }).stop();
    await registerWithEureka({ ...rhythm, serverUrls: ['nonsense'], service: 'sender' }).stop();
    await registerWithEureka({ ...rhythm, serverUrls: [], service: 'sender' }).stop();
  });

  test('stops at once where no server ever answered', async () => {
    const serverUrls = ['http://127.0.0.1:1/eureka'];
    await registerWithEureka({ ...rhythm, serverUrls, service: 'sender', retryMs: 60_000 }).stop();
  });
});
