// gateway: token buckets in this process's memory.
import type { Clock } from '@staffetta/platform/clock.ts';
import { bucketKey, refilled, takenFrom, type Bucket, type RateLimit } from './rate-limit.ts';

interface Kept {
  tokens: number;
  atMs: number;
}

/**
 * Makes rate limits in memory. Buckets are kept in two generations, so that forgetting costs nothing: when the younger is full it
 * becomes the older, and whoever was not seen since begins anew with a full bucket.
 * @param clock tells how much was refilled
 * @param bucketsMax how many buckets are kept at most
 */
export function memoryRateLimit(clock: Clock, bucketsMax = 100_000): RateLimit {
  let young = new Map<string, Kept>();
  let old = new Map<string, Kept>();

  function keep(key: string, kept: Kept): Kept {
    if (young.size >= bucketsMax / 2) {
      old = young;
      young = new Map();
    }
    young.set(key, kept);
    return kept;
  }

  function find(bucket: Bucket, nowMs: number): Kept {
    const key = bucketKey(bucket);
    const { rule } = bucket;
    const kept = young.get(key) ?? keep(key, old.get(key) ?? { tokens: rule.burst, atMs: nowMs });
    kept.tokens = refilled(kept.tokens, nowMs - kept.atMs, rule);
    kept.atMs = nowMs;
    return kept;
  }

  return {
    take(buckets) {
      const nowMs = clock.now().getTime();
      const found = buckets.map((bucket) => find(bucket, nowMs));
      const allowed = found.every(({ tokens }) => tokens >= 1);
      if (allowed) for (const kept of found) kept.tokens -= 1;
      return takenFrom(
        buckets,
        found.map(({ tokens }) => tokens),
        allowed,
      );
    },
    async ping() {},
    async close() {
      young.clear();
      old.clear();
    },
  };
}
