// platform: the bus's promises about several members of one group: sharing, joining, leaving.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { eventAt, eventually, newGroup, newTopic, numbered, options } from './conformance-kit.ts';
import { Recorder, type Face } from './conformance-kit.ts';

const everyPartition = [0, 1, 2, 3, 4, 5];

/** Declares the chapter on sharing. */
export function sharingPromises(face: Face): void {
  test('two members share the partitions and double nothing once both have joined', async () => {
    const topic = await newTopic(face);
    const group = newGroup();
    const other = await face().otherBus();
    const [left, right] = [new Recorder(), new Recorder()];
    const one = await face().bus.consume(options(group, topic, left.handle));
    const two = await other.consume(options(group, topic, right.handle));
    await eventually('a round is shared', async () => sharedRound(face, topic, left, right));
    await settled(left, right);
    const [leftBefore, rightBefore] = [left.events.length, right.events.length];
    await face().bus.publish(numbered(topic, 300, keyNames(60), 'steady-'));
    const steady = (): string[] =>
      [...left.events.slice(leftBefore), ...right.events.slice(rightBefore)]
        .map((seen) => seen.value.toString())
        .filter((value) => value.startsWith('steady-'));
    await eventually('all arrived', () => new Set(steady()).size === 300);
    await sleep(300);
    assert.equal(steady().length, 300);
    assert.ok(left.events.length > leftBefore && right.events.length > rightBefore);
    await Promise.all([one.stop(), two.stop()]);
    await other.close();
  });

  test('members that come and go while others publish lose nothing and keep the order per key', async () => {
    const topic = await newTopic(face);
    const group = newGroup();
    const seen = new Recorder();
    const firstMember = await face().bus.consume(options(group, topic, seen.handle));
    const keys = keyNames(12);
    let publishing = true;
    const published = (async () => {
      for (let n = 0; n < 60; n++) {
        await face().bus.publish(keys.map((key) => ({ topic, key, value: Buffer.from(`${key}/${n}`), headers: {} })));
        await sleep(25);
      }
      publishing = false;
    })();
    while (publishing) {
      const visitor = await face().otherBus();
      await visitor.consume(options(group, topic, seen.handle));
      await sleep(500);
      await visitor.close();
    }
    await published;
    await eventually('all arrived', () => seen.unique().size === 60 * keys.length);
    await firstMember.stop();
    for (const key of keys) assertFirstSightsInOrder(seen.values(key));
  });

  test('the last member standing takes every partition', async () => {
    const topic = await newTopic(face);
    const group = newGroup();
    const other = await face().otherBus();
    const seen = new Recorder();
    const one = await face().bus.consume(options(group, topic, seen.handle));
    await other.consume(options(group, topic, seen.handle));
    await face().bus.publish(everyPartition.map((at) => eventAt(at, topic, `k${at}`, `first-${at}`)));
    await eventually('the first round arrived', () => seen.unique().size === 6);
    await other.close();
    await face().bus.publish(everyPartition.map((at) => eventAt(at, topic, `k${at}`, `second-${at}`)));
    await eventually('the second round arrived', () => seen.unique().size === 12);
    await one.stop();
  });
}

function keyNames(count: number): string[] {
  return Array.from({ length: count }, (_, n) => `key-${n}`);
}

let rounds = 0;

async function sharedRound(face: Face, topic: string, left: Recorder, right: Recorder): Promise<boolean> {
  const round = `round-${++rounds}-`;
  await face().bus.publish(everyPartition.map((at) => eventAt(at, topic, `k${at}`, `${round}${at}`)));
  const count = (of: Recorder): number => of.values().filter((value) => value.startsWith(round)).length;
  await eventually('the round arrived', () => count(left) + count(right) >= 6);
  return count(left) >= 2 && count(right) >= 2;
}

async function settled(left: Recorder, right: Recorder): Promise<void> {
  for (let before = -1; before !== left.events.length + right.events.length;) {
    before = left.events.length + right.events.length;
    await sleep(400);
  }
}

function assertFirstSightsInOrder(values: readonly string[]): void {
  const numbers = [...new Set(values)].map((value) => Number(value.split('/')[1]));
  assert.deepEqual(
    numbers,
    numbers.toSorted((a, b) => a - b),
  );
}
