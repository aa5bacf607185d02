// gateway: tests of where a sign-in may lead.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readReturnTo } from './return-to.ts';

const origin = 'https://hub.example.it';

test('a sign-in leads to paths of the hub', () => {
  assert.equal(readReturnTo(undefined, origin), '/');
  assert.equal(readReturnTo('', origin), '/');
  for (const path of ['/', '/console', '/console?x=1&y=%2F%2F#part', '/a//b', '/@evil.example', '/signing']) {
    assert.equal(readReturnTo(path, origin), path);
  }
});

test('a sign-in leads nowhere else, however it is spelt', () => {
  const wishes = [
    'https://evil.example',
    '//evil.example',
    '///evil.example',
    '/\\evil.example',
    '\\\\evil.example',
    '/\t/evil.example',
    '/\n/evil.example',
    ' //evil.example',
    'javascript:alert(1)',
    'console',
    '/a\\b',
    '/.//evil.example',
    '/a/..//evil.example',
    '/%2e//evil.example',
    '/signin',
    '/signin/callback?code=1',
    '/x/../signin',
    '/signout',
    `/${'a'.repeat(1000)}`,
    ['/a', '/b'],
    7,
  ];
  for (const wish of wishes) {
    assert.throws(() => readReturnTo(wish, origin), { code: 'BODY_NOT_VALID' }, JSON.stringify(wish));
  }
});
