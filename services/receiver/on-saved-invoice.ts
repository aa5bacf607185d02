// receiver: an outcome ends the waiting and starts the callback; one transaction per batch.
import { realTime } from '@staffetta/platform/clock.ts';
import { headerText } from '@staffetta/flow/events.ts';
import { eventHeaders } from '@staffetta/flow/flows.ts';
import type { FlowStep, Incoming, World } from '@staffetta/platform/service.ts';
import type { LiveInstance } from '@staffetta/platform/store/live-instances.ts';
import type { Tx } from '@staffetta/platform/store/store.ts';
import type { CallbackDelivery } from './deliver-callbacks.ts';
import { insertCallbacks, reviveCallbacks, type NewCallback } from './new-callbacks.ts';
import type { CallbackKey } from './pending-callbacks.ts';
import { closeWaiters } from './waiters.ts';
import { closingRecords } from './watch-waiters.ts';

type Saved = Incoming<'savedInvoice'>;

/** What the step works with. */
export interface SavedInvoiceParts {
  readonly world: World;
  readonly delivery: Pick<CallbackDelivery, 'claims' | 'accept' | 'doubt' | 'wake'>;
  readonly instance: Pick<LiveInstance, 'id'>;
}

/**
 * Makes the step. A repeated outcome (header `x-repeated`) closes its waiter and calls nobody; one that a replay brings
 * again
 * makes a dead callback pending; one that is known already changes nothing.
 * @param parts store, bus, clock, and the workers that are handed what was inserted
 */
export function onSavedInvoice(parts: SavedInvoiceParts): FlowStep<'savedInvoice'> {
  const { world, delivery } = parts;
  return async (batch) => {
    const now = realTime(world.clock);
    const owed = batch.filter(isOwed);
    const work = async (tx: Tx): Promise<void> => {
      await closeThoseSaved(world, tx, batch, now);
      if (owed.length === 0) return;
      await writeCallbacks(parts, tx, owed, now);
      const replayed = owed.filter(isReplay).map(keyOf);
      if (replayed.length > 0) await reviveCallbacks(tx, replayed, now);
      tx.afterCommit(() => (replayed.length > 0 ? delivery.wake() : undefined));
    };
    await world.store.transaction(work).catch((error: unknown) => {
      delivery.doubt();
      throw error;
    });
    world.log.debug({ read: batch.length, owed: owed.length }, 'outcomes.read');
  };
}

/** A line of the log stays readable. */
const shownMax = 20;

async function closeThoseSaved(world: World, tx: Tx, batch: readonly Saved[], now: Date): Promise<void> {
  const causeOf = new Map(batch.flatMap(({ causationId, eventId }) => (causationId ? [[causationId, eventId]] : [])));
  if (causeOf.size === 0) return;
  const late = await closeWaiters(tx, [...causeOf.keys()].sort(), now);
  if (late.length === 0) return;
  world.bus.publishIn(tx, closingRecords(late, causeOf));
  const correlationIds = late.slice(0, shownMax).map(({ correlationId }) => correlationId);
  world.log.info({ count: late.length, correlationIds }, 'waiters.savedLate');
}

async function writeCallbacks(
  { world, delivery, instance }: SavedInvoiceParts,
  tx: Tx,
  owed: readonly Saved[],
  now: Date,
): Promise<void> {
  const owner = instance.id;
  const rows = owed.map((event) => rowOf(event, now));
  const claims = delivery.claims(rows);
  const callbacks = rows.map((row, index): NewCallback => ({ ...row, claim: claims[index] ?? 'later' }));
  const inserted = await insertCallbacks(tx, callbacks, owner, now);
  tx.afterCommit(() => {
    delivery.accept(callbacks, inserted, owner);
    if (inserted.some((one) => !one.owned)) delivery.wake();
    world.log.debug({ owed: owed.length, inserted: inserted.length }, 'callbacks.owed');
  });
}

function isOwed({ message, record }: Saved): boolean {
  const { callback } = message;
  return callback !== undefined && callback !== '' && headerText(record.headers, eventHeaders.repeated) !== 'true';
}

function isReplay({ record }: Saved): boolean {
  return headerText(record.headers, eventHeaders.replayOf) !== undefined;
}

function keyOf({ message, eventId }: Saved): CallbackKey {
  const { invoiceId, sequence } = message;
  return invoiceId === undefined || sequence === undefined
    ? { invoiceId: eventId, sequence: 0 }
    : { invoiceId, sequence };
}

function rowOf(event: Saved, now: Date): Omit<NewCallback, 'claim'> {
  const { message, record } = event;
  const url = message.callback ?? '';
  return {
    ...keyOf(event),
    eventId: event.eventId,
    correlationId: event.correlationId,
    trace: event.trace,
    customerId: message.customer.customerId,
    invoiceNumber: message.invoiceNumber,
    invoiceStatus: message.invoiceStatus,
    url,
    host: URL.canParse(url) ? new URL(url).origin : '',
    body: record.value,
    partition: record.partition,
    offset: record.offset,
    tries: 0,
    attempts: 0,
    createdAt: now,
  };
}
