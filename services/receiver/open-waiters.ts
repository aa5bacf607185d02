// receiver: opens the waiters of a batch of accepted events, whichever flow they came on.
import { realTime } from '@staffetta/platform/clock.ts';
import type { Incoming, World } from '@staffetta/platform/service.ts';
import { openWaiters } from './waiters.ts';

/** An accepted event that is to be saved. */
export type Accepted = Incoming<'incomingInvoice'> | Incoming<'dsiNotification'>;

/**
 * Opens the waiters of a batch: one statement, nothing of the documents kept but where they lie in the log.
 * @param world store, clock and log
 * @param batch the events
 * @param timeoutMs after which they are overdue, counted from now: while nobody reads the log nobody can be late
 */
export async function waitFor(world: World, batch: readonly Accepted[], timeoutMs: number): Promise<void> {
  const waiters = batch.map(({ eventId, correlationId, record: { topic, partition, offset } }) => ({
    eventId,
    correlationId,
    topic,
    partition,
    offset,
  }));
  waiters.sort((a, b) => (a.eventId < b.eventId ? -1 : 1));
  const deadline = new Date(realTime(world.clock).getTime() + timeoutMs);
  const opened = await openWaiters(world.store, waiters, deadline);
  world.log.debug({ topic: waiters[0]?.topic, read: batch.length, opened }, 'waiters.opened');
}
