// platform: what the Kafka face promises when brokers and processes die; each test breaks a broker of its own.
import { HubError } from '@staffetta/flow/errors.ts';
import { Admin, ConfigResourceTypes } from '@platformatic/kafka';
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { servers } from '@staffetta/tools/servers/available.ts';
import { startKafka, type KafkaServer } from '@staffetta/tools/servers/kafka.ts';
import type { Store } from '../../store/store.ts';
import type { Bus, OutgoingEvent } from '../bus.ts';
import { event, eventually, newGroup, numbered, options, Recorder } from '../conformance-kit.ts';
import { createKafkaBus } from './kafka-bus.ts';
import type { KafkaOptions } from './kafka-settings.ts';
import { newDatabase } from './kafka-test-kit.ts';

const missing = servers.java.missing || servers.postgres.missing;
const nowhere = '127.0.0.1:1';
let kafka: KafkaServer;
let database: Awaited<ReturnType<typeof newDatabase>>;
let topics = 0;

before(async () => {
  if (missing) return;
  [kafka, database] = await Promise.all([startKafka(), newDatabase()]);
});

after(async () => {
  // Where a test failed half-way, its buses would keep the process alive.
  await Promise.all(opened.map((bus) => bus.close()));
  await kafka?.stop();
  await database?.drop();
});

interface Opened {
  readonly brokers?: string;
  readonly clientId?: string;
  readonly store?: Store;
  readonly options?: KafkaOptions;
}

const opened: Bus[] = [];

async function openBus({ brokers = kafka.brokers, clientId = 'faults', ...rest }: Opened = {}): Promise<Bus> {
  const bus = await createKafkaBus({ brokers: [brokers], clientId, ...rest });
  opened.push(bus);
  return bus;
}

async function newTopic(bus: Bus): Promise<string> {
  const topic = `faults-${++topics}`;
  await bus.ensureTopics([topic, `${topic}.DLT`]);
  return topic;
}

async function rowsLeft(): Promise<number> {
  const { rows } = await database.store.query<{ left: number }>({ text: 'SELECT count(*) AS left FROM bus.outbox' });
  return rows[0]!.left;
}

function firstSights(values: readonly string[]): number[] {
  return [...new Set(values)].map((value) => Number(value.split('/')[1]));
}

test(
  'a broker killed and started again under load loses nothing and keeps the order per key',
  { skip: missing },
  async () => {
    const [bus, other] = [await openBus({ store: database.store }), await openBus({ clientId: 'other' })];
    const topic = await newTopic(bus);
    const group = newGroup();
    const seen = new Recorder();
    for (const member of [bus, other]) await member.consume(options(group, topic, seen.handle));
    const keys = Array.from({ length: 10 }, (_, n) => `k${n}`);
    const published: string[] = [];
    let going = true;
    const publishing = keys.map(async (key) => {
      for (let n = 0; going; n++) {
        await bus.publish([event(topic, key, `${key}/${n}`)]);
        published.push(`${key}/${n}`);
        await sleep(10);
      }
    });
    await eventually('some arrived', () => seen.unique().size > 200);
    await kafka.kill9();
    await sleep(4000);
    await kafka.restart();
    const before = seen.unique().size;
    await eventually('it goes on', () => seen.unique().size > before + 500);
    going = false;
    await Promise.all(publishing);
    await eventually('all arrived', () => new Set(published).isSubsetOf(seen.unique()));
    await eventually('all is committed', async () => (await bus.lag(group, topic)) === 0);
    await eventually('the outbox is empty', async () => (await rowsLeft()) === 0);
    for (const key of keys) {
      const numbers = firstSights(seen.values(key));
      assert.deepEqual(
        numbers,
        numbers.toSorted((a, b) => a - b),
        key,
      );
    }
    await Promise.all([bus.close(), other.close()]);
  },
);

