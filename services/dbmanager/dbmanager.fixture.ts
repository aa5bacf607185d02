// dbmanager: a world with its tables and customers for its tests, and what was published there.
import type { Finding, OutgoingInvoice } from '@staffetta/flow/messages.ts';
import { headerText } from '@staffetta/platform/bus/event-headers.ts';
import type { ConsumedEvent } from '@staffetta/platform/bus/bus.ts';
import { readSettings } from '@staffetta/platform/config/settings.ts';
import { testWorld, type TestWorld } from '@staffetta/platform/test-world.ts';
import { dbmanagerOptions, settings, type DbmanagerOptions } from './config.ts';
import { prepareStore } from './dbmanager.ts';

/** The topics that the dbmanager reads or writes. */
const topics = [
  'incomingInvoice',
  'savedInvoice',
  'unsignedInvoice',
  'outgoingInvoice',
  'sentInvoice',
  'savedCustomer',
];

/** Settings' defaults under profile dev, changed as the test wants. */
export function optionsOf(changes: Partial<DbmanagerOptions> = {}): DbmanagerOptions {
  return { ...dbmanagerOptions(readSettings(settings, {}).values, 'dev'), ...changes };
}

/** A world with the dbmanager's tables, the contract's customers and its topics. */
export async function preparedWorld(): Promise<TestWorld> {
  const world = await testWorld();
  await prepareStore(world, true);
  await world.bus.ensureTopics(topics);
  return world;
}

/** An event as it was published. */
export interface Published {
  readonly key: string;
  readonly eventId: string;
  readonly causationId: string | undefined;
  readonly correlationId: string | undefined;
  readonly repeated: boolean;
  readonly value: Record<string, unknown>;
  readonly raw: Buffer;
}

function shown({ key, value, headers }: ConsumedEvent): Published {
  return {
    key,
    eventId: headerText(headers, 'x-event-id') ?? '',
    causationId: headerText(headers, 'x-causation-id'),
    correlationId: headerText(headers, 'X-Correlation-ID'),
    repeated: headerText(headers, 'x-repeated') === 'true',
    value: JSON.parse(value.toString()) as Record<string, unknown>,
    raw: value,
  };
}

/** Everything that was published on a topic, in order per key. */
export async function publishedOn(world: TestWorld, topic: string): Promise<Published[]> {
  const all: Published[] = [];
  for (let partition = 0; partition < 6; partition++) {
    for (let at = 0n; ; at++) {
      const event = await world.bus.readAt(topic, partition, at);
      if (!event) break;
      all.push(shown(event));
    }
  }
  return all;
}

/** Counts the rows of the dbmanager's tables that a step may write, to show that a second run changes nothing more. */
export async function countRows(world: TestWorld): Promise<Record<string, number>> {
  const names = [
    'content',
    'invoice',
    'document',
    'transmission',
    'invoice_transmission',
    'notice',
    'pec_receipt',
    'alarm',
    'outcome',
    'request_key',
    'audit',
  ];
  const counts: Record<string, number> = {};
  for (const name of names) {
    const { rows } = await world.store.query<{ count: number }>({ text: `SELECT count(*) FROM dbmanager.${name}` });
    counts[name] = rows[0]?.count ?? 0;
  }
  return counts;
}

/** The findings that an event tells of. */
export function findingsOf(event: Published | undefined): Finding[] {
  return (event?.value['findings'] ?? []) as Finding[];
}

/** The transmission that an event carries. */
export function transmissionIn(event: Published | undefined): OutgoingInvoice['transmission'] {
  if (!event) throw new Error('Nothing was published.');
  return event.value['transmission'] as OutgoingInvoice['transmission'];
}
