// platform: the inbox tells what is new, once, in the transaction of the effect.
import { servers } from '@staffetta/tools/servers/available.ts';
import { freshDatabase, type TestDatabase } from '@staffetta/tools/servers/postgres.ts';
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { migratePlatform } from '../store/platform-tables.ts';
import { openStore, type Store } from '../store/store.ts';
import { forgetOldEvents, rememberEvents } from './inbox.ts';

let database: TestDatabase;
let store: Store;

describe('the inbox', { skip: servers.postgres.missing }, () => {
  before(async () => {
    database = await freshDatabase();
    store = openStore(database.url, { name: 'inbox' });
    await migratePlatform(store);
  });

  after(async () => {
    await store?.close();
    await database?.drop();
  });

  test('an event is new once per group', async () => {
    assert.deepEqual(await rememberEvents(store, 'g', ['b', 'a', 'b']), new Set(['a', 'b']));
    assert.deepEqual(await rememberEvents(store, 'g', ['a', 'c']), new Set(['c']));
    assert.deepEqual(await rememberEvents(store, 'other', ['a']), new Set(['a']));
    assert.deepEqual(await rememberEvents(store, 'g', []), new Set());
  });

  test('what was remembered in a transaction that rolls back is new again', async () => {
    const failing = store.transaction(async (tx) => {
      assert.deepEqual(await rememberEvents(tx, 'g', ['rolled back']), new Set(['rolled back']));
      throw new Error('the effect failed');
    });
    await assert.rejects(failing, /the effect failed/);
    assert.deepEqual(await rememberEvents(store, 'g', ['rolled back']), new Set(['rolled back']));
  });

  test('of two transactions at once only one sees an event as new', async () => {
    const ids = Array.from({ length: 50 }, (_, n) => `race-${n}`);
    const both = await Promise.all(
      [ids, ids.toReversed()].map((mine) => store.transaction((tx) => rememberEvents(tx, 'g', mine))),
    );
    assert.equal(
      both.reduce((sum, fresh) => sum + fresh.size, 0),
      50,
    );
  });

  test('what is old is forgotten', async () => {
    await rememberEvents(store, 'old', ['x']);
    assert.equal(await forgetOldEvents(store, new Date(0)), 0);
    assert.ok((await forgetOldEvents(store, new Date(Date.now() + 3_600_000))) > 0);
    assert.deepEqual(await rememberEvents(store, 'old', ['x']), new Set(['x']));
  });
});
