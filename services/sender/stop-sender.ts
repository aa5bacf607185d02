// sender: its end: what is with the mail server may end, what that came to is noted, and all of it within ten seconds.
import type { HttpServer } from '@staffetta/platform/http/server.ts';
import type { ConsumingFlows } from '@staffetta/platform/service.ts';
import type { LiveInstance } from '@staffetta/platform/store/live-instances.ts';
import type { Log } from '@staffetta/platform/telemetry/log.ts';
import type { MailsInHand } from './mails-in-hand.ts';
import type { MailRecorder } from './record-mails.ts';
import type { MailboxesInUse } from './sending-mailboxes.ts';

/** What is to be ended. */
export interface SenderParts {
  readonly consumers: ConsumingFlows;
  readonly mailboxes: MailboxesInUse;
  readonly inHand: MailsInHand;
  readonly recorder: MailRecorder;
  readonly instance: LiveInstance;
  readonly server: HttpServer;
}

const stopMsMax = 9500;
const noteMsMax = 1500;

/**
 * Ends a sender. No new batch begins; mails in hand get their grace, then their connections are cut (they are noted as uncertain,
 * and those that waited come again after the next start).
 * @param parts what is to be ended
 * @param graceMs how long mails in hand may take
 * @param log told where something did not end in time
 */
export async function stopSender(parts: SenderParts, graceMs: number, log: Log): Promise<void> {
  const { consumers, mailboxes, inHand, recorder, instance, server } = parts;
  const mailsEnd = async (): Promise<void> => {
    await Promise.all(mailboxes.all.flatMap(({ channel }) => (channel ? [channel.close(graceMs)] : [])));
    await within(inHand.allEnded(), noteMsMax);
    await recorder.close();
  };
  const allEnd = async (): Promise<void> => {
    await Promise.all([consumers.stop(), server.close(), mailsEnd()]);
    await instance.close();
  };
  const end = allEnd();
  if (await within(end, stopMsMax)) return;
  end.catch((error: unknown) => log.warn({ err: error }, 'sender.stoppedLate'));
  log.warn({ graceMs }, 'sender.stopsLate');
}

/** Whether work ended within the time; its failure is thrown. */
async function within(work: Promise<void>, limitMs: number): Promise<boolean> {
  const { promise: late, resolve } = Promise.withResolvers<false>();
  const timer = setTimeout(() => resolve(false), limitMs);
  try {
    return await Promise.race([work.then(() => true), late]);
  } finally {
    clearTimeout(timer);
  }
}
