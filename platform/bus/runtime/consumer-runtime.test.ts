// platform: the consumer runtime keeps its promises whatever the face: room, revocation, handover, commits, the end.
import { HubError } from '@staffetta/flow/errors.ts';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ConsumedEvent, ConsumeOptions, OutgoingEvent } from '../bus.ts';
import { eventually, gate } from '../conformance-kit.ts';
import { startConsumption } from './consumer-runtime.ts';
import { runtimeLimits } from './ready-queue.ts';
import { eventOf, hastyTimers, MemoryTransport } from './runtime-test-kit.ts';
import { systemTimers } from './timers.ts';

const noLetters = async (): Promise<void> => undefined;

function optionsFor(handle: ConsumeOptions['handle'], more: Partial<ConsumeOptions> = {}): ConsumeOptions {
  return { group: 'g', topic: 't', handle, batchMax: 10, retry: { tries: 3, delaysMs: [1], jitter: 0 }, ...more };
}

function range(partition: number, count: number, key = 'k', bytes = 1): ConsumedEvent[] {
  return Array.from({ length: count }, (_, offset) => eventOf(partition, offset, `${key}${offset}`, bytes));
}

test('a slow handler lets no more in than a batch in hand, a batch queued and the portion that filled it', async () => {
  const transport = new MemoryTransport();
  const door = gate();
  const handle = async (): Promise<void> => door.opened;
  const consumption = await startConsumption(transport.subscribe, optionsFor(handle), noLetters, hastyTimers);
  const feeding = transport.feed(range(0, 100), 4);
  await sleep(30);
  assert.ok(transport.delivered <= 10 + 10 + 4, `${transport.delivered} delivered`);
  door.open();
  await feeding;
  await eventually('all is committed', () => transport.committed.get(0) === 100n);
  await consumption.stop();
});

test('batches and the queue are bounded in bytes too', async () => {
  const transport = new MemoryTransport();
  const megabytes = 4 * 1024 * 1024;
  const sizes: number[] = [];
  const door = gate();
  const handle = async (batch: readonly ConsumedEvent[]): Promise<void> => {
    sizes.push(batch.length);
    await door.opened;
  };
  const consumption = await startConsumption(transport.subscribe, optionsFor(handle), noLetters, hastyTimers);
  const feeding = transport.feed(range(0, 24, 'k', megabytes), 1);
  await sleep(30);
  assert.ok(transport.delivered <= 9, `${transport.delivered} of 4 MiB delivered`);
  door.open();
  await feeding;
  await eventually('all is committed', () => transport.committed.get(0) === 24n);
  await consumption.stop();
  assert.ok(Math.max(...sizes) * megabytes <= runtimeLimits.batchBytesMax);
});

test('a partition with too many parked events is read no further, others are', async () => {
  const transport = new MemoryTransport();
  let healed = false;
  const handle = async (batch: readonly ConsumedEvent[]): Promise<{ event: ConsumedEvent; error: unknown }[]> =>
    batch.filter((event) => event.partition === 0 && !healed).map((event) => ({ event, error: new Error('not yet') }));
  const retry = { tries: 1_000_000, delaysMs: [20], jitter: 0 };
  const options = optionsFor(handle, { batchMax: 100, retry });
  const consumption = await startConsumption(transport.subscribe, options, noLetters, systemTimers);
  const sick = transport.feed(range(0, 3000), 50);
  await eventually('it is full', () => transport.delivered > runtimeLimits.parkedCountMax);
  await sleep(50);
  const standing = transport.delivered;
  assert.ok(standing <= runtimeLimits.parkedCountMax + 200, `${standing} delivered`);
  await transport.feed(range(1, 500), 50);
  await eventually('the other partition goes on', () => transport.committed.get(1) === 500n);
  assert.equal(transport.committed.get(0), undefined);
  healed = true;
  await sick;
  await eventually('all is committed', () => transport.committed.get(0) === 3000n);
  await consumption.stop();
});

test('what is revoked is forgotten: the batch in hand ends, and none of it is committed', async () => {
  const transport = new MemoryTransport();
  const door = gate();
  const handled: ConsumedEvent[] = [];
  const handle = async (batch: readonly ConsumedEvent[]): Promise<void> => {
    await door.opened;
    handled.push(...batch);
  };
  const options = optionsFor(handle, { batchMax: 2 });
  const consumption = await startConsumption(transport.subscribe, options, noLetters, hastyTimers);
  void transport.feed(range(0, 4), 4);
  void transport.feed(range(1, 4), 4);
  await sleep(10);
  await transport.listener?.onRevoked([{ topic: 't', partition: 0 }]);
  door.open();
  await eventually('the other partition is committed', () => transport.committed.get(1) === 4n);
  await consumption.stop();
  assert.equal(transport.committed.get(0), undefined);
  assert.equal(handled.filter((event) => event.partition === 0).length, 2);
});

