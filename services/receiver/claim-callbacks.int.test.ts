// receiver: what is taken from the store: bounded by bytes, in turn by host, in order per invoice.
import { migrate } from '@staffetta/platform/store/migrate.ts';
import { registerInstance, type LiveInstance } from '@staffetta/platform/store/live-instances.ts';
import { migratePlatform } from '@staffetta/platform/store/platform-tables.ts';
import { testWorld, type TestWorld } from '@staffetta/platform/test-world.ts';
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { insertCallbacks, type Claim, type InsertedCallback, type NewCallback } from './new-callbacks.ts';
import { claimDueCallbacks, type ClaimRoom } from './pending-callbacks.ts';

let world: TestWorld;
let instance: LiveInstance;
const now = new Date('2026-11-22T10:00:00Z');
const much = { count: 100, bytes: 1e9 };
const all: ClaimRoom = { rooms: new Map(), others: much, total: much, after: '' };

before(async () => {
  world = await testWorld();
  await migratePlatform(world.store);
  await migrate(world.store, 'receiver', new URL('./migrations/', import.meta.url));
  instance = await registerInstance(world.store, 'receiver');
});

after(async () => {
  await instance.close();
  await world.end();
});

beforeEach(() => world.store.query({ text: 'TRUNCATE receiver.pending_callbacks' }));

function owed(invoiceId: string, sequence: number, host = 'h', bytes = 10, claim: Claim = 'later'): NewCallback {
  const who = {
    eventId: `${invoiceId}:${sequence}`,
    trace: undefined,
    correlationId: 'c',
    customerId: 2,
    invoiceNumber: undefined,
  };
  const place = { url: `${host}/`, host, partition: 0, offset: 7n, tries: 0, attempts: 0, createdAt: now };
  const body = Buffer.alloc(bytes, `${invoiceId}:${sequence} è\0`);
  return { invoiceId, sequence, body, claim, invoiceStatus: 'S', ...who, ...place };
}

function insert(callbacks: readonly NewCallback[]): Promise<InsertedCallback[]> {
  return world.store.transaction((tx) => insertCallbacks(tx, callbacks, instance.id, now));
}

async function claim(room: Partial<ClaimRoom>): Promise<string[]> {
  const claimed = await claimDueCallbacks(world.store, instance.id, now, { ...all, ...room });
  return claimed.map((one) => one.invoiceId).sort();
}

test('a claim stops where the bytes of a host or of all are reached, and takes at least one', async () => {
  const big = ['a1', 'a2', 'a3', 'a4'].map((id) => owed(id, 1, 'a', 1000));
  await insert([...big, owed('b1', 1, 'b', 5000), owed('c1', 1, 'c', 10)]);
  const two = { count: 100, bytes: 1500 };
  assert.deepEqual(await claim({ others: two }), ['a1', 'a2', 'b1', 'c1']);
  await insert([owed('b2', 1, 'b', 5000), owed('c2', 1, 'c', 10)]);
  assert.deepEqual(await claim({ total: { count: 100, bytes: 1 } }), ['a3']);
  assert.deepEqual(await claim({ rooms: new Map([['a', { count: 0, bytes: 0 }]]), total: two }), ['b2']);
});

test('the hosts take turns: a claim begins behind the host it is told', async () => {
  await insert(['a', 'b', 'c'].flatMap((host) => [owed(`${host}1`, 1, host), owed(`${host}2`, 1, host)]));
  const total = { count: 3, bytes: 1e9 };
  assert.deepEqual(await claim({ total, after: 'b' }), ['a1', 'c1', 'c2']);
  assert.deepEqual(await claim({ total, after: 'a' }), ['a2', 'b1', 'b2']);
});

test('many callbacks are written in one go, each with its own body', async () => {
  const list = Array.from({ length: 70 }, (_, n) => owed(`i${n}`, 1, 'h', n * 3));
  assert.equal((await insert([...list, ...list])).length, 70);
  const claimed = await claimDueCallbacks(world.store, instance.id, now, all);
  const bodies = new Map(claimed.map((one) => [one.invoiceId, one.body]));
  for (const { invoiceId, body } of list) assert.deepEqual(bodies.get(invoiceId), body, invoiceId);
});

test('an outcome is not chained behind one that the store keeps for later', async () => {
  const [first] = await insert([owed('x', 1, 'h', 10, 'first')]);
  assert.equal(first?.owned, true);
  await insert([owed('x', 2, 'h', 10, 'later')]);
  const [third] = await insert([owed('x', 3, 'h', 10, 'chained')]);
  assert.equal(third?.owned, false);
});

test('outcomes chained behind those of the same instance are its own', async () => {
  await insert([owed('x', 1, 'h', 10, 'first')]);
  const inserted = await insert([owed('x', 2, 'h', 10, 'chained'), owed('x', 3, 'h', 10, 'chained')]);
  assert.deepEqual(
    inserted.map((one) => one.owned),
    [true, true],
  );
});
