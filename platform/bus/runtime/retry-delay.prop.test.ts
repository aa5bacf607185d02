// platform: waits stay within their bounds and never shrink as tries go on, but for chance.
import fc from 'fast-check';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pauseDelayMaxMs, pauseDelayMs, retryDelayMs } from './retry-delay.ts';

const chance = fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true });
const policies = fc.record({
  tries: fc.integer({ min: 1, max: 20 }),
  delaysMs: fc.array(fc.integer({ min: 0, max: 86_400_000 }), { maxLength: 8 }),
  jitter: fc.double({ min: 0, max: 1, noNaN: true }),
});

test('a retry waits between the unjittered share of its delay and all of it', () => {
  fc.assert(
    fc.property(policies, fc.integer({ min: 1, max: 50 }), chance, (policy, tries, random) => {
      const delay = policy.delaysMs[Math.min(tries, policy.delaysMs.length) - 1] ?? 0;
      const waitMs = retryDelayMs(policy, tries, random);
      assert.ok(waitMs >= 0 && waitMs <= delay);
      assert.ok(waitMs >= delay * (1 - policy.jitter) - 1e-6);
    }),
  );
});

test('without jitter the schedule is followed to the letter, and its last delay repeats', () => {
  const policy = { tries: 9, delaysMs: [100, 1000, 5000], jitter: 0 };
  assert.deepEqual(
    [1, 2, 3, 4, 9].map((tries) => retryDelayMs(policy, tries, 0.7)),
    [100, 1000, 5000, 5000, 5000],
  );
});

test('a pause doubles up to its cap and never below a first wait', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 2000 }), chance, (attempt, random) => {
      const waitMs = pauseDelayMs(attempt, random);
      assert.ok(waitMs > 0 && waitMs <= pauseDelayMaxMs);
      assert.ok(pauseDelayMs(attempt + 1, random) >= waitMs);
    }),
  );
  assert.deepEqual(
    [1, 2, 3, 4, 5, 6, 7].map((attempt) => pauseDelayMs(attempt, 0)),
    [250, 500, 1000, 2000, 4000, 5000, 5000],
  );
});
