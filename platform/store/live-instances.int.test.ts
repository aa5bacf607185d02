// platform: others see that a process lives, and at once when it does not.
import { servers } from '@staffetta/tools/servers/available.ts';
import { freshDatabase, type TestDatabase } from '@staffetta/tools/servers/postgres.ts';
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { registerInstance, type LiveInstance } from './live-instances.ts';
import { migratePlatform } from './platform-tables.ts';
import { openStore, type Store } from './store.ts';

let database: TestDatabase;
let store: Store;

describe('live instances', { skip: servers.postgres.missing }, () => {
  before(async () => {
    database = await freshDatabase();
    store = openStore(database.url, { name: 'instances' });
    await migratePlatform(store);
  });

  after(async () => {
    await store?.close();
    await database?.drop();
  });

  async function isLive(id: string): Promise<boolean> {
    const { rows } = await store.query<{ live: boolean }>({
      text: 'SELECT platform.is_live($1) AS live',
      values: [id],
    });
    return rows[0]?.live ?? false;
  }

  async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
    for (let left = 500; left > 0; left--) {
      if (await holds()) return;
      await sleep(20);
    }
    assert.fail('it did not come true within 10 s');
  }

  async function cut(instance: LiveInstance): Promise<void> {
    await store.query({
      text: 'SELECT pg_terminate_backend(backend_pid) FROM platform.instance WHERE id = $1',
      values: [instance.id],
    });
  }

  test('a registered instance lives until it is closed', async () => {
    const instance = await registerInstance(store, 'one');
    assert.ok(await isLive(instance.id));
    await instance.close();
    assert.ok(!(await isLive(instance.id)));
  });

  test('an instance whose connection is cut is dead at once and comes back under a new id', async () => {
    let lost = 0;
    const names: string[] = [];
    const instance = await registerInstance(store, 'two', {
      onLost: () => lost++,
      onRegistered: (id) => names.push(id),
    });
    const before = instance.id;
    await cut(instance);
    await until(() => lost === 1 && !instance.isLost());
    assert.notEqual(instance.id, before);
    assert.deepEqual(names, [instance.id]);
    assert.ok(!(await isLive(before)));
    assert.ok(await isLive(instance.id));
    await instance.close();
  });

  test('an instance whose heartbeat came too late stays dead and goes on under a new id', async () => {
    let lost = 0;
    const instance = await registerInstance(store, 'three', { aliveMs: 400, onLost: () => lost++ });
    const before = instance.id;
    await store.query({
      text: `UPDATE platform.instance SET alive_until = clock_timestamp() - interval '1 second' WHERE id = $1`,
      values: [before],
    });
    assert.ok(!(await isLive(before)));
    await until(() => lost === 1 && !instance.isLost());
    assert.ok(!(await isLive(before)));
    assert.ok(await isLive(instance.id));
    await instance.close();
  });

  test('an answer to a heartbeat that came while the process was too busy to look still counts', async (t) => {
    let lost = 0;
    const instance = await registerInstance(store, 'busy', { aliveMs: 1600, onLost: () => lost++ });
    t.after(() => instance.close());
    const before = instance.id;
    const holder = await store.connection();
    t.after(() => holder.release());
    await holder.query('BEGIN');
    await holder.query('SELECT 1 FROM platform.instance WHERE id = $1 FOR UPDATE', [before]);
    await until(async () => {
      const { rowCount } = await store.query({
        text: `SELECT 1 FROM platform.instance i JOIN pg_stat_activity a ON a.pid = i.backend_pid
          WHERE i.id = $1 AND a.wait_event_type = 'Lock'`,
        values: [before],
      });
      return rowCount === 1;
    });
    // The commit goes out at once, and so the heartbeat goes through while nobody here looks.
    const committed = holder.query('COMMIT');
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 900);
    await committed;
    await sleep(50);
    assert.deepEqual([lost, instance.id], [0, before]);
  });

  test('what waits for a connection that is given up ends as DATABASE_AWAY, and the instance comes back by itself', async (t) => {
    let lost = 0;
    const instance = await registerInstance(store, 'stuck', { aliveMs: 400, onLost: () => lost++ });
    t.after(() => instance.close());
    const asked = ['SELECT pg_sleep(5)', 'SELECT 1', 'SELECT 2'].map((text) =>
      assert.rejects(instance.query({ text }), { code: 'DATABASE_AWAY' }),
    );
    await Promise.all(asked);
    await until(() => !instance.isLost());
    assert.equal((await instance.query({ text: 'SELECT 1' })).rowCount, 1);
    assert.equal(lost, 1);
  });

  test('heartbeats keep an instance alive past its first term', async () => {
    const instance = await registerInstance(store, 'four', { aliveMs: 400 });
    const before = instance.id;
    await sleep(1000);
    assert.ok(await isLive(before));
    await instance.close();
  });

  test('notifications on its channels reach it, also after its connection was cut', async () => {
    const heard: string[] = [];
    const instance = await registerInstance(store, 'five', {
      channels: ['news'],
      onNotification: (channel, payload) => heard.push(`${channel} ${payload}`),
    });
    const send = (payload: string): Promise<unknown> =>
      store.query({ text: 'SELECT pg_notify($1, $2)', values: ['news', payload] });
    await send('one');
    await until(() => heard.includes('news one'));
    await cut(instance);
    await until(() => instance.isLost());
    await until(() => !instance.isLost());
    await send('two');
    await until(() => heard.includes('news two'));
    await instance.close();
  });
});
