// platform: the bus's promises about failures: tries, dead letters, and what a failing event may hold back.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ConsumedEvent, FailedEvent } from './bus.ts';
import { event, eventAt, eventually, newGroup, newTopic, options, recordDeadLetters } from './conformance-kit.ts';
import { failure, gate, textOf, type Face } from './conformance-kit.ts';
import { readDeadLetter } from './dead-letter.ts';
import { headerBytes, headerText } from './event-headers.ts';

/** Declares the chapter on failures. */
export function failurePromises(face: Face): void {
  retryPromises(face);
  poisonPromises(face);
  deadLetterPromises(face);
}

function retryPromises(face: Face): void {
  test('a counted failure is tried again by the policy, and what succeeds is no dead letter', async () => {
    const topic = await newTopic(face);
    const group = newGroup();
    let tries = 0;
    const consumption = await face().bus.consume(
      options(group, topic, async () => {
        if (++tries < 3) throw failure('CALLBACK_FAILED', `try ${tries}`);
      }),
    );
    const dead = await recordDeadLetters(face().bus, topic);
    await face().bus.publish([event(topic, 'a', 'works at the third try')]);
    await eventually('it is committed', async () => tries >= 3 && (await face().bus.lag(group, topic)) === 0);
    await sleep(200);
    await Promise.all([consumption.stop(), dead.stop()]);
    assert.deepEqual(dead.values(), []);
    assert.equal(tries, 3);
  });

  test('while an event is retried, later ones of its key wait and other keys go on', async () => {
    const topic = await newTopic(face);
    const done: string[] = [];
    const door = gate();
    let doorOpen = false;
    void door.opened.then(() => {
      doorOpen = true;
    });
    const handle = async (batch: readonly ConsumedEvent[]): Promise<FailedEvent[]> => {
      const failing = batch.filter((one) => textOf(one) === 'head' && !doorOpen);
      const held = batch.filter((one) => one.key === 'a' && failing.length > 0);
      for (const one of batch) if (!held.includes(one)) done.push(textOf(one));
      return held.map((one) => ({ event: one, error: failure('CALLBACK_FAILED') }));
    };
    const retry = { tries: 1000, delaysMs: [20], jitter: 0.5 };
    await face().bus.publish([
      eventAt(2, topic, 'a', 'head'),
      eventAt(2, topic, 'b', 'b1'),
      eventAt(2, topic, 'a', 'second'),
      eventAt(2, topic, 'c', 'c1'),
    ]);
    const consumption = await face().bus.consume(options(newGroup(), topic, handle, { retry }));
    await eventually('other keys went on', () => done.includes('b1') && done.includes('c1'));
    await face().bus.publish([eventAt(2, topic, 'a', 'third'), eventAt(2, topic, 'b', 'b2')]);
    await eventually('later ones of other keys too', () => done.includes('b2'));
    assert.ok(!done.some((value) => ['head', 'second', 'third'].includes(value)));
    door.open();
    await eventually('the held key went on', () => done.includes('third'));
    await consumption.stop();
    assert.deepEqual(
      done.filter((value) => ['head', 'second', 'third'].includes(value)),
      ['head', 'second', 'third'],
    );
  });

  test('an unavailable part pauses the topic, counts no tries, and the same events go on afterwards', async () => {
    const topic = await newTopic(face);
    const reasons: unknown[] = [];
    const done: string[] = [];
    let away = 4;
    const handle = async (batch: readonly ConsumedEvent[]): Promise<void> => {
      if (away-- > 0) throw failure('MAIL_SERVER_AWAY', 'the mail server is away');
      done.push(...batch.map(textOf));
    };
    const retry = { tries: 2, delaysMs: [10], jitter: 0 };
    const onPause = (reason: unknown): number => reasons.push(reason);
    const consumption = await face().bus.consume(options(newGroup(), topic, handle, { retry, onPause }));
    const dead = await recordDeadLetters(face().bus, topic);
    await face().bus.publish([event(topic, 'a', '1'), event(topic, 'a', '2')]);
    await eventually('it says why it stands', () => /mail server/.test(consumption.paused() ?? ''));
    await eventually('it went on', () => done.length >= 2);
    await eventually('it says so', () => reasons.length > 0 && reasons.at(-1) === undefined);
    await Promise.all([consumption.stop(), dead.stop()]);
    assert.deepEqual(done, ['1', '2']);
    assert.equal(consumption.paused(), undefined);
    assert.deepEqual(dead.values(), []);
  });

  test('an event that asks to wait comes again uncounted, holds back only its key, and pauses nothing', async () => {
    const topic = await newTopic(face);
    const done: string[] = [];
    const reasons: unknown[] = [];
    let waits = 6;
    const handle = async (batch: readonly ConsumedEvent[]): Promise<FailedEvent[]> => {
      const waiting = batch.filter((one) => one.key === 'a' && waits > 0);
      if (waiting.length > 0) waits--;
      for (const one of batch) if (!waiting.includes(one)) done.push(textOf(one));
      return waiting.map((one) => ({
        event: one,
        error: Object.assign(failure('MAIL_SERVER_AWAY'), { againAfterMs: 20 }),
      }));
    };
    await face().bus.publish([
      eventAt(1, topic, 'a', 'first'),
      eventAt(1, topic, 'b', 'other'),
      eventAt(1, topic, 'a', 'second'),
    ]);
    const retry = { tries: 2, delaysMs: [10], jitter: 0 };
    const onPause = (reason: unknown): number => reasons.push(reason);
    const consumption = await face().bus.consume(options(newGroup(), topic, handle, { retry, onPause }));
    const dead = await recordDeadLetters(face().bus, topic);
    await eventually('all went on', () => done.length === 3);
    await Promise.all([consumption.stop(), dead.stop()]);
    assert.deepEqual(done, ['other', 'first', 'second']);
    assert.deepEqual([dead.values(), reasons], [[], []]);
  });

  test('a failing dead letter reader retries for ever and makes no dead letter of a dead letter', async () => {
    const topic = await newTopic(face);
    let tries = 0;
    const consumption = await face().bus.consume(
      options(
        newGroup(),
        topic,
        async () => {
          if (++tries < 8) throw failure('MESSAGE_NOT_READABLE');
        },
        { deadLetters: false },
      ),
    );
    const dead = await recordDeadLetters(face().bus, topic);
    await face().bus.publish([event(topic, 'a', 'stubborn')]);
    await eventually('it succeeded at last', () => tries >= 8);
    await Promise.all([consumption.stop(), dead.stop()]);
    assert.deepEqual(dead.values(), []);
  });
}

