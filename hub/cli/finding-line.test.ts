// hub: a finding is told on one line, with its place and its remedy.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lineOfFinding, linesOfFinding } from './finding-line.ts';

test('a line has the place and the remedy', () => {
  const finding = {
    code: '00400',
    severity: 'error',
    line: 12,
    column: 7,
    message: { en: 'The nature is missing.' },
    fix: { en: 'Give it.' },
  } as const;
  assert.equal(lineOfFinding(finding), 'error 00400 at line 12:7: The nature is missing. To do: Give it.');
});

test('what stands in a document does not steer the terminal', () => {
  const finding = {
    code: 'X',
    severity: 'warning',
    path: 'a\u009b2J',
    message: { en: 'b\u001b[31m\u202e\nc' },
  } as const;
  assert.equal(lineOfFinding(finding), 'warning X at a\ufffd2J: b\ufffd[31m\ufffd c');
});

test('in the language asked for the remedy has a line of its own', () => {
  const finding = {
    code: '00400',
    severity: 'error',
    file: 'b.xml',
    line: 12,
    message: { it: 'Manca la natura.', en: 'The nature is missing.' },
    fix: { it: 'Indicarla.', en: 'Give it.' },
  } as const;
  assert.deepEqual(linesOfFinding(finding, 'it'), [
    'Errore 00400 (b.xml, riga 12): Manca la natura.',
    '  Rimedio: Indicarla.',
  ]);
  assert.deepEqual(
    linesOfFinding({ ...finding, message: { en: 'x\u001b[2J' } }, 'it')[0],
    'Errore 00400 (b.xml, riga 12): x\ufffd[2J',
  );
  assert.equal(
    linesOfFinding({ ...finding, code: 'TOTAL_DIFFERS' }, 'en')[0],
    'Error (b.xml, line 12): The nature is missing. [TOTAL_DIFFERS]',
  );
});
