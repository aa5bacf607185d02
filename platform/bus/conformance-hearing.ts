// platform: the bus's promises to those who hear a topic outside of any group.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import type { Bus, ConsumedEvent, Hearing } from './bus.ts';
import { event, eventually, newGroup, numbered, options, Recorder, textOf, type Face } from './conformance-kit.ts';

interface Hearer extends Hearing {
  readonly heard: ConsumedEvent[];
  values(): string[];
}

async function hearer(bus: Bus, topic: string): Promise<Hearer> {
  const heard: ConsumedEvent[] = [];
  const hearing = bus.hear(topic, (seen) => heard.push(seen));
  await hearing.begun;
  return { begun: hearing.begun, stop: () => hearing.stop(), heard, values: () => heard.map((seen) => textOf(seen)) };
}

/** Declares the chapter on hearing. */
export function hearingPromises(face: Face): void {
  test('everybody who hears gets every event from then on, in order, whatever groups read', async () => {
    const topic = `t-${randomBytes(6).toString('hex')}`;
    const { bus } = face();
    await bus.ensureTopics([topic, `${topic}.DLT`], 1);
    await bus.publish([event(topic, 'k', 'before')]);
    const other = await face().otherBus();
    const hearers = [await hearer(bus, topic), await hearer(other, topic), await hearer(other, topic)];
    const reader = new Recorder();
    const reading = await bus.consume(options(newGroup(), topic, reader.handle));
    const sent = numbered(topic, 250, ['k']);
    await bus.publish(sent.slice(0, 125));
    await other.publish(sent.slice(125));
    const expected = sent.map(textOf);
    for (const one of hearers) {
      await eventually('all was heard', () => one.heard.length >= 250);
      assert.deepEqual(one.values(), expected);
      assert.deepEqual([one.heard[0]?.topic, one.heard[0]?.key], [topic, 'k']);
    }
    await eventually('the group has read all', () => reader.unique().size === 251);
    await reading.stop();
    await other.close();
    await hearers[0]!.stop();
  });

  test('who stops hears no more; a topic that is missing is made, of one partition; nothing is left behind', async () => {
    const topic = `t-${randomBytes(6).toString('hex')}`;
    const { bus } = face();
    const [first, second] = [await hearer(bus, topic), await hearer(bus, topic)];
    await bus.publish([event(topic, 'a', 'one'), event(topic, 'b', 'two')]);
    await eventually('both heard', () => first.heard.length === 2 && second.heard.length === 2);
    assert.deepEqual(
      first.heard.map(({ partition }) => partition),
      [0, 0],
    );
    await first.stop();
    await bus.publish([event(topic, 'a', 'three')]);
    await eventually('one heard it', () => second.heard.length === 3);
    assert.deepEqual(first.values(), ['one', 'two']);
    await second.stop();
  });

  test('a bus that closes ends its hearers', async () => {
    const other = await face().otherBus();
    const one = await hearer(other, `t-${randomBytes(6).toString('hex')}`);
    await other.close();
    await one.stop();
  });
}
