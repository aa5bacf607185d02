// hub: a finding is told on one line, with its place and its remedy.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lineOfFinding } from './finding-line.ts';

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
