// sender: notes what the mail server said and tells it on, in micro-batches, so that the unsure instant stays short.
import { HubError } from '@staffetta/flow/errors.ts';
import { speakAs } from '@staffetta/flow/events.ts';
import type { SentInvoice } from '@staffetta/flow/messages.ts';
import type { TraceContext } from '@staffetta/flow/trace-context.ts';
import type { World } from '@staffetta/platform/service.ts';
import type { Tx } from '@staffetta/platform/store/store.ts';
import { setTimeout as sleep } from 'node:timers/promises';
import { recordMails, type Mail } from './mails.ts';

/** A mail to note, and what to tell the dbmanager about it (nothing while it will be tried again). */
export interface MailNote {
  readonly mail: Mail;
  readonly tell: SentInvoice | undefined;
  readonly causationId: string;
  /** As the event carried it. */
  readonly correlationId: string;
  /** The trace that the event belongs to. */
  readonly trace?: TraceContext | undefined;
}

/** Notes mails; concurrent notes share one transaction. */
export interface MailRecorder {
  /**
   * Resolves when the note is durable, with the event that tells it on. While the database is away it waits: a mail that
   * went out and is not noted would be mailed again.
   */
  note(note: MailNote): Promise<void>;
  /** Waits no longer for a database that is away: those notes fail with DATABASE_AWAY. */
  close(): Promise<void>;
}

const speak = speakAs('sender');
const pauseMsFirst = 100;
const pauseMsMax = 2000;

interface Waiting {
  readonly note: MailNote;
  readonly done: () => void;
  readonly failed: (error: unknown) => void;
}

function publishTold(world: World, tx: Tx, batch: readonly Waiting[]): void {
  const events = batch.flatMap(({ note: { tell, mail, causationId, correlationId, trace } }) =>
    tell
      ? speak('sentInvoice', tell.invoiceId, tell, {
          // The same id again where the same decision is told again: the dbmanager then changes nothing more.
          eventId: `${mail.transmissionId}:${mail.state}`,
          correlationId,
          causationId,
          trace,
        })
      : [],
  );
  if (events.length > 0) world.bus.publishIn(tx, events);
}

/** The last note about a transmission wins, since one statement cannot touch a row twice. */
function latest(batch: readonly Waiting[]): Mail[] {
  return [...new Map(batch.map(({ note }) => [note.mail.transmissionId, note.mail])).values()];
}

function isAway(error: unknown): boolean {
  return error instanceof HubError && error.kind === 'unavailable';
}

/** Waits before the next try, twice as long each time. */
async function pause(attempt: number, closing: AbortSignal): Promise<void> {
  const ms = Math.min(pauseMsMax, pauseMsFirst * 2 ** Math.min(attempt, 10));
  await sleep(ms, undefined, { signal: closing }).catch((reason: unknown) => reason);
}

async function write(world: World, batch: readonly Waiting[], closing: AbortSignal): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await world.store.transaction(async (tx) => {
        await recordMails(tx, latest(batch));
        publishTold(world, tx, batch);
      });
    } catch (error) {
      if (!isAway(error) || closing.aborted) throw error;
      if (attempt === 0) world.log.warn({ err: error }, 'mail.noteWaits');
    }
    await pause(attempt, closing);
  }
}

/** Writes notes together, and one by one where that fails, so that a bad one fails alone. */
async function settle(world: World, batch: readonly Waiting[], closing: AbortSignal): Promise<void> {
  try {
    await write(world, batch, closing);
    for (const { done } of batch) done();
  } catch (error) {
    if (batch.length === 1 || isAway(error)) for (const { failed } of batch) failed(error);
    else for (const one of batch) await settle(world, [one], closing);
  }
}

/**
 * Makes a recorder: while one transaction runs, the next notes gather.
 * @param world store and bus
 */
export function createMailRecorder(world: World): MailRecorder {
  const closing = new AbortController();
  let waiting: Waiting[] = [];
  let running: Promise<void> | undefined;

  async function settleAll(): Promise<void> {
    while (waiting.length > 0) {
      const batch = waiting;
      waiting = [];
      await settle(world, batch, closing.signal);
    }
    running = undefined;
  }

  return {
    note: (note) =>
      new Promise<void>((done, failed) => {
        waiting.push({ note, done, failed });
        running ??= settleAll();
      }),
    async close() {
      closing.abort();
      await running;
    },
  };
}
