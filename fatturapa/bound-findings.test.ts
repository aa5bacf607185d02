// fatturapa: findings stay within their bound, and say how many there are.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { boundFindings } from './bound-findings.ts';
import type { DocumentFinding } from './finding.ts';

function some(count: number, severity: DocumentFinding['severity'] = 'error'): DocumentFinding[] {
  return Array.from({ length: count }, () => ({ code: '00404', severity, message: { it: 'già', en: 'again' } }));
}

function shown(findings: readonly DocumentFinding[], most: number) {
  const bounded = boundFindings(findings, most);
  const last = bounded.at(-1);
  return [bounded.length, last?.code, /\d+/.exec(last?.message.en ?? '')?.[0]];
}

test('what fits stays as it is', () => {
  const findings = some(3);
  assert.deepEqual(boundFindings(findings, 3), findings);
});

test('what does not fit is counted, last of all', () => {
  assert.deepEqual(shown(some(500), 200), [201, 'MORE_FINDINGS', '500']);
  assert.deepEqual(shown([...some(3, 'warning'), ...some(2)], 2), [3, 'MORE_FINDINGS', '5']);
  assert.deepEqual(
    boundFindings([...some(3, 'warning'), ...some(2)], 2).map(({ severity }) => severity),
    ['error', 'error', 'warning'],
  );
});

test('joined lists that were bounded before are bounded again, and counted together', () => {
  const joined = [...boundFindings(some(300), 200), ...boundFindings(some(500), 200)];
  assert.deepEqual(shown(joined, 200), [201, 'MORE_FINDINGS', '800']);
  const [one, many] = [some(1), boundFindings(some(30), 5)];
  assert.deepEqual(shown([...many, ...one], 200), [7, 'MORE_FINDINGS', '31']);
});
