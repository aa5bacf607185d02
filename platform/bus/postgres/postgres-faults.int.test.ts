// platform: the Postgres face survives cut connections, frozen and killed members, and keeps its log short.
import { servers } from '@staffetta/tools/servers/available.ts';
import { freshDatabase, type TestDatabase } from '@staffetta/tools/servers/postgres.ts';
import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { openStore, type Store } from '../../store/store.ts';
import { event, eventAt, eventually, gate, newGroup, numbered, options, Recorder } from '../conformance-kit.ts';
import { createPostgresBus, type PostgresBus } from './postgres-bus.ts';

const partitions = [0, 1, 2, 3, 4, 5];
let database: TestDatabase;
let store: Store;
let bus: PostgresBus;
let topics = 0;
const children: ChildProcess[] = [];

describe('the Postgres face under faults', { skip: servers.postgres.missing }, () => {
  before(async () => {
    database = await freshDatabase();
    store = openStore(database.url, { name: 'faults' });
    bus = await createPostgresBus(store, { name: 'faults', aliveMs: 2000 });
  });

  after(async () => {
    for (const child of children) child.kill('SIGKILL');
    await bus?.close();
    await store?.close();
    await database?.drop();
  });

  async function newTopic(): Promise<string> {
    const topic = `faults-${++topics}`;
    await bus.ensureTopics([topic]);
    return topic;
  }

  async function run(sql: string, values: unknown[] = []): Promise<Record<string, unknown>[]> {
    return (await store.query({ text: sql, values })).rows;
  }

  /** A member in a process of its own, with what it printed. */
  async function startMember(
    group: string,
    topic: string,
    holdMs: number,
  ): Promise<{ readonly child: ChildProcess; readonly seen: string[] }> {
    const program = fileURLToPath(new URL('./postgres-crash-member.fixture.ts', import.meta.url));
    const child = spawn(process.execPath, [program, database.url, group, topic, '2000', String(holdMs)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    children.push(child);
    const seen: string[] = [];
    child.stdout.setEncoding('utf8');
    child.stdout.on('data', (text: string) => seen.push(...text.split('\n').filter((line) => line !== '')));
    await eventually('the member is ready', () => seen.includes('ready'));
    return { child, seen };
  }

  async function roundTrip(topic: string, seen: Recorder, round: string): Promise<void> {
    await bus.publish(partitions.map((at) => eventAt(at, topic, `k${at}`, `${round}-${at}`)));
    await eventually(`${round} arrived`, () => seen.values().filter((value) => value.startsWith(round)).length >= 6);
  }

  test('a cut LISTEN connection is opened again, and consumption goes on', async () => {
    const topic = await newTopic();
    const seen = new Recorder();
    const consumption = await bus.consume(options(newGroup(), topic, seen.handle));
    await roundTrip(topic, seen, 'before');
    await run(`SELECT pg_terminate_backend(backend_pid) FROM platform.instance WHERE name = 'faults'`);
    await roundTrip(topic, seen, 'after');
    await consumption.stop();
  });

  test('all connections cut at once, as by a restart of the server, lose nothing', async () => {
    const topic = await newTopic();
    const group = newGroup();
    const seen = new Recorder();
    const consumption = await bus.consume(options(group, topic, seen.handle));
    let published = 0;
    for (let n = 0; n < 30; n++) {
      if (n % 10 === 5) {
        await run(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
          WHERE datname = current_database() AND pid <> pg_backend_pid()`);
      }
      try {
        await bus.publish([event(topic, `k${n}`, `${n}`)]);
        published++;
      } catch (error) {
        assert.equal((error as { code?: string }).code, 'DATABASE_AWAY');
        n--;
      }
    }
    await eventually('all arrived', () => seen.unique().size === published);
    await eventually('all is committed', async () => (await bus.lag(group, topic)) === 0);
    await consumption.stop();
  });

  test('the partitions of a killed process are free at once for a new one', async () => {
    const topic = await newTopic();
    const group = newGroup();
    const { child, seen } = await startMember(group, topic, 60_000);
    await bus.publish(partitions.map((at) => eventAt(at, topic, `k${at}`, `held-${at}`)));
    await eventually('it holds a batch', () => seen.length > 1);
    child.kill('SIGKILL');
    await new Promise((resolve) => child.once('exit', resolve));
    // Its heartbeat would count for two more seconds; the end of its connection alone frees what it held.
    await eventually('it is seen to be dead', async () => {
      const rows = await run(`SELECT FROM platform.live_instance WHERE name = 'crash member'`);
      return rows.length === 0;
    });
    const fresh = new Recorder();
    const consumption = await bus.consume(options(group, topic, fresh.handle));
    const [row] = await run(
      `SELECT count(*)::integer AS taken FROM bus.lease l JOIN bus.member m ON m.id = l.owner
       JOIN platform.live_instance i ON i.id = m.instance WHERE l.group_name = $1 AND i.name = 'faults'`,
      [group],
    );
    assert.equal(row?.['taken'], 6, 'all were taken when the new member had joined');
    await eventually('what was in hand is delivered again', () => fresh.unique().size === 6);
    await consumption.stop();
  });

  test('a frozen member loses its partitions, and when it thaws its commits are refused', async () => {
    const topic = await newTopic();
    const group = newGroup();
    const { child, seen } = await startMember(group, topic, 300);
    await bus.publish(partitions.map((at) => eventAt(at, topic, `k${at}`, `first-${at}`)));
    await eventually('it holds a batch', () => seen.length > 1);
    child.kill('SIGSTOP');
    const door = gate();
    let handed = 0;
    const holding = async (batch: readonly unknown[]): Promise<void> => {
      handed += batch.length;
      await door.opened;
    };
    const consumption = await bus.consume(options(group, topic, holding));
    await eventually('another took over', () => handed > 0);
    child.kill('SIGCONT');
    await eventually('it lives again', async () => {
      const rows = await run(`SELECT FROM platform.live_instance WHERE name = 'crash member'`);
      return rows.length === 1;
    });
    await sleep(1000);
    assert.equal(await bus.lag(group, topic), 6, 'nothing is committed by the one that was frozen');
    door.open();
    await bus.publish(partitions.map((at) => eventAt(at, topic, `k${at}`, `later-${at}`)));
    await eventually('both go on', async () => (await bus.lag(group, topic)) === 0);
    child.kill('SIGKILL');
    await consumption.stop();
  });

  test('old events go once every group has read them; the dead letters stay', async () => {
    const topic = await newTopic();
    await bus.ensureTopics([`${topic}.DLT`]);
    await bus.publish(numbered(topic, 5000, ['a', 'b', 'c', 'd']));
    await bus.publish([event(`${topic}.DLT`, 'a', 'dead')]);
    const [fast, slow] = [newGroup(), newGroup()];
    const later = new Date(Date.now() + 3_600_000);
    const reader = new Recorder();
    const consumption = await bus.consume(options(fast, topic, reader.handle));
    await eventually('one group has read all', async () => (await bus.lag(fast, topic)) === 0);
    const lazy = await bus.consume({
      ...options(slow, topic, () => Promise.reject(new Error('not yet'))),
      deadLetters: false,
    });
    await lazy.stop();
    const count = async (of: string): Promise<unknown> =>
      (await run('SELECT count(*)::integer AS n FROM bus.log WHERE topic = $1', [of]))[0]?.['n'];
    await bus.deleteOldEvents(later);
    assert.equal(await count(topic), 5000);
    await run('UPDATE bus.lease SET committed = 100000 WHERE group_name = $1', [slow]);
    await bus.deleteOldEvents(new Date(0));
    assert.equal(await count(topic), 5000);
    await bus.deleteOldEvents(later);
    assert.equal(await count(topic), 0);
    assert.equal(await count(`${topic}.DLT`), 1);
    await consumption.stop();
    await bus.publish(numbered(topic, 4, ['a', 'b'], 'new-'));
    const late = new Recorder();
    const latest = await bus.consume(options(newGroup(), topic, late.handle));
    await eventually('a new group begins at the earliest left', () => late.unique().size === 4);
    await latest.stop();
  });
});