test('a partition that comes back is read again from where it was committed', async () => {
  const transport = new MemoryTransport();
  const consumption = await startConsumption(transport.subscribe, optionsFor(noLetters), noLetters, hastyTimers);
  await transport.feed(range(0, 5), 5);
  await eventually('committed', () => transport.committed.get(0) === 5n);
  await transport.listener?.onRevoked([{ topic: 't', partition: 0 }]);
  await transport.feed([eventOf(0, 3, 'a'), eventOf(0, 4, 'b'), eventOf(0, 5, 'c')], 3);
  await eventually('committed again', () => transport.committed.get(0) === 6n);
  await consumption.stop();
});

test('a handover waits for the batch in hand and commits it', async () => {
  const transport = new MemoryTransport();
  const door = gate();
  const handle = async (): Promise<void> => door.opened;
  const options = optionsFor(handle, { batchMax: 2 });
  const consumption = await startConsumption(transport.subscribe, options, noLetters, hastyTimers);
  void transport.feed(range(0, 4), 4);
  await sleep(10);
  let over = false;
  const handover = transport.listener?.onHandover?.([{ topic: 't', partition: 0 }]).then(() => {
    over = true;
  });
  await sleep(20);
  assert.equal(over, false);
  door.open();
  await handover;
  assert.equal(transport.committed.get(0), 2n);
  await consumption.stop();
  assert.equal(transport.committed.get(0), 2n);
});

test('a handover does not wait for a part that is away', async () => {
  const transport = new MemoryTransport();
  const handle = async (): Promise<void> => {
    throw new HubError('MAIL_SERVER_AWAY', 'away');
  };
  const consumption = await startConsumption(transport.subscribe, optionsFor(handle), noLetters, systemTimers);
  void transport.feed(range(0, 1), 1);
  await eventually('it pauses', () => consumption.paused() !== undefined);
  await transport.listener?.onHandover?.([{ topic: 't', partition: 0 }]);
  assert.equal(transport.committed.get(0), undefined);
  await consumption.stop();
});

test('a handover waits for the attempt that follows a part that was away', async () => {
  const transport = new MemoryTransport();
  const door = gate();
  let calls = 0;
  const handle = async (): Promise<void> => {
    if (++calls === 1) throw new HubError('MAIL_SERVER_AWAY', 'away');
    await door.opened;
  };
  const consumption = await startConsumption(transport.subscribe, optionsFor(handle), noLetters, hastyTimers);
  void transport.feed(range(0, 1), 1);
  await eventually('the second attempt is under way', () => calls === 2);
  let over = false;
  const handover = transport.listener?.onHandover?.([{ topic: 't', partition: 0 }]).then(() => {
    over = true;
  });
  await sleep(20);
  assert.equal(over, false);
  door.open();
  await handover;
  assert.equal(transport.committed.get(0), 1n);
  await consumption.stop();
});

test('what is handled bit by bit is committed a few times only, and stop() waits for none of that', async () => {
  const transport = new MemoryTransport();
  let clockMs = 0;
  const waits: number[] = [];
  // Time stands still: a wait ends only when its signal ends it.
  const standing = {
    ...systemTimers,
    nowMs: () => clockMs++,
    sleep: (ms: number, signal: AbortSignal) => {
      waits.push(ms);
      return systemTimers.sleep(60_000, signal);
    },
  };
  let handled = 0;
  const handle = async (batch: readonly ConsumedEvent[]): Promise<void> => void (handled += batch.length);
  const consumption = await startConsumption(transport.subscribe, optionsFor(handle), noLetters, standing);
  await transport.feed(range(0, 50), 1);
  await eventually('all is handled', () => handled === 50);
  assert.ok(transport.commits.length <= 1, `${transport.commits.length} commits`);
  await consumption.stop();
  assert.equal(transport.committed.get(0), 50n);
  assert.equal(transport.commits.length, 2);
});

test('a failed commit is followed by a newer one, and only one is under way', async () => {
  const transport = new MemoryTransport();
  transport.commitFailures.push(new Error('first'), new Error('second'));
  const options = optionsFor(noLetters, { batchMax: 3 });
  const consumption = await startConsumption(transport.subscribe, options, noLetters, hastyTimers);
  await transport.feed(range(0, 50), 3);
  await eventually('all is committed', () => transport.committed.get(0) === 50n);
  await consumption.stop();
  assert.equal(transport.commitsAtOnceMax, 1);
  const marks = transport.commits.map((commit) => commit.next);
  assert.deepEqual(
    marks,
    marks.toSorted((a, b) => Number(a - b)),
  );
});

