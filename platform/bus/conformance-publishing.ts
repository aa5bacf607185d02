// platform: the bus's promises about publishing: what is durable, in which order, inside a transaction or not.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { OutgoingEvent } from './bus.ts';
import { event, eventAt, eventually, gate, newGroup, newTopic, options, Recorder } from './conformance-kit.ts';
import { numbered, type Face } from './conformance-kit.ts';
import { headerBytes, headerText } from './event-headers.ts';

/** Declares the chapter on publishing. */
export function publishingPromises(face: Face): void {
  transactionPromises(face);
  contentPromises(face);
  placePromises(face);

  test('many publishers at once keep the order of each publisher that awaits its own', async () => {
    const topic = await newTopic(face);
    const keys = Array.from({ length: 24 }, (_, n) => `key-${n}`);
    await Promise.all(
      keys.map(async (key) => {
        for (let n = 0; n < 15; n++) await face().bus.publish([event(topic, key, `${n}`)]);
      }),
    );
    const seen = new Recorder();
    const consumption = await face().bus.consume(options(newGroup(), topic, seen.handle));
    await eventually('all arrived', () => seen.events.length >= 24 * 15);
    await consumption.stop();
    const expected = Array.from({ length: 15 }, (_, n) => `${n}`);
    for (const key of keys) assert.deepEqual(seen.values(key), expected);
  });

  test('ensureTopics may be called again, by many at once, and keeps what is there', async () => {
    const topic = await newTopic(face);
    await face().bus.publish([event(topic, 'a', 'kept')]);
    const other = await face().otherBus();
    const fresh = `${topic}-fresh`;
    await Promise.all([face().bus, other, face().bus, other].map((bus) => bus.ensureTopics([topic, fresh])));
    await other.close();
    await face().bus.publish([event(fresh, 'a', 'new')]);
    const seen = new Recorder();
    const consumption = await face().bus.consume(options(newGroup(), topic, seen.handle));
    await eventually('the event is still there', () => seen.values().includes('kept'));
    await consumption.stop();
  });

  test('one key stays on one partition, and a fixed partition is obeyed', async () => {
    const topic = await newTopic(face);
    await face().bus.publish(numbered(topic, 60, ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'l']));
    await face().bus.publish([0, 1, 2, 3, 4, 5].map((partition) => eventAt(partition, topic, 'fixed', `${partition}`)));
    const seen = new Recorder();
    const consumption = await face().bus.consume(options(newGroup(), topic, seen.handle));
    await eventually('all arrived', () => seen.events.length >= 66);
    await consumption.stop();
    for (const key of ['a', 'b', 'c']) {
      assert.equal(new Set(seen.events.filter((one) => one.key === key).map((one) => one.partition)).size, 1);
    }
    for (const one of seen.events.filter((found) => found.key === 'fixed')) {
      assert.equal(one.value.toString(), `${one.partition}`);
    }
  });
}

function placePromises(face: Face): void {
  test('an event can be read again by its place, and a place without one gives nothing', async () => {
    const topic = await newTopic(face);
    await face().bus.publish(['one', 'two', 'three'].map((value) => eventAt(5, topic, 'k', value)));
    const found = await face().bus.readAt(topic, 5, 1n);
    assert.equal(found?.value.toString(), 'two');
    assert.deepEqual([found?.key, found?.partition, found?.offset], ['k', 5, 1n]);
    assert.equal(await face().bus.readAt(topic, 5, 3n), undefined);
    assert.equal(await face().bus.readAt(topic, 0, 0n), undefined);
  });
}

