// gateway: token buckets in Redis, shared by all gateways; while Redis is away each gateway counts for itself.
import type { Clock } from '@staffetta/platform/clock.ts';
import type { Log } from '@staffetta/platform/telemetry/log.ts';
import { Redis, type Result } from 'ioredis';
import { allowed, refused, type RateLimit, type RateRule, type Taken } from './rate-limit.ts';

/**
 * Takes up to `wanted` tokens, whole or in part, in one step; the clock is Redis' own, so that gateways whose clocks
 * differ agree, unless a time is given (tests turn it). Answers the tokens granted and, as text, those left.
 */
const takeScript = `
local perSecond, burst, wanted = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local now = tonumber(ARGV[4])
if not now then
  local time = redis.call('TIME')
  now = time[1] * 1000 + time[2] / 1000
end
local kept = redis.call('HMGET', KEYS[1], 'tokens', 'at')
local tokens, at = tonumber(kept[1]) or burst, tonumber(kept[2]) or now
tokens = math.min(burst, tokens + math.max(0, now - at) / 1000 * perSecond)
local granted = math.min(wanted, math.floor(tokens))
tokens = tokens - granted
redis.call('HSET', KEYS[1], 'tokens', string.format('%.6f', tokens), 'at', string.format('%.3f', now))
redis.call('PEXPIRE', KEYS[1], math.ceil(burst / perSecond * 1000) + 1000)
return { granted, string.format('%.6f', tokens) }
`;

type Granted = [granted: number, left: string];

declare module 'ioredis' {
  interface RedisCommander<Context> {
    takeTokens(
      key: string,
      perSecond: number,
      burst: number,
      wanted: number,
      nowMs: number | '',
    ): Result<Granted, Context>;
  }
}

/** How a rate limit in Redis is made. */
export interface RedisRateLimitOptions {
  readonly url: string;
  readonly rule: RateRule;
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
    scripts: { takeTokens: { lua: takeScript, numberOfKeys: 1 } },
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

/** Requests of one client that arrive in the same turn of the event loop and share one question to Redis. */
type Waiting = ((taken: Taken) => void)[];

/**
 * Makes a rate limit in Redis.
 * @param options see there
 */
export function redisRateLimit(options: RedisRateLimitOptions): RateLimit {
  const { rule, local, clock } = options;
  const prefix = options.keyPrefix ?? 'staffetta:rate:';
  const redis = connect(options.url, options.log);
  const waiting = new Map<string, Waiting>();
  let restUntilMs = 0;

  function usable(): boolean {
    return redis.status === 'ready' && Date.now() >= restUntilMs;
  }

  async function settleLocally(client: string, resolvers: Waiting): Promise<void> {
    for (const resolve of resolvers) resolve(await local.take(client));
  }

  async function ask(client: string, resolvers: Waiting): Promise<void> {
    const nowMs = clock ? clock.now().getTime() : '';
    try {
      const { perSecond, burst } = rule;
      const [granted, left] = await redis.takeTokens(prefix + client, perSecond, burst, resolvers.length, nowMs);
      const nothing = granted < resolvers.length ? refused(Number(left), rule) : allowed;
      resolvers.forEach((resolve, index) => resolve(index < granted ? allowed : nothing));
    } catch (error) {
      options.log.debug({ err: error }, 'rateLimit.countedLocally');
      restUntilMs = Date.now() + holdOffMs;
      await settleLocally(client, resolvers);
    }
  }

  function askAll(): void {
    const clients = [...waiting];
    waiting.clear();
    for (const [client, resolvers] of clients) void ask(client, resolvers);
  }

  return {
    take(client) {
      if (!usable()) return local.take(client);
      return new Promise((resolve) => {
        if (waiting.size === 0) setImmediate(askAll);
        const others = waiting.get(client);
        if (others) others.push(resolve);
        else waiting.set(client, [resolve]);
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
