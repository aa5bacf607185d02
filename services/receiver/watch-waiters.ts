// receiver: tells of what was not saved in time (a dead letter that cancels nothing), and takes that back when it is
// saved after all.
import { realTime } from '@staffetta/platform/clock.ts';
import { closingRecord } from '@staffetta/flow/closing-record.ts';
import { HubError } from '@staffetta/flow/errors.ts';
import { headerText } from '@staffetta/flow/events.ts';
import { eventHeaders } from '@staffetta/flow/flows.ts';
import type { Bus, ConsumedEvent, OutgoingEvent } from '@staffetta/platform/bus/bus.ts';
import { toDeadLetter } from '@staffetta/platform/bus/dead-letter.ts';
import type { World } from '@staffetta/platform/service.ts';
import { markWaitersTold, takeOverdueWaiters, type LateWaiter, type Waiter } from './waiters.ts';

/** The group that dead letters of waiters name as the one that gave up. */
export const waiterGroup = 'receiver.waiters';

// Documents may have megabytes and are all in memory until the commit.
const takenAtOnce = 20;

/**
 * Writes a dead letter for every waiter that is overdue; of several instances only one does so.
 * @param world store, bus, clock and log
 * @returns how many were overdue
 */
export async function tellOverdueWaiters(world: World): Promise<number> {
  const now = realTime(world.clock);
  for (let told = 0; ;) {
    const count = await world.store.transaction(async (tx) => {
      const waiters = await takeOverdueWaiters(tx, now, takenAtOnce);
      if (waiters.length === 0) return 0;
      await markWaitersTold(
        tx,
        waiters.map((one) => one.eventId),
        now,
      );
      const events = await Promise.all(waiters.map((waiter) => readAccepted(world.bus, waiter, now)));
      world.bus.publishIn(tx, events.map(overdueLetter));
      return waiters.length;
    });
    told += count;
    if (count > 0) world.log.error({ count }, 'waiters.overdue');
    if (count < takenAtOnce) return told;
  }
}

async function readAccepted(bus: Bus, waiter: Waiter, now: Date): Promise<ConsumedEvent> {
  const { topic, partition, offset, eventId, correlationId } = waiter;
  const event = await bus.readAt(topic, partition, offset);
  const place = `${topic}-${partition}@${offset}`;
  // After a change of log the same place may hold somebody else's record.
  if (event && (headerText(event.headers, eventHeaders.eventId) ?? place) === eventId) return event;
  const headers = { [eventHeaders.correlationId]: correlationId, [eventHeaders.eventId]: eventId };
  return { topic, partition, offset, key: eventId, value: Buffer.from('{}'), headers, timestamp: now };
}

function overdueLetter(event: ConsumedEvent): OutgoingEvent {
  const place = `${event.topic}-${event.partition}@${event.offset}`;
  const error = new HubError('NOT_SAVED_IN_TIME', `The event at ${place} was accepted but not saved in time.`);
  return toDeadLetter(event, error, { group: waiterGroup, tries: 1 });
}

/**
 * Makes the records that close the dead letters of waiters which were saved late.
 * @param late the waiters, with the event that saved each
 */
export function closingRecords(late: readonly LateWaiter[], causeOf: ReadonlyMap<string, string>): OutgoingEvent[] {
  return late.map(({ eventId, topic, partition, correlationId }) =>
    closingRecord({
      topic,
      key: eventId,
      partition,
      eventId,
      correlationId,
      causationId: causeOf.get(eventId),
      by: 'receiver',
    }),
  );
}
