// dbmanager: the finer states of a received invoice in words for people. Pure.
import type { Sentence } from '@staffetta/fatturapa/finding.ts';
import type { ReceivedDetail } from '@staffetta/flow/received-details.ts';

/** What each says beside the status; null where the status says it all. What issued and received invoices share stands with the issued. */
export const receivedWords: Readonly<Record<Exclude<ReceivedDetail, 'DEADLINE_PASSED'>, Sentence | null>> = {
  RECEIVED: null,
  OWN_DOCUMENT: {
    it: 'È un documento inviato da questo stesso cliente (autofattura), riportato da SdI: conta una volta sola',
    en: 'It is a document that this very customer sent (self-billing), brought back by SdI: it counts once',
  },
  ACCEPTANCE_SENT: {
    it: 'L’ente l’ha accettata: la risposta è stata affidata alla posta per SdI',
    en: 'The public body accepted it: the answer was handed to the mail for SdI',
  },
  REFUSAL_SENT: {
    it: 'L’ente l’ha rifiutata: la risposta è stata affidata alla posta per SdI',
    en: 'The public body refused it: the answer was handed to the mail for SdI',
  },
  ANSWER_NOT_SENT: {
    it: 'La risposta non è arrivata a SdI: finché i 15 giorni non sono passati si può rispondere di nuovo',
    en: 'The answer did not reach SdI: while the 15 days last it can be given again',
  },
  ANSWER_DISCARDED: {
    it: 'SdI non ha accettato la risposta: finché i 15 giorni non sono passati si può rispondere di nuovo',
    en: 'SdI did not take the answer: while the 15 days last it can be given again',
  },
  ANSWERS_DIFFER: {
    it: 'Le fatture del lotto hanno risposte diverse',
    en: 'The invoices of the lot have different answers',
  },
};
