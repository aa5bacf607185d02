// gateway: what every face of the rate limit must do.
import { turnableClock, type Clock } from '@staffetta/platform/clock.ts';
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Bucket, LimitName, RateLimit, RateRule } from './rate-limit.ts';

// The clock ticks on while a test runs; at these rates that makes no whole token.
const five: RateRule = { perSecond: 0.001, burst: 5 };
const two: RateRule = { perSecond: 0.002, burst: 2 };

function bucket(name: string, rule = five, limit: LimitName = 'key'): Bucket {
  return { limit, name, rule };
}

/**
 * Runs the suite on one face.
 * @param face its name in the titles
 * @param make makes rate limits with buckets of their own, on the given clock
 */
export function rateLimitConformance(face: string, make: (clock: Clock) => Promise<RateLimit>): void {
  const take = async (limit: RateLimit, count: number, ...buckets: Bucket[]) => {
    const answers = await Promise.all(Array.from({ length: count }, async () => limit.take(buckets)));
    return answers.filter((answer) => answer.allowed).length;
  };
  const one = bucket('one');

  describe(`rate limits in ${face}`, () => {
    test('a burst passes, what is over it does not', async () => {
      const limit = await make(turnableClock());
      assert.equal(await take(limit, 8, one), 5);
      assert.equal(await take(limit, 1, one), 0);
      await limit.close();
    });

    test('one client’s requests are no other’s concern', async () => {
      const limit = await make(turnableClock());
      assert.equal(await take(limit, 6, one), 5);
      assert.equal(await take(limit, 6, bucket('other')), 5);
      assert.equal(
        await take(limit, 6, bucket('one', five, 'customer')),
        5,
        'nor is a customer a key of the same name',
      );
      await limit.close();
    });

    test('tokens come back with time, up to the burst', async () => {
      const clock = turnableClock();
      const limit = await make(clock);
      assert.equal(await take(limit, 5, one), 5);
      clock.turn(2_000_000);
      assert.equal(await take(limit, 3, one), 2);
      clock.turn(100_000_000);
      assert.equal(await take(limit, 9, one), 5);
      await limit.close();
    });

    test('a refused client is told when it may come again', async () => {
      const clock = turnableClock();
      const limit = await make(clock);
      await take(limit, 5, one);
      const { allowed, retryAfterMs, left } = await limit.take([one]);
      assert.equal(allowed, false);
      assert.ok(left < 1, String(left));
      assert.ok(retryAfterMs > 990_000 && retryAfterMs <= 1_000_000, String(retryAfterMs));
      clock.turn(retryAfterMs);
      assert.equal(await take(limit, 1, one), 1);
      await limit.close();
    });

    test('a clock that goes back takes nothing away', async () => {
      const clock = turnableClock();
      const limit = await make(clock);
      assert.equal(await take(limit, 3, one), 3);
      clock.turn(-60_000);
      assert.equal(await take(limit, 3, one), 2);
      await limit.close();
    });

    test('of several buckets the first empty one refuses, and the others lose nothing', async () => {
      const limit = await make(turnableClock());
      const small = bucket('acme', two, 'expensive');
      assert.equal(await take(limit, 4, one, small), 2);
      const answer = await limit.take([one, small]);
      assert.deepEqual([answer.allowed, answer.tightest.limit], [false, 'expensive']);
      assert.ok(answer.retryAfterMs > 490_000 && answer.retryAfterMs <= 500_000, String(answer.retryAfterMs));
      assert.equal(await take(limit, 9, one), 3);
      await limit.close();
    });

    test('where several are empty, the one that takes longest tells when to come again', async () => {
      const limit = await make(turnableClock());
      const other = bucket('acme', { perSecond: 1000, burst: 5 }, 'customer');
      assert.equal(await take(limit, 5, one), 5);
      assert.equal((await limit.take([other, one])).tightest.limit, 'key');
      await limit.close();
    });

    test('an answer tells what is left in the bucket nearest to its end', async () => {
      const limit = await make(turnableClock());
      const large = bucket('acme', { perSecond: 0.001, burst: 1000 }, 'customer');
      const answers = await Promise.all([1, 2, 3].map(async () => limit.take([large, one])));
      assert.deepEqual(
        answers.map(({ tightest, left }) => [tightest.limit, Math.floor(left)]),
        [
          ['key', 4],
          ['key', 3],
          ['key', 2],
        ],
      );
      await limit.close();
    });

    test('a rule that changes counts from the next request', async () => {
      const limit = await make(turnableClock());
      assert.equal(await take(limit, 2, one), 2);
      assert.equal(await take(limit, 4, bucket('one', two)), 2);
      await limit.close();
    });

    test('it gives a sign of life', async () => {
      const limit = await make(turnableClock());
      await limit.ping();
      await limit.close();
    });
  });
}
