// receiver: where callbacks may go under each profile.
import { HubError } from '@staffetta/flow/errors.ts';
import assert from 'node:assert/strict';
import type { LookupAddress } from 'node:dns';
import { test } from 'node:test';
import { blockedAddressCode, checkCallbackUrl, checkedLookup, isPublicAddress } from './callback-policy.ts';

const production = { allowHttp: false, allowPrivate: false };
const dev = { allowHttp: true, allowPrivate: true };

function isRefused(url: string, policy = production): boolean {
  try {
    checkCallbackUrl(url, policy);
    return false;
  } catch (error) {
    assert.ok(error instanceof HubError && error.code === 'CALLBACK_NOT_ALLOWED', url);
    return true;
  }
}

test('what is no absolute http(s) URL is refused everywhere', () => {
  for (const url of [
    '',
    'callback',
    '/callback',
    'ftp://a.it/x',
    'file:///etc/passwd',
    'http:a.it',
    'http://',
    'https:\\\\a.it',
  ]) {
    assert.ok(isRefused(url, dev), url);
  }
  for (const url of [
    'http://a.it/a b',
    'http://a.it/\n',
    ' http://a.it',
    'javascript:alert(1)',
    'http://a.it:99999/',
    'http://a.it/\0',
    'http://a.it/\x7f',
    'http://a.it/\ud800',
    'http://\udc00.it/',
  ]) {
    assert.ok(isRefused(url, dev), url);
  }
});

test('a URL with a user, or longer than 2,000 characters, is refused everywhere', () => {
  assert.ok(isRefused('https://user@a.it/', dev));
  assert.ok(isRefused('https://user:password@a.it/', dev));
  assert.ok(isRefused(`https://a.it/${'x'.repeat(2000)}`, dev));
  assert.ok(!isRefused(`https://a.it/${'x'.repeat(1980)}`, dev));
});

test('profile dev takes plain http and loopback', () => {
  for (const url of [
    'http://127.0.0.1:8090/callback',
    'http://a.it/\u{1f600}',
    'http://localhost/x',
    'http://[::1]:1/',
    'https://10.0.0.1/',
  ]) {
    assert.ok(!isRefused(url, dev), url);
  }
});

test('production takes https to public hosts only', () => {
  assert.ok(isRefused('http://example.com/'));
  assert.ok(!isRefused('https://example.com/callback?a=b'));
  assert.ok(!isRefused('https://93.184.216.34/'));
  assert.ok(!isRefused('https://[2606:2800:220:1::1]/'));
  assert.ok(isRefused('https://localhost/'));
  assert.ok(isRefused('https://api.localhost/'));
  assert.ok(isRefused('https://localhost./'));
});

test('production refuses special addresses in every spelling of theirs', () => {
  const spellings = [
    ['127.0.0.1', '127.1', '2130706433', '0x7f000001', '0177.0.0.1', '0x7f.1', '127.0.0.1.'],
    ['10.0.0.1', '172.16.0.1', '172.31.255.255', '192.168.1.1', '169.254.169.254', '100.64.0.1', '0.0.0.0', '0'],
    [
      '192.0.0.1',
      '192.0.2.1',
      '198.18.0.1',
      '198.51.100.1',
      '203.0.113.1',
      '224.0.0.1',
      '255.255.255.255',
      '240.0.0.1',
    ],
    [
      '[::1]',
      '[::]',
      '[::ffff:127.0.0.1]',
      '[::ffff:7f00:1]',
      '[::ffff:8.8.8.8]',
      '[::127.0.0.1]',
      '[64:ff9b::7f00:1]',
    ],
    ['[64:ff9b:1::1]', '[fc00::1]', '[fd12::1]', '[fe80::1]', '[fec0::1]', '[ff02::1]', '[100::1]', '[2001::1]'],
    ['[2001:db8::1]', '[2002:7f00:1::]', '[3fff::1]', '[5f00::1]', '①②⑦.0.0.1'],
  ].flat();
  for (const host of spellings) assert.ok(isRefused(`https://${host}/`), host);
});

test('the neighbours of special ranges are public', () => {
  for (const address of ['9.255.255.255', '11.0.0.0', '172.32.0.0', '100.128.0.0', '223.255.255.255', '8.8.8.8']) {
    assert.ok(isPublicAddress(address), address);
  }
  for (const address of ['2001:200::1', '2a00:1450::1', '2003::1', '2606:4700::1111']) {
    assert.ok(isPublicAddress(address), address);
  }
  assert.ok(!isPublicAddress('example.com'));
});

function resolverOf(addresses: LookupAddress[]): Parameters<typeof checkedLookup>[1] {
  return ((_host: string, _options: object, callback: (error: null, found: LookupAddress[]) => void) =>
    callback(null, addresses)) as unknown as Parameters<typeof checkedLookup>[1];
}

const inside = { address: '10.1.1.1', family: 4 };
const outside = { address: '93.184.216.34', family: 4 };

test('a name is resolved to its public addresses only', () => {
  const found: unknown[] = [];
  const lookup = checkedLookup(production, resolverOf([inside, outside]));
  lookup('mixed.example', { all: true }, (error, addresses) => found.push(error, addresses));
  lookup('mixed.example', {}, (error, address, family) => found.push(error, address, family));
  assert.deepEqual(found, [null, [outside], null, '93.184.216.34', 4]);
});

test('a name that has only private addresses is blocked, unless they are allowed', () => {
  const codes: unknown[] = [];
  checkedLookup(production, resolverOf([inside]))('in.example', {}, (error) => codes.push(error?.code));
  checkedLookup(dev, resolverOf([inside]))('in.example', {}, (error, address) => codes.push(error ?? address));
  assert.deepEqual(codes, [blockedAddressCode, '10.1.1.1']);
});
