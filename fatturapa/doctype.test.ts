// fatturapa: what counts as a DOCTYPE in the prolog, in every encoding that a parser would detect.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hasDoctype } from './doctype.ts';

const declaration = '<?xml version="1.0" encoding="UTF-8"?>';
const bomb = `${declaration}\r\n<!-- a comment --><?pi?>\t<!DOCTYPE r [<!ENTITY a "b">]><r>&a;</r>`;
const plain = `${declaration}\n<!-- <!DOCTYPE no> --><?pi <!DOCTYPE no?><r><![CDATA[<!DOCTYPE r>]]></r>`;

function utf16(text: string, big: boolean, mark: boolean): Buffer {
  const bytes = Buffer.from((mark ? '\ufeff' : '') + text, 'utf16le');
  return big ? bytes.swap16() : bytes;
}

test('a DOCTYPE after declaration, comments and processing instructions is found', () => {
  assert.equal(hasDoctype(bomb), true);
  assert.equal(hasDoctype(Buffer.from(bomb)), true);
  assert.equal(hasDoctype('<!DOCTYPE r><r/>'), true);
  assert.equal(hasDoctype(' \n<!DOCTYPE r SYSTEM "file:///etc/passwd"><r/>'), true);
});

test('a DOCTYPE is found behind a byte order mark', () => {
  assert.equal(hasDoctype(Buffer.from(`\ufeff${bomb}`)), true);
  assert.equal(hasDoctype(`\ufeff${bomb}`), true);
});

test('a DOCTYPE is found in UTF-16, with and without its mark', () => {
  for (const big of [true, false]) {
    for (const mark of [true, false]) {
      assert.equal(hasDoctype(utf16(bomb, big, mark)), true, `big ${big}, mark ${mark}`);
      assert.equal(hasDoctype(utf16(plain, big, mark)), false, `big ${big}, mark ${mark}`);
    }
  }
});

test('a comment in UTF-16 ends where it ends, whatever its bytes look like', () => {
  assert.equal(hasDoctype(utf16('<!--\u2d2d> x --><!DOCTYPE r><r/>', false, true)), true);
  assert.equal(hasDoctype(utf16('<!--\u2d2d> <!DOCTYPE r> --><r/>', false, true)), false);
});

test('a DOCTYPE in a comment, a processing instruction or the content is none', () => {
  assert.equal(hasDoctype(plain), false);
  assert.equal(hasDoctype(Buffer.from(plain)), false);
  assert.equal(hasDoctype('<r/><!DOCTYPE r>'), false);
});

test('the spelling in lower case is refused too', () => {
  assert.equal(hasDoctype('<!doctype html><html/>'), true);
});

test('what is no XML has none', () => {
  assert.equal(hasDoctype(''), false);
  assert.equal(hasDoctype(Buffer.alloc(0)), false);
  assert.equal(hasDoctype(Buffer.from([0])), false);
  assert.equal(hasDoctype(Buffer.from('PK\u0003\u0004<!DOCTYPE')), false);
  assert.equal(hasDoctype(Buffer.from([0x30, 0x80, 0x06, 0x09])), false);
  assert.equal(hasDoctype('<!-- never closed <!DOCTYPE r>'), false);
});

test('millions of blanks and comments are skipped in one pass', () => {
  assert.equal(hasDoctype(`${' '.repeat(1_000_000)}${'<!---->'.repeat(200_000)}<!DOCTYPE r>`), true);
});

test('a part of a larger buffer is read from its own start', () => {
  const whole = Buffer.from(`junk${bomb}`);
  assert.equal(hasDoctype(new Uint8Array(whole.buffer, whole.byteOffset + 4, whole.length - 4)), true);
});
