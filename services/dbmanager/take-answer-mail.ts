// dbmanager: how far the mail with a public body's answer came, told by the mail server and by the PEC provider, in any order.
import type { EncodedEvent } from '@staffetta/flow/events.ts';
import type { PecReceiptKind } from '@staffetta/flow/messages.ts';
import { fartherMail, type AnswerMail } from '@staffetta/flow/received-details.ts';
import type { Tx } from '@staffetta/platform/store/store.ts';
import type { Cause } from './invoice-events.ts';
import { lockInvoices } from './invoices.ts';
import { findAnswer, noteAnswerMail } from './received-answers.ts';
import { refreshReceived } from './refresh-received.ts';
import { changeTransmissions } from './transmissions.ts';

/** What became known of the mail that carries a file. */
export interface AnswerMailNews {
  readonly transmissionId: string;
  readonly mail: AnswerMail;
  readonly by: string;
  readonly cause: Cause;
  readonly reason?: string | undefined;
  /** The mail's Message-ID. */
  readonly messageId?: string | undefined;
}

/** What the provider's receipts say of it; null where one decides nothing. */
export const mailOfReceipt = {
  accettazione: 'SENT',
  'presa-in-carico': null,
  'avvenuta-consegna': 'ARRIVED',
  'preavviso-errore-consegna': null,
  'non-accettazione': 'RETURNED',
  'rilevazione-virus': 'RETURNED',
  'errore-consegna': 'RETURNED',
} as const satisfies Record<PecReceiptKind, AnswerMail | null>;

function isOut(mail: AnswerMail): boolean {
  return mail === 'SENT' || mail === 'ARRIVED';
}

/**
 * Notes how far an answer's mail came, on its transmission and on the invoice that it answers. News of any other file, or that says less
 * than is known, changes nothing.
 * @param tx a transaction that may hold the invoice's row already
 * @param news what came
 * @param at when
 * @returns what to publish
 */
export async function takeAnswerMail(tx: Tx, news: AnswerMailNews, at: Date): Promise<EncodedEvent[]> {
  const { transmissionId, messageId, reason, by, cause } = news;
  const found = await findAnswer(tx, transmissionId);
  const [state] = found ? await lockInvoices(tx, [found.invoiceId]) : [];
  // As it is now that nobody else changes it.
  const answer = state && (await findAnswer(tx, transmissionId));
  if (!answer) return [];
  const mail = fartherMail(answer.mail, news.mail);
  if (mail === answer.mail) return [];
  await noteAnswerMail(tx, transmissionId, mail);
  const sentAt = isOut(mail) ? at : undefined;
  const change = { transmissionId, messageId, reason, sentAt, updatedAt: at } as const;
  await changeTransmissions(tx, [{ ...change, state: isOut(mail) ? 'SENT' : 'NOT_SENT' }]);
  return refreshReceived(tx, state, { event: isOut(mail) ? 'answerSent' : 'answerNotSent', by, cause, reason }, at);
}
