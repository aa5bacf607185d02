// sender: notes what the mail server said and tells it on, in micro-batches, so that the unsure instant stays short.
import { speakAs } from '@staffetta/flow/events.ts';
import type { SentInvoice } from '@staffetta/flow/messages.ts';
import type { World } from '@staffetta/platform/service.ts';
import type { Tx } from '@staffetta/platform/store/store.ts';
import { recordMails, type Mail } from './mails.ts';

/** A mail to note, and what to tell the dbmanager about it (nothing while it will be tried again). */
export interface MailNote {
  readonly mail: Mail;
  readonly tell: SentInvoice | undefined;
  readonly causationId: string;
}

/** Notes mails; concurrent notes share one transaction. */
export interface MailRecorder {
  /** Resolves when the note is durable, with the event that tells it on. */
  note(note: MailNote): Promise<void>;
  close(): Promise<void>;
}

const speak = speakAs('sender');

interface Waiting {
  readonly note: MailNote;
  readonly done: () => void;
  readonly failed: (error: unknown) => void;
}

function publishTold(world: World, tx: Tx, batch: readonly Waiting[]): void {
  const events = batch.flatMap(({ note: { tell, mail, causationId } }) =>
    tell
      ? speak('sentInvoice', tell.invoiceId, tell, {
          // The same id again where the same decision is told again: the dbmanager then changes nothing more.
          eventId: `${mail.transmissionId}:${mail.state}`,
          correlationId: mail.correlationId,
          causationId,
        })
      : [],
  );
  if (events.length > 0) world.bus.publishIn(tx, events);
}

/** The last note about a transmission wins, since one statement cannot touch a row twice. */
function latest(batch: readonly Waiting[]): Mail[] {
  return [...new Map(batch.map(({ note }) => [note.mail.transmissionId, note.mail])).values()];
}

/**
 * Makes a recorder: while one transaction runs, the next notes gather.
 * @param world store and bus
 */
export function createMailRecorder(world: World): MailRecorder {
  let waiting: Waiting[] = [];
  let running: Promise<void> | undefined;

  async function flushAll(): Promise<void> {
    while (waiting.length > 0) {
      const batch = waiting;
      waiting = [];
      try {
        await world.store.transaction(async (tx) => {
          await recordMails(tx, latest(batch));
          publishTold(world, tx, batch);
        });
        for (const { done } of batch) done();
      } catch (error) {
        for (const { failed } of batch) failed(error);
      }
    }
    running = undefined;
  }

  return {
    note: (note) =>
      new Promise<void>((done, failed) => {
        waiting.push({ note, done, failed });
        running ??= flushAll();
      }),
    async close() {
      await running;
    },
  };
}
