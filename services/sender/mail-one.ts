// sender: mails one transmission: sends it by its channel, notes what came of it, repeats nothing whose fate may still become known.
import { HubError } from '@staffetta/flow/errors.ts';
import { headerText } from '@staffetta/flow/events.ts';
import { eventHeaders } from '@staffetta/flow/flows.ts';
import { realTime } from '@staffetta/platform/clock.ts';
import type { World } from '@staffetta/platform/service.ts';
import { within } from '@staffetta/platform/telemetry/tracing.ts';
import { shownAddress } from '@staffetta/platform/telemetry/shown-address.ts';
import type { Channel, ChannelAnswer } from './channel.ts';
import type { SenderValues } from './config.ts';
import { findHeard } from './heard-receipts.ts';
import type { MailStage } from './mails-in-hand.ts';
import { findMails, type Heard, type Mail, type MailState } from './mails.ts';
import { NotYet } from './not-yet.ts';
import { fileOf, headerForm, type Outgoing } from './outgoing-file.ts';
import type { MailNote, MailRecorder } from './record-mails.ts';
import type { MailboxesInUse, MailboxInUse } from './sending-mailboxes.ts';

/** What one mail is made and sent with. */
export interface MailParts {
  readonly world: World;
  readonly values: Pick<SenderValues, 'mailTries' | 'mailTo'>;
  readonly mailboxes: MailboxesInUse;
  readonly recorder: MailRecorder;
  /** What mails came to whose note failed: by transmission, so that they are noted again and not mailed again. */
  readonly unnoted: Map<string, Mail>;
}

/** What is known of a transmission before it is mailed. */
export interface Known {
  /** The ledger's row. */
  readonly mail: Mail | undefined;
  /** What a receipt said of it. */
  readonly heard: Heard | undefined;
  /** SdI's address for its mailbox. */
  readonly recipient: string;
}

/** A mailbox that can send. */
interface Sending extends MailboxInUse {
  readonly channel: Channel;
}

/** A mail that is not tried again by itself: it becomes a dead letter at once. */
class NeverConfirmed extends HubError {
  override readonly kind = 'poison';
}

/** While one of several mail servers is away, its mails come again after so long, and the others go on. */
const awayMs = 5000;

const states = { taken: 'sent', refused: 'refused', notNow: 'deferred', unsure: 'uncertain' } as const;

function decided(state: MailState): boolean {
  return state === 'sent' || state === 'refused';
}

function noteOf(event: Outgoing, mail: Mail): MailNote {
  const { invoice: _invoice, file: _file, transmission: _transmission, ...dto } = event.message;
  const status = mail.state === 'sent' ? 'INTERNAL_INVOICE_SENT' : 'INTERNAL_INVOICE_NOT_SENT';
  const { transmissionId, messageId, response: reason } = mail;
  const tell = { ...dto, invoiceStatus: status, transmissionId, messageId, reason } as const;
  const { eventId: causationId, correlationId, trace } = event;
  return { mail, tell: decided(mail.state) ? tell : undefined, causationId, correlationId, trace };
}

/** A row of the ledger. */
function mailOf(
  event: Outgoing,
  mailbox: MailboxInUse | undefined,
  recipient: string,
  result: Pick<Mail, 'state' | 'tries' | 'response'>,
  { clock }: World,
): Mail {
  const { invoiceId, transmission, customer, invoiceNumber } = event.message;
  const { transmissionId, fileName } = transmission;
  return {
    transmissionId,
    invoiceId,
    fileName,
    messageId: mailbox?.channel?.referenceOf(transmission) ?? '',
    ...result,
    correlationId: headerForm(event.correlationId),
    lastAt: clock.now(),
    mailbox: mailbox?.address ?? transmission.mailbox ?? null,
    recipient,
    customerId: customer.customerId,
    invoiceNumber: invoiceNumber ?? null,
    unsureAt: result.state === 'uncertain' ? realTime(clock) : null,
  };
}

function isReplay({ record }: Outgoing): boolean {
  return headerText(record.headers, eventHeaders.replayOf) !== undefined;
}

/** How much longer a mail waits for a receipt, in milliseconds. */
function unsureFor(mail: Mail | undefined, mailbox: MailboxInUse, { clock }: World): number {
  if (mail?.state !== 'uncertain' || mail.unsureAt === null) return 0;
  return mail.unsureAt.getTime() + mailbox.unsureWaitMs() - realTime(clock).getTime();
}

