// sender: mails a batch of invoices, each transmission once, whatever comes twice.
import { HubError } from '@staffetta/flow/errors.ts';
import type { FlowStep, Incoming, World } from '@staffetta/platform/service.ts';
import type { SettingsOf } from '@staffetta/platform/config/settings.ts';
import type { Queryable } from '@staffetta/platform/store/store.ts';
import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { composeMail } from './compose-mail.ts';
import type { settings } from './config.ts';
import { holdTransmissions, letGoTransmissions } from './held-transmissions.ts';
import { findMails, type Mail, type MailState } from './mails.ts';
import type { MailRecorder } from './record-mails.ts';
import { SmtpError } from './smtp-errors.ts';
import type { SmtpPool } from './smtp-pool.ts';

type Outgoing = Incoming<'outgoingInvoice'>;

/** What the step works with. */
export interface Mailing {
  readonly world: World;
  readonly values: SettingsOf<typeof settings>;
  readonly pool: SmtpPool;
  readonly recorder: MailRecorder;
  /** A connection of its own, whose locks say what is in hand. */
  readonly instance: Queryable;
}

const waitForOtherMs = 50;
const waitForOtherMsMax = 10_000;

/** What one try came to: decided (sent or refused), or to be tried again. */
interface Verdict {
  readonly state: MailState;
  readonly response: string;
}

/**
 * The exact bytes of an invoice as it travels.
 * @throws HubError MESSAGE_NOT_READABLE where the bytes are not those that the transmission names: wrong bytes never go out
 */
export function exactBytes({ message, record }: Outgoing): Buffer {
  const bytes = message.file === undefined ? Buffer.from(message.invoice ?? '') : Buffer.from(message.file, 'base64');
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  if (sha256 === message.transmission.sha256) return bytes;
  const where = `${record.topic}-${record.partition}@${record.offset}`;
  const words = `The bytes of ${message.transmission.fileName} at ${where} are not those of its transmission.`;
  throw new HubError('MESSAGE_NOT_READABLE', words);
}

/**
 * Makes the Message-ID of a transmission: the same again whenever it is mailed again (RFC 5322 §3.6.4).
 * @param fileName SdI's file name
 * @param transmissionId its UUID
 * @param mailFrom the sending mailbox, whose domain ends the id
 */
export function messageIdOf(fileName: string, transmissionId: string, mailFrom: string): string {
  return `<${fileName}.${transmissionId}@${mailFrom.slice(mailFrom.lastIndexOf('@') + 1)}>`;
}

function mailOf(event: Outgoing, mailing: Mailing): Buffer {
  const { message, correlationId } = event;
  const { fileName, transmissionId } = message.transmission;
  const { mailFrom, mailTo } = mailing.values;
  return composeMail({
    from: mailFrom,
    to: mailTo,
    messageId: messageIdOf(fileName, transmissionId, mailFrom),
    subject: fileName,
    date: mailing.world.clock.now(),
    correlationId,
    fileName,
    content: exactBytes(event),
    contentType: 'application/octet-stream',
    text: `In allegato il file ${fileName}.\r\n`,
  });
}

function verdictOn(error: unknown, tries: number, triesMax: number): Verdict {
  if (!(error instanceof SmtpError)) throw error;
  if (error.kind === 'unreachable') throw new HubError('MAIL_SERVER_AWAY', error.message, error);
  const last = tries >= triesMax;
  if (error.kind === 'permanent' || (error.kind === 'temporary' && last)) {
    return { state: 'refused', response: error.message };
  }
  return { state: error.kind === 'uncertain' ? 'uncertain' : 'deferred', response: error.message };
}

async function tryOnce(event: Outgoing, tries: number, mailing: Mailing): Promise<Verdict> {
  const { pool, values } = mailing;
  const raw = mailOf(event, mailing);
  try {
    const { response } = await pool.send({ from: values.mailFrom, to: [values.mailTo], raw });
    return { state: 'sent', response };
  } catch (error) {
    return verdictOn(error, tries, values.mailTries);
  }
}

function decided(state: MailState): boolean {
  return state === 'sent' || state === 'refused';
}

function noteOf(event: Outgoing, mail: Mail) {
  const { invoice: _invoice, file: _file, transmission: _transmission, ...dto } = event.message;
  const status = mail.state === 'sent' ? 'INTERNAL_INVOICE_SENT' : 'INTERNAL_INVOICE_NOT_SENT';
  const { transmissionId, messageId, response: reason } = mail;
  const tell = { ...dto, invoiceStatus: status, transmissionId, messageId, reason } as const;
  return { mail, tell: decided(mail.state) ? tell : undefined, causationId: event.eventId };
}

