// gateway: tests of what stays open for long, WebSockets and streams of events: the same gate, both ways, and a good end.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, test, type TestContext } from 'node:test';
import { request } from 'undici';
import { WebSocket, WebSocketServer } from 'ws';
import {
  arubaKey,
  customerKey,
  echo,
  sendRaw,
  startGateway,
  startService,
  type TestGateway,
  type TestService,
} from '../gateway-test-kit.ts';
import { eventually } from './traffic-test-kit.ts';

type Changes = Parameters<typeof startGateway>[1];

async function behind(t: TestContext, service: TestService, changes: Changes = {}): Promise<TestGateway> {
  const gateway = await startGateway(service.url, changes);
  let hasStopped = false;
  t.after(async () => {
    if (!hasStopped) await gateway.stop();
    await service.stop();
  });
  return {
    ...gateway,
    stop() {
      hasStopped = true;
      return gateway.stop();
    },
  };
}

/** A service that sends an event at once, and more when the test says so. */
async function eventService() {
  const sends: ((text: string) => void)[] = [];
  const service = await startService((_incoming, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write('data: first\n\n');
    sends.push((text) => response.write(text));
  });
  return { service, sends };
}

/** A service of WebSockets that answers each message with itself, and tells what it was asked with. */
async function socketService() {
  const heard: IncomingMessage[] = [];
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  server.on('connection', (socket, incoming) => {
    heard.push(incoming);
    socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }));
    socket.on('error', () => socket.terminate());
  });
  await once(server, 'listening');
  const service: TestService = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen: heard,
    async stop() {
      for (const client of server.clients) client.terminate();
      server.close();
      await once(server, 'close');
    },
  };
  return service;
}

function openSocket(gateway: TestGateway, headers: Record<string, string>, path = '/sender/live'): WebSocket {
  const socket = new WebSocket(`ws://127.0.0.1:${gateway.port}${path}`, { headers });
  socket.on('error', () => undefined);
  return socket;
}

async function refusalOf(socket: WebSocket): Promise<number | undefined> {
  const [, answer] = (await once(socket, 'unexpected-response')) as [unknown, IncomingMessage];
  answer.resume();
  return answer.statusCode;
}

async function countOf(gateway: TestGateway, kind: string): Promise<number> {
  const { text } = await gateway.ask('GET', '/actuator/prometheus', arubaKey);
  return Number(new RegExp(`gateway_streams\\{kind="${kind}"[^}]*\\} (\\d+)`).exec(text)?.[1]);
}

describe('a stream of events', () => {
  test('goes through as it comes, outlives the time for an answer, and takes nobody’s place', async (t) => {
    const { service, sends } = await eventService();
    const changes = { responseTimeoutMs: 900, connectTimeoutMs: 100, inFlightMax: 1 };
    const gateway = await behind(t, service, changes);
    const { statusCode, headers, body } = await request(`${gateway.url}/sender/events`, { headers: arubaKey });
    assert.deepEqual([statusCode, headers['content-type']], [200, 'text/event-stream']);
    const events = body[Symbol.asyncIterator]();
    assert.equal(String((await events.next()).value), 'data: first\n\n');
    assert.equal(await countOf(gateway, 'events'), 1);
    const other = await request(`${gateway.url}/sender/events`, { headers: arubaKey });
    assert.equal(other.statusCode, 200, 'a second one in a bulkhead of one');
    await new Promise((resolve) => setTimeout(resolve, 1100));
    sends[0]?.('data: later\n\n');
    assert.equal(String((await events.next()).value), 'data: later\n\n');
    other.body.destroy();
    await eventually('one is closed', async () => (await countOf(gateway, 'events')) === 1);
    body.destroy();
    await eventually('both are closed', async () => (await countOf(gateway, 'events')) === 0);
  });

  test('that is silent for too long is ended', async (t) => {
    const { service } = await eventService();
    const gateway = await behind(t, service, { streamIdleMs: 50 });
    const { body } = await request(`${gateway.url}/sender/events`, { headers: arubaKey });
    await assert.rejects(body.text());
  });

  test('ends well when the gateway stops', async (t) => {
    const { service } = await eventService();
    const gateway = await behind(t, service);
    const { body } = await request(`${gateway.url}/sender/events`, { headers: arubaKey });
    const all = body.text();
    await eventually('it is open', async () => (await countOf(gateway, 'events')) === 1);
    await gateway.stop();
    assert.equal(await all, 'data: first\n\n');
  });

  test('too many is one too many', async (t) => {
    const { service } = await eventService();
    const gateway = await behind(t, service, { streamsMax: 1 });
    const first = await request(`${gateway.url}/sender/events`, { headers: arubaKey });
    const second = await gateway.ask('GET', '/sender/events', arubaKey);
    assert.equal(second.status, 503);
    assert.match(second.text, /as much in hand as it may/);
    first.body.destroy();
  });
});

