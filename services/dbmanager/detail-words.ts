// dbmanager: an invoice's finer states in words for people. Pure.
import type { Sentence } from '@staffetta/fatturapa/finding.ts';
import type { InvoiceDetail } from '@staffetta/flow/invoice-details.ts';
import { receivedWords } from './received-words.ts';

/** What each says beside the status; null where the status says it all. */
const issuedWords: Readonly<Record<InvoiceDetail, Sentence | null>> = {
  TO_BE_SIGNED: { it: 'In attesa di firma', en: 'It waits for its signature' },
  SUBMITTED: null,
  TAKEN_BY_PROVIDER: {
    it: 'Il gestore PEC ha accettato il messaggio',
    en: 'The PEC provider accepted the message',
  },
  DELIVERY_DELAYED: {
    it: 'Il messaggio non è ancora arrivato alla casella di SdI: il gestore PEC riprova',
    en: 'The message has not reached SdI’s mailbox yet: the PEC provider goes on trying',
  },
  REFUSED_BY_PROVIDER: {
    it: 'Il gestore PEC ha rifiutato il messaggio: SdI non l’ha visto, si può reinviare',
    en: 'The PEC provider refused the message: SdI has not seen it, it can be sent again',
  },
  UNDELIVERED_TO_SDI: {
    it: 'Il messaggio non è stato consegnato alla casella di SdI: SdI non l’ha visto, si può reinviare',
    en: 'The message could not be brought to SdI’s mailbox: SdI has not seen it, it can be sent again',
  },
  IN_SDI_MAILBOX: {
    it: 'Il messaggio è nella casella di SdI: si attende l’esito dei controlli',
    en: 'The message is in SdI’s mailbox: the outcome of its checks is awaited',
  },
  NEWS_OVERDUE: {
    it: 'SdI avrebbe già dovuto rispondere: nulla è deciso, occorre verificare',
    en: 'SdI should have answered by now: nothing is decided, somebody should look',
  },
  DECISION_NEEDED: {
    it: 'SdI la dice già inviata, dice di averne un file precedente, o ne ha scartato una parte: occorre una decisione',
    en: 'SdI says that it was sent before, says that it has an earlier file of it, or discarded a part of it: a decision is needed',
  },
  TAKEN_EARLIER: {
    it: 'Una copia inviata prima risulta accettata da SdI: si attende la sua ricevuta',
    en: 'SdI took a copy that was sent before: its receipt is awaited',
  },
  PARTLY_DISCARDED: {
    it: 'SdI ha scartato alcuni file dell’archivio: vanno corretti e inviati come nuove fatture, gli altri proseguono',
    en: 'SdI refused some files of the archive: these are to be corrected and sent as new invoices, the others go on',
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

const words: Readonly<Record<string, Sentence | null>> = { ...receivedWords, ...issuedWords };

/**
 * Tells a finer state.
 * @param detail one of the table's, or any other
 * @returns one sentence, or none where there is nothing to add to the status
 */
export function detailWords(detail: string | null): Sentence[] {
  const found = detail !== null && Object.hasOwn(words, detail) ? words[detail] : null;
  return found ? [found] : [];
}