/** What an undecided mail fails with: it is tried again, unless it was never confirmed in all its tries. */
function undecided(event: Outgoing, mail: Mail, mailbox: MailboxInUse, { values, world }: MailParts): HubError {
  const { fileName, response, state, tries } = mail;
  const isLast = tries >= values.mailTries;
  const waitMs = unsureFor(mail, mailbox, world);
  // Somebody who replays a mail that was never confirmed asks for one more, not for one more after every wait.
  if (waitMs > 0 && !(isLast && isReplay(event))) {
    return new NotYet('MAIL_WAITS', `${fileName} waits for the PEC provider's receipt: ${response}`, waitMs);
  }
  if (state !== 'uncertain' || !isLast)
    return new HubError('MAIL_REFUSED', `${fileName} was not taken yet: ${response}`);
  const words = `${fileName} was mailed ${tries} times and never confirmed; a replay mails it once more: ${response}`;
  return new NeverConfirmed('MAIL_REFUSED', words);
}

/** A receipt may be quicker than our note, and than a repeat that waits in line. */
async function waitsNoMore({ transmissionId, fileName, state }: Mail, { world }: MailParts): Promise<void> {
  if (state !== 'uncertain') return;
  const [mails, heard] = await Promise.all([
    findMails(world.store, [transmissionId]),
    findHeard(world.store, [transmissionId]),
  ]);
  const isDecided = heard.has(transmissionId) || decided(mails.get(transmissionId)?.state ?? state);
  if (isDecided) throw new NotYet('MAIL_WAITS', `${fileName} is decided meanwhile.`, 0);
}

const underWay = 'It is with the mail server, whose answer is not known.';

/**
 * Sends by the channel. Where receipts can tell what came of a mail, it is called unsure before its first byte: a sender that is
 * killed in the middle leaves that behind. Its place within the bounds is taken at that moment too, not while it waits in line.
 */
async function sendNoted(
  event: Outgoing,
  known: Known,
  mailbox: Sending,
  parts: MailParts,
  reach: (stage: MailStage) => void,
): Promise<ChannelAnswer> {
  const { recipient, mail } = known;
  const isRead = mailbox.unsureWaitMs() > 0;
  const tries = mail?.tries ?? 0;
  const note = (result: Pick<Mail, 'state' | 'tries' | 'response'>): Promise<void> =>
    parts.recorder.note(noteOf(event, mailOf(event, mailbox, recipient, result, parts.world)));
  let begun = false;
  const begin = async (): Promise<void> => {
    if (begun) return;
    if (mail) await waitsNoMore(mail, parts);
    await mailbox.throttle.take(event.message.transmission.transmissionId);
    reach('noting');
    if (isRead) await note({ state: 'uncertain', tries: tries + 1, response: underWay });
    begun = true;
    reach('sending');
  };
  try {
    return await mailbox.channel.send(fileOf(event, recipient), begin);
  } catch (error) {
    // The server wanted nothing of it, so that it was no try.
    if (begun && isRead) await note({ state: 'deferred', tries, response: mail?.response ?? String(error) });
    throw error;
  }
}

/**
 * Sends within a span. The mail itself carries no trace: what comes back of it names the transmission, and a mail that is sent once more
 * has the same bytes (ADR 0019).
 */
function sendTraced(
  event: Outgoing,
  known: Known,
  mailbox: Sending,
  parts: MailParts,
  reach: (stage: MailStage) => void,
): Promise<ChannelAnswer> {
  const facts = {
    'staffetta.correlation_id': event.correlationId,
    'staffetta.invoice.id': event.message.invoiceId,
    'staffetta.transmission.id': event.message.transmission.transmissionId,
    'staffetta.mail.try': (known.mail?.tries ?? 0) + 1,
  };
  return within('sender', 'mail', { kind: 'client', parent: event.trace, facts }, async (span) => {
    const answer = await sendNoted(event, known, mailbox, parts, reach);
    span?.note({ 'staffetta.mail.answer': answer.kind });
    if (answer.kind !== 'taken') span?.fail(answer.kind);
    return answer;
  });
}

