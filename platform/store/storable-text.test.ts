// platform: what is made storable can be stored, and what can be stored already stays as it is.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isStorable, storableText } from './storable-text.ts';

test('what is made storable is storable, whatever it was and wherever it is cut', () => {
  for (const text of ['', 'a\u0000b', '\ud83d', 'x\ud83d\ude00', 'perché', '\udc00\u0000'.repeat(50)]) {
    for (const max of [1, 2, 20]) assert.ok(isStorable(storableText(text, max), max), JSON.stringify([text, max]));
  }
  assert.equal(storableText('a\u0000b', 3), 'a\ufffdb');
});

test('what is storable stays as it is, however long where no length is set', () => {
  assert.equal(storableText('perché 😀'.repeat(1000), Infinity), 'perché 😀'.repeat(1000));
});
