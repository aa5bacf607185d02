// receiver: the client of callbacks: what it tells of failures, and whom it never connects to.
import assert from 'node:assert/strict';
import type { LookupAddress } from 'node:dns';
import { createServer, type Server } from 'node:net';
import { after, before, test } from 'node:test';
import { createCallbackClient, type CallbackClient, type ClientOptions } from './callback-client.ts';

let server: Server;
let connections = 0;
let answer = '';
const clients: CallbackClient[] = [];

before(async () => {
  server = createServer((socket) => {
    connections++;
    socket.on('error', () => socket.destroy());
    socket.once('data', () => (answer === 'reset' ? socket.resetAndDestroy() : socket.write(answer)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});

after(async () => {
  await Promise.all(clients.map((client) => client.close()));
  await new Promise((resolve) => server.close(resolve));
});

function client(changes: Partial<ClientOptions> = {}): CallbackClient {
  const policy = { allowHttp: true, allowPrivate: true };
  const made = createCallbackClient({ policy, timeoutMs: 1000, connectionsPerHost: 2, ...changes });
  clients.push(made);
  return made;
}

function url(host = '127.0.0.1'): string {
  const address = server.address();
  return `http://${host}:${typeof address === 'object' && address ? address.port : 0}/callback`;
}

function post(by: CallbackClient, to: string, headers: Record<string, string> = {}) {
  return by.post(to, headers, Buffer.from('{}'), new Date('2026-11-22T10:00:00Z'));
}

function lookupOf(address: string): NonNullable<ClientOptions['lookup']> {
  return ((_host: string, _options: object, callback: (error: null, found: LookupAddress[]) => void) =>
    callback(null, [{ address, family: 4 }])) as unknown as NonNullable<ClientOptions['lookup']>;
}

test('a name that leads to a private address is blocked when it is resolved, and nobody is connected to', async () => {
  const before = connections;
  const policy = { allowHttp: true, allowPrivate: false };
  const result = await post(client({ policy, lookup: lookupOf('127.0.0.1') }), url('rebound.example'));
  assert.equal(result.outcome, 'blocked');
  assert.equal(result.permanent, false);
  assert.equal(connections, before);
});

test('the connection goes to the address that was checked', async () => {
  answer = 'HTTP/1.1 204 No Content\r\n\r\n';
  const result = await post(client({ lookup: lookupOf('127.0.0.1') }), url('pinned.example'));
  assert.equal(result.outcome, 'delivered');
});

test('a refused or reset connection is unreachable', async () => {
  answer = 'reset';
  assert.equal((await post(client(), url())).outcome, 'unreachable');
  const refused = await post(client(), 'http://127.0.0.1:1/');
  assert.deepEqual([refused.outcome, refused.hostAway], ['unreachable', true]);
});

test('an answer that is no HTTP, and one that drips, end the try', async () => {
  answer = 'hello\r\n\r\n';
  assert.equal((await post(client(), url())).outcome, 'unreachable');
  answer = 'HTTP/1.1 20';
  assert.equal((await post(client({ timeoutMs: 100 }), url())).outcome, 'timeout');
});

test('what a status means', async () => {
  const tell = async (status: string, more = '') => {
    answer = `HTTP/1.1 ${status}\r\n${more}Content-Length: 0\r\nConnection: close\r\n\r\n`;
    const { outcome, permanent, hostAway, retryAfterMs } = await post(client(), url());
    return [outcome, permanent, hostAway, retryAfterMs];
  };
  assert.deepEqual(await tell('201 Created'), ['delivered', false, false, undefined]);
  assert.deepEqual(await tell('301 Moved', 'Location: http://169.254.169.254/\r\n'), [
    'redirected',
    false,
    false,
    undefined,
  ]);
  assert.deepEqual(await tell('404 Not Found'), ['refused', false, false, undefined]);
  assert.deepEqual(await tell('410 Gone'), ['refused', true, false, undefined]);
  assert.deepEqual(await tell('429 Slow', 'Retry-After: 7\r\n'), ['refused', false, false, 7000]);
  assert.deepEqual(await tell('500 Oh'), ['refused', false, false, undefined]);
  assert.deepEqual(await tell('503 Away'), ['refused', false, true, undefined]);
});

test('a header that no request can carry is a failure, not a crash', async () => {
  assert.notEqual((await post(client(), url(), { 'X-Correlation-ID': 'a\nb' })).outcome, 'delivered');
});
