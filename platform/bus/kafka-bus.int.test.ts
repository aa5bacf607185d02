// platform: the bus on a real Kafka holds every promise of the conformance suite.
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { kafkaBrokers, servers } from '../../tools/servers/available.ts';
import { busConformance } from './conformance.ts';
import type { Bus } from './bus.ts';
import { createKafkaBus } from './kafka-bus.ts';
import { newDatabase } from './kafka-test-kit.ts';

const missing = servers.kafka.missing || servers.postgres.missing;

if (missing) test('the bus on Kafka', { skip: missing });
else {
  for (const groupProtocol of ['classic', 'consumer'] as const) {
    busConformance(`kafka (${groupProtocol} groups)`, async () => {
      const database = await newDatabase();
      const parts = { brokers: kafkaBrokers().split(','), store: database.store, options: { groupProtocol } };
      const open = (): Promise<Bus> => createKafkaBus({ ...parts, clientId: `test-${randomBytes(4).toString('hex')}` });
      const bus = await open();
      return {
        bus,
        store: database.store,
        otherBus: open,
        async close() {
          await bus.close();
          await database.drop();
        },
      };
    });
  }
}
