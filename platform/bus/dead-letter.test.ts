// platform: dead letters are readable by Spring's consumers and by people, and so are Spring's by us.
import { HubError } from '@staffetta/flow/errors.ts';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ConsumedEvent } from './bus.ts';
import { describeHeader, readDeadLetter, toDeadLetter } from './dead-letter.ts';

const died: ConsumedEvent = {
  topic: 'savedInvoice',
  partition: 4,
  offset: 123_456_789_012n,
  key: 'k',
  value: Buffer.from('{}'),
  headers: { 'X-Correlation-ID': 'c-1', traceparent: '00-a-b-01' },
  timestamp: new Date('2026-11-22T10:15:30.123Z'),
};
const error = new HubError('CALLBACK_FAILED', 'no answer from https://example.test', new TypeError('refused'));
const letter = toDeadLetter(died, error, { group: 'receiver', tries: 5 });

test('a dead letter goes to <topic>.DLT on the same partition, with key and value as they were', () => {
  assert.equal(letter.topic, 'savedInvoice.DLT');
  assert.equal(letter.partition, 4);
  assert.equal(letter.key, 'k');
  assert.equal(letter.value, died.value);
});

test("numbers in Spring's headers are big-endian, as its consumers read them", () => {
  const hex = (name: string): string => (letter.headers[name] as Buffer).toString('hex');
  assert.equal(hex('kafka_dlt-original-partition'), '00000004');
  assert.equal(hex('kafka_dlt-original-offset'), '0000001cbe991a14');
  assert.equal(hex('retry_topic-attempts'), '00000005');
  assert.equal(hex('kafka_dlt-original-timestamp').length, 16);
  assert.equal(String(letter.headers['kafka_dlt-original-timestamp-type']), 'CreateTime');
  assert.equal(String(letter.headers['kafka_dlt-exception-fqcn']), 'CALLBACK_FAILED');
  assert.equal(String(letter.headers['kafka_dlt-exception-cause-fqcn']), 'TypeError');
  assert.match(String(letter.headers['kafka_dlt-exception-stacktrace']), /Caused by: TypeError: refused/);
});

test('the plain-text twins say the same in words', () => {
  assert.equal(letter.headers['x-original-timestamp'], '2026-11-22T10:15:30.123Z');
  assert.equal(letter.headers['x-original-offset'], '123456789012');
  assert.equal(letter.headers['x-error-code'], 'CALLBACK_FAILED');
  assert.equal(letter.headers['x-attempts'], '5');
});

test('what was written is read again, from either spelling', () => {
  const spring = Object.fromEntries(Object.entries(letter.headers).filter(([name]) => !/^x-(ori|err|att)/.test(name)));
  const plain = Object.fromEntries(Object.entries(letter.headers).filter(([name]) => !/^(kafka_|retry_)/.test(name)));
  for (const headers of [letter.headers, spring, plain]) {
    const read = readDeadLetter({ headers });
    assert.equal(read.topic, 'savedInvoice');
    assert.equal(read.partition, 4);
    assert.equal(read.offset, 123_456_789_012n);
    assert.deepEqual(read.timestamp, died.timestamp);
    assert.equal(read.group, 'receiver');
    assert.equal(read.errorCode, 'CALLBACK_FAILED');
    assert.equal(read.message, 'no answer from https://example.test');
    assert.equal(read.attempts, 5);
    assert.deepEqual(read.kept, died.headers);
  }
});

test('a letter without any of it, or with garbage, is still readable', () => {
  const garbage = {
    'kafka_dlt-original-offset': Buffer.from([1]),
    'x-original-timestamp': 'yesterday',
    'x-attempts': '-',
  };
  for (const headers of [{}, garbage]) {
    const read = readDeadLetter({ headers });
    assert.equal(read.offset, undefined);
    assert.equal(read.timestamp, undefined);
    assert.equal(read.attempts, undefined);
    assert.deepEqual(read.kept, {});
  }
});

test('an event that dies again tells of its last death only', () => {
  const again = toDeadLetter({ ...died, offset: 9n, headers: letter.headers }, new Error('other'), {
    group: 'receiver',
    tries: 1,
  });
  const read = readDeadLetter(again);
  assert.equal(read.offset, 9n);
  assert.equal(read.message, 'other');
  assert.equal(read.causeCode, undefined);
  assert.deepEqual(read.kept, died.headers);
});

test('what is no Error at all, or a very long one, still makes a letter', () => {
  for (const thrown of ['words', undefined, null, { code: 42 }]) {
    assert.ok(toDeadLetter(died, thrown, { group: 'g', tries: 1 }).headers['x-error-code']);
  }
  const long = toDeadLetter(died, new Error('è'.repeat(100_000)), { group: 'g', tries: 1 });
  assert.ok(Buffer.byteLength(String(long.headers['x-error-message'])) < 20_000);
});

test('headers are shown as people read them: numbers, instants, text, else base64', () => {
  const show = (name: string): string => describeHeader(letter.headers, name);
  assert.equal(show('kafka_dlt-original-partition'), '4');
  assert.equal(show('kafka_dlt-original-offset'), '123456789012');
  assert.equal(show('kafka_dlt-original-timestamp'), '2026-11-22T10:15:30.123Z');
  assert.equal(show('kafka_dlt-original-topic'), 'savedInvoice');
  assert.equal(describeHeader({ odd: Buffer.from([0xff, 0]) }, 'odd'), 'base64:/wA=');
});
