// eurekaserver: two of ours keep one registry, and an original is told in its own words.
import { once } from 'node:events';
import assert from 'node:assert/strict';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, test, type TestContext } from 'node:test';
import { demo, serve, startServer, until, type TestServer } from './eureka-test-kit.ts';

const place = '/eureka/apps/DEMO/host:demo:8080';
const quick = { EUREKA_SERVER_MAX_BATCHING_DELAY: '5', EUREKA_SERVER_REGISTRY_SYNC_RETRY_WAIT_MS: '20' };

/** A port that nobody has; a server that is to be named before it runs takes it. */
async function freePort(): Promise<number> {
  const holder = createServer().listen(0, '127.0.0.1');
  await once(holder, 'listening');
  const { port } = holder.address() as AddressInfo;
  holder.close();
  await once(holder, 'close');
  return port;
}

function address(port: number): string {
  return `http://127.0.0.1:${port}/eureka/`;
}

/** Two servers that each name both, as one list for all makes them do. */
async function pair(t: TestContext): Promise<readonly [TestServer, TestServer]> {
  const ports = [await freePort(), await freePort()] as const;
  const environment = { ...quick, EUREKA_PEERS: ports.map(address).join(',') };
  const first = await startServer(environment, ports[0]);
  const second = await startServer(environment, ports[1]);
  t.after(() => Promise.all([first.stop(), second.stop()]));
  return [first, second];
}

describe('two of ours', () => {
  test('tell one another of everything, and nothing goes round', async (t) => {
    const [first, second] = await pair(t);
    const both = (hashcode: string) =>
      until(hashcode, async () => (await first.hashcode()) === hashcode && (await second.hashcode()) === hashcode);
    await first.ask('POST', '/eureka/apps/DEMO', { instance: demo });
    await both('UP_1_');
    await second.ask('PUT', `${place}/status?value=OUT_OF_SERVICE`);
    await both('OUT_OF_SERVICE_1_');
    await first.ask('DELETE', `${place}/status?value=UP`);
    await both('UP_1_');
    await second.ask('PUT', `${place}/metadata?zone=b`);
    await until('the metadata', async () => /"zone":"b"/.test((await first.ask('GET', place)).text));
    await first.ask('DELETE', place);
    await both('');
    assert.match((await first.ask('GET', '/')).text, /<td class="myself">/);
  });

  test('a heartbeat brings an instance to a peer that lost it', async (t) => {
    const [first, second] = await pair(t);
    await first.ask('POST', '/eureka/apps/DEMO', { instance: demo });
    await until('told', async () => (await second.hashcode()) === 'UP_1_');
    await second.ask('DELETE', place, undefined, { 'x-netflix-discovery-replication': 'true' });
    assert.equal(await second.hashcode(), '');
    await first.ask('PUT', place);
    await until('told again', async () => (await second.hashcode()) === 'UP_1_');
  });

  test('where they differ the later word holds, on both', async (t) => {
    const [first, second] = await pair(t);
    const alone = { 'x-netflix-discovery-replication': 'true' };
    const later = { ...demo, lastDirtyTimestamp: '1700000000001', ipAddr: '10.0.0.2' };
    await first.ask('POST', '/eureka/apps/DEMO', { instance: demo }, alone);
    await second.ask('POST', '/eureka/apps/DEMO', { instance: later }, alone);
    await first.ask('PUT', place);
    await until('the later one', async () => /10\.0\.0\.2/.test((await first.ask('GET', place)).text));
    assert.match((await second.ask('GET', place)).text, /10\.0\.0\.2/);
  });

  test('a server that starts has the registry of the other, its overrides too', async (t) => {
    const first = await serve(t, quick);
    await first.ask('POST', '/eureka/apps/DEMO', { instance: demo });
    await first.ask('PUT', `${place}/status?value=OUT_OF_SERVICE`);
    const second = await serve(t, { ...quick, EUREKA_PEERS: address(first.port) });
    await until('copied', async () => (await second.hashcode()) === 'OUT_OF_SERVICE_1_');
    await second.ask('POST', '/eureka/apps/DEMO', { instance: demo });
    assert.equal(await second.hashcode(), 'OUT_OF_SERVICE_1_');
  });

  test('what happened while a peer was away it hears when it is back', async (t) => {
    const port = await freePort();
    const first = await serve(t, { ...quick, EUREKA_PEERS: address(port) });
    await first.ask('POST', '/eureka/apps/DEMO', { instance: demo });
    await until('found away', async () => /class="away"/.test((await first.ask('GET', '/')).text));
    const { json } = await first.ask('GET', '/eureka/status');
    const { applicationStats } = json as { applicationStats: Record<string, string> };
    assert.deepEqual(
      [applicationStats['available-replicas'], applicationStats['unavailable-replicas']],
      ['', address(port)],
    );
    const second = await startServer(quick, port);
    t.after(() => second.stop());
    await until('told', async () => (await second.hashcode()) === 'UP_1_');
  });

  test('an address that is none stops the start, and is not repeated, for it may hold a password', async () => {
    await assert.rejects(startServer({ EUREKA_PEERS: 'peer:secret' }), (error: Error & { code: string }) => {
      return error.code === 'SETTING_WRONG' && !error.message.includes('secret');
    });
  });

  test('a server that got nothing from its peers may keep readers out for a time', async (t) => {
    const environment = { ...quick, EUREKA_PEERS: address(1), EUREKA_SERVER_WAIT_TIME_IN_MS_WHEN_SYNC_EMPTY: '5m' };
    const { ask, clock } = await serve(t, environment);
    assert.equal((await ask('GET', '/eureka/apps')).status, 403);
    assert.equal((await ask('POST', '/eureka/apps/DEMO', { instance: demo })).status, 204);
    clock.turn(300_000);
    assert.equal((await ask('GET', '/eureka/apps')).status, 200);
  });
});

