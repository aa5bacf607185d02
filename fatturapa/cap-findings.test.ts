// fatturapa: lists of findings stay small and can be stored.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { capFindings } from './cap-findings.ts';
import type { DocumentFinding } from './finding.ts';

function finding(code: string, severity: DocumentFinding['severity'] = 'error'): DocumentFinding {
  return { code, severity, message: { it: `${code} it`, en: `${code} en` } };
}

test('as many as are allowed stay as they are, in their order', () => {
  const three = [finding('a', 'warning'), finding('b'), finding('c', 'warning')];
  assert.deepEqual(capFindings(three, 3), three);
});

test('of more, errors come first and the last one counts the rest', () => {
  const found = [finding('w1', 'warning'), finding('w2', 'warning'), finding('e1'), finding('e2'), finding('e3')];
  const some = capFindings(found, 3);
  assert.deepEqual(
    some.map(({ code, severity }) => [code, severity]),
    [
      ['e1', 'error'],
      ['e2', 'error'],
      ['MORE_FINDINGS', 'error'],
    ],
  );
  assert.match(some[2]?.message.it ?? '', /1 errori e 2 avvisi/);
  assert.equal(capFindings(found, 4).at(-1)?.severity, 'warning');
  assert.equal(capFindings(found, 1).length, 1);
});

test('texts are cut, and hold neither U+0000 nor half a character', () => {
  const odd = { ...finding('00200'), value: `\u0000${'x'.repeat(1_000_000)}`, path: 'a\ud800b' };
  const [seen] = capFindings([odd], 10);
  assert.equal(seen?.value?.length, 300);
  assert.equal(seen?.value?.[0], '\u{fffd}');
  assert.equal(seen?.path, 'a\u{fffd}b');
  const half = { ...finding('00200'), value: `${'x'.repeat(298)}\u{1f600}${'y'.repeat(50)}` };
  assert.ok(capFindings([half], 10)[0]?.value?.isWellFormed());
});