function poisonPromises(face: Face): void {
  test('poison that throws holds back nobody: not the rest of its batch, its partition or its key', async () => {
    const topic = await newTopic(face);
    const group = newGroup();
    const done: string[] = [];
    const handle = async (batch: readonly ConsumedEvent[]): Promise<void> => {
      if (batch.some((one) => textOf(one) === 'poison')) throw failure('MESSAGE_NOT_READABLE', 'not JSON');
      done.push(...batch.map(textOf));
    };
    await face().bus.publish([
      eventAt(1, topic, 'a', '1'),
      eventAt(1, topic, 'b', 'poison'),
      eventAt(1, topic, 'c', '2'),
      eventAt(1, topic, 'b', '3'),
      eventAt(4, topic, 'd', '4'),
    ]);
    const consumption = await face().bus.consume(options(group, topic, handle));
    const dead = await recordDeadLetters(face().bus, topic);
    await eventually('the others are done', () => new Set(done).size === 4);
    await eventually('the poison is set aside', () => dead.events.length > 0);
    await eventually('all is committed', async () => (await face().bus.lag(group, topic)) === 0);
    await Promise.all([consumption.stop(), dead.stop()]);
    assert.deepEqual(dead.values(), ['poison']);
    assert.deepEqual([...done].sort(), ['1', '2', '3', '4']);
  });

  test('an event that the handler names as poison is set aside at once, the rest is not handed over again', async () => {
    const topic = await newTopic(face);
    const asideTries: number[] = [];
    const handled: string[] = [];
    const handle = async (batch: readonly ConsumedEvent[]): Promise<FailedEvent[]> => {
      handled.push(...batch.map(textOf));
      return batch
        .filter((one) => textOf(one) === 'poison')
        .map((one) => ({ event: one, error: failure('BODY_NOT_VALID') }));
    };
    const onDeadLetter = (_: FailedEvent, tries: number): number => asideTries.push(tries);
    await face().bus.publish(['1', 'poison', '2'].map((value) => event(topic, 'a', value)));
    const consumption = await face().bus.consume(options(newGroup(), topic, handle, { onDeadLetter }));
    const dead = await recordDeadLetters(face().bus, topic);
    await eventually('it is set aside', () => dead.events.length > 0 && asideTries.length > 0);
    await eventually('the others are done', () => handled.includes('2'));
    await Promise.all([consumption.stop(), dead.stop()]);
    assert.deepEqual(handled, ['1', 'poison', '2']);
    assert.deepEqual(asideTries, [1]);
  });
}

