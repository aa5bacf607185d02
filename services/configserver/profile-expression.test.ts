// configserver: tests of profile expressions, in Spring's words.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { matchesProfiles } from './profile-expression.ts';

test('names, not, and, or, brackets', () => {
  for (const [expression, profiles, expected] of [
    ['prod', ['prod'], true],
    ['prod', ['test'], false],
    ['!prod', ['test'], true],
    ['prod & cloud', ['cloud', 'prod'], true],
    ['prod & cloud', ['prod'], false],
    ['prod|test', ['test'], true],
    ['prod & !(cloud | test)', ['prod'], true],
    ['(prod & eu) | (test & us)', ['test', 'us'], true],
    ['!!prod', ['prod'], true],
    ['my-app.x_1', ['my-app.x_1'], true],
  ] as const) {
    assert.equal(matchesProfiles(expression, profiles), expected, expression);
  }
});

test('what cannot be read is refused with the reason', () => {
  for (const [expression, why] of [
    ['', /missing/],
    ['a &', /missing/],
    ['a & b | c', /need brackets/],
    ['(a', /not closed/],
    ['a b', /"b" stands where/],
    ['a)', /"\)" stands where/],
    ['&', /missing/],
  ] as const) {
    assert.throws(() => matchesProfiles(expression, []), why, expression);
  }
});
