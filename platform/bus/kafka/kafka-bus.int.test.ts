// platform: the bus on a real Kafka holds every promise of the conformance suite.
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { kafkaBrokers, servers } from '@staffetta/tools/servers/available.ts';
import { busConformance } from '../conformance.ts';
import type { Bus } from '../bus.ts';
import { createKafkaBus } from './kafka-bus.ts';
import { newDatabase } from './kafka-test-kit.ts';

const missing = servers.kafka.missing || servers.postgres.missing;

if (missing) test('the bus on Kafka', { skip: missing });
else {
  for (const groupProtocol of ['classic', 'consumer'] as const) {
    busConformance(`kafka (${groupProtocol} groups)`, async () => {
      const database = await newDatabase();
      // Half of the suite on names of the contract, half on prefixed ones, as hubs that share a Kafka have them.
      const topicPrefix = groupProtocol === 'consumer' ? `p${randomBytes(4).toString('hex')}.` : '';
      const options = { groupProtocol, topicPrefix };
      const parts = { brokers: kafkaBrokers().split(','), store: database.store, options };
      const opened: Bus[] = [];
      const open = async (): Promise<Bus> => {
        const one = await createKafkaBus({ ...parts, clientId: `test-${randomBytes(4).toString('hex')}` });
        opened.push(one);
        return one;
      };
      const bus = await open();
      return {
        bus,
        store: database.store,
        otherBus: open,
        async close() {
          // Where a test failed half-way, its buses would keep the process alive.
          await Promise.all(opened.map((one) => one.close()));
          await database.drop();
        },
      };
    });
  }
}
