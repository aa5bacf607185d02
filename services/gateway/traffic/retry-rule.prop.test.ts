// gateway: tests of the rule of second tries: nothing is doubled, and the budget holds whatever comes.
import fc from 'fast-check';
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { isSafeAgain, RetryBudget, waitBefore } from './retry-rule.ts';

const failedTry = fc.record({
  method: fc.constantFrom('GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS', 'POST', 'PATCH'),
  hasKey: fc.boolean(),
  sent: fc.boolean(),
  isBodyKept: fc.boolean(),
});

describe('a second try', () => {
  test('never doubles a POST or PATCH that was sent without an Idempotency-Key', () => {
    fc.assert(
      fc.property(failedTry, (failed) => {
        const mayDouble = failed.sent && !failed.hasKey && /^(POST|PATCH)$/.test(failed.method);
        if (mayDouble) assert.equal(isSafeAgain(failed), false);
      }),
    );
  });

  test('is always safe before anything was sent, and never after where the body is gone', () => {
    fc.assert(
      fc.property(failedTry, (failed) => {
        if (!failed.sent) assert.equal(isSafeAgain(failed), true);
        if (failed.sent && !failed.isBodyKept) assert.equal(isSafeAgain(failed), false);
      }),
    );
  });

  test('waits not at all the first time, then longer and longer, up to a bound', () => {
    assert.equal(waitBefore(1, 0.9), 0);
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 40 }), fc.double({ min: 0, max: 0.999, noNaN: true }), (tries, chance) => {
        const waitMs = waitBefore(tries, chance);
        assert.ok(waitMs > 0 && waitMs <= 200, String(waitMs));
        assert.ok(waitMs <= waitBefore(tries + 1, 0.999));
      }),
    );
  });
});

describe('the budget', () => {
  test('never gives more than its reserve and the share of what came in', () => {
    const step = fc.constantFrom('request', 'retry');
    fc.assert(
      fc.property(fc.array(step, { maxLength: 300 }), fc.nat(20), (steps, reserve) => {
        const rule = { share: 0.2, reserve };
        const budget = new RetryBudget(() => rule);
        let [requests, retries] = [0, 0];
        for (const one of steps) {
          if (one === 'request') {
            requests += 1;
            budget.earn();
          } else if (budget.spend()) {
            retries += 1;
          }
          assert.ok(retries <= reserve + requests * 0.2 + 1e-9);
        }
      }),
    );
  });

  test('is whole again after a quiet while', () => {
    const budget = new RetryBudget(() => ({ share: 0.2, reserve: 2 }));
    assert.deepEqual([budget.spend(), budget.spend(), budget.spend()], [true, true, false]);
    for (let request = 0; request < 50; request += 1) budget.earn();
    assert.deepEqual([budget.spend(), budget.spend(), budget.spend()], [true, true, false]);
  });
});
