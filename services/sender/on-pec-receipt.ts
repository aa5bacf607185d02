// sender: takes what the PEC provider certifies: a mail whose fate was unknown is settled, and nothing of it is repeated.
import { storableText } from '@staffetta/platform/store/storable-text.ts';
import { closingRecord } from '@staffetta/flow/closing-record.ts';
import { speakAs } from '@staffetta/flow/events.ts';
import { flows } from '@staffetta/flow/flows.ts';
import type { PecReceiptKind } from '@staffetta/flow/messages.ts';
import type { FlowStep, Incoming, World } from '@staffetta/platform/service.ts';
import type { Tx } from '@staffetta/platform/store/store.ts';
import type { SenderValues } from './config.ts';
import { keepHeard } from './heard-receipts.ts';
import { lockMails, settleMails, type Heard, type Mail } from './mails.ts';

type Receipt = Incoming<'pecReceipt'>;

/** What a receipt says of the send alone; being brought to SdI or not is the invoice's matter, and a mail that went out stays gone out. */
const verdicts: Readonly<Record<PecReceiptKind, Heard['verdict'] | null>> = {
  accettazione: 'sent',
  'presa-in-carico': null,
  'avvenuta-consegna': 'sent',
  // The provider goes on trying, so that it has the mail.
  'preavviso-errore-consegna': 'sent',
  'non-accettazione': 'refused',
  'rilevazione-virus': 'refused',
  'errore-consegna': 'refused',
};

const speak = speakAs('sender');
const outgoingTopic = flows.outgoingInvoice.topic;
const ourForm = /^<?.+\.([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})@[^@<>\s]+>?$/i;

/**
 * Finds the transmission whose mail bears a Message-ID of ours.
 * @param messageId with or without angle brackets
 * @returns its UUID in lower case; undefined for a Message-ID that is none of ours
 */
export function transmissionOf(messageId: string): string | undefined {
  return ourForm.exec(messageId)?.[1]?.toLowerCase();
}

const wordsLengthMax = 2000;

function heardIn({ receipt, ofMessageId, reason, provider }: Receipt['message']): Heard | undefined {
  const transmissionId = transmissionOf(ofMessageId);
  const verdict = verdicts[receipt];
  if (transmissionId === undefined || verdict === null) return undefined;
  const from = provider === undefined ? 'the PEC provider' : provider;
  return {
    transmissionId,
    verdict,
    words: storableText(`${receipt} of ${from}${reason === undefined ? '' : `: ${reason}`}`, wordsLengthMax),
  };
}

/** One for each transmission: that it went out is undone by nothing. */
function decisive(batch: readonly Receipt[]): Heard[] {
  const byId = new Map<string, Heard>();
  for (const { message } of batch) {
    const heard = heardIn(message);
    if (heard && byId.get(heard.transmissionId)?.verdict !== 'sent') byId.set(heard.transmissionId, heard);
  }
  return [...byId.values()];
}

/** A mail that was never confirmed in all its tries lies in the dead letters: now it is decided, and nobody has to look at it. */
function closeLetters(world: World, tx: Tx, mails: readonly Mail[], mailTries: number): void {
  const records = mails
    .filter(({ tries }) => tries >= mailTries)
    .map(({ transmissionId, invoiceId, correlationId }) =>
      closingRecord({ topic: outgoingTopic, key: invoiceId, eventId: transmissionId, correlationId, by: 'sender' }),
    );
  if (records.length > 0) world.bus.publishIn(tx, records);
}

function tell(world: World, tx: Tx, mails: readonly Mail[]): void {
  const events = mails.flatMap((mail) => {
    const { transmissionId, invoiceId, invoiceNumber, customerId, messageId, response: reason, correlationId } = mail;
    // A refusal is told by the receipt itself; a row of an older version, by the invoice when it comes again.
    if (mail.state !== 'sent' || customerId === null) return [];
    const message = {
      invoiceId,
      ...(invoiceNumber !== null && { invoiceNumber }),
      invoiceStatus: 'INTERNAL_INVOICE_SENT',
      customer: { customerId },
      transmissionId,
      messageId,
      reason,
    } as const;
    return [speak('sentInvoice', invoiceId, message, { eventId: `${transmissionId}:sent`, correlationId })];
  });
  if (events.length > 0) world.bus.publishIn(tx, events);
}

/**
 * Makes the step for `pecReceipt`. Accepted or delivered: the mail is SENT, and that is told at once. Refused or not deliverable: it is
 * not mailed again by itself (dbmanager tells NOT_SENT). A receipt about a mail that the ledger does not know yet is kept until it does;
 * one that names no mail of ours changes nothing.
 * @param world store, bus and clock
 * @param values how often a mail is tried before it becomes a dead letter, which the receipt closes
 */
export function takePecReceipts(world: World, values: Pick<SenderValues, 'mailTries'>): FlowStep<'pecReceipt'> {
  return async (batch) => {
    const heard = decisive(batch);
    if (heard.length === 0) return;
    await world.store.transaction(async (tx) => {
      const at = world.clock.now();
      await lockMails(
        tx,
        heard.map(({ transmissionId }) => transmissionId),
      );
      const settled = await settleMails(tx, heard, at);
      await keepHeard(tx, heard, at);
      tell(world, tx, settled);
      closeLetters(world, tx, settled, values.mailTries);
    });
  };
}