test('dead letters wait for a log that is away; nothing is committed past them, other events go on', async () => {
  const transport = new MemoryTransport();
  let away = true;
  const letters: OutgoingEvent[] = [];
  const publish = async (events: OutgoingEvent[]): Promise<void> => {
    if (away) throw new HubError('BUS_AWAY', 'the log is away');
    letters.push(...events);
  };
  const handled = new Set<bigint>();
  const handle = async (batch: readonly ConsumedEvent[]): Promise<{ event: ConsumedEvent; error: unknown }[]> => {
    for (const event of batch) handled.add(event.offset);
    return batch
      .filter((event) => event.offset === 2n)
      .map((event) => ({ event, error: new HubError('MESSAGE_NOT_READABLE', 'poison') }));
  };
  const consumption = await startConsumption(transport.subscribe, optionsFor(handle), publish, hastyTimers);
  await transport.feed(range(0, 30), 5);
  await eventually('all were handled', () => handled.size === 30);
  await eventually('the rest is committed', () => transport.committed.get(0) === 2n);
  assert.match(consumption.paused() ?? '', /the log is away/);
  away = false;
  await eventually('all is committed', () => transport.committed.get(0) === 30n);
  assert.equal(consumption.paused(), undefined);
  await consumption.stop();
  assert.equal(letters.length, 1);
});

test('a letter that the log refuses does not hold back other letters', async () => {
  const transport = new MemoryTransport();
  const letters: string[] = [];
  const publish = async (events: OutgoingEvent[]): Promise<void> => {
    if (events.some((event) => event.key === 'k1')) throw new Error('record too large');
    letters.push(...events.map((event) => event.key));
  };
  const handle = async (): Promise<void> => {
    throw new HubError('MESSAGE_NOT_READABLE', 'poison');
  };
  const consumption = await startConsumption(transport.subscribe, optionsFor(handle), publish, hastyTimers);
  await transport.feed(range(0, 4), 4);
  await eventually('the others are set aside', () => letters.length === 3);
  await eventually('what is before it is committed', () => transport.committed.get(0) === 1n);
  await transport.listener?.onRevoked([{ topic: 't', partition: 0 }]);
  await consumption.stop();
  assert.equal(transport.committed.get(0), 1n);
});

test('stop aborts a handler that hangs, once the grace is over, and what it then says makes no dead letter', async () => {
  const transport = new MemoryTransport();
  const graceless = { ...hastyTimers, sleep: (_: number, signal: AbortSignal) => systemTimers.sleep(20, signal) };
  const letters: OutgoingEvent[] = [];
  const publish = async (events: OutgoingEvent[]): Promise<void> => void letters.push(...events);
  let aborted = false;
  const handle = async (_: readonly ConsumedEvent[], signal: AbortSignal): Promise<void> => {
    await systemTimers.sleep(60_000, signal);
    aborted = signal.aborted;
    signal.throwIfAborted();
  };
  const options = optionsFor(handle, { retry: { tries: 1, delaysMs: [], jitter: 0 } });
  const consumption = await startConsumption(transport.subscribe, options, publish, graceless);
  await transport.feed(range(0, 1), 1);
  await sleep(10);
  await consumption.stop();
  assert.ok(aborted && transport.closed);
  assert.equal(letters.length, 0);
  assert.equal(transport.committed.get(0), undefined);
});

test('an event that the handler names as unavailable waits alone, the rest is done', async () => {
  const transport = new MemoryTransport();
  const seen: string[] = [];
  let away = 3;
  const handle = async (batch: readonly ConsumedEvent[]): Promise<{ event: ConsumedEvent; error: unknown }[]> => {
    seen.push(batch.map((event) => event.key).join('+'));
    const bad = batch.filter((event) => event.key === 'k1' && away > 0);
    if (bad.length > 0) away--;
    return bad.map((event) => ({ event, error: new HubError('SERVICE_AWAY', 'away') }));
  };
  const options = optionsFor(handle, { retry: { tries: 1, delaysMs: [1], jitter: 0 } });
  const consumption = await startConsumption(transport.subscribe, options, noLetters, hastyTimers);
  await transport.feed(range(0, 3), 3);
  await eventually('all is committed', () => transport.committed.get(0) === 3n);
  await consumption.stop();
  assert.deepEqual(seen, ['k0+k1+k2', 'k1', 'k1', 'k1']);
});

test('events without a key do not wait for one another', async () => {
  const transport = new MemoryTransport();
  const done: bigint[] = [];
  let healed = false;
  const handle = async (batch: readonly ConsumedEvent[]): Promise<{ event: ConsumedEvent; error: unknown }[]> => {
    const bad = batch.filter((event) => event.offset === 0n && !healed);
    done.push(...batch.filter((event) => !bad.includes(event)).map((event) => event.offset));
    return bad.map((event) => ({ event, error: new Error('once more') }));
  };
  const options = optionsFor(handle, { batchMax: 1, retry: { tries: 100_000, delaysMs: [1], jitter: 0 } });
  const consumption = await startConsumption(transport.subscribe, options, noLetters, hastyTimers);
  void transport.feed(
    [0, 1, 2].map((offset) => eventOf(0, offset, '')),
    3,
  );
  await eventually('the later ones are done', () => done.includes(1n) && done.includes(2n));
  healed = true;
  await eventually('all is committed', () => transport.committed.get(0) === 3n);
  await consumption.stop();
});