test(
  'a broker that comes only after the bus is waited for, in publishing and in reading',
  { skip: missing },
  async () => {
    const probe = await startKafka();
    const brokers = probe.brokers;
    await probe.kill9();
    const bus = await openBus({ brokers, options: { deliveryTimeoutMs: 40_000 } });
    const seen = new Recorder();
    await bus.consume(options(newGroup(), 'late', seen.handle));
    const published = bus.publish([event('late', 'a', 'patient')]);
    await assert.rejects(bus.ping(), { code: 'BUS_AWAY' });
    await probe.restart();
    await published;
    await eventually('it arrived', () => seen.unique().has('patient'));
    await bus.close();
    await probe.stop();
  },
);

test('without a store, publishing while Kafka is away is refused with BUS_AWAY', { skip: missing }, async () => {
  const bus = await openBus({ brokers: nowhere, options: { deliveryTimeoutMs: 500 } });
  await assert.rejects(bus.publish([event('nowhere', 'a', 'x')]), (error) => {
    assert.ok(error instanceof HubError);
    assert.equal(error.kind, 'unavailable');
    return true;
  });
  await assert.rejects(bus.ensureTopics(['nowhere']), { code: 'BUS_AWAY' });
  await bus.close();
});

test(
  'with a store, what is published while Kafka is away is kept and sent in its order by whoever comes next',
  { skip: missing },
  async () => {
    const quick = { publishTimeoutMs: 200, deliveryTimeoutMs: 500, sweepEveryMs: 100 };
    const away = await openBus({ brokers: nowhere, clientId: 'keeper', store: database.store, options: quick });
    const bus = await openBus();
    const topic = await newTopic(bus);
    const sent = numbered(topic, 120, ['a', 'b', 'c'], 'n/');
    const parts = [sent.slice(0, 40), sent.slice(40, 80), sent.slice(80)];
    await Promise.all(parts.slice(0, 2).map((part) => away.publish(part)));
    await away.publish(parts[2]!);
    assert.equal(await rowsLeft(), 120);
    await away.close();
    const next = await openBus({ clientId: 'keeper', store: database.store, options: { ...quick, sweepAgeMs: 100 } });
    const seen = new Recorder();
    await bus.consume(options(newGroup(), topic, seen.handle));
    await eventually('all arrived', () => seen.unique().size === 120);
    await eventually('the outbox is empty', async () => (await rowsLeft()) === 0);
    for (const key of ['a', 'b', 'c']) {
      const numbers = firstSights(seen.values(key));
      assert.deepEqual(
        numbers,
        numbers.toSorted((a, b) => a - b),
      );
    }
    await Promise.all([bus.close(), next.close()]);
  },
);

test(
  'a bus that fell behind sends its own rows once Kafka answers, and then goes by memory again',
  { skip: missing },
  async () => {
    const probe = await startKafka();
    const quick = { publishTimeoutMs: 300, deliveryTimeoutMs: 600, sweepEveryMs: 100 };
    const bus = await openBus({ brokers: probe.brokers, clientId: 'behind', store: database.store, options: quick });
    const topic = await newTopic(bus);
    const seen = new Recorder();
    await bus.consume(options(newGroup(), topic, seen.handle));
    await bus.publish([event(topic, 'a', 'x/0')]);
    await probe.kill9();
    const publishing = (async () => {
      for (let n = 1; n < 300; n++) {
        const one = [event(topic, 'a', `x/${n}`)];
        await (n % 2 ? bus.publish(one) : database.store.transaction(async (tx) => bus.publishIn(tx, one)));
        await sleep(20);
      }
    })();
    await sleep(1500);
    await probe.restart();
    await publishing;
    await eventually('all arrived', () => seen.unique().size === 300);
    await eventually('the outbox is empty', async () => (await rowsLeft()) === 0);
    const numbers = firstSights(seen.values());
    assert.deepEqual(
      numbers,
      numbers.toSorted((a, b) => a - b),
    );
    await bus.close();
    await probe.stop();
  },
);

