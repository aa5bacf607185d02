// gateway: tests of sessions in Redis: the suite, several gateways, and a Redis that forgets, falls silent or goes.
import { createLog } from '@staffetta/platform/telemetry/log.ts';
import { redisUrl, servers } from '@staffetta/tools/servers/available.ts';
import { Redis } from 'ioredis';
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, test } from 'node:test';
import { startRelay } from './redis-relay-test-kit.ts';
import { redisSessionStore, type RedisSessionStoreOptions } from './redis-session-store.ts';
import { sessionConformance, testGateway } from './session-conformance.ts';
import type { SessionStore } from './session-store.ts';

function options(more: Partial<RedisSessionStoreOptions> = {}): RedisSessionStoreOptions {
  const keyPrefix = `staffetta-test:${randomUUID()}:`;
  return { url: redisUrl(), answerTimeoutMs: 60_000, log: createLog('silent'), keyPrefix, ...more };
}

async function answers(store: SessionStore): Promise<boolean> {
  return store.ping().then(
    () => true,
    () => false,
  );
}

async function ready(store: SessionStore): Promise<SessionStore> {
  while (!(await answers(store))) await new Promise((resolve) => setTimeout(resolve, 10));
  return store;
}

const person = { subject: 'idp ada', name: 'ada', roles: ['ARUBA'], how: 'oidc' } as const;

async function cookieFrom({ app }: ReturnType<typeof testGateway>): Promise<string> {
  const { headers } = await app.inject({ method: 'POST', url: '/open', payload: person });
  return String(headers['set-cookie']).split(';', 1)[0]!;
}

describe('with Redis', { skip: servers.redis.missing }, () => {
  sessionConformance('Redis', () => ready(redisSessionStore(options())));

  test('a session opened at one gateway counts at the other, and ends at both', async (t) => {
    const shared = options();
    const stores = await Promise.all([ready(redisSessionStore(shared)), ready(redisSessionStore(shared))]);
    const [one, other] = stores.map((store) => testGateway(store)) as [
      ReturnType<typeof testGateway>,
      ReturnType<typeof testGateway>,
    ];
    t.after(() => Promise.all(stores.map((store) => store.close())));
    const cookie = await cookieFrom(one);
    const at = async (gateway: typeof one) =>
      (await gateway.app.inject({ url: '/', headers: { cookie } })).json<{ found: string }>().found;
    assert.equal(await at(other), 'session');
    const [session] = await other.sessions.ofSubject(person.subject);
    assert.ok(session);
    await other.sessions.end(session);
    assert.equal(await at(one), 'over');
    assert.equal(await stores[0].claim('once', 60_000), true);
    assert.equal(await stores[1].claim('once', 60_000), false);
  });

  test('what Redis forgot is over, and its traces are cleared away', async (t) => {
    const given = options();
    const store = await ready(redisSessionStore(given));
    const redis = new Redis(redisUrl());
    t.after(async () => {
      redis.disconnect();
      await store.close();
    });
    const gateway = testGateway(store);
    const cookie = await cookieFrom(gateway);
    const keys = await redis.keys(`${given.keyPrefix}session:*`);
    assert.equal(keys.length, 1);
    await redis.del(...keys);
    assert.equal((await gateway.app.inject({ url: '/', headers: { cookie } })).json<{ found: string }>().found, 'over');
    assert.deepEqual(await gateway.sessions.page(0, 10), { sessions: [], total: 0 });
    assert.equal(await cookieFrom(gateway).then((again) => again !== cookie), true);
  });

  test('nothing is left in Redis for good, and neither ids nor tokens are in it', async (t) => {
    const given = options();
    const store = await ready(redisSessionStore(given));
    const redis = new Redis(redisUrl());
    t.after(async () => {
      redis.disconnect();
      await store.close();
    });
    const gateway = testGateway(store);
    const tokens = { text: 'a refresh token', renewAtMs: 1, dueAtMs: 2 };
    const payload = { ...person, issuer: 'idp', sid: 's', tokens };
    const { headers } = await gateway.app.inject({ method: 'POST', url: '/open', payload });
    const id = String(headers['set-cookie']).split(/[=;]/)[1]!;
    await store.claim('name', 60_000);
    await store.note('name', 1, 60_000);
    const keys = await redis.keys(`${given.keyPrefix}*`);
    assert.equal(keys.length, 6, keys.join());
    for (const key of keys) {
      const leftMs = await redis.pttl(key);
      assert.ok(leftMs > 0 && leftMs <= 12 * 3_600_000, `${key} ${leftMs}`);
      const content = key.includes(':session:') ? JSON.stringify(await redis.hgetall(key)) : '';
      assert.ok(!`${key} ${content}`.includes(id) && !content.includes('a refresh token'), key);
    }
  });

  test('a Redis that falls silent holds nobody up for good', async (t) => {
    const relay = await startRelay(t);
    const store = await ready(redisSessionStore(options({ url: relay.url, answerTimeoutMs: 200 })));
    t.after(() => store.close());
    relay.fallSilent();
    await assert.rejects(async () => store.find('any'), { code: 'SESSIONS_AWAY' });
    await assert.rejects(store.claim('any', 1000), { code: 'SESSIONS_AWAY' });
  });

  test('a Redis that fell silent is tried by one request at a time, and counts again once it answers', async (t) => {
    const relay = await startRelay(t);
    const store = await ready(redisSessionStore(options({ url: relay.url, answerTimeoutMs: 200 })));
    t.after(() => store.close());
    relay.fallSilent();
    await assert.rejects(async () => store.find('any'), { code: 'SESSIONS_AWAY' });
    const before = relay.heard();
    const asked = Array.from({ length: 200 }, async () => store.find('any'));
    const outcomes = await Promise.allSettled(asked);
    assert.ok(outcomes.every(({ status }) => status === 'rejected'));
    assert.ok(relay.heard() - before <= 1, `${relay.heard() - before} of 200 requests waited`);
    relay.speakAgain();
    await ready(store);
    assert.equal(await store.find('any'), undefined);
  });

  test('while Redis is away sessions say so; it comes back by itself', async (t) => {
    const relay = await startRelay(t);
    const store = await ready(redisSessionStore(options({ url: relay.url })));
    t.after(() => store.close());
    const gateway = testGateway(store);
    const cookie = await cookieFrom(gateway);
    await relay.close();
    await assert.rejects(async () => store.find('any'), { code: 'SESSIONS_AWAY' });
    await assert.rejects(store.ofSubject('any'), { code: 'SESSIONS_AWAY' });
    await assert.rejects(store.claim('any', 1000), { code: 'SESSIONS_AWAY' });
    await relay.open();
    await ready(store);
    const { found } = (await gateway.app.inject({ url: '/', headers: { cookie } })).json<{ found: string }>();
    assert.equal(found, 'session');
  });
});
