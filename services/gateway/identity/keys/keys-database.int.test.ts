// gateway: tests of kept keys while the database is away, at the start and later; of peppers, and of many unknown keys at once.
import { openStore } from '@staffetta/platform/store/store.ts';
import assert from 'node:assert/strict';
import { readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { arubaKey, echo, startService, type TestGateway, type TestService } from '../../gateway-test-kit.ts';
import { makeKey } from './key-form.ts';
import {
  eventually,
  keyBench,
  madeKey,
  sentenceOf,
  shown,
  statusWith,
  stoppable,
  type KeyBench,
} from './keys.fixture.ts';

let service: TestService;
let bench: KeyBench;

before(async () => {
  service = await startService((incoming, response) => void echo(incoming, response));
  bench = await keyBench(service.url);
});

after(async () => {
  await bench.end();
  await service.stop();
});

async function keysHealth(gateway: TestGateway): Promise<string> {
  const { text } = await gateway.ask('GET', '/actuator/health', arubaKey);
  const { components } = JSON.parse(text) as { components: Record<string, { status: string }> };
  return components['keys']?.status ?? 'none';
}

describe('while the database is away', () => {
  test('known keys go on, unknown ones get 503 and not 401, and health says it without turning readiness off', async () => {
    const database = stoppable(bench.world.store);
    const gateway = await bench.start({ keysPollMs: 50 }, { storeIfAny: database.store });
    const [used, unused] = [await madeKey(gateway), await madeKey(await bench.start())];
    assert.equal(await statusWith(gateway, shown(used.key)), 200);
    database.setAway(true);
    const stranger = makeKey('test').key;
    await eventually('it is noticed', async () => (await keysHealth(gateway)) !== 'UP');
    assert.equal((await gateway.ask('GET', '/actuator/health/readiness')).status, 200);
    assert.equal(await statusWith(gateway, shown(used.key)), 200);
    assert.equal(await statusWith(gateway, arubaKey), 200, 'keys of the settings need no database');
    const answer = await gateway.ask('GET', '/dbmanager/x', shown(stranger));
    assert.equal(answer.status, 503);
    assert.ok(Number(answer.headers['retry-after']) >= 1);
    assert.match(sentenceOf(answer), /database/);
    assert.equal((await gateway.ask('POST', '/gateway/api/keys/x', arubaKey)).status >= 400, true);
    assert.equal((await gateway.ask('GET', '/gateway/api/keys', arubaKey)).status, 503);
    assert.equal(await statusWith(gateway, shown(stranger), '/contactSupport'), 503);
    assert.equal(await statusWith(gateway, shown(stranger), '/actuator/health/liveness'), 200);
    database.setAway(false);
    await eventually('it is back', async () => (await keysHealth(gateway)) === 'UP');
    assert.deepEqual(
      [await statusWith(gateway, shown(unused.key)), await statusWith(gateway, shown(stranger))],
      [200, 401],
    );
  });

  test('known keys go on no longer than the setting says', async () => {
    const database = stoppable(bench.world.store);
    const changes = { keysPollMs: 50, keysTrustedMs: 600_000 };
    const { key } = await madeKey(await bench.start());
    // Started afterwards, so that no word of a change is still on its way: a key that changed while nobody could ask is not known.
    const gateway = await bench.start(changes, { storeIfAny: database.store });
    database.setAway(true);
    gateway.clock.turn(590_000);
    assert.equal(await statusWith(gateway, shown(key)), 200);
    gateway.clock.turn(20_000);
    const answer = await gateway.ask('GET', '/dbmanager/x', shown(key));
    assert.equal(answer.status, 503);
    assert.match(sentenceOf(answer), /away for too long/);
    database.setAway(false);
    await eventually('it goes on', async () => (await statusWith(gateway, shown(key))) === 200);
  });

  test('at the start, the gateway starts, and kept keys count once the database answers', async () => {
    const { key } = await madeKey(await bench.start());
    const database = stoppable(bench.world.store);
    database.setAway(true);
    const gateway = await bench.start({ keysPollMs: 50 }, { storeIfAny: database.store });
    assert.equal(await statusWith(gateway, arubaKey), 200);
    assert.equal(await statusWith(gateway, shown(key)), 503);
    database.setAway(false);
    await eventually('it counts', async () => (await statusWith(gateway, shown(key))) === 200);
  });

  test('a database at whose address nobody is keeps no gateway from starting', async () => {
    const nowhere = openStore('postgres://nobody@127.0.0.1:1/nothing');
    const gateway = await bench.start({ keysPollMs: 50 }, { storeIfAny: nowhere });
    assert.equal(await statusWith(gateway, arubaKey), 200);
    assert.equal(await statusWith(gateway, shown(makeKey('test').key)), 503);
  });

  test('without any database kept keys are none of ours', async () => {
    const gateway = await bench.start({}, { storeIfAny: undefined });
    assert.equal(await statusWith(gateway, shown(makeKey('test').key)), 401);
    assert.equal((await gateway.ask('GET', '/gateway/api/keys', arubaKey)).status, 503);
    assert.equal(await statusWith(gateway, arubaKey, '/welcome'), 404);
  });
});

test('more unknown keys at once than may be looked up wait, and a known key is not kept waiting by them', async () => {
  const database = stoppable(bench.world.store);
  const gate = Promise.withResolvers<void>();
  let lookups = 0;
  const slow = {
    ...database.store,
    query: async (statement: Parameters<typeof database.store.query>[0]) => {
      if (statement.name === 'gateway_key_find') {
        lookups += 1;
        await gate.promise;
      }
      return database.store.query(statement);
    },
  };
  const known = await madeKey(await bench.start());
  const gateway = await bench.start({ keyLookupsMax: 3 }, { storeIfAny: slow as typeof database.store });
  const asked = Array.from({ length: 10 }, () => statusWith(gateway, shown(makeKey('test').key)));
  const busy = await Promise.all(asked.map((status) => Promise.race([status, gate.promise.then(() => 0)])).slice(3));
  assert.deepEqual(new Set(busy), new Set([503]));
  assert.equal(await statusWith(gateway, shown(known.key)), 200);
  gate.resolve();
  const all = await Promise.all(asked);
  assert.equal(all.filter((status) => status === 401).length, 3);
  assert.equal(lookups, 3);
});

describe('the pepper', () => {
  const old = 'the pepper of last year with 32 characters and more';
  const fresh = 'the pepper of this year with 32 characters and more';
  const pepperId = async (keyId: string) => {
    const text = 'SELECT pepper_id FROM gateway.api_key WHERE key_id = $1';
    return (await bench.world.store.query<{ pepper_id: string }>({ text, values: [keyId] })).rows[0]?.pepper_id;
  };

  test('lies in a file that only its owner reads, where none is set, made with the first key', async () => {
    const path = join(bench.world.dataDir, 'gateway', 'key-pepper');
    rmSync(path, { force: true });
    const gateway = await bench.start();
    assert.throws(() => statSync(path), { code: 'ENOENT' });
    const { key } = await madeKey(gateway);
    assert.equal(statSync(path).mode & 0o777, 0o600);
    assert.match(readFileSync(path, 'utf8'), /^[0-9a-f]{64}\n$/);
    assert.equal(await statusWith(await bench.start(), shown(key)), 200, 'another gateway reads the same file');
  });

  test('can be changed: keys under the old one go on, and are kept under the new one from their next use on', async () => {
    const { key, keyId } = await madeKey(await bench.start({ keyPepper: old }));
    const before = await pepperId(keyId);
    const both = await bench.start({ keyPepper: `${fresh}, ${old}` });
    assert.equal(await statusWith(both, shown(key)), 200);
    await eventually('it is kept under the new one', async () => (await pepperId(keyId)) !== before);
    assert.equal(await statusWith(both, shown(key)), 200);
    assert.equal(await statusWith(await bench.start({ keyPepper: fresh }), shown(key)), 200);
  });

  test('that is missing is our trouble and not the key’s: 503, and health says it', async () => {
    const { key } = await madeKey(await bench.start({ keyPepper: old }));
    const without = await bench.start({ keyPepper: fresh });
    const answer = await without.ask('GET', '/dbmanager/x', shown(key));
    assert.equal(answer.status, 503);
    assert.match(sentenceOf(answer), /pepper/);
    assert.notEqual(await keysHealth(without), 'UP');
  });

  test('that is too short stops the start', async () => {
    const message = /STAFFETTA_KEY_PEPPER=\(secret\), number 2: it must have 32/;
    await assert.rejects(bench.start({ keyPepper: `${old},short` }), { code: 'SETTING_WRONG', message });
  });
});
