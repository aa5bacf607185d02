// dbmanager: an invoice's finer states in words for people. Pure.
import type { Sentence } from '@staffetta/fatturapa/finding.ts';
import type { InvoiceDetail } from '@staffetta/flow/invoice-details.ts';

/** What each says beside the status; null where the status says it all. */
const words: Readonly<Record<InvoiceDetail, Sentence | null>> = {
  TO_BE_SIGNED: { it: 'In attesa di firma', en: 'It waits for its signature' },
  SUBMITTED: null,
  DECISION_NEEDED: {
    it: 'SdI la dice già inviata, o ne ha scartato una parte: occorre una decisione',
    en: 'SdI says that it was sent before, or discarded a part of it: a decision is needed',
  },
  AVAILABLE_TO_CUSTOMER: {
    it: 'A disposizione del cliente nella sua area riservata',
    en: 'Available to the customer in the tax authority’s reserved area',
  },
  DELIVERY_RETRIED: {
    it: 'SdI riprova la consegna per altri 10 giorni',
    en: 'SdI goes on trying to deliver it for 10 days',
  },
  UNDELIVERABLE_ATTESTED: {
    it: 'SdI attesta che non è possibile recapitarla',
    en: 'SdI attests that it cannot be delivered',
  },
  DELIVERED_TO_RECIPIENT: null,
  DEADLINE_PASSED: {
    it: 'L’ente pubblico non ha risposto entro 15 giorni: non può più rifiutarla tramite SdI',
    en: 'The public body did not answer within 15 days: it can no longer refuse it through SdI',
  },
  ACCEPTED: { it: 'L’ente pubblico l’ha accettata', en: 'The public body accepted it' },
  REFUSED: { it: 'L’ente pubblico l’ha rifiutata', en: 'The public body refused it' },
  DISCARDED_BY_SDI: null,
};

/**
 * Tells a finer state.
 * @param detail one of the table's, or any other
 * @returns one sentence, or none where there is nothing to add to the status
 */
export function detailWords(detail: string | null): Sentence[] {
  const found = detail !== null && Object.hasOwn(words, detail) ? words[detail as InvoiceDetail] : null;
  return found ? [found] : [];
}
