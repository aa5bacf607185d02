// gateway: token buckets in this process's memory.
import type { Clock } from '@staffetta/platform/clock.ts';
import { allowed, refused, type RateLimit, type RateRule } from './rate-limit.ts';

interface Bucket {
  tokens: number;
  atMs: number;
}

/**
 * Makes a rate limit in memory. A full bucket is as good as none, so that full ones are forgotten when there are too many.
 * @param rule the limit of each client
 * @param clock tells how much was refilled
 * @param clientsMax how many buckets are kept; past it the full and then the oldest ones go
 */
export function memoryRateLimit(rule: RateRule, clock: Clock, clientsMax = 50_000): RateLimit {
  const buckets = new Map<string, Bucket>();

  function tokensOf(bucket: Bucket, nowMs: number): number {
    const gained = (Math.max(0, nowMs - bucket.atMs) / 1000) * rule.perSecond;
    return Math.min(rule.burst, bucket.tokens + gained);
  }

  function makeRoom(nowMs: number): void {
    for (const [client, bucket] of buckets) if (tokensOf(bucket, nowMs) >= rule.burst) buckets.delete(client);
    for (const client of buckets.keys()) {
      if (buckets.size < clientsMax) break;
      buckets.delete(client);
    }
  }

  function bucketOf(client: string, nowMs: number): Bucket {
    const known = buckets.get(client);
    if (known) return known;
    if (buckets.size >= clientsMax) makeRoom(nowMs);
    const fresh = { tokens: rule.burst, atMs: nowMs };
    buckets.set(client, fresh);
    return fresh;
  }

  return {
    take(client) {
      const nowMs = clock.now().getTime();
      const bucket = bucketOf(client, nowMs);
      bucket.tokens = tokensOf(bucket, nowMs);
      bucket.atMs = nowMs;
      if (bucket.tokens < 1) return refused(bucket.tokens, rule);
      bucket.tokens -= 1;
      return allowed;
    },
    async ping() {},
    async close() {
      buckets.clear();
    },
  };
}
