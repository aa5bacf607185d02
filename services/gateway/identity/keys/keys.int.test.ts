// gateway: tests of kept keys over REST: made, listed, rotated, revoked, deleted, at two gateways on one database.
import { readSettings } from '@staffetta/platform/config/settings.ts';
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { arubaKey, customerKey, echo, sdiKey, startService, type TestGateway } from '../../gateway-test-kit.ts';
import type { TestService } from '../../gateway-test-kit.ts';
import { keySettings } from './key-settings.ts';
import {
  askJson,
  eventually,
  keyBench,
  madeKey,
  sentenceOf,
  shown,
  statusWith,
  type AnsweredKey,
  type KeyBench,
} from './keys.fixture.ts';

let service: TestService;
let bench: KeyBench;
let one: TestGateway;
let other: TestGateway;

before(async () => {
  service = await startService((incoming, response) => void echo(incoming, response));
  bench = await keyBench(service.url);
  one = await bench.start();
  other = await bench.start();
});

after(async () => {
  await bench.end();
  await service.stop();
});

const keys = '/gateway/api/keys';

describe('a kept key', () => {
  test('is shown once, and counts at every gateway at once', async () => {
    const made = await madeKey(one, { name: 'Rossi ERP', role: 'CUSTOMER', customerId: 2 });
    assert.match(made.key, new RegExp(`^stf_test_${made.keyId}_`));
    assert.equal(await statusWith(one, shown(made.key)), 200);
    assert.equal(await statusWith(other, shown(made.key)), 200);
    const { text } = await one.ask('GET', `${keys}/${made.keyId}`, arubaKey);
    assert.equal(text.includes(made.key.slice(-38)), false);
    const { rows } = await bench.world.store.query({
      text: 'SELECT k::text, a::text FROM gateway.api_key k, gateway.audit a',
    });
    assert.equal(JSON.stringify(rows).includes(made.key.slice(-38)), false, 'the database holds no key');
  });

  test('stands for its role and customer', async () => {
    const customer = await madeKey(one, { role: 'CUSTOMER', customerId: 2 });
    const sdi = await madeKey(one, { role: 'SDI' });
    assert.equal(await statusWith(one, shown(customer.key), '/sender/x'), 403);
    assert.equal(await statusWith(one, shown(sdi.key), '/dbmanager/x'), 403);
    assert.equal(await statusWith(one, shown(sdi.key), '/actuator/info'), 200);
  });

  test('may be sent as a bearer token too', async () => {
    const { key } = await madeKey(one);
    assert.equal(await statusWith(one, { authorization: `Bearer ${key}` }), 200);
    assert.equal(await statusWith(one, { authorization: `bearer ${key}` }), 200);
    assert.equal(await statusWith(one, { authorization: `Basic ${key}` }), 401);
    assert.equal(service.seen.at(-1)?.headers['x-api-key'], undefined);
  });

  test('with scopes may no more than they say', async () => {
    const { key } = await madeKey(one, { scopes: ['invoices:read'] });
    assert.equal(await statusWith(one, shown(key)), 200);
    assert.equal((await one.ask('DELETE', '/dbmanager/x', shown(key))).status, 403);
    assert.equal(await statusWith(one, shown(key), '/sender/x'), 403);
    assert.equal(await statusWith(one, shown(key), keys), 403);
  });

  test('with networks counts only from there', async () => {
    const away = await madeKey(one, { networks: ['10.0.0.0/8', '2001:db8::/32'] });
    const near = await madeKey(one, { networks: ['127.0.0.0/8'] });
    const answer = await one.ask('GET', '/dbmanager/x', shown(away.key));
    assert.equal(answer.status, 403);
    assert.match(sentenceOf(answer), /from this address/);
    assert.equal(await statusWith(one, shown(near.key)), 200);
  });

  test('with a limit of its own is held to it', async () => {
    const { key } = await madeKey(one, { rateLimit: { perSecond: 0.001, burst: 2 } });
    const statuses = [
      await statusWith(one, shown(key)),
      await statusWith(one, shown(key)),
      await statusWith(one, shown(key)),
    ];
    assert.deepEqual(statuses, [200, 200, 429]);
  });

  test('tells when and from where it was used last', async () => {
    const made = await madeKey(one);
    assert.equal(made['lastUsedAt'], undefined);
    await statusWith(other, shown(made.key));
    await eventually('its use is written down', async () => {
      const { text } = await one.ask('GET', `${keys}/${made.keyId}`, arubaKey);
      return (JSON.parse(text) as AnsweredKey)['lastUsedFrom'] === '127.0.0.1';
    });
  });
});

