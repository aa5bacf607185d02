// platform: the promises of the bus, one test each; every face passes this suite, so that none can drift.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { failurePromises } from './conformance-failures.ts';
import { hearingPromises } from './conformance-hearing.ts';
import { publishingPromises } from './conformance-publishing.ts';
import { sharingPromises } from './conformance-sharing.ts';
import { eventually, gate, newGroup, newTopic, numbered, options, Recorder } from './conformance-kit.ts';
import { failure, textOf, type Face, type OpenBus } from './conformance-kit.ts';

/**
 * Declares the whole suite for one face with node:test.
 * @param name how the face is called in the report
 * @param open opens the face on a log that nobody else uses; called once, closed after the last test
 */
export function busConformance(name: string, open: () => Promise<OpenBus>): void {
  describe(`the bus on ${name}`, { timeout: 300_000 }, () => {
    let opened: OpenBus | undefined;
    const face: Face = () => {
      assert.ok(opened, 'the face is open');
      return opened;
    };
    before(async () => {
      opened = await open();
    });
    after(async () => {
      await opened?.close();
    });
    deliveryPromises(face);
    publishingPromises(face);
    failurePromises(face);
    sharingPromises(face);
    hearingPromises(face);
  });
}

function deliveryPromises(face: Face): void {
  test('events of one key arrive in the order of their publication', async () => {
    const topic = await newTopic(face);
    const keys = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
    const events = numbered(topic, 210, keys);
    for (let at = 0; at < events.length; at += 30) await face().bus.publish(events.slice(at, at + 30));
    const seen = new Recorder();
    const consumption = await face().bus.consume(options(newGroup(), topic, seen.handle, { batchMax: 16 }));
    await eventually('all arrived', () => seen.unique().size === 210);
    await consumption.stop();
    for (const key of keys) {
      assert.deepEqual(seen.values(key), events.filter((sent) => sent.key === key).map(textOf));
    }
  });

  test('every group gets every event, also those from before it existed', async () => {
    const topic = await newTopic(face);
    await face().bus.publish(numbered(topic, 40, ['a', 'b', 'c']));
    const [first, second] = [new Recorder(), new Recorder()];
    const one = await face().bus.consume(options(newGroup(), topic, first.handle));
    await eventually('the first group has all', () => first.unique().size === 40);
    const two = await face().bus.consume(options(newGroup(), topic, second.handle));
    await eventually('the second group has all', () => second.unique().size === 40);
    await Promise.all([one.stop(), two.stop()]);
    assert.equal(first.events.length, 40);
    assert.equal(second.events.length, 40);
  });

  test('a batch is never larger than asked, holds many events, and only one is in hand at a time', async () => {
    const topic = await newTopic(face);
    await face().bus.publish(numbered(topic, 600, ['a', 'b', 'c', 'd', 'e']));
    const seen = new Recorder();
    const consumption = await face().bus.consume(options(newGroup(), topic, seen.handle, { batchMax: 50 }));
    await eventually('all arrived', () => seen.unique().size === 600);
    await consumption.stop();
    assert.ok(Math.max(...seen.batchSizes) <= 50);
    assert.ok(seen.batchSizes.length < 300, `${seen.batchSizes.length} batches for 600 events`);
    assert.equal(seen.atOnceMax, 1);
  });

  test('offsets are committed only after the effects', async () => {
    const topic = await newTopic(face);
    const group = newGroup();
    await face().bus.publish(numbered(topic, 10, ['a']));
    const door = gate();
    let handed = 0;
    const consumption = await face().bus.consume(
      options(group, topic, async (batch) => {
        handed += batch.length;
        await door.opened;
      }),
    );
    await eventually('the handler holds a batch', () => handed > 0);
    await sleep(300);
    assert.equal(await face().bus.lag(group, topic), 10);
    const readers = [
      { group: newGroup(), topic: await newTopic(face) },
      { group, topic },
      { group: newGroup(), topic },
    ];
    assert.deepEqual(await face().bus.lags(readers), [0, 10, 10]);
    door.open();
    await eventually('all is committed', async () => (await face().bus.lag(group, topic)) === 0);
    await consumption.stop();
  });

  test('what a member had in hand when it was dropped is delivered again to the next one', async () => {
    const topic = await newTopic(face);
    const group = newGroup();
    await face().bus.publish(numbered(topic, 20, ['a', 'b', 'c']));
    const dropped = await face().otherBus();
    const started = new Set<string>();
    await dropped.consume(
      options(group, topic, async (batch) => {
        for (const seen of batch) started.add(textOf(seen));
        throw failure('SERVICE_AWAY', 'dies before its effects are durable');
      }),
    );
    await eventually('the first member began', () => started.size > 0);
    await dropped.close();
    const seen = new Recorder();
    const next = await face().bus.consume(options(group, topic, seen.handle));
    await eventually('the next member has all', () => seen.unique().size === 20);
    await next.stop();
  });

  test('a slow handler keeps memory bounded', async () => {
    const topic = await newTopic(face);
    const megabyte = Buffer.alloc(1024 * 1024, 7);
    for (let n = 0; n < 160; n += 8) {
      await face().bus.publish(
        Array.from({ length: 8 }, (_, i) => ({ topic, key: `k${n + i}`, value: megabyte, headers: {} })),
      );
    }
    const before = await buffersInUse();
    const door = gate();
    let handed = 0;
    const slow = async (batch: readonly unknown[]): Promise<void> => {
      handed += batch.length;
      await door.opened;
    };
    const consumption = await face().bus.consume(options(newGroup(), topic, slow, { batchMax: 4 }));
    await eventually('the handler holds a batch', () => handed > 0);
    await sleep(1500);
    const grownMiB = ((await buffersInUse()) - before) / 1024 ** 2;
    assert.ok(grownMiB < 100, `${grownMiB.toFixed(0)} MiB of 160 wait in memory`);
    assert.ok(handed <= 4);
    door.open();
    await eventually('all arrived', () => handed >= 160);
    await consumption.stop();
  });

  test('what was published while nobody listened is delivered once somebody does', async () => {
    const topic = await newTopic(face);
    const group = newGroup();
    const seen = new Recorder();
    const first = await face().bus.consume(options(group, topic, seen.handle));
    await face().bus.publish(numbered(topic, 10, ['a', 'b'], 'before-'));
    await eventually('the first ten arrived', () => seen.unique().size === 10);
    await first.stop();
    await face().bus.publish(numbered(topic, 10, ['a', 'b'], 'meanwhile-'));
    const second = await face().bus.consume(options(group, topic, seen.handle));
    await eventually('the missed ones arrived', () => seen.unique().size === 20);
    await second.stop();
    assert.equal(seen.events.length, 20);
  });

  test('stop() lets the batch in hand end and commits it', async () => {
    const topic = await newTopic(face);
    const group = newGroup();
    await face().bus.publish(numbered(topic, 5, ['a']));
    const door = gate();
    const handed: string[] = [];
    const consumption = await face().bus.consume(
      options(group, topic, async (batch) => {
        handed.push(...batch.map(textOf));
        await door.opened;
      }),
    );
    await eventually('the handler holds a batch', () => handed.length > 0);
    const stopped = consumption.stop();
    await sleep(100);
    door.open();
    await stopped;
    assert.equal(await face().bus.lag(group, topic), 5 - handed.length);
  });

  test('lag counts what a group has still to handle', async () => {
    const topic = await newTopic(face);
    const group = newGroup();
    await face().bus.publish(numbered(topic, 12, ['a', 'b', 'c']));
    assert.equal(await face().bus.lag(group, topic), 12);
    const seen = new Recorder();
    const consumption = await face().bus.consume(options(group, topic, seen.handle));
    await eventually('nothing is left', async () => (await face().bus.lag(group, topic)) === 0);
    await consumption.stop();
    await face().bus.publish(numbered(topic, 3, ['a']));
    assert.equal(await face().bus.lag(group, topic), 3);
  });
}

async function buffersInUse(): Promise<number> {
  const { setFlagsFromString } = await import('node:v8');
  const { runInNewContext } = await import('node:vm');
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  collect();
  await sleep(20);
  collect();
  return process.memoryUsage().arrayBuffers + process.memoryUsage().heapUsed;
}
