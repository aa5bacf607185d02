// receiver: what is accepted and not saved in time is told, once, and taken back when it is saved after all.
import { encodeEvent, type EncodedEvent } from '@staffetta/flow/events.ts';
import type { ConsumedEvent } from '@staffetta/platform/bus/bus.ts';
import { readDeadLetter } from '@staffetta/platform/bus/dead-letter.ts';
import { uuidv7 } from '@staffetta/platform/ids.ts';
import type { Running } from '@staffetta/platform/service.ts';
import { testWorld, type TestWorld } from '@staffetta/platform/test-world.ts';
import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { forgetFinished, waiterKeepMs } from './forget-finished.ts';
import { receiver } from './receiver.ts';
import {
  eventIdOf,
  eventually,
  header,
  outcome,
  quickSettings,
  recordTopic,
  startEndpoint,
} from './receiver-test-kit.ts';
import { listOpenWaiters, openWaiters } from './waiters.ts';
import { tellOverdueWaiters } from './watch-waiters.ts';

let world: TestWorld;
let running: Running[];
let letters: ConsumedEvent[];

beforeEach(async () => {
  world = await testWorld();
  running = [];
  letters = await recordTopic(world, 'incomingInvoice.DLT');
  await start();
});

afterEach(async () => {
  await Promise.all(running.map((one) => one.stop()));
  await world.end();
});

async function start(): Promise<Running> {
  const one = await receiver.start(world, quickSettings());
  running.push(one);
  return one;
}

function incoming(eventId = uuidv7(), invoiceId = uuidv7()): EncodedEvent {
  const message = {
    invoiceId,
    invoiceStatus: 'INTERNAL_INVOICE_NEW',
    invoice: '<a/>',
    customer: { customerId: 2 },
    correlationId: 'c',
  };
  return encodeEvent('incomingInvoice', invoiceId, Buffer.from(JSON.stringify(message)), {
    eventId,
    correlationId: 'c',
  });
}

function eventId(event: EncodedEvent): string {
  return event.headers['x-event-id'] ?? '';
}

async function isWaitedFor(event: EncodedEvent): Promise<boolean> {
  return (await listOpenWaiters(world.store, 100)).some((one) => one.eventId === eventId(event));
}

async function isClosed(event: EncodedEvent): Promise<boolean> {
  const { rowCount } = await world.store.query({
    text: 'SELECT 1 FROM receiver.waiters WHERE event_id = $1 AND closed_at IS NOT NULL',
    values: [eventId(event)],
  });
  return rowCount === 1;
}

test('an event that is not saved in time becomes a dead letter with its own value and headers', async () => {
  const event = incoming();
  await world.bus.publish([event]);
  await eventually('it is waited for', () => isWaitedFor(event));
  world.clock.turn(59_000);
  await sleep(100);
  assert.equal(letters.length, 0);
  world.clock.turn(2000);
  await eventually('it is told', () => letters.length > 0);
  const [letter] = letters;
  assert.ok(letter);
  assert.deepEqual(letter.value, event.value);
  assert.equal(letter.key, event.key);
  assert.equal(eventIdOf(letter), eventId(event));
  const said = readDeadLetter(letter);
  assert.equal(said.errorCode, 'NOT_SAVED_IN_TIME');
  assert.equal(said.topic, 'incomingInvoice');
  assert.equal(said.group, 'receiver.waiters');
  assert.equal(await tellOverdueWaiters(world), 0);
});

test('an event that is saved in time is no dead letter, even where its outcome is read first', async () => {
  const [first, second] = [incoming(), incoming()];
  await world.bus.publish([first]);
  await eventually('the first is waited for', () => isWaitedFor(first));
  await world.bus.publish([outcome({ causationId: eventId(first) }), outcome({ causationId: eventId(second) })]);
  await eventually('both are closed', async () => (await isClosed(first)) && (await isClosed(second)));
  await world.bus.publish([second]);
  await eventually(
    'the second is read',
    async () => (await world.bus.lag('receiver.incomingInvoice', 'incomingInvoice')) === 0,
  );
  world.clock.turn(3_600_000);
  assert.equal(await tellOverdueWaiters(world), 0);
  assert.equal(letters.length, 0);
});

test('a late save calls back all the same, and closes the dead letter behind it', async () => {
  const endpoint = await startEndpoint();
  const event = incoming();
  await world.bus.publish([event]);
  await eventually('it is waited for', () => isWaitedFor(event));
  world.clock.turn(61_000);
  await eventually('it is told', () => letters.length === 1);
  const late = outcome({ causationId: eventId(event), callback: endpoint.url });
  await world.bus.publish([late, late]);
  await eventually('it is taken back', () => letters.length === 2);
  await eventually('the customer is called', () => endpoint.seen.length === 1);
  const closing = letters[1];
  assert.equal(header(closing, 'x-closes'), eventId(event));
  assert.deepEqual(JSON.parse(closing?.value.toString() ?? ''), { closes: eventId(event) });
  assert.equal(closing?.partition, letters[0]?.partition);
  assert.equal(header(closing, 'x-causation-id'), late.headers['x-event-id']);
  await endpoint.close();
});