test(
  'what a process committed and died before sending is sent by another one, rebuilt from its reference',
  { skip: missing },
  async () => {
    const asked: string[] = [];
    const rebuild = async (reference: string): Promise<Buffer | undefined> => {
      asked.push(reference);
      if (asked.length === 1) throw new Error('not now');
      return Buffer.from(`rebuilt ${reference}`);
    };
    const store = database.store;
    const parts = { brokers: [nowhere], clientId: 'dbmanager', store, rebuild };
    const dying = await createKafkaBus({ ...parts, options: { deliveryTimeoutMs: 200 } });
    const bus = await openBus();
    const topic = await newTopic(bus);
    const referred = (key: string, reference: string): OutgoingEvent => ({ ...event(topic, key, 'x'), reference });
    await store.transaction(async (tx) => {
      dying.publishIn(tx, [referred('a', 'invoice/1'), referred('a', 'invoice/2')]);
      dying.publishIn(tx, [{ ...event(topic, 'c', 'a value'), partition: 3 }]);
    });
    await dying.close();
    assert.equal(await rowsLeft(), 3);
    const quick = { sweepEveryMs: 50, sweepAgeMs: 100 };
    const others = await createKafkaBus({ ...parts, clientId: 'sender', brokers: [kafka.brokers], options: quick });
    const next = await createKafkaBus({ ...parts, brokers: [kafka.brokers], options: quick });
    const seen = new Recorder();
    await bus.consume(options(newGroup(), topic, seen.handle));
    await eventually('all arrived', () => seen.unique().size === 3);
    await eventually('the outbox is empty', async () => (await rowsLeft()) === 0);
    assert.deepEqual(seen.values('a'), ['rebuilt invoice/1', 'rebuilt invoice/2']);
    assert.equal(seen.events.find((one) => one.key === 'c')?.partition, 3);
    await Promise.all([bus.close(), next.close(), others.close()]);
  },
);

test(
  'an event whose source is gone keeps its row and is told as a loss, while the others go and the bus catches up',
  { skip: missing },
  async () => {
    const probe = await startKafka();
    const { store } = database;
    const told: string[] = [];
    const onLoss = (_: string, error: unknown): void => void told.push(String(error));
    const rebuild = async (reference: string): Promise<Buffer | undefined> =>
      reference === 'invoice/gone' ? undefined : Buffer.from(`rebuilt ${reference}`);
    const quick = { publishTimeoutMs: 200, deliveryTimeoutMs: 400, sweepEveryMs: 50, onLoss };
    const bus = await createKafkaBus({ brokers: [probe.brokers], clientId: 'loser', store, rebuild, options: quick });
    opened.push(bus);
    const topic = await newTopic(bus);
    const referred = (key: string, reference: string): OutgoingEvent => ({ ...event(topic, key, 'x'), reference });
    await probe.kill9();
    const lost = ['gone', '1'].map((name) => referred('b', `invoice/${name}`));
    await store.transaction(async (tx) => bus.publishIn(tx, [...lost, referred('a', 'invoice/2')]));
    await bus.publish([event(topic, 'c', 'it is behind')]);
    await probe.restart();
    const seen = new Recorder();
    await bus.consume(options(newGroup(), topic, seen.handle));
    await eventually('the others arrived', () => seen.unique().size === 3);
    await eventually('one row is left', async () => (await rowsLeft()) === 1);
    assert.deepEqual(seen.values('b'), ['rebuilt invoice/1']);
    assert.match(told.join(), /invoice\/gone/);
    // By memory the value goes as it is; by its row it would come rebuilt.
    await eventually('it goes by memory again', async () => {
      await store.transaction(async (tx) => bus.publishIn(tx, [referred('a', 'invoice/3')]));
      await sleep(100);
      return seen.values('a').includes('x');
    });
    assert.equal(told.length, 1);
    await bus.close();
    await store.query({ text: 'DELETE FROM bus.outbox' });
    await probe.stop();
  },
);