describe('a WebSocket', () => {
  test('goes both ways, and the service learns who calls', async (t) => {
    const service = await socketService();
    const gateway = await behind(t, service);
    const socket = openSocket(gateway, arubaKey);
    await once(socket, 'open');
    assert.equal(service.seen[0]?.url, '/live');
    assert.ok(service.seen[0]?.headers['x-staffetta-caller']);
    assert.equal(service.seen[0]?.headers['x-api-key'], undefined);
    for (const message of ['hello', 'x'.repeat(300_000)]) {
      socket.send(message);
      const [data] = (await once(socket, 'message')) as [Buffer];
      assert.equal(data.toString(), message);
    }
    assert.equal(await countOf(gateway, 'webSocket'), 1);
    socket.close(1000, 'enough');
    const [code] = (await once(socket, 'close')) as [number];
    assert.equal(code, 1000);
    await eventually('it is forgotten', async () => (await countOf(gateway, 'webSocket')) === 0);
  });

  test('is refused where any request is: without a key, without the role, on an odd path', async (t) => {
    const service = await socketService();
    const gateway = await behind(t, service);
    assert.equal(await refusalOf(openSocket(gateway, {})), 401);
    assert.equal(await refusalOf(openSocket(gateway, { 'x-api-key': 'wrong' })), 401);
    assert.equal(await refusalOf(openSocket(gateway, customerKey)), 403);
    assert.equal(await refusalOf(openSocket(gateway, arubaKey, '/nowhere')), 404);
    assert.equal(service.seen.length, 0);
  });

  test('that the service does not want is answered in its words', async (t) => {
    const service = await startService((_incoming, response) => void response.writeHead(426).end('no'));
    const gateway = await behind(t, service);
    assert.equal(await refusalOf(openSocket(gateway, arubaKey)), 426);
  });

  test('to a service that is away is answered 503', async (t) => {
    const service = await startService(() => undefined);
    await service.stop();
    const gateway = await startGateway(service.url);
    t.after(() => gateway.stop());
    assert.equal(await refusalOf(openSocket(gateway, arubaKey)), 503);
  });

  test('that is silent for too long, or that the service drops, is closed', async (t) => {
    const service = await socketService();
    const gateway = await behind(t, service, { streamIdleMs: 60 });
    const silent = openSocket(gateway, arubaKey);
    await once(silent, 'open');
    await once(silent, 'close');
    await eventually('it is forgotten', async () => (await countOf(gateway, 'webSocket')) === 0);
  });

  test('does not keep the gateway from stopping', async (t) => {
    const service = await socketService();
    const gateway = await behind(t, service);
    const socket = openSocket(gateway, arubaKey);
    await once(socket, 'open');
    const closed = once(socket, 'close');
    await gateway.stop();
    await closed;
  });

  test('too many is one too many', async (t) => {
    const service = await socketService();
    const gateway = await behind(t, service, { streamsMax: 1 });
    const first = openSocket(gateway, arubaKey);
    await once(first, 'open');
    assert.equal(await refusalOf(openSocket(gateway, arubaKey)), 503);
    first.terminate();
  });
});

test('an offer of HTTP/2 (as Java’s client makes it) is answered as the plain request that it is', async (t) => {
  const service = await startService((incoming, response) => void echo(incoming, response));
  const gateway = await behind(t, service);
  const head = [
    'POST /sender/x HTTP/1.1',
    'x-api-key: aruba-secret-token',
    'upgrade: h2c',
    'http2-settings: AAMAAABkAARAAAAAAAIAAAAA',
    'content-length: 0',
  ].join('\r\n');
  const answer = await sendRaw(gateway.port, head);
  assert.match(answer, /^HTTP\/1\.1 200 /);
  const upload = httpRequest(`${gateway.url}/sender/x`, {
    method: 'POST',
    headers: { ...arubaKey, connection: 'Upgrade, HTTP2-Settings', upgrade: 'h2c', 'http2-settings': 'AAMA' },
  });
  upload.end('a body');
  const [got] = (await once(upload, 'response')) as [IncomingMessage];
  const chunks: Buffer[] = await got.toArray();
  assert.equal((JSON.parse(Buffer.concat(chunks).toString()) as { bytes: number }).bytes, 6);
});
