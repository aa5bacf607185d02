// receiver: the dead letters of callbacks that were given up: the outcome's own record, with the reason.
import { realTime } from '@staffetta/platform/clock.ts';
import { HubError } from '@staffetta/flow/errors.ts';
import { headerText } from '@staffetta/flow/events.ts';
import { eventHeaders, flows } from '@staffetta/flow/flows.ts';
import type { ConsumedEvent, OutgoingEvent } from '@staffetta/platform/bus/bus.ts';
import { toDeadLetter } from '@staffetta/platform/bus/dead-letter.ts';
import type { World } from '@staffetta/platform/service.ts';
import { setTimeout as sleep } from 'node:timers/promises';
import { callbackTime } from './callback-schedule.ts';
import {
  callbackId,
  markFailed,
  takeExpiredCallbacks,
  type Callback,
  type FailedCallback,
} from './pending-callbacks.ts';

/** The group that dead letters of callbacks name as the one that gave up. */
export const callbackGroup = 'receiver.callbacks';

const expiredAtOnce = 20;
const readMsMax = 2000;

/**
 * Reads the outcome's record from the log again; where the log no longer has it, or is away or too slow, makes it from
 * what the callback's row kept: other results wait for this one.
 * @param world the log
 * @param callback the callback
 */
export async function readOutcome(world: Pick<World, 'bus' | 'log'>, callback: Callback): Promise<ConsumedEvent> {
  const { topic } = flows.savedInvoice;
  const { partition, offset, eventId, correlationId, trace } = callback;
  const event = await readIfThere(world, topic, partition, offset);
  const place = `${topic}-${partition}@${offset}`;
  // After a change of log the same place may hold somebody else's record.
  if (event && (headerText(event.headers, eventHeaders.eventId) ?? place) === eventId) return event;
  const headers = { [eventHeaders.correlationId]: correlationId, [eventHeaders.eventId]: eventId, ...trace };
  const { invoiceId: key, body: value, createdAt: timestamp } = callback;
  return { topic, partition, offset, key, value, headers, timestamp };
}

async function readIfThere(
  { bus, log }: Pick<World, 'bus' | 'log'>,
  topic: string,
  partition: number,
  offset: bigint,
): Promise<ConsumedEvent | undefined> {
  const enough = new AbortController();
  // Ends quietly when the record came first.
  const late = sleep(readMsMax, undefined, { signal: enough.signal }).catch(() => undefined);
  try {
    return await Promise.race([bus.readAt(topic, partition, offset), late]);
  } catch (error) {
    if (!(error instanceof HubError) || error.kind !== 'unavailable') throw error;
    log.warn({ err: error, topic, partition, offset: String(offset) }, 'callback.outcomeNotRead');
    return undefined;
  } finally {
    enough.abort();
  }
}

/**
 * Makes the dead letter of a callback.
 * @param outcome the record that started it
 * @param callback the callback
 * @param tries how many were made
 * @param why the last error
 */
export function callbackDeadLetter(
  outcome: ConsumedEvent,
  callback: Callback,
  tries: number,
  why: string,
): OutgoingEvent {
  const to = callback.host || 'its URL';
  const message = `The callback ${callbackId(callback)} to ${to} failed ${tries} times: ${why}.`;
  return toDeadLetter(outcome, new HubError('CALLBACK_FAILED', message), { group: callbackGroup, tries });
}

/**
 * Gives up callbacks whose time is over without enough tries (their host was left alone all the while): dead, with a
 * dead letter.
 * @param world store, bus and clock
 * @returns how many
 */
export async function giveUpExpiredCallbacks(world: World): Promise<number> {
  const now = realTime(world.clock);
  for (let given = 0; ;) {
    const count = await world.store.transaction(async (tx) => {
      const expired = await takeExpiredCallbacks(tx, now, expiredAtOnce);
      if (expired.length === 0) return 0;
      await markFailed(tx, expired.map(asGivenUp), now, callbackTime([]));
      const letters = await Promise.all(
        expired.map(async (one) =>
          callbackDeadLetter(await readOutcome(world, one), one, one.tries, 'its time is over'),
        ),
      );
      world.bus.publishIn(tx, letters);
      return expired.length;
    });
    given += count;
    if (count > 0) world.log.warn({ count }, 'callbacks.expired');
    if (count < expiredAtOnce) return given;
  }
}

function asGivenUp({ invoiceId, sequence }: Callback): FailedCallback {
  const error = 'its time is over';
  return { invoiceId, sequence, status: undefined, error, dueAt: undefined, tries: 0, owner: undefined };
}
