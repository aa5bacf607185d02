// dbmanager: what the PEC provider's receipts do to the invoices of the mail's file. Pure.
import { boundFindings } from '@staffetta/fatturapa/bound-findings.ts';
import { followNews, invoiceDetails, receiptNews, type InvoiceDetail } from '@staffetta/flow/invoice-details.ts';
import type { Finding, PecReceiptKind } from '@staffetta/flow/messages.ts';
import type { ArrivedReceipt } from './arrived-receipts.ts';
import { causeOf } from './on-incoming-invoice.ts';
import type { AskingMove } from './tell-wanted.ts';
import { stateOfStatus, statusOfState } from './transmission-states.ts';
import type { TransmissionState } from './transmissions.ts';

function returnedFinding(reason: string | null): Finding {
  const because = reason === null ? '' : ` ${reason}`;
  return {
    code: 'MAIL_RETURNED',
    severity: 'error',
    message: {
      it: `Il gestore PEC non ha potuto consegnare il messaggio con la fattura: SdI non l’ha vista.${because && ` Motivo indicato dal gestore:${because}`}`,
      en: `The PEC provider could not bring the mail with the invoice to its place: SdI has not seen it.${because && ` The provider's reason:${because}`}`,
    },
    fix: {
      it: 'Togliere la causa (casella, indirizzo di SdI, allegato) e inviare di nuovo la stessa fattura (npm run staffetta -- resend, oppure POST /api/invoices/{n}/reinvia): numero, data e nome del file restano, perché SdI non l’ha visto.',
      en: "Remove the cause (mailbox, SdI's address, attachment) and send the same invoice again (npm run staffetta -- resend, or POST /api/invoices/{n}/reinvia): number, date and file name stay, since SdI has not seen it.",
    },
  };
}

/**
 * Makes the move that a receipt stands for.
 * @param one the receipt
 * @param invoiceId an invoice whose latest transmission it is about
 * @param known the invoice's findings, told beside what went wrong
 * @param findingsMax how many findings are told at most
 * @returns undefined for a receipt that says nothing that matters
 */
export function receiptMove(
  one: ArrivedReceipt,
  invoiceId: string,
  known: readonly Finding[],
  findingsMax: number,
): AskingMove | undefined {
  const news = receiptNews[one.receipt];
  if (!news) return undefined;
  const isReturn = news.event === 'returned';
  return {
    invoiceId,
    event: news.event,
    detail: news.detail,
    findings: isReturn ? boundFindings([returnedFinding(one.reason), ...known], findingsMax) : undefined,
    causationId: one.event.eventId,
    by: 'mailbox',
    reason: one.reason ?? undefined,
    // What the provider certifies went out under this id, whether or not the sender has said so yet.
    messageId: one.ofMessageId,
    cause: causeOf(one.event),
    answerAlways: false,
    asks: isReturn,
  };
}

/**
 * Says whether a receipt contradicts one that was kept: a mail that lies in SdI's mailbox did not come back.
 * @param receipt the one that came
 * @param kept the others about the same mail
 */
export function isContradicted(receipt: PecReceiptKind, kept: readonly PecReceiptKind[]): boolean {
  return receiptNews[receipt]?.event === 'returned' && kept.includes('avvenuta-consegna');
}

/** The farthest that the provider's receipts say. */
function detailOf(kinds: readonly PecReceiptKind[]): InvoiceDetail | null {
  const details = kinds.flatMap((kind) => receiptNews[kind]?.detail ?? []);
  return details.toSorted((a, b) => invoiceDetails[b].rank - invoiceDetails[a].rank)[0] ?? null;
}

/**
 * Finds the state of a file that is no invoice's latest, after a receipt; whatever came in whatever order, the end is the same.
 * @param state the file's now
 * @param receipt the one that came
 * @param before the receipts about the same mail that came before it
 */
export function oldStateAfter(
  state: TransmissionState,
  receipt: PecReceiptKind,
  before: readonly PecReceiptKind[],
): TransmissionState {
  const news = receiptNews[receipt];
  if (!news || isContradicted(receipt, before)) return state;
  const standing = { status: statusOfState(state), detail: detailOf(before) };
  return stateOfStatus(followNews(standing, news.event, news.detail).status);
}