async function tryOnce(
  event: Outgoing,
  known: Known,
  mailbox: Sending,
  parts: MailParts,
  reach: (stage: MailStage) => void,
): Promise<Mail> {
  const { mailTries } = parts.values;
  const tries = (known.mail?.tries ?? 0) + 1;
  const answer = await sendTraced(event, known, mailbox, parts, reach).catch((error: unknown) => {
    const isAway = error instanceof HubError && error.code === 'MAIL_SERVER_AWAY';
    if (!isAway || parts.mailboxes.all.length === 1) throw error;
    throw new NotYet('MAIL_SERVER_AWAY', `${mailbox.address}: ${error.message}`, awayMs, error);
  });
  const { kind, words: response } = answer;
  const state = kind === 'notNow' && tries >= mailTries ? 'refused' : states[kind];
  return mailOf(event, mailbox, known.recipient, { state, tries, response }, parts.world);
}

function canSend(mailbox: MailboxInUse | undefined): mailbox is Sending {
  return mailbox?.channel !== undefined;
}

/** Nothing of it can go out until somebody sets the mailbox up. */
function notSetUp(event: Outgoing, known: Known, mailbox: MailboxInUse | undefined, world: World): Mail {
  const { mailbox: address = '' } = event.message.transmission;
  const response = `The mailbox ${address} is not set up to send: give it an smtpUrl in PEC_MAILBOXES, or its customer another mailbox (PUT /api/customers/{customerId}/recapito), then send the invoice again.`;
  return mailOf(event, mailbox, known.recipient, { state: 'refused', tries: known.mail?.tries ?? 0, response }, world);
}

/** What is to be noted: what is known and decided as it is, else what a new try comes to. */
async function mailOrKnown(
  event: Outgoing,
  known: Known,
  parts: MailParts,
  reach: (stage: MailStage) => void,
): Promise<Mail> {
  const { world, values, mailboxes } = parts;
  const { mail, heard, recipient } = known;
  if (mail && decided(mail.state) && (mail.state === 'sent' || heard?.verdict !== 'sent')) return mail;
  const mailbox = mailboxes.find(event.message.transmission.mailbox);
  if (heard) {
    const result = { state: heard.verdict, tries: mail?.tries ?? 1, response: heard.words };
    return mail ? { ...mail, ...result, unsureAt: null } : mailOf(event, mailbox, recipient, result, world);
  }
  if (!canSend(mailbox)) return notSetUp(event, known, mailbox, world);
  if (mail && unsureFor(mail, mailbox, world) > 0) throw undecided(event, mail, mailbox, parts);
  if (mail?.state === 'uncertain' && mail.tries >= values.mailTries && !isReplay(event)) {
    throw undecided(event, mail, mailbox, parts);
  }
  mailbox.throttle.check();
  const tried = await tryOnce(event, known, mailbox, parts, reach);
  const { correlationId, transmissionId, state, tries } = tried;
  // Neither file name nor answer: both hold tax numbers and addresses. The ledger has them.
  world.log.debug(
    { correlationId, transmissionId, mailbox: shownAddress(mailbox.address), state, tries },
    'mail.tried',
  );
  return tried;
}

/**
 * Mails one transmission, or tells again what is decided about it.
 * @param event the invoice
 * @param known what the ledger and the receipts say
 * @param parts mailboxes, ledger and settings
 * @param reach told how far it has come
 * @throws HubError MAIL_REFUSED where it is to be tried again, MAIL_SERVER_AWAY, MESSAGE_NOT_READABLE; NotYet where it has to wait
 */
export async function mailOne(
  event: Outgoing,
  known: Known,
  parts: MailParts,
  reach: (stage: MailStage) => void,
): Promise<void> {
  const { transmissionId, mailbox } = event.message.transmission;
  const { unnoted, recorder, mailboxes } = parts;
  const mail = unnoted.get(transmissionId) ?? (await mailOrKnown(event, known, parts, reach));
  reach('noting');
  unnoted.set(transmissionId, mail);
  await recorder.note(noteOf(event, mail));
  unnoted.delete(transmissionId);
  const sender = mailboxes.find(mailbox);
  if (decided(mail.state) || !sender) return;
  await waitsNoMore(mail, parts);
  throw undecided(event, mail, sender, parts);
}
