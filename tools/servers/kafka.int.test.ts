// Real servers for tests: proves that our Kafka is one, and that what it acknowledged outlives a kill.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { after, before, suite, test } from 'node:test';
import {
  Admin,
  Consumer,
  MessagesStreamModes,
  Producer,
  stringDeserializers,
  stringSerializers,
} from '@platformatic/kafka';
import { servers } from './available.ts';
import { startKafka, type KafkaServer } from './kafka.ts';

suite('a Kafka of our own', { skip: servers.java.missing }, () => {
  let kafka: KafkaServer;
  before(async () => {
    kafka = await startKafka();
    const admin = new Admin({ clientId: 'test', bootstrapBrokers: [kafka.brokers] });
    await admin.createTopics({ topics: ['relay'], partitions: 1, replicas: 1 });
    await admin.close();
  });
  after(() => kafka.stop());

  test('gives back the record that it acknowledged', async () => {
    await produce(kafka.brokers, 'first');
    assert.deepEqual(await consume(kafka.brokers, 1), ['first']);
  });

  test('has its acknowledged records after kill -9 and restart, on the same port', async () => {
    const { brokers, pid } = kafka;
    await produce(brokers, 'second');
    await kafka.kill9();
    await kafka.restart();
    assert.equal(kafka.brokers, brokers);
    assert.notEqual(kafka.pid, pid);
    assert.deepEqual(await consume(brokers, 2), ['first', 'second']);
  });

  test('is stopped by its process id and leaves no folder behind', async () => {
    const other = await startKafka();
    await other.stop();
    assert.throws(() => process.kill(other.pid, 0), { code: 'ESRCH' });
    assert.equal(existsSync(other.dir), false);
  });
});

async function produce(brokers: string, value: string): Promise<void> {
  const producer = new Producer({
    clientId: 'test',
    bootstrapBrokers: [brokers],
    serializers: stringSerializers,
    idempotent: true,
    acks: -1,
  });
  await producer.send({ messages: [{ topic: 'relay', key: 'one', value }] });
  await producer.close();
}

/** The first `count` values of the topic, read by a group of its own. */
async function consume(brokers: string, count: number): Promise<string[]> {
  const consumer = new Consumer({
    clientId: 'test',
    groupId: `group-${crypto.randomUUID()}`,
    bootstrapBrokers: [brokers],
    deserializers: stringDeserializers,
    autocommit: false,
  });
  const stream = await consumer.consume({ topics: ['relay'], mode: MessagesStreamModes.EARLIEST });
  const values: string[] = [];
  for await (const message of stream) {
    values.push(message.value);
    if (values.length === count) break;
  }
  await consumer.close(true);
  return values;
}