describe('keys over REST', () => {
  test('are for administrators: role ARUBA and, where limited, scope admin', async () => {
    const limited = await madeKey(one, { scopes: ['operate', 'admin'] });
    const operator = await madeKey(one, { scopes: ['operate'] });
    for (const [method, path] of [
      ['GET', keys],
      ['POST', keys],
      ['GET', `${keys}/${limited.keyId}`],
      ['POST', `${keys}/${limited.keyId}/rotate`],
      ['POST', `${keys}/${limited.keyId}/revoke`],
      ['DELETE', `${keys}/${limited.keyId}`],
    ] as const) {
      for (const by of [customerKey, sdiKey, shown(operator.key)]) {
        assert.equal((await one.ask(method, path, by)).status, 403, `${method} ${path}`);
      }
      assert.equal((await one.ask(method, path)).status, 401);
    }
    assert.equal(await statusWith(one, shown(limited.key), keys), 200);
  });

  test('nobody gives more than he has', async () => {
    const { key, keyId } = await madeKey(one, { scopes: ['admin', 'operate'] });
    const mighty = await madeKey(one);
    const asks = (wish: object) => askJson(one, 'POST', keys, { name: 'x', role: 'ARUBA', ...wish }, shown(key));
    assert.equal((await asks({})).status, 403);
    assert.equal((await asks({ scopes: ['invoices:write'] })).status, 403);
    assert.equal((await asks({ scopes: ['operate'] })).status, 201);
    const rotate = (id: string) => askJson(one, 'POST', `${keys}/${id}/rotate`, {}, shown(key));
    assert.equal((await rotate(mighty.keyId)).status, 403);
    assert.equal((await rotate(keyId)).status, 201);
  });

  test('refuse what does not fit, naming the field', async () => {
    const wrong: [object, RegExp][] = [
      [{ role: 'CUSTOMER' }, /customerId is needed/],
      [{ role: 'SDI', customerId: 2 }, /customerId is needed/],
      [{ role: 'ROOT' }, /role/],
      [{ name: '' }, /name/],
      [{ name: 'a\nb' }, /name/],
      [{ scopes: [] }, /scopes/],
      [{ scopes: ['everything'] }, /scopes/],
      [{ networks: ['10.0.0.0/33'] }, /10\.0\.0\.0\/33/],
      [{ networks: ['localhost'] }, /localhost/],
      [{ expiresAt: 'tomorrow' }, /expiresAt is no time/],
      [{ expiresAt: '2020-01-01T00:00:00Z' }, /over already/],
      [{ rateLimit: { perSecond: 0, burst: 1 } }, /perSecond/],
      // Its seconds would stand in headers as no number that a client reads.
      [{ rateLimit: { perSecond: 1e-300, burst: 1 } }, /perSecond/],
      [{ rateLimit: { perSecond: 1e300, burst: 1 } }, /perSecond/],
      [{ expiresAt: '2099-02-30T00:00:00Z' }, /expiresAt is no time/],
      [{ digest: 'x' }, /digest/],
    ];
    for (const [wish, words] of wrong) {
      const answer = await askJson(one, 'POST', keys, { name: 'x', role: 'ARUBA', ...wish });
      assert.equal(answer.status, 400, answer.text);
      assert.match(sentenceOf(answer), words);
    }
    for (const [method, path] of [
      ['GET', `${keys}/AAAAAAAAAAAA`],
      ['POST', `${keys}/AAAAAAAAAAAA/revoke`],
      ['POST', `${keys}/AAAAAAAAAAAA/rotate`],
      ['DELETE', `${keys}/AAAAAAAAAAAA`],
    ] as const) {
      const answer = method === 'POST' ? await askJson(one, method, path, {}) : await one.ask(method, path, arubaKey);
      assert.equal(answer.status, 404, path);
    }
    assert.equal((await one.ask('GET', `${keys}?cursor=zzz`, arubaKey)).status, 400);
  });

  test('list page by page, the newest first, each key once, though others are made meanwhile', async () => {
    const made: string[] = [];
    for (let count = 0; count < 5; count++) made.push((await madeKey(one, { role: 'CUSTOMER', customerId: 77 })).keyId);
    const seen: string[] = [];
    let cursor = '';
    do {
      const { text } = await one.ask('GET', `${keys}?customerId=77&size=2${cursor}`, arubaKey);
      const page = JSON.parse(text) as { keys: AnsweredKey[]; next?: string };
      seen.push(...page.keys.map(({ keyId }) => keyId));
      cursor = page.next === undefined ? '' : `&cursor=${page.next}`;
      await madeKey(one, { role: 'CUSTOMER', customerId: 77 });
    } while (cursor !== '');
    assert.deepEqual(seen, made.toReversed());
  });

  test('a revoked key stops at every gateway, by the database’s word and not only by looking', async () => {
    const { key, keyId } = await madeKey(one, { name: 'leaked' });
    assert.equal(await statusWith(other, shown(key)), 200);
    const answer = await askJson(one, 'POST', `${keys}/${keyId}/revoke`, { reason: 'leaked' });
    assert.equal((JSON.parse(answer.text) as AnsweredKey).state, 'revoked');
    assert.equal(await statusWith(one, shown(key)), 401);
    await eventually('the other gateway refuses it', async () => (await statusWith(other, shown(key))) === 401);
    assert.match(sentenceOf(await one.ask('GET', '/dbmanager/x', shown(key))), /was revoked/);
    const { history } = JSON.parse((await one.ask('GET', `${keys}/${keyId}`, arubaKey)).text) as {
      history: { action: string; by: string; reason?: string }[];
    };
    assert.deepEqual(
      history.map(({ action, by, reason }) => [action, by, reason]),
      [
        ['key.create', 'aruba', undefined],
        ['key.revoke', 'aruba', 'leaked'],
      ],
    );
  });

  test('a rotated key has a successor of the same kind, and goes on for its overlap only', async () => {
    const wish = { role: 'CUSTOMER', customerId: 2, scopes: ['invoices:read'], name: 'yearly' };
    const old = await madeKey(one, wish);
    const answer = await askJson(one, 'POST', `${keys}/${old.keyId}/rotate`, { overlapSeconds: 60 });
    assert.equal(answer.status, 201, answer.text);
    const next = JSON.parse(answer.text) as AnsweredKey;
    assert.deepEqual(
      [next['name'], next['role'], next['customerId'], next['scopes']],
      ['yearly', 'CUSTOMER', 2, ['invoices:read']],
    );
    const { replaces } = next as unknown as { replaces: { keyId: string; expiresAt: string } };
    const kept = await one.ask('GET', `${keys}/${old.keyId}`, arubaKey);
    assert.deepEqual(replaces, { keyId: old.keyId, expiresAt: (JSON.parse(kept.text) as AnsweredKey)['expiresAt'] });
    assert.deepEqual([await statusWith(one, shown(old.key)), await statusWith(one, shown(next.key))], [200, 200]);
    assert.equal((await askJson(one, 'POST', `${keys}/${old.keyId}/rotate`, {})).status, 409);
    one.clock.turn(61_000);
    assert.deepEqual([await statusWith(one, shown(old.key)), await statusWith(one, shown(next.key))], [401, 200]);
    assert.match(sentenceOf(await one.ask('GET', '/dbmanager/x', shown(old.key))), /ended at/);
    one.clock.turn(-61_000);
  });

  test('only what has ended can be deleted; its audit stays', async () => {
    const { key, keyId } = await madeKey(one);
    assert.equal((await one.ask('DELETE', `${keys}/${keyId}`, arubaKey)).status, 409);
    await askJson(one, 'POST', `${keys}/${keyId}/revoke`, {});
    assert.equal((await one.ask('DELETE', `${keys}/${keyId}?reason=tidy`, arubaKey)).status, 200);
    assert.equal((await one.ask('GET', `${keys}/${keyId}`, arubaKey)).status, 404);
    assert.equal(await statusWith(one, shown(key)), 401);
    const text = `SELECT action FROM gateway.audit WHERE subject = 'key ${keyId}' ORDER BY audit_id`;
    const { rows } = await bench.world.store.query({ text });
    assert.deepEqual(rows, [{ action: 'key.create' }, { action: 'key.revoke' }, { action: 'key.delete' }]);
  });
});

test('changes are found by looking where the database’s word is lost', async () => {
  const deaf = await bench.start({ keysPollMs: 50 });
  const { key, keyId } = await madeKey(one);
  assert.equal(await statusWith(deaf, shown(key)), 200);
  const text = 'UPDATE gateway.api_key SET revoked_at = now(), changed_at = clock_timestamp() WHERE key_id = $1';
  await bench.world.store.query({ text, values: [keyId] });
  await eventually('it is refused', async () => (await statusWith(deaf, shown(key))) === 401);
});

test('the poll can be no slower than five seconds', () => {
  assert.throws(() => readSettings(keySettings, { GATEWAY_KEYS_POLL: '6s' }), { code: 'SETTING_WRONG' });
});