test('topics are made to keep events for a month and dead letters for ever', { skip: missing }, async () => {
  const bus = await openBus();
  const topic = await newTopic(bus);
  const admin = new Admin({ clientId: 'reader', bootstrapBrokers: [kafka.brokers] });
  const retentionOf = async (resourceName: string): Promise<string | null | undefined> => {
    const about = { resourceType: ConfigResourceTypes.TOPIC, resourceName, configurationKeys: ['retention.ms'] };
    const [found] = await admin.describeConfigs({ resources: [about] });
    return found?.configs[0]?.value;
  };
  const [ofTopic, ofLetters] = [await retentionOf(topic), await retentionOf(`${topic}.DLT`)];
  await admin.close();
  assert.deepEqual([ofTopic, ofLetters], [String(30 * 24 * 3_600_000), '-1']);
  await bus.close();
});

test(
  'what an owner of another name left for good is taken over, so that a change of set-up loses nothing',
  { skip: missing },
  async () => {
    const { store } = database;
    const hub = await createKafkaBus({
      brokers: [nowhere],
      clientId: 'hub',
      store,
      options: { publishTimeoutMs: 100, deliveryTimeoutMs: 200 },
    });
    const bus = await openBus();
    const topic = await newTopic(bus);
    await hub.publish(numbered(topic, 10, ['a'], 'n/'));
    await hub.close();
    const quick = { sweepEveryMs: 50, sweepAgeMs: 20 };
    const split = await openBus({ clientId: 'receiver', store, options: quick });
    const seen = new Recorder();
    await bus.consume(options(newGroup(), topic, seen.handle));
    await eventually('all arrived', () => seen.unique().size === 10);
    await eventually('the outbox is empty', async () => (await rowsLeft()) === 0);
    await Promise.all([bus.close(), split.close()]);
  },
);

test(
  'a handler that is busy for longer than the session time-out keeps its partitions',
  { skip: missing },
  async () => {
    const bus = await openBus({ options: { sessionTimeoutMs: 1500, heartbeatMs: 300, rebalanceTimeoutMs: 1500 } });
    const topic = await newTopic(bus);
    const group = newGroup();
    let calls = 0;
    await bus.publish(numbered(topic, 20, ['a', 'b']));
    await bus.consume(
      options(group, topic, async (batch) => {
        calls += batch.length;
        await sleep(4000);
      }),
    );
    await eventually('all is committed', async () => (await bus.lag(group, topic)) === 0);
    assert.equal(calls, 20);
    await bus.close();
  },
);

test('an event that is too large is refused alone, and before it costs anything', { skip: missing }, async () => {
  const bus = await openBus();
  const topic = await newTopic(bus);
  const large = { ...event(topic, 'a', ''), value: Buffer.alloc(17 * 1024 * 1024) };
  await assert.rejects(bus.publish([large]), { code: 'DOCUMENT_TOO_LARGE' });
  const nearly = { ...event(topic, 'a', ''), value: Buffer.alloc(15 * 1024 * 1024) };
  await Promise.all([bus.publish([nearly]), bus.publish([event(topic, 'a', 'small')])]);
  await bus.close();
});

test(
  'a bus that is closed at any moment of its joining ends, and takes nothing else with it',
  { skip: missing },
  async () => {
    const keeper = await openBus({ clientId: 'keeper' });
    const topic = await newTopic(keeper);
    const seen = new Recorder();
    const group = newGroup();
    const consumption = await keeper.consume(options(group, topic, seen.handle));
    // What breaks in a stream that nobody reads yet would end this process.
    for (let round = 0; round < 25; round += 1) {
      const visitor = await openBus({ clientId: 'visitor' });
      await visitor.consume(options(group, topic, seen.handle));
      await sleep(round * 12);
      await visitor.close();
    }
    await keeper.publish([event(topic, 'still', 'here')]);
    await eventually('the event arrives', () => seen.unique().has('here'));
    await consumption.stop();
  },
);
