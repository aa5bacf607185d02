// gateway: tests of where a request comes from: only trusted proxies are believed, and of a chain only its trusted end.
import assert from 'node:assert/strict';
import type { IncomingMessage } from 'node:http';
import { test } from 'node:test';
import { createClientReader, readNetworks } from './client.ts';

function from(remoteAddress: string, headers: Record<string, string> = {}): IncomingMessage {
  return { socket: { remoteAddress }, headers: { host: 'gateway', ...headers } } as unknown as IncomingMessage;
}

const forwarded = {
  'x-forwarded-for': '203.0.113.9, 10.1.1.1',
  'x-forwarded-proto': 'https',
  'x-forwarded-host': 'hub.example',
};

test('without trusted proxies nothing that a client says of itself counts', () => {
  const read = createClientReader(readNetworks([]));
  assert.deepEqual(read(from('10.0.0.1', forwarded)), {
    address: '10.0.0.1',
    proto: 'http',
    host: 'gateway',
    forwardedFor: '10.0.0.1',
  });
});

test('a trusted proxy is believed, as far as the chain is trusted', () => {
  const read = createClientReader(readNetworks(['10.0.0.0/8']));
  assert.deepEqual(read(from('10.0.0.1', forwarded)), {
    address: '203.0.113.9',
    proto: 'https',
    host: 'hub.example',
    forwardedFor: '203.0.113.9, 10.1.1.1, 10.0.0.1',
  });
  const forged = read(from('10.0.0.1', { 'x-forwarded-for': '127.0.0.1, 203.0.113.9' }));
  assert.equal(forged.address, '203.0.113.9', 'what stands before the first stranger is the stranger’s word');
  assert.equal(read(from('192.0.2.1', forwarded)).address, '192.0.2.1');
});

test('what is no address and no scheme is not believed', () => {
  const read = createClientReader(readNetworks(['loopback']));
  const client = read(from('::1', { 'x-forwarded-for': 'evil\u0000, unknown', 'x-forwarded-proto': 'gopher' }));
  assert.deepEqual([client.address, client.proto, client.forwardedFor], ['::1', 'http', '::1']);
});

test('IPv4 in the form of IPv6 is IPv4', () => {
  const read = createClientReader(readNetworks(['10.0.0.0/8']));
  assert.equal(read(from('::ffff:10.0.0.1', { 'x-forwarded-for': '203.0.113.9' })).address, '203.0.113.9');
});

test('what is no network is refused by name', () => {
  for (const text of ['proxy.example', '10.0.0.0/33', '10.0.0.0/', '10.0.0.0/x', 'fd00::/129', '']) {
    assert.throws(() => readNetworks([text]), { code: 'SETTING_WRONG', message: /GATEWAY_TRUSTED_PROXIES/ }, text);
  }
});
