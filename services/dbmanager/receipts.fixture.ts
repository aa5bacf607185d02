// dbmanager: the PEC provider's receipts for its tests, and the events that bring them.
import type { PecReceipt, PecReceiptKind } from '@staffetta/flow/messages.ts';
import { createHash } from 'node:crypto';
import { eventOf } from './events.fixture.ts';

/** Whose mail a receipt is about. */
export interface SentMail {
  readonly fileName: string;
  readonly transmissionId: string;
}

/** The Message-ID that the sender gives a file's mail. */
export function messageIdOf({ fileName, transmissionId }: SentMail): string {
  return `<${fileName}.${transmissionId}@staffetta.example>`;
}

let mails = 0;

/** The event that brings a receipt; each call is a mail of its own, of its own minute, unless the changes say otherwise. */
export function receiptEvent(mail: SentMail, receipt: PecReceiptKind, changes: Partial<PecReceipt> = {}) {
  mails += 1;
  const mailId = changes.mailId ?? `mail-${mails}`;
  const ofMessageId = messageIdOf(mail);
  const message: PecReceipt = {
    receipt,
    ofMessageId,
    mailbox: 'fatture@staffetta.example',
    mailId,
    at: new Date(Date.UTC(2026, 10, 25, 9, 0, mails)).toISOString(),
    recipient: 'sdi01@pec.fatturapa.it',
    provider: 'Gestore PEC di prova',
    sha256: createHash('sha256').update(mailId).digest('hex'),
    ...changes,
  };
  return eventOf('pecReceipt', ofMessageId.toLowerCase(), message, `${mailId}:receipt`);
}
