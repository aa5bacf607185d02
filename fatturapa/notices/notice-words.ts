// fatturapa: what each notice means for a bookkeeper and what to do next: one row per kind and case.
import type { Sentence } from '../finding.ts';
import type { Notice } from './notice.ts';

/** A case of a kind, where its family or its outcome makes a difference. */
export type NoticeCase =
  | 'RC-PA'
  | 'RC-B2B'
  | 'NS'
  | 'NS-repeated'
  | 'NS-mixed'
  | 'MC-PA'
  | 'MC-B2B'
  | 'NE-EC01'
  | 'NE-EC02'
  | 'DT'
  | 'AT'
  | 'MT-PA'
  | 'MT-B2B'
  | 'EC-EC01'
  | 'EC-EC02'
  | 'SE-EN00'
  | 'SE-EN01';

/** What is said of a case. `{what}` is the file, or the invoice of it that the notice is about. */
export interface CaseWords {
  readonly happened: Sentence;
  readonly means: Sentence;
  readonly next: Sentence;
}

const notAgain: Sentence = {
  it: 'Non inviare di nuovo il file: SdI lo scarterebbe come duplicato (00404).',
  en: 'Do not send the file again: SdI would discard it as a duplicate (00404).',
};

/** The words of every case (AdE's provision of 30 April 2018 and circular 13/E of 2018; DM 55/2013 and DM 132/2020 for public bodies). */
export const caseWords: Readonly<Record<NoticeCase, CaseWords>> = {
  'RC-B2B': {
    happened: {
      it: 'Consegnato: SdI ha consegnato {what} al destinatario.',
      en: 'Delivered: SdI handed {what} to the recipient.',
    },
    means: {
      it: 'La fattura risulta emessa, con la data che riporta. Per il cliente fa fede la data di consegna.',
      en: 'The invoice counts as issued, with the date it bears. For the customer the day of delivery counts.',
    },
    next: {
      it: 'Conservare la ricevuta insieme alla fattura. Un errore si corregge ora con una nota di variazione, non con un nuovo invio.',
      en: 'Keep the receipt with the invoice. A mistake is now put right by a credit or debit note, not by sending again.',
    },
  },
  'RC-PA': {
    happened: {
      it: "Consegnato: SdI ha consegnato {what} all'ufficio destinatario.",
      en: 'Delivered: SdI handed {what} to the office.',
    },
    means: {
      it: "La fattura risulta emessa. L'ente ha 15 giorni dalla consegna per accettarla o rifiutarla.",
      en: 'The invoice counts as issued. The body has 15 days from delivery to accept or refuse it.',
    },
    next: {
      it: "Attendere la risposta dell'ente (NE); se non risponde, dopo 15 giorni arriva la decorrenza termini (DT).",
      en: "Wait for the body's answer (NE); without one the notice that the deadline has passed (DT) comes after 15 days.",
    },
  },
  NS: {
    happened: { it: 'Scartato: SdI non ha accettato {what}.', en: 'Discarded: SdI did not take {what}.' },
    means: {
      it: 'La fattura non risulta emessa: è come se non fosse mai stata inviata, e non serve alcuna nota di credito.',
      en: 'The invoice counts as never issued: it is as if it had never been sent, and no credit note is needed.',
    },
    next: {
      it: 'Correggere gli errori elencati e inviare di nuovo la fattura entro 5 giorni dalla data di questa notifica: stesso numero e stessa data, ma in un file con un nome nuovo.',
      en: 'Correct the errors listed and send the invoice again within 5 days of the date of this notice: same number and same date, but in a file with a new name.',
    },
  },
  'NS-repeated': {
    happened: {
      it: 'Scartato come già inviato: SdI non ha accettato {what} perché risulta un invio precedente.',
      en: 'Discarded as sent before: SdI did not take {what} because it knows an earlier sending.',
    },
    means: {
      it: 'Questo invio non conta, ma non annulla quello precedente: se il primo è stato accettato, la fattura risulta emessa.',
      en: 'This sending does not count, but it does not undo the earlier one: if that was taken, the invoice counts as issued.',
    },
    next: {
      it: "Prima di tutto cercare l'esito del primo invio (ricevuta di consegna o di mancata consegna): se c'è, non fare nulla. Se il primo invio è di un'altra fattura, correggere numero o nome del file e inviare di nuovo entro 5 giorni.",
      en: 'First look for the outcome of the earlier sending (delivered or not delivered): if there is one, do nothing. If the earlier sending was another invoice, correct the number or the file name and send again within 5 days.',
    },
  },
  'NS-mixed': {
    happened: {
      it: 'Scartato, e risulta già inviato: SdI non ha accettato {what} per gli errori elencati, tra cui un invio precedente.',
      en: 'Discarded, and sent before: SdI did not take {what} because of the errors listed, an earlier sending among them.',
    },
    means: {
      it: 'Questo invio non conta, per un motivo e per l’altro, ma non annulla quello precedente: se il primo è stato accettato, la fattura risulta emessa con il contenuto di allora; altrimenti non risulta emessa.',
      en: 'This sending does not count, for the one reason and the other, but it does not undo the earlier one: if that was taken, the invoice counts as issued as it was then; else it counts as never issued.',
    },
    next: {
      it: "Prima di tutto cercare l'esito del primo invio (ricevuta di consegna o di mancata consegna): se c'è, non inviare di nuovo, e per correggere usare una nota di variazione. Se non c'è, correggere gli altri errori elencati e inviare di nuovo entro 5 giorni in un file con un nome nuovo.",
      en: 'First look for the outcome of the earlier sending (delivered or not delivered): if there is one, do not send again, and correct by a credit or debit note. If there is none, correct the other errors listed and send again within 5 days in a file with a new name.',
    },
  },
  'MC-B2B': {
    happened: {
      it: 'Non recapitato: SdI ha accettato {what} ma non è riuscito a recapitarlo al cliente.',
      en: 'Not delivered: SdI took {what} but could not hand it to the customer.',
    },
    means: {
      it: "La fattura risulta emessa lo stesso, con la data che riporta: il cliente la trova nella sua area riservata sul sito dell'Agenzia delle Entrate. Per i privati e per chi non ha indicato un recapito è l'esito normale.",
      en: "The invoice counts as issued all the same, with the date it bears: the customer finds it in its own area on the revenue agency's site. For private persons and those without an address this is the usual outcome.",
    },
    next: {
      it: `Avvisare il cliente, per esempio per e-mail con una copia, che l'originale è nella sua area riservata. ${notAgain.it}`,
      en: `Tell the customer, for example by e-mail with a copy, that the original is in its own area. ${notAgain.en}`,
    },
  },
  'MC-PA': {
    happened: {
      it: "Non ancora consegnato: SdI ha accettato {what} ma non riesce a consegnarlo all'ufficio.",
      en: 'Not yet delivered: SdI took {what} but cannot hand it to the office.',
    },
    means: {
      it: "La fattura è stata trasmessa a SdI, che riprova per altri 10 giorni: seguirà la ricevuta di consegna (RC) oppure l'attestazione di impossibilità di recapito (AT).",
      en: 'The invoice was handed to SdI, which goes on trying for 10 more days: a receipt of delivery (RC) or an attestation (AT) will follow.',
    },
    next: { it: `Attendere. ${notAgain.it}`, en: `Wait. ${notAgain.en}` },
  },
  'NE-EC01': {
    happened: { it: "Accettato: l'ente ha accettato {what}.", en: 'Accepted: the body accepted {what}.' },
    means: {
      it: "La fattura è emessa e accettata: l'ente non può più rifiutarla.",
      en: 'The invoice is issued and accepted: the body can no longer refuse it.',
    },
    next: { it: 'Attendere il pagamento.', en: 'Wait for the payment.' },
  },
  'NE-EC02': {
    happened: { it: "Rifiutato: l'ente ha rifiutato {what}.", en: 'Refused: the body refused {what}.' },
    means: {
      it: "L'ente può rifiutare solo per le cause del DM 132/2020, per esempio CIG o CUP mancante o errato, o un'operazione non eseguita a suo favore; deve indicare quale.",
      en: 'A body may refuse only for the causes of DM 132/2020, for example a missing or wrong CIG or CUP, or an operation that was not done for it; it must name which.',
    },
    next: {
      it: "Leggere il motivo e, se serve, chiarirlo con l'ente; poi inviare la fattura corretta, oppure emettere una nota di credito se quella rifiutata è già registrata.",
      en: 'Read the reason and settle it with the body if need be; then send the corrected invoice, or issue a credit note if the refused one is already in the books.',
    },
  },
  DT: {
    happened: {
      it: "Termini scaduti: l'ente non ha risposto entro 15 giorni per {what}.",
      en: 'Deadline passed: the body did not answer within 15 days about {what}.',
    },
    means: {
      it: "Non è un'accettazione, ma l'ente non può più rifiutare la fattura tramite SdI. La fattura resta emessa e per SdI il suo percorso è finito. La comunicazione va a entrambe le parti.",
      en: 'This is no acceptance, but the body can no longer refuse the invoice through SdI. The invoice stays issued and its way through SdI is over. Both sides get this notice.',
    },
    next: {
      it: "Non c'è altro da inviare: attendere il pagamento. Eventuali contestazioni si trattano direttamente con l'altra parte.",
      en: 'There is nothing more to send: wait for the payment. Any dispute is for both sides to settle directly.',
    },
  },
  AT: {
    happened: {
      it: "Non recapitabile: SdI attesta di aver ricevuto {what} e di non poterlo consegnare all'ufficio.",
      en: 'Undeliverable: SdI attests that it got {what} and cannot hand it to the office.',
    },
    means: {
      it: "L'attestazione prova che la fattura è stata trasmessa a SdI, che non farà altri tentativi di consegna.",
      en: 'The attestation proves that the invoice was handed in. SdI will not try again.',
    },
    next: {
      it: `Mandare all'ente la fattura insieme a questa attestazione per un'altra via, per esempio alla sua PEC. ${notAgain.it}`,
      en: `Send the body the invoice together with this attestation in another way, for example to its PEC address. ${notAgain.en}`,
    },
  },
  'MT-B2B': {
    happened: { it: 'In arrivo: SdI consegna {what}.', en: 'Incoming: SdI delivers {what}.' },
    means: {
      it: 'Non è un esito: sono i dati che accompagnano una fattura ricevuta.',
      en: 'This is no outcome: it is the data that comes with an invoice received.',
    },
    next: {
      it: 'Registrare la fattura allegata. Tra privati non si accetta né si rifiuta tramite SdI: le contestazioni vanno al fornitore.',
      en: 'Put the attached invoice into the books. Private parties neither accept nor refuse through SdI: disputes go to the supplier.',
    },
  },
  'MT-PA': {
    happened: { it: 'In arrivo: SdI consegna {what}.', en: 'Incoming: SdI delivers {what}.' },
    means: {
      it: 'Non è un esito: sono i dati che accompagnano una fattura ricevuta.',
      en: 'This is no outcome: it is the data that comes with an invoice received.',
    },
    next: {
      it: 'Registrare la fattura allegata. Un ente pubblico può accettarla o rifiutarla (EC) entro 15 giorni dalla consegna.',
      en: 'Put the attached invoice into the books. A public body may accept or refuse it (EC) within 15 days of delivery.',
    },
  },
  'EC-EC01': {
    happened: { it: "Risposta dell'ente: accetta {what}.", en: "The body's answer: it accepts {what}." },
    means: {
      it: 'È la risposta che il committente manda a SdI; SdI la inoltra al fornitore (NE).',
      en: 'This is the answer that the buyer sends to SdI; SdI passes it on to the supplier (NE).',
    },
    next: {
      it: 'Controllare che SdI non scarti la risposta (SE).',
      en: 'See that SdI does not discard the answer (SE).',
    },
  },
  'EC-EC02': {
    happened: { it: "Risposta dell'ente: rifiuta {what}.", en: "The body's answer: it refuses {what}." },
    means: {
      it: 'È la risposta che il committente manda a SdI, con il motivo; SdI la inoltra al fornitore (NE). Il rifiuto è ammesso solo per le cause del DM 132/2020.',
      en: 'This is the answer that the buyer sends to SdI, with the reason; SdI passes it on to the supplier (NE). A refusal is allowed only for the causes of DM 132/2020.',
    },
    next: {
      it: 'Controllare che SdI non scarti la risposta (SE).',
      en: 'See that SdI does not discard the answer (SE).',
    },
  },
  'SE-EN00': {
    happened: {
      it: 'Risposta scartata: SdI non ha preso la risposta (EC) per {what}.',
      en: 'Answer discarded: SdI did not take the answer (EC) about {what}.',
    },
    means: {
      it: 'Il file della risposta non rispetta il formato (EN00): per SdI la fattura è ancora senza risposta.',
      en: "The answer's file does not conform to the format (EN00): for SdI the invoice is still unanswered.",
    },
    next: {
      it: 'Preparare di nuovo la risposta e inviarla entro 15 giorni dalla consegna della fattura.',
      en: 'Make the answer again and send it within 15 days of the delivery of the invoice.',
    },
  },
  'SE-EN01': {
    happened: {
      it: 'Risposta scartata: SdI non ha preso la risposta (EC) per {what}.',
      en: 'Answer discarded: SdI did not take the answer (EC) about {what}.',
    },
    means: {
      it: "La risposta non è ammissibile (EN01): per esempio i 15 giorni sono passati, una risposta c'è già, o l'identificativo o la fattura indicati non esistono.",
      en: 'The answer is not admissible (EN01): for example the 15 days have passed, there is an answer already, or the id or the invoice named does not exist.',
    },
    next: {
      it: 'Controllare identificativo SdI, numero e anno della fattura; se il termine è passato non si può più rispondere tramite SdI: contattare il fornitore.',
      en: 'Check the SdI id and the number and year of the invoice; if the deadline has passed no answer goes through SdI any more: contact the supplier.',
    },
  },
};

/** Codes that say that something was sent before. */
const repeatedCodes = new Set(['00002', '00404']);

/** Finds the case of a notice. */
export function caseOf(notice: Notice): NoticeCase {
  switch (notice.kind) {
    case 'RC':
    case 'MC':
    case 'MT':
      return `${notice.kind}-${notice.family}`;
    case 'NS': {
      const repeated = notice.errors.filter(({ code }) => repeatedCodes.has(code)).length;
      if (repeated === 0) return 'NS';
      return repeated === notice.errors.length ? 'NS-repeated' : 'NS-mixed';
    }
    case 'NE':
    case 'EC':
      return `${notice.kind}-${notice.outcome}`;
    case 'SE':
      return `SE-${notice.rejection}`;
    case 'DT':
    case 'AT':
      return notice.kind;
  }
}
