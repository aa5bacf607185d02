// fatturapa: findings are short and can be stored, whatever the document holds.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DocumentFinding } from './finding.ts';
import { storableFindings } from './storable-findings.ts';

function withTexts(texts: Partial<DocumentFinding>): DocumentFinding {
  return { code: '00200', severity: 'error', message: { it: 'it', en: 'en' }, ...texts };
}

function stored(texts: Partial<DocumentFinding>): DocumentFinding {
  return storableFindings([withTexts(texts)])[0]!;
}

test('ordinary findings stay as they are, in their order', () => {
  const two = [withTexts({ value: 'Perché', path: 'A/B[2]' }), withTexts({ fix: { it: 'così', en: 'so' } })];
  assert.deepEqual(storableFindings(two), two);
});

test('texts of a document are cut, and hold neither U+0000 nor half a character', () => {
  const odd = stored({ value: `\u0000${'x'.repeat(1_000_000)}`, path: 'a\ud800b', file: '\udc00' });
  assert.equal(odd.value?.length, 300);
  assert.equal(odd.value?.[0], '\u{fffd}');
  assert.deepEqual([odd.path, odd.file], ['a\u{fffd}b', '\u{fffd}']);
  const half = stored({ value: `${'x'.repeat(298)}\u{1f600}${'y'.repeat(50)}` });
  assert.ok(half.value?.isWellFormed());
  assert.ok(stored({ message: { it: 'i'.repeat(9999), en: '\u0000' } }).message.it.length <= 2000);
});
