// gateway: token buckets in Redis, shared by all gateways; while Redis is away each gateway counts for itself.
import type { Clock } from '@staffetta/platform/clock.ts';
import type { Log } from '@staffetta/platform/telemetry/log.ts';
import { Redis, type Result } from 'ioredis';
import { bucketKey, takenFrom, type Bucket, type RateLimit, type Taken } from './rate-limit.ts';

/**
 * Takes up to `wanted` tokens of every bucket, of all alike, in one step; the clock is Redis' own, so that gateways whose clocks
 * differ agree, unless a time is given (tests turn it). Answers the tokens granted and, as text, those left in each.
 */
const takeScript = `
local wanted, now = tonumber(ARGV[1]), tonumber(ARGV[2])
if not now then
  local time = redis.call('TIME')
  now = time[1] * 1000 + time[2] / 1000
end
local granted, held = wanted, {}
for i, key in ipairs(KEYS) do
  local perSecond, burst = tonumber(ARGV[1 + 2 * i]), tonumber(ARGV[2 + 2 * i])
  local kept = redis.call('HMGET', key, 'tokens', 'at')
  local tokens, at = tonumber(kept[1]) or burst, tonumber(kept[2]) or now
  held[i] = math.min(burst, tokens + math.max(0, now - at) / 1000 * perSecond)
  granted = math.min(granted, math.floor(held[i]))
end
local left = {}
for i, key in ipairs(KEYS) do
  local perSecond, burst = tonumber(ARGV[1 + 2 * i]), tonumber(ARGV[2 + 2 * i])
  left[i] = string.format('%.6f', held[i] - granted)
  redis.call('HSET', key, 'tokens', left[i], 'at', string.format('%.3f', now))
  redis.call('PEXPIRE', key, math.ceil(burst / perSecond * 1000) + 1000)
end
return { granted, left }
`;

type Granted = [granted: number, left: string[]];

declare module 'ioredis' {
  interface RedisCommander<Context> {
    takeTokens(keyCount: number, ...keysAndRules: (string | number)[]): Result<Granted, Context>;
  }
}

/** How a rate limit in Redis is made. */
export interface RedisRateLimitOptions {
  readonly url: string;
  /** What counts while Redis is away. */
  readonly local: RateLimit;
  readonly log: Log;
  /** Begins every key; tests have their own. */
  readonly keyPrefix?: string;
  /** Only for tests, which turn it. */
  readonly clock?: Clock;
}

/** How long Redis may take before a request is counted locally, and how long it is left alone after a failure. */
const answerTimeoutMs = 250;
const holdOffMs = 1000;

function connect(url: string, log: Log): Redis {
  const redis = new Redis(url, {
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    connectTimeout: 1000,
    commandTimeout: answerTimeoutMs,
    retryStrategy: (tries) => Math.min(tries * 200, 5000),
    scripts: { takeTokens: { lua: takeScript } },
  });
  let away = false;
  redis.on('ready', () => {
    if (away) log.info('rateLimit.redisIsBack');
    away = false;
  });
  // Without a listener a lost connection would end the process; one line per absence is enough.
  redis.on('error', (error) => {
    if (!away) log.warn({ err: error }, 'rateLimit.redisAway');
    away = true;
  });
  return redis;
}

/** Requests with the same buckets that arrive in the same turn of the event loop and share one question to Redis. */
interface Waiting {
  readonly buckets: readonly Bucket[];
  readonly resolvers: ((taken: Taken) => void)[];
}

function share({ buckets, resolvers }: Waiting, granted: number, left: readonly number[]): void {
  for (const [index, resolve] of resolvers.entries()) {
    const allowed = index < granted;
    // Those behind it took theirs after it.
    const behind = allowed ? granted - 1 - index : 0;
    const mine = left.map((tokens) => tokens + behind);
    resolve(takenFrom(buckets, mine, allowed));
  }
}

/**
 * Makes rate limits in Redis.
 * @param options see there
 */
export function redisRateLimit(options: RedisRateLimitOptions): RateLimit {
  const { local, clock } = options;
  const prefix = options.keyPrefix ?? 'staffetta:rate:';
  const redis = connect(options.url, options.log);
  const waiting = new Map<string, Waiting>();
  let restUntilMs = 0;

  function usable(): boolean {
    return redis.status === 'ready' && Date.now() >= restUntilMs;
  }

  async function ask(group: Waiting): Promise<void> {
    const { buckets, resolvers } = group;
    const keys = buckets.map((bucket) => prefix + bucketKey(bucket));
    const rules = buckets.flatMap(({ rule }) => [rule.perSecond, rule.burst]);
    const nowMs = clock ? clock.now().getTime() : '';
    try {
      const [granted, left] = await redis.takeTokens(keys.length, ...keys, resolvers.length, nowMs, ...rules);
      share(group, granted, left.map(Number));
    } catch (error) {
      options.log.debug({ err: error }, 'rateLimit.countedLocally');
      restUntilMs = Date.now() + holdOffMs;
      for (const resolve of resolvers) resolve(await local.take(buckets));
    }
  }

  function askAll(): void {
    const groups = [...waiting.values()];
    waiting.clear();
    for (const group of groups) void ask(group);
  }

  return {
    take(buckets) {
      if (!usable()) return local.take(buckets);
      return new Promise((resolve) => {
        if (waiting.size === 0) setImmediate(askAll);
        const key = buckets.map(bucketKey).join('\n');
        const others = waiting.get(key);
        if (others) others.resolvers.push(resolve);
        else waiting.set(key, { buckets, resolvers: [resolve] });
      });
    },
    async ping() {
      await redis.ping();
    },
    async close() {
      redis.disconnect();
      await local.close();
    },
  };
}
