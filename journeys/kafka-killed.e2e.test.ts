// journeys: Kafka killed under load and away for a while: what was accepted is kept, and all goes on when it is back.
import { servers } from '@staffetta/tools/servers/available.ts';
import { startKafka, type KafkaServer } from '@staffetta/tools/servers/kafka.ts';
import { after, before, describe, test } from 'node:test';
import type { Estate } from './harness/estate.ts';
import { startFlood, untilAccepted, untilAllWell } from './harness/flood.ts';
import { realSetUp } from './harness/set-ups.ts';

describe('real parts with a Kafka of its own', { skip: servers.java.missing || realSetUp.missing }, () => {
  let kafka: KafkaServer | undefined;
  let estate: Estate | undefined;
  before(async () => {
    kafka = await startKafka();
    estate = await realSetUp.start({ mail: 'sandbox', kafkaBrokers: kafka.brokers });
  });
  after(async () => {
    await estate?.stop();
    await kafka?.stop();
  });

  describe('202 means kept', () => {
    test('kill -9 of Kafka with 300 invoices in flight loses none and doubles none', async () => {
      if (!estate || !kafka) throw new Error('nothing runs');
      const flood = startFlood(estate, { count: 300 });
      await untilAccepted(flood, 80);
      await kafka.kill9();
      await kafka.restart();
      await untilAllWell(estate, flood, { repeatsMax: 0 });
    });

    test('while Kafka is away the door stays open: the 202 comes by the outbox', async () => {
      if (!estate || !kafka) throw new Error('nothing runs');
      await kafka.kill9();
      const flood = startFlood(estate, { count: 40 });
      await flood.done;
      await kafka.restart();
      await untilAllWell(estate, flood, { repeatsMax: 0 });
    });
  });
});
