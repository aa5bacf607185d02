// dbmanager: where an invoice stands, in words for the people who issued or received it. Pure.
import type { Sentence } from '@staffetta/fatturapa/finding.ts';
import type { InvoiceStatus } from '@staffetta/flow/statuses.ts';
import { detailWords } from './detail-words.ts';

/** What each status means. */
const statusWords: Readonly<Record<InvoiceStatus, Sentence>> = {
  INTERNAL_INVOICE_NEW: { it: 'Presa in carico', en: 'Taken in' },
  INTERNAL_INVOICE_TOBE_SENT: {
    it: 'Presa in carico e controllata: è in attesa di invio al Sistema di Interscambio',
    en: 'Taken in and checked: it waits to be sent to SdI',
  },
  INTERNAL_INVOICE_SENT: { it: 'Inviata al Sistema di Interscambio', en: 'Sent to SdI' },
  INTERNAL_INVOICE_NOT_SENT: {
    it: 'Non inviata: SdI non l’ha vista',
    en: 'Not sent: SdI has not seen it',
  },
  INTERNAL_INVOICE_INVALID: {
    it: 'Non inviata: non ha superato i controlli',
    en: 'Not sent: it did not pass the checks',
  },
  INTERNAL_INVOICE_DELIVERED: {
    it: 'Consegnata al destinatario (ricevuta di consegna)',
    en: 'Delivered to the customer (SdI’s receipt)',
  },
  INTERNAL_INVOICE_DISCARDED: {
    it: 'Scartata dal Sistema di Interscambio: la fattura si considera non emessa',
    en: 'Refused by SdI: the invoice counts as never issued',
  },
  INTERNAL_INVOICE_NOT_DELIVERED: {
    it: 'Recapito non riuscito (mancata consegna): la fattura è comunque emessa',
    en: 'Not delivered: the invoice is issued all the same',
  },
  INVOICE_ERROR: {
    it: 'Ferma per un errore interno: serve un operatore',
    en: 'Stopped by an internal error: an operator must look',
  },
  EXTERNAL_INVOICE: { it: 'Ricevuta dal fornitore', en: 'Received from the supplier' },
};

/** Whether it counts as issued is what has to be decided: the status alone would say too much. */
const contradicted: Sentence = {
  it: 'Scartata dal Sistema di Interscambio, ma un’altra notifica dice che una copia è stata accettata: potrebbe risultare emessa, occorre una decisione',
  en: 'Refused by SdI, but another notice says that a copy was taken: it may count as issued, a decision is needed',
};

/**
 * Tells a status without its finer state.
 * @param status one of the contract's ten
 */
export function wordsOfStatus(status: InvoiceStatus): Sentence {
  return statusWords[status];
}

/**
 * Tells where an invoice stands: its status, and its finer state where that adds something.
 * @param standing status and detail; a detail that is none of ours adds nothing
 * @returns whole sentences
 */
export function standingWords({
  status,
  detail,
}: {
  readonly status: InvoiceStatus;
  readonly detail: string | null;
}): Sentence {
  const isDoubtful = status === 'INTERNAL_INVOICE_DISCARDED' && detail === 'DECISION_NEEDED';
  const all = isDoubtful ? [contradicted] : [statusWords[status], ...detailWords(detail)];
  return { it: `${all.map(({ it }) => it).join('. ')}.`, en: `${all.map(({ en }) => en).join('. ')}.` };
}
