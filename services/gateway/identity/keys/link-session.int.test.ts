// gateway: tests of the session that the administrator's link opens: it counts for as long as the key that the link made.
import { servers } from '@staffetta/tools/servers/available.ts';
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { echo, startService, type TestGateway, type TestService } from '../../gateway-test-kit.ts';
import { startRelay } from '../sessions/redis-relay-test-kit.ts';
import { askJson, eventually, keyBench, sentenceOf, shown, stoppable, type KeyBench } from './keys.fixture.ts';

let service: TestService;
let bench: KeyBench;

before(async () => {
  service = await startService((incoming, response) => void echo(incoming, response));
});
beforeEach(async () => {
  await bench?.end();
  bench = await keyBench(service.url);
});
after(async () => {
  await bench.end();
  await service.stop();
});

function startProduction(changes: Parameters<KeyBench['start']>[0] = {}, parts: Parameters<KeyBench['start']>[1] = {}) {
  return bench.start({ apiKeys: undefined, ...changes }, { profile: 'production', ...parts });
}

/** Uses the link that was told: the key that it made, with its id, and the session that it opened. */
async function useLink(gateway: TestGateway) {
  const code = /#([\w-]{43})$/.exec(bench.told.at(-1) ?? '')?.[1] ?? '';
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  const answer = await gateway.ask('POST', '/welcome', headers, new URLSearchParams({ code }).toString());
  assert.equal(answer.status, 201, answer.text);
  const key = /stf_live_\w{12}_\w{38}/.exec(answer.text)?.[0] ?? assert.fail(answer.text);
  const cookie = String(answer.headers['set-cookie']).split(';', 1)[0]!;
  return { key, keyId: key.slice(9, 21), cookie };
}

const meOf = (gateway: TestGateway, cookie: string) => gateway.ask('GET', '/me', { cookie });

/** A second administrator's key, for what the first one's may not do to itself. */
async function otherKey(gateway: TestGateway, key: string): Promise<string> {
  const made = await askJson(gateway, 'POST', '/gateway/api/keys', { name: 'ops', role: 'ARUBA' }, shown(key));
  return (JSON.parse(made.text) as { key: string }).key;
}

describe('the session of the administrator’s link', () => {
  test('is that of an administrator, and ends when its key is revoked', async () => {
    const gateway = await startProduction();
    const { key, keyId, cookie } = await useLink(gateway);
    const me = await meOf(gateway, cookie);
    assert.equal(me.status, 200, me.text);
    assert.deepEqual((JSON.parse(me.text) as { roles: string[] }).roles, ['ARUBA']);
    const ops = await otherKey(gateway, key);
    const revoked = await askJson(gateway, 'POST', `/gateway/api/keys/${keyId}/revoke`, {}, shown(ops));
    assert.equal(revoked.status, 200, revoked.text);
    const after = await meOf(gateway, cookie);
    assert.equal(after.status, 401);
    assert.match(sentenceOf(after), /API key was revoked that this session was opened with.*Sign in again/);
    assert.match(String(after.headers['set-cookie']), /Max-Age=0/);
    assert.match(sentenceOf(await meOf(gateway, cookie)), /The session is over/, 'it is gone, not only barred');
  });

  test('ends when its key has been rotated away, and not before', async () => {
    const gateway = await startProduction({ sessionIdleMs: 86_400_000, sessionLifeMs: 86_400_000 });
    const { key, keyId, cookie } = await useLink(gateway);
    const wish = { overlapSeconds: 3600 };
    const rotated = await askJson(gateway, 'POST', `/gateway/api/keys/${keyId}/rotate`, wish, shown(key));
    assert.equal(rotated.status, 201, rotated.text);
    assert.equal((await meOf(gateway, cookie)).status, 200);
    gateway.clock.turn(3_600_000);
    const after = await meOf(gateway, cookie);
    assert.equal(after.status, 401);
    assert.match(sentenceOf(after), /API key has ended that this session was opened with/);
  });

  test('goes on while the database is away, for as long as the key itself does', async () => {
    const database = stoppable(bench.world.store);
    const changes = { keysPollMs: 50, keysTrustedMs: 3_600_000, sessionIdleMs: 86_400_000, sessionLifeMs: 86_400_000 };
    const gateway = await startProduction(changes, { storeIfAny: database.store });
    const { cookie } = await useLink(gateway);
    database.setAway(true);
    assert.equal((await meOf(gateway, cookie)).status, 200);
    gateway.clock.turn(3_700_000);
    const tooLong = await meOf(gateway, cookie);
    assert.equal(tooLong.status, 503, tooLong.text);
    assert.match(sentenceOf(tooLong), /key which this session stands on has been away too long/);
    database.setAway(false);
    await eventually('it counts again', async () => (await meOf(gateway, cookie)).status === 200);
  });

  test(
    'ends at every gateway that shares a Redis, wherever the key was revoked',
    { skip: servers.redis.missing },
    async (t) => {
      const { url: redisUrl } = await startRelay(t);
      const shared = { redisUrl, sessionStoreTimeoutMs: 60_000 };
      const [one, other] = [await startProduction(shared), await startProduction(shared)];
      const stranger = { cookie: `__Host-staffetta=${'x'.repeat(43)}` };
      for (const gateway of [one, other]) {
        await eventually('Redis answers', async () => (await gateway.ask('GET', '/me', stranger)).status === 401);
      }
      const { key, keyId, cookie } = await useLink(other);
      assert.equal((await meOf(one, cookie)).status, 200);
      const ops = await otherKey(other, key);
      await askJson(other, 'POST', `/gateway/api/keys/${keyId}/revoke`, {}, shown(ops));
      await eventually('it is over at the first', async () => (await meOf(one, cookie)).status === 401);
      assert.equal((await meOf(other, cookie)).status, 401);
    },
  );
});
