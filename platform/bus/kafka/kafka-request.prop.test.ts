// platform: requests to Kafka stay within the broker's limits and never change the order within a partition.
import fc from 'fast-check';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HubError } from '@staffetta/flow/errors.ts';
import type { OutgoingEvent } from '../bus.ts';
import { eventBytes, fillRequest, type Sized } from './kafka-request.ts';
import { partitionBytesMax, partitionEventsMax, requestBytesMax } from './kafka-settings.ts';

const sizes = fc.oneof(
  { weight: 20, arbitrary: fc.integer({ min: 1, max: 20_000 }) },
  { weight: 2, arbitrary: fc.integer({ min: 800_000, max: 9_000_000 }) },
);
const waiting = fc.array(
  fc.record({ topic: fc.constantFrom('s', 't'), key: fc.integer({ min: 0, max: 9 }), bytes: sizes }),
  {
    maxLength: 400,
  },
);

function sized({ topic, key, bytes }: { topic: string; key: number; bytes: number }): Sized {
  return { event: { topic, key: `k${key}`, value: Buffer.alloc(0), headers: {} }, bytes };
}

function laneOf(entry: Sized): string {
  return `${entry.event.topic}/${entry.event.key}`;
}

test('however events wait, requests send them all, in the order of each key, within the limits', () => {
  fc.assert(
    fc.property(waiting, fc.integer({ min: 1, max: 500 }), (many, most) => {
      const all = many.map(sized);
      const sent: Sized[] = [];
      for (let queue = all; queue.length > 0;) {
        const { request, rest } = fillRequest(queue, most, () => 6);
        assert.ok(request.entries.length > 0 && request.entries.length <= most);
        assert.equal(request.entries.length + rest.length, queue.length);
        assertWithinLimits(request);
        sent.push(...request.entries);
        queue = rest;
      }
      for (const lane of new Set(all.map(laneOf))) {
        const inLane = (entry: Sized): boolean => laneOf(entry) === lane;
        assert.deepEqual(sent.filter(inLane), all.filter(inLane));
      }
    }),
    { numRuns: 100 },
  );
});

function assertWithinLimits({ entries, messages }: ReturnType<typeof fillRequest<Sized>>['request']): void {
  const partitions = Map.groupBy(entries, (_, at) => `${messages[at]!.topic}/${messages[at]!.partition}`);
  for (const inOne of partitions.values()) {
    assert.ok(inOne.length <= partitionEventsMax);
    assert.ok(inOne.length === 1 || sum(inOne) <= partitionBytesMax, `${sum(inOne)} bytes on one partition`);
  }
  assert.ok(entries.length === 1 || sum(entries) <= requestBytesMax);
}

function sum(entries: readonly Sized[]): number {
  return entries.reduce((total, entry) => total + entry.bytes, 0);
}

test('an event over 16 MiB is refused before it is sent', () => {
  const event: OutgoingEvent = { topic: 't', key: 'k', value: Buffer.alloc(16 * 1024 * 1024), headers: {} };
  assert.throws(
    () => eventBytes(event),
    (error) => error instanceof HubError && error.code === 'DOCUMENT_TOO_LARGE',
  );
});

test('an event that names its partition goes there', () => {
  const entry = { ...sized({ topic: 't', key: 1, bytes: 10 }) };
  const fixed = { ...entry, event: { ...entry.event, partition: 5 } };
  assert.equal(fillRequest([fixed], 10, () => 6).request.messages[0]?.partition, 5);
});
