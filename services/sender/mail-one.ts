// sender: mails one transmission: composes it, sends it, notes what the mail server said.
import { HubError } from '@staffetta/flow/errors.ts';
import { headerText } from '@staffetta/flow/events.ts';
import { eventHeaders } from '@staffetta/flow/flows.ts';
import type { Incoming, World } from '@staffetta/platform/service.ts';
import { createHash } from 'node:crypto';
import { composeMail } from './compose-mail.ts';
import type { SenderValues } from './config.ts';
import type { MailStage } from './mails-in-hand.ts';
import type { Mail, MailState } from './mails.ts';
import type { MailRecorder } from './record-mails.ts';
import { SmtpError } from './smtp/smtp-errors.ts';
import type { SmtpPool } from './smtp/smtp-pool.ts';

/** An invoice on its way out, with its record. */
export type Outgoing = Incoming<'outgoingInvoice'>;

/** What one mail is made and sent with. */
export interface MailParts {
  readonly world: World;
  readonly values: SenderValues;
  readonly pool: SmtpPool;
  readonly recorder: MailRecorder;
  /** What mails came to whose note failed: by transmission, so that they are noted again and not mailed again. */
  readonly unnoted: Map<string, Mail>;
}

/** What one try came to: decided (sent or refused), or to be tried again. */
interface Verdict {
  readonly state: MailState;
  readonly response: string;
}

/** A mail that is not tried again by itself: it becomes a dead letter at once. */
class NeverConfirmed extends HubError {
  override readonly kind = 'poison';
}

const uuidForm = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * Insists on ids that the ledger can take, before anything is mailed that could not be noted.
 * @throws HubError MESSAGE_NOT_READABLE
 */
export function insistOnIds({ message, record }: Outgoing): void {
  const { transmissionId } = message.transmission;
  if (uuidForm.test(transmissionId) && uuidForm.test(message.invoiceId)) return;
  const where = `${record.topic}-${record.partition}@${record.offset}`;
  throw new HubError('MESSAGE_NOT_READABLE', `The ids of the invoice and its transmission at ${where} are no UUIDs.`);
}

/**
 * The exact bytes of an invoice as it travels.
 * @throws HubError MESSAGE_NOT_READABLE where the bytes are not those that the transmission names: wrong bytes never go out
 */
function exactBytes({ message, record }: Outgoing): Buffer {
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
function messageIdOf(fileName: string, transmissionId: string, mailFrom: string): string {
  return `<${fileName}.${transmissionId}@${mailFrom.slice(mailFrom.lastIndexOf('@') + 1)}>`;
}

/** Foreign writers put what they like into their events; a header takes printable ASCII. */
function headerForm(correlationId: string): string {
  return correlationId.slice(0, 200).replaceAll(/[^\x21-\x7e]/g, '?');
}

function mailOf(event: Outgoing, { values, world }: MailParts): Buffer {
  const { fileName, transmissionId } = event.message.transmission;
  const { mailFrom, mailTo } = values;
  const content = exactBytes(event);
  try {
    return composeMail({
      from: mailFrom,
      to: mailTo,
      messageId: messageIdOf(fileName, transmissionId, mailFrom),
      subject: fileName,
      date: world.clock.now(),
      correlationId: headerForm(event.correlationId),
      fileName,
      content,
      contentType: 'application/octet-stream',
      text: `In allegato il file ${fileName}.\r\n`,
    });
  } catch (error) {
    // The same parts would fail again, so that trying again would only hide it.
    throw new HubError('MESSAGE_NOT_READABLE', error instanceof Error ? error.message : String(error), error);
  }
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

function decided(state: MailState): boolean {
  return state === 'sent' || state === 'refused';
}

function noteOf(event: Outgoing, mail: Mail) {
  const { invoice: _invoice, file: _file, transmission: _transmission, ...dto } = event.message;
  const status = mail.state === 'sent' ? 'INTERNAL_INVOICE_SENT' : 'INTERNAL_INVOICE_NOT_SENT';
  const { transmissionId, messageId, response: reason } = mail;
  const tell = { ...dto, invoiceStatus: status, transmissionId, messageId, reason } as const;
  const { eventId: causationId, correlationId, traceparent } = event;
  return { mail, tell: decided(mail.state) ? tell : undefined, causationId, correlationId, traceparent };
}

async function tryOnce(event: Outgoing, tries: number, parts: MailParts, onBegin: () => void): Promise<Mail> {
  const { values, pool, world } = parts;
  const { mailFrom, mailTo, mailTries } = values;
  const { transmissionId, fileName } = event.message.transmission;
  const raw = mailOf(event, parts);
  const { state, response }: Verdict = await pool.send({ from: mailFrom, to: [mailTo], raw }, onBegin).then(
    (receipt) => ({ state: 'sent', response: receipt.response }),
    (error: unknown) => verdictOn(error, tries, mailTries),
  );
  return {
    transmissionId,
    invoiceId: event.message.invoiceId,
    fileName,
    messageId: messageIdOf(fileName, transmissionId, mailFrom),
    state,
    tries,
    response,
    correlationId: headerForm(event.correlationId),
    lastAt: world.clock.now(),
  };
}

/** What an undecided mail fails with: it is tried again, unless it was never confirmed in all its tries. */
function undecided(mail: Mail, triesMax: number): HubError {
  const { fileName, response, state, tries } = mail;
  if (state !== 'uncertain' || tries < triesMax) {
    return new HubError('MAIL_REFUSED', `${fileName} was not taken yet: ${response}`);
  }
  const words = `${fileName} was mailed ${tries} times and never confirmed; a replay mails it once more: ${response}`;
  return new NeverConfirmed('MAIL_REFUSED', words);
}

function isReplay({ record }: Outgoing): boolean {
  return headerText(record.headers, eventHeaders.replayOf) !== undefined;
}

/** What is to be noted: what is known and decided as it is, else what a new try comes to. */
async function mailOrKnown(
  event: Outgoing,
  known: Mail | undefined,
  parts: MailParts,
  onBegin: () => void,
): Promise<Mail> {
  if (known && decided(known.state)) return known;
  const { mailTries } = parts.values;
  const tries = known?.tries ?? 0;
  if (known?.state === 'uncertain' && tries >= mailTries && !isReplay(event)) throw undecided(known, mailTries);
  const mail = await tryOnce(event, tries + 1, parts, onBegin);
  const { correlationId, fileName, state, response } = mail;
  parts.world.log.debug({ correlationId, fileName, state, tries: mail.tries, response }, 'mail.tried');
  return mail;
}

/**
 * Mails one transmission, or tells again what is decided about it.
 * @param event the invoice
 * @param known what the ledger says
 * @param parts pool, ledger and settings
 * @param reach told how far it has come
 * @throws HubError MAIL_REFUSED where it is to be tried again, MAIL_SERVER_AWAY, MESSAGE_NOT_READABLE
 */
export async function mailOne(
  event: Outgoing,
  known: Mail | undefined,
  parts: MailParts,
  reach: (stage: MailStage) => void,
): Promise<void> {
  const { transmissionId } = event.message.transmission;
  const { unnoted, recorder, values } = parts;
  const mail = unnoted.get(transmissionId) ?? (await mailOrKnown(event, known, parts, () => reach('sending')));
  reach('noting');
  unnoted.set(transmissionId, mail);
  await recorder.note(noteOf(event, mail));
  unnoted.delete(transmissionId);
  if (!decided(mail.state)) throw undecided(mail, values.mailTries);
}