interface Batch {
  readonly replicationList: Record<string, unknown>[];
}

/** Stands for an original: takes batches, answers as it would. */
async function original(t: TestContext, answerTo: (entry: Record<string, unknown>) => unknown) {
  const batches: { headers: IncomingMessage['headers']; url: string | undefined; body: Batch }[] = [];
  const server = createServer((request, response) => {
    void (async () => {
      const text = Buffer.concat(await request.toArray()).toString();
      response.setHeader('content-type', 'application/json');
      if (request.method === 'GET') return response.end('{"applications":{"application":[]}}');
      const body = JSON.parse(text) as Batch;
      batches.push({ headers: request.headers, url: request.url, body });
      return response.end(JSON.stringify({ responseList: body.replicationList.map(answerTo) }));
    })();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { port, entries: () => batches.flatMap(({ body }) => body.replicationList), batches };
}

describe('an original', () => {
  test('is told in batches, with its header and the login of its address', async (t) => {
    const peer = await original(t, () => ({ statusCode: 200 }));
    const url = `http://java:secret@127.0.0.1:${peer.port}/eureka/`;
    const { ask } = await serve(t, { ...quick, EUREKA_SERVER_MAX_BATCHING_DELAY: '100', EUREKA_PEERS: url });
    await ask('POST', '/eureka/apps/DEMO', { instance: demo });
    await ask('PUT', `${place}/status?value=DOWN`);
    await until('told', () => peer.entries().length === 2);
    const [batch] = peer.batches;
    assert.equal(batch?.url, '/eureka/peerreplication/batch/');
    assert.equal(batch?.headers['x-netflix-discovery-replication'], 'true');
    assert.equal(batch?.headers.authorization, `Basic ${Buffer.from('java:secret').toString('base64')}`);
    const [register, update] = peer.entries();
    assert.deepEqual(
      [register?.['action'], register?.['appName'], register?.['id'], register?.['lastDirtyTimestamp']],
      ['Register', 'DEMO', 'host:demo:8080', 1_700_000_000_000],
    );
    assert.match(JSON.stringify(register?.['instanceInfo']), /"hostName":"host"/);
    assert.deepEqual([update?.['action'], update?.['status']], ['StatusUpdate', 'DOWN']);
    assert.equal((await ask('GET', '/')).text.includes('secret'), false);
  });

  test('that does not know an instance is told it whole; that knows it later is believed', async (t) => {
    const later = { ...demo, lastDirtyTimestamp: '1700000000009', ipAddr: '10.0.0.9' };
    const peer = await original(t, ({ action, id }) => {
      if (action !== 'Heartbeat') return { statusCode: 200 };
      return id === 'host:demo:8080' ? { statusCode: 409, responseEntity: later } : { statusCode: 404 };
    });
    const { ask } = await serve(t, { ...quick, EUREKA_PEERS: address(peer.port) });
    const alone = { 'x-netflix-discovery-replication': 'true' };
    await ask('POST', '/eureka/apps/DEMO', { instance: demo }, alone);
    await ask('POST', '/eureka/apps/DEMO', { instance: { ...demo, instanceId: 'other' } }, alone);
    await ask('PUT', place);
    await ask('PUT', '/eureka/apps/DEMO/other');
    await until('believed', async () => /10\.0\.0\.9/.test((await ask('GET', place)).text));
    await until('told', () => peer.entries().some(({ action, id }) => action === 'Register' && id === 'other'));
  });

  test('tells ours in batches: each entry is answered for itself', async (t) => {
    const { ask, hashcode } = await serve(t);
    const entry = { appName: 'DEMO', id: 'host:demo:8080', lastDirtyTimestamp: 1_700_000_000_000 };
    const replicationList = [
      { ...entry, action: 'Heartbeat', status: 'UP' },
      { ...entry, action: 'Register', instanceInfo: demo },
      { ...entry, action: 'Heartbeat', status: 'UP', overriddenStatus: 'UNKNOWN' },
      { ...entry, action: 'Heartbeat', lastDirtyTimestamp: 1 },
      { ...entry, action: 'StatusUpdate', status: 'OUT_OF_SERVICE' },
      { ...entry, action: 'DeleteStatusOverride', status: 'UP' },
      { ...entry, action: 'Cancel', id: 'other' },
      { ...entry, action: 'Register', instanceInfo: { ...demo, hostName: '' } },
      { ...entry, action: 'Dance' },
      'nonsense',
    ];
    const { json } = await ask('POST', '/eureka/v2/peerreplication/batch/', { replicationList });
    const { responseList } = json as { responseList: { statusCode: number; responseEntity?: typeof demo }[] };
    const statuses = responseList.map(({ statusCode }) => statusCode);
    assert.deepEqual(statuses, [404, 200, 200, 409, 200, 200, 404, 400, 500, 500]);
    assert.equal(responseList[3]?.responseEntity?.lastDirtyTimestamp, '1700000000000');
    assert.equal(await hashcode(), 'UP_1_');
    assert.equal((await ask('POST', '/eureka/peerreplication/batch/', {})).status, 400);
  });

  test('asks ours singly: who knows less is answered 409 with the instance', async (t) => {
    const { ask } = await serve(t);
    const alone = { 'x-netflix-discovery-replication': 'true' };
    await ask('POST', '/eureka/apps/DEMO', { instance: demo });
    const beat = await ask('PUT', `${place}?status=UP&lastDirtyTimestamp=5`, undefined, alone);
    assert.equal(beat.status, 409);
    assert.equal((beat.json as { instance: typeof demo }).instance.instanceId, 'host:demo:8080');
    assert.equal((await ask('PUT', `${place}?status=UP&lastDirtyTimestamp=5`)).status, 200);
  });
});