test('a repeated outcome closes its waiter and calls nobody', async () => {
  const endpoint = await startEndpoint();
  const event = incoming();
  await world.bus.publish([event]);
  await eventually('it is waited for', () => isWaitedFor(event));
  const repeated = outcome({ causationId: eventId(event), callback: endpoint.url, headers: { 'x-repeated': 'true' } });
  await world.bus.publish([repeated]);
  await eventually('it is closed', () => isClosed(event));
  const { rowCount } = await world.store.query({ text: 'SELECT 1 FROM receiver.pending_callbacks' });
  assert.equal(rowCount, 0);
  await endpoint.close();
});

test('what is waited for survives a restart, and of two receivers one tells of it', async () => {
  const events = Array.from({ length: 50 }, () => incoming());
  await world.bus.publish(events);
  await eventually('all are waited for', async () => (await listOpenWaiters(world.store, 100)).length === 50);
  await running.pop()?.stop();
  world.clock.turn(61_000);
  await Promise.all([start(), start()]);
  await eventually('all are told', () => letters.length >= 50);
  await sleep(100);
  assert.equal(letters.length, 50);
  assert.deepEqual(new Set(letters.map(eventIdOf)), new Set(events.map(eventId)));
});

test('a notification is waited for like an invoice', async () => {
  const told = await recordTopic(world, 'dsiNotification.DLT');
  const value = Buffer.from(JSON.stringify({ customerId: 2, invoiceNumber: 41, status: 'INTERNAL_INVOICE_DELIVERED' }));
  const event = encodeEvent('dsiNotification', '2:41', value, { eventId: uuidv7(), correlationId: 'c' });
  await world.bus.publish([event]);
  await eventually('it is waited for', () => isWaitedFor(event));
  world.clock.turn(61_000);
  await eventually('it is told', () => told.length === 1);
  assert.equal(told[0]?.key, '2:41');
});

test('what cannot be read is passed over: dbmanager, which reads it first, sets it aside', async () => {
  const poison = { ...incoming(), value: Buffer.from('no JSON') };
  await world.bus.publish([poison]);
  await eventually(
    'it is read',
    async () => (await world.bus.lag('receiver.incomingInvoice', 'incomingInvoice')) === 0,
  );
  assert.equal(letters.length, 0);
});

test('an event whose place holds another record by now is told of without its value', async () => {
  const other = incoming();
  await world.bus.publish([other]);
  await eventually('it is waited for', () => isWaitedFor(other));
  const [row] = await listOpenWaiters(world.store, 1);
  assert.ok(row);
  const waiter = {
    eventId: 'gone',
    topic: row.topic,
    partition: row.partition,
    offset: BigInt(row.offset),
    correlationId: 'c-gone',
  };
  await openWaiters(world.store, [waiter], new Date(0));
  await eventually('it is told', () => letters.length === 1);
  assert.equal(letters[0]?.value.toString(), '{}');
  assert.equal(eventIdOf(letters[0]), 'gone');
  assert.equal(header(letters[0], 'X-Correlation-ID'), 'c-gone');
});

test('an event read again does not open its waiter again; closed ones are forgotten after a while', async () => {
  const event = incoming();
  await world.bus.publish([event]);
  await eventually('it is waited for', () => isWaitedFor(event));
  await world.bus.publish([outcome({ causationId: eventId(event) })]);
  await eventually('it is closed', () => isClosed(event));
  const again = { eventId: eventId(event), topic: 'incomingInvoice', partition: 0, offset: 0n, correlationId: 'c' };
  assert.equal(await openWaiters(world.store, [again], new Date(0)), 0);
  assert.equal(await forgetFinished(world, 60_000), 0);
  world.clock.turn(waiterKeepMs + 1000);
  assert.equal(await forgetFinished(world, 1e12), 1);
});

test('a waiter that a dead letter told of is forgotten in time, one that was not told of is not', async () => {
  const event = incoming();
  await world.bus.publish([event]);
  await eventually('it is waited for', () => isWaitedFor(event));
  world.clock.turn(61_000);
  await eventually('it is told', () => letters.length === 1);
  world.clock.turn(waiterKeepMs + 1000);
  assert.equal(await forgetFinished(world, 3_600_000), 0, 'a late save still closes the dead letter');
  const place = { topic: 'incomingInvoice', partition: 0, offset: 0n, correlationId: 'c' };
  const deadline = new Date(world.clock.now().getTime() + 36_000_000);
  await openWaiters(world.store, [{ eventId: 'untold', ...place }], deadline);
  world.clock.turn(3_600_000);
  assert.equal(await forgetFinished(world, 3_600_000), 1);
  assert.deepEqual(
    (await listOpenWaiters(world.store, 10)).map((one) => one.eventId),
    ['untold'],
  );
});
