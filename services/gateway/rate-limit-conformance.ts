// gateway: what every face of the rate limit must do.
import { turnableClock, type Clock } from '@staffetta/platform/clock.ts';
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { RateLimit, RateRule } from './rate-limit.ts';

/**
 * Runs the suite on one face.
 * @param face its name in the titles
 * @param make makes a rate limit with buckets of its own, on the given clock
 */
export function rateLimitConformance(face: string, make: (rule: RateRule, clock: Clock) => Promise<RateLimit>): void {
  const take = async (limit: RateLimit, count: number, client = 'one') => {
    const answers = await Promise.all(Array.from({ length: count }, async () => limit.take(client)));
    return answers.filter((answer) => answer.allowed).length;
  };
  // The clock ticks on while a test runs; at these rates that makes no whole token.
  const rule = { perSecond: 0.001, burst: 5 };

  describe(`rate limit in ${face}`, () => {
    test('a burst passes, what is over it does not', async () => {
      const limit = await make(rule, turnableClock());
      assert.equal(await take(limit, 8), 5);
      assert.equal(await take(limit, 1), 0);
      await limit.close();
    });

    test('one client’s requests are no other’s concern', async () => {
      const limit = await make(rule, turnableClock());
      assert.equal(await take(limit, 6, 'one'), 5);
      assert.equal(await take(limit, 6, 'other'), 5);
      await limit.close();
    });

    test('tokens come back with time, up to the burst', async () => {
      const clock = turnableClock();
      const limit = await make(rule, clock);
      assert.equal(await take(limit, 5), 5);
      clock.turn(2_000_000);
      assert.equal(await take(limit, 3), 2);
      clock.turn(100_000_000);
      assert.equal(await take(limit, 9), 5);
      await limit.close();
    });

    test('a refused client is told when it may come again', async () => {
      const clock = turnableClock();
      const limit = await make(rule, clock);
      await take(limit, 5);
      const { allowed, retryAfterMs } = await limit.take('one');
      assert.equal(allowed, false);
      assert.ok(retryAfterMs > 990_000 && retryAfterMs <= 1_000_000, String(retryAfterMs));
      clock.turn(retryAfterMs);
      assert.equal(await take(limit, 1), 1);
      await limit.close();
    });

    test('a clock that goes back takes nothing away', async () => {
      const clock = turnableClock();
      const limit = await make(rule, clock);
      assert.equal(await take(limit, 3), 3);
      clock.turn(-60_000);
      assert.equal(await take(limit, 3), 2);
      await limit.close();
    });

    test('it gives a sign of life', async () => {
      const limit = await make(rule, turnableClock());
      await limit.ping();
      await limit.close();
    });
  });
}