function transactionPromises(face: Face): void {
  test('what is published in a transaction shows only once it commits', async () => {
    const topic = await newTopic(face);
    const seen = new Recorder();
    const consumption = await face().bus.consume(options(newGroup(), topic, seen.handle));
    const door = gate();
    const committed = face().store.transaction(async (tx) => {
      face().bus.publishIn(tx, [event(topic, 'a', 'one')]);
      await tx.query({ text: 'SELECT 1' });
      await door.opened;
      face().bus.publishIn(tx, [event(topic, 'a', 'two')]);
    });
    await sleep(300);
    assert.deepEqual(seen.values(), []);
    door.open();
    await committed;
    await eventually('both arrived', () => seen.unique().size === 2);
    await consumption.stop();
    assert.deepEqual(seen.values(), ['one', 'two']);
  });

  test('what is published in a transaction that rolls back never shows', async () => {
    const topic = await newTopic(face);
    const failing = face().store.transaction(async (tx) => {
      face().bus.publishIn(tx, [event(topic, 'a', 'never')]);
      await tx.query({ text: 'SELECT 1' });
      throw new Error('the effect failed');
    });
    await assert.rejects(failing, /the effect failed/);
    await face().store.transaction(async (tx) => face().bus.publishIn(tx, [event(topic, 'a', 'after')]));
    const seen = new Recorder();
    const consumption = await face().bus.consume(options(newGroup(), topic, seen.handle));
    await eventually('the later one arrived', () => seen.values().includes('after'));
    await sleep(200);
    await consumption.stop();
    assert.deepEqual(seen.values(), ['after']);
  });

  test('many transactions at once, over several topics, lose nothing and end', async () => {
    const [one, two] = [await newTopic(face), await newTopic(face)];
    const work = Array.from({ length: 40 }, (_, n) =>
      face().store.transaction(async (tx) => {
        const pair = [event(one, `k${n}`, `${n}`), event(two, `k${40 - n}`, `${n}`)];
        face().bus.publishIn(tx, n % 2 === 0 ? pair : pair.reverse());
      }),
    );
    await Promise.all(work);
    const [left, right] = [new Recorder(), new Recorder()];
    const group = newGroup();
    const reading = [
      await face().bus.consume(options(group, one, left.handle)),
      await face().bus.consume(options(group, two, right.handle)),
    ];
    await eventually('all arrived', () => left.unique().size === 40 && right.unique().size === 40);
    await Promise.all(reading.map((consumption) => consumption.stop()));
  });
}

function contentPromises(face: Face): void {
  test('keys, headers and values arrive byte for byte, also binary, unicode, empty and 5 MiB', async () => {
    const topic = await newTopic(face);
    const everyByte = Buffer.from(Array.from({ length: 256 }, (_, n) => n));
    const sent: OutgoingEvent[] = [
      { topic, key: 'bytes', value: everyByte, headers: { binary: Buffer.from([0xff, 0xfe, 0, 1]), text: 'plain' } },
      { topic, key: 'ключ-è-🧾', value: Buffer.from('Società «Caffè» — 100 €'), headers: { accent: 'perché 🧾' } },
      { topic, key: 'empty', value: Buffer.alloc(0), headers: {} },
      { topic, key: 'large', value: Buffer.alloc(5 * 1024 * 1024, 'F'), headers: { 'X-Correlation-ID': 'c-1' } },
      { topic, key: 'quote"\\\'$1', value: Buffer.from('\\x00\\n'), headers: { 'with "quotes"': '\\\'"; DROP' } },
    ];
    await face().bus.publish(sent);
    await face().store.transaction(async (tx) => face().bus.publishIn(tx, [{ ...sent[0]!, key: 'bytes-in-tx' }]));
    const seen = new Recorder();
    const consumption = await face().bus.consume(options(newGroup(), topic, seen.handle));
    await eventually('all arrived', () => seen.events.length >= 6);
    await consumption.stop();
    for (const one of [...sent, { ...sent[0]!, key: 'bytes-in-tx' }]) {
      const found = seen.events.find((event) => event.key === one.key);
      assert.ok(found, one.key);
      assert.ok(found.value.equals(one.value), `value of ${one.key}`);
      for (const name of Object.keys(one.headers)) {
        assert.deepEqual(headerBytes(found.headers, name), headerBytes(one.headers, name), `header ${name}`);
      }
      if (one.key === 'large') assert.equal(headerText(found.headers, 'X-Correlation-ID'), 'c-1');
      assert.ok(Math.abs(found.timestamp.getTime() - Date.now()) < 3_600_000);
    }
  });
}