function deadLetterPromises(face: Face): void {
  test('an event that fails its last try goes to the dead letters with everything that explains it', async () => {
    const topic = await newTopic(face);
    const group = newGroup();
    const cause = new TypeError('socket closed');
    const handle = async (): Promise<void> => {
      throw Object.assign(failure('CALLBACK_FAILED', 'calling back failed: è giù'), { cause });
    };
    const consumption = await face().bus.consume(options(group, topic, handle));
    const dead = await recordDeadLetters(face().bus, topic);
    await face().bus.publish([
      eventAt(3, topic, 'before', 'first'),
      { ...eventAt(3, topic, 'k-è', 'doomed'), headers: { 'X-Correlation-ID': 'c-7', 'x-event-id': 'e-7' } },
    ]);
    await eventually('both are set aside', () => dead.events.length >= 2);
    await eventually('both are committed', async () => (await face().bus.lag(group, topic)) === 0);
    await Promise.all([consumption.stop(), dead.stop()]);
    const found = dead.events.find((one) => textOf(one) === 'doomed');
    assert.ok(found);
    assert.equal(found.partition, 3);
    assert.equal(found.key, 'k-è');
    assertHeaders(found, topic, group);
  });
}

function assertHeaders(found: ConsumedEvent, topic: string, group: string): void {
  const { headers } = found;
  assert.equal(headerText(headers, 'X-Correlation-ID'), 'c-7');
  assert.equal(headerText(headers, 'x-original-topic'), topic);
  assert.equal(headerText(headers, 'kafka_dlt-original-topic'), topic);
  assert.equal(headerBytes(headers, 'kafka_dlt-original-partition')?.readInt32BE(), 3);
  assert.equal(headerBytes(headers, 'kafka_dlt-original-offset')?.readBigInt64BE(), 1n);
  assert.equal(headerBytes(headers, 'kafka_dlt-original-timestamp')?.length, 8);
  assert.equal(headerText(headers, 'kafka_dlt-original-consumer-group'), group);
  const letter = readDeadLetter(found);
  assert.equal(letter.topic, topic);
  assert.equal(letter.partition, 3);
  assert.equal(letter.offset, 1n);
  assert.equal(letter.group, group);
  assert.equal(letter.errorCode, 'CALLBACK_FAILED');
  assert.equal(letter.message, 'calling back failed: è giù');
  assert.equal(letter.attempts, 3);
  assert.match(letter.stack ?? '', /CALLBACK_FAILED/);
  assert.deepEqual(Object.keys(letter.kept).sort(), ['X-Correlation-ID', 'x-event-id']);
}