async function mailOne(event: Outgoing, known: Mail | undefined, mailing: Mailing): Promise<void> {
  const { values, world, recorder } = mailing;
  const { transmissionId, fileName } = event.message.transmission;
  if (known && decided(known.state)) return recorder.note(noteOf(event, known));
  const tries = (known?.tries ?? 0) + 1;
  const { state, response } = await tryOnce(event, tries, mailing);
  const messageId = messageIdOf(fileName, transmissionId, values.mailFrom);
  const { correlationId } = event;
  const { invoiceId } = event.message;
  const lastAt = world.clock.now();
  const mail: Mail = { transmissionId, invoiceId, fileName, messageId, state, tries, response, correlationId, lastAt };
  await recorder.note(noteOf(event, mail));
  world.log.debug({ correlationId, fileName, state, tries, response }, 'mail.tried');
  if (!decided(state)) throw new HubError('MAIL_REFUSED', `${fileName} was not taken yet: ${response}`);
}

function isAway(error: unknown): boolean {
  return error instanceof HubError && error.kind === 'unavailable';
}

/** One event per transmission; the same one again waits for the first to be decided. */
function firstOfEach(batch: readonly Outgoing[]): Map<string, Outgoing> {
  const first = new Map<string, Outgoing>();
  for (const event of batch) {
    const { transmissionId } = event.message.transmission;
    if (!first.has(transmissionId)) first.set(transmissionId, event);
  }
  return first;
}

interface Failed {
  readonly event: Outgoing;
  readonly error: unknown;
}

async function mailAll(events: readonly Outgoing[], mailing: Mailing): Promise<Failed[]> {
  const ids = events.map((event) => event.message.transmission.transmissionId);
  const known = await findMails(mailing.world.store, ids);
  const failed: Failed[] = [];
  let away: unknown;
  await Promise.all(
    events.map(async (event) => {
      try {
        await mailOne(event, known.get(event.message.transmission.transmissionId), mailing);
      } catch (error) {
        if (isAway(error)) away = error;
        else failed.push({ event, error });
      }
    }),
  );
  // Thrown only now, when every mail that did go out is noted: the batch comes again and skips those.
  if (away !== undefined) throw away;
  return failed;
}

/** Mails those that nobody else has in hand; gives the failed ones, and those that are still to do. */
async function mailFree(batch: readonly Outgoing[], mailing: Mailing): Promise<{ failed: Failed[]; left: Outgoing[] }> {
  const { instance, world } = mailing;
  const first = firstOfEach(batch);
  // Asked before the ledger is read: what another sender has just let go is in it.
  const held = await holdTransmissions(instance, [...first.keys()]);
  try {
    const mine = [...first].filter(([id]) => held.has(id)).map(([, event]) => event);
    const failed = mine.length > 0 ? await mailAll(mine, mailing) : [];
    const done = new Set(mine);
    return { failed, left: batch.filter((event) => !done.has(event)) };
  } finally {
    await letGoTransmissions(instance, [...held]).catch((error: unknown) => {
      // The connection is gone, and its locks with it.
      world.log.warn({ err: error }, 'mail.notLetGo');
    });
  }
}

/**
 * Makes the step for `outgoingInvoice`. What the ledger calls decided is told again and not mailed again; a mail refused for now
 * fails alone and is tried again; an unreachable server throws, which pauses sending as a whole. A transmission that another
 * sender has in hand (its partition has just come to us) is waited for, so that it is not mailed twice.
 * @param mailing pool, ledger and settings
 */
export function mailInvoices(mailing: Mailing): FlowStep<'outgoingInvoice'> {
  return async (batch, signal) => {
    const failed: Failed[] = [];
    const deadline = performance.now() + waitForOtherMsMax;
    for (let left: readonly Outgoing[] = batch; left.length > 0;) {
      const round = await mailFree(left, mailing);
      failed.push(...round.failed);
      const stuck = round.left.length === left.length;
      left = round.left;
      if (!stuck) continue;
      if (signal.aborted || performance.now() > deadline) {
        failed.push(...left.map((event) => ({ event, error: inOtherHands(event) })));
        break;
      }
      await sleep(waitForOtherMs);
    }
    return failed;
  };
}

function inOtherHands({ message }: Outgoing): HubError {
  return new HubError('MAIL_REFUSED', `Another sender has ${message.transmission.fileName} in hand.`);
}
