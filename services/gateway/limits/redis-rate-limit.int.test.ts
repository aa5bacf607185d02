// gateway: tests of the rate limit in Redis, and of what counts while Redis is away.
import { systemClock } from '@staffetta/platform/clock.ts';
import { createLog } from '@staffetta/platform/telemetry/log.ts';
import { redisUrl, servers } from '@staffetta/tools/servers/available.ts';
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { describe, test } from 'node:test';
import { Redis } from 'ioredis';
import { memoryRateLimit } from './memory-rate-limit.ts';
import { takenFrom, type Bucket, type RateLimit } from './rate-limit.ts';
import { redisRateLimit, type RedisRateLimitOptions } from './redis-rate-limit.ts';
import { rateLimitConformance } from './rate-limit-conformance.ts';

const log = createLog('silent');

const client: Bucket[] = [{ limit: 'key', name: 'client', rule: { perSecond: 0.001, burst: 2 } }];

async function ready(limit: RateLimit): Promise<RateLimit> {
  for (let tries = 0; tries < 200; tries += 1) {
    const failed = await limit.ping().then(
      () => false,
      () => true,
    );
    if (!failed) return limit;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error('Redis did not answer');
}

function options(changes: Partial<RedisRateLimitOptions>): RedisRateLimitOptions {
  const keyPrefix = `staffetta-test:${randomUUID()}:`;
  return { url: redisUrl(), local: memoryRateLimit(systemClock), log, keyPrefix, ...changes };
}

/** Stands between a rate limit and Redis, and can fall silent without closing anything. */
async function startRelay() {
  const target = new URL(redisUrl());
  const sockets: Socket[] = [];
  let silent = false;
  const server = createServer((client) => {
    const redis = connect(Number(target.port || 6379), target.hostname);
    sockets.push(client, redis);
    client.pipe(redis).on('error', () => client.destroy());
    redis.on('data', (chunk) => silent || client.write(chunk));
    client.on('error', () => redis.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `redis://127.0.0.1:${(server.address() as AddressInfo).port}`,
    fallSilent() {
      silent = true;
    },
    stop() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

describe('with Redis', { skip: servers.redis.missing }, () => {
  // Nothing local is left to pass a request, so that only Redis' own answers count.
  const none: RateLimit = {
    take: (buckets) =>
      takenFrom(
        buckets,
        buckets.map(() => 0),
        false,
      ),
    ping: async () => {},
    close: async () => {},
  };
  rateLimitConformance('Redis', (clock) => ready(redisRateLimit(options({ clock, local: none }))));

  test('two gateways share a client’s limit', async () => {
    const shared = options({ local: none });
    const [one, other] = await Promise.all([ready(redisRateLimit(shared)), ready(redisRateLimit(shared))]);
    assert.equal((await one.take(client)).allowed, true);
    assert.equal((await other.take(client)).allowed, true);
    assert.equal((await one.take(client)).allowed, false);
    await Promise.all([one.close(), other.close()]);
  });

  test('buckets expire by themselves', async () => {
    const given = options({});
    const limit = await ready(redisRateLimit(given));
    await limit.take([{ limit: 'key', name: 'brief', rule: { perSecond: 10, burst: 20 } }]);
    const redis = new Redis(redisUrl());
    const expiryMs = await redis.pttl(`${given.keyPrefix}key:brief`);
    assert.ok(expiryMs > 0 && expiryMs <= 3000, String(expiryMs));
    redis.disconnect();
    await limit.close();
  });

  test('a Redis that falls silent holds nobody up for good', async (t) => {
    const relay = await startRelay();
    t.after(() => relay.stop());
    const limit = await ready(redisRateLimit(options({ url: relay.url })));
    t.after(() => limit.close());
    assert.equal((await limit.take(client)).allowed, true);
    relay.fallSilent();
    const answers = [await limit.take(client), await limit.take(client), await limit.take(client)];
    assert.deepEqual(
      answers.map(({ allowed }) => allowed),
      [true, true, false],
    );
  });
});

test('while Redis is away each gateway counts for itself', async () => {
  const limit = redisRateLimit(options({ url: 'redis://127.0.0.1:1' }));
  assert.equal((await limit.take(client)).allowed, true);
  assert.equal((await limit.take(client)).allowed, true);
  assert.equal((await limit.take(client)).allowed, false);
  await assert.rejects(limit.ping());
  await limit.close();
});
