// fatturapa: what each PEC receipt proves and what not, and why a mail is nothing that we know.
import type { Sentence } from '../finding.ts';
import type { OtherReason, ReceiptKind } from './understood-mail.ts';

/** What is said of a receipt: `{subject}` of the mail that it is about, `{recipient}`, `{provider}`. */
export interface ReceiptWords {
  readonly happened: Sentence;
  readonly proves: Sentence;
  readonly next: Sentence;
}

const sendAgain: Sentence = {
  it: 'Se il messaggio portava una fattura, rimuovere la causa e inviare di nuovo lo stesso file, con lo stesso nome: SdI non lo ha visto.',
  en: 'If the mail carried an invoice, remove the cause and send the same file again, under the same name: SdI has not seen it.',
};

/** The words of every receipt (DM 2 November 2005, technical rules §6). */
export const receiptWords: Readonly<Record<ReceiptKind, ReceiptWords>> = {
  accettazione: {
    happened: {
      it: 'Ricevuta di accettazione: il gestore PEC ha preso il messaggio {subject} per inviarlo a {recipient}.',
      en: 'Receipt of acceptance: the PEC provider took the mail {subject} to send it to {recipient}.',
    },
    proves: {
      it: 'Prova che il messaggio è partito, non che è arrivato; sulla fattura non dice nulla.',
      en: 'It proves that the mail has left, not that it has arrived; it says nothing about the invoice.',
    },
    next: { it: 'Attendere la ricevuta di avvenuta consegna.', en: 'Wait for the receipt of delivery.' },
  },
  'presa-in-carico': {
    happened: {
      it: 'Presa in carico: il gestore PEC del destinatario ha ricevuto il messaggio {subject}.',
      en: "Taken in charge: the recipient's PEC provider got the mail {subject}.",
    },
    proves: {
      it: 'È uno scambio tra gestori: il messaggio non è ancora nella casella.',
      en: 'This is between providers: the mail is not in the mailbox yet.',
    },
    next: { it: 'Attendere la ricevuta di avvenuta consegna.', en: 'Wait for the receipt of delivery.' },
  },
  'avvenuta-consegna': {
    happened: {
      it: 'Ricevuta di avvenuta consegna: il messaggio {subject} è arrivato nella casella di {recipient}.',
      en: 'Receipt of delivery: the mail {subject} arrived in the mailbox of {recipient}.',
    },
    proves: {
      it: 'Prova solo che il messaggio è arrivato in quella casella. Se è la casella di SdI, la fattura non è ancora né accettata né consegnata al cliente: non va confusa con la ricevuta di consegna (RC) di SdI.',
      en: "It proves only that the mail arrived in that mailbox. If that is SdI's, the invoice is neither taken nor delivered to the customer yet: this is not SdI's receipt of delivery (RC).",
    },
    next: {
      it: "Attendere l'esito di SdI (scarto, consegna o mancata consegna), di solito entro poche ore, al più entro 5 giorni.",
      en: "Wait for SdI's outcome (discarded, delivered or not delivered), usually within hours, at most within 5 days.",
    },
  },
  'non-accettazione': {
    happened: {
      it: 'Avviso di non accettazione: il gestore PEC non ha inviato il messaggio {subject}.',
      en: 'Not accepted: the PEC provider did not send the mail {subject}.',
    },
    proves: { it: 'Il messaggio non è partito.', en: 'The mail has not left.' },
    next: sendAgain,
  },
  'preavviso-errore-consegna': {
    happened: {
      it: 'Avviso di possibile mancata consegna: il messaggio {subject} non è ancora arrivato a {recipient}.',
      en: 'Warning of delivery: the mail {subject} has not reached {recipient} yet.',
    },
    proves: {
      it: "Il gestore riprova fino a 24 ore dall'invio: il messaggio può ancora arrivare.",
      en: 'The provider goes on trying until 24 hours after the sending: the mail may still arrive.',
    },
    next: {
      it: 'Attendere: non inviare di nuovo finché non arriva la consegna o la mancata consegna.',
      en: 'Wait: do not send again before delivery or failure is told.',
    },
  },
  'errore-consegna': {
    happened: {
      it: 'Avviso di mancata consegna: il messaggio {subject} non è arrivato a {recipient}.',
      en: 'Delivery failed: the mail {subject} did not reach {recipient}.',
    },
    proves: {
      it: 'Il messaggio è partito ma non è mai arrivato nella casella.',
      en: 'The mail has left but never arrived in the mailbox.',
    },
    next: sendAgain,
  },
  'rilevazione-virus': {
    happened: {
      it: 'Rilevazione di virus: il messaggio {subject} è stato bloccato dal gestore.',
      en: 'Virus found: the provider blocked the mail {subject}.',
    },
    proves: {
      it: 'Il messaggio non è arrivato nella casella del destinatario.',
      en: "The mail has not arrived in the recipient's mailbox.",
    },
    next: {
      it: 'Controllare con un antivirus il computer e gli allegati, poi inviare di nuovo un file pulito.',
      en: 'Check the computer and the attachments for viruses, then send a clean file again.',
    },
  },
};

/** Why a mail is `other`. */
export const otherWords: Readonly<Record<OtherReason, Sentence>> = {
  ordinary: {
    it: 'Non è una PEC: né una ricevuta del gestore né un messaggio di SdI.',
    en: 'This is no PEC: neither a receipt of the provider nor a message from SdI.',
  },
  notCertified: {
    it: 'Dice di venire da SdI ma non è in una busta PEC: non è una comunicazione di SdI. Diffidare degli allegati.',
    en: 'It says that it comes from SdI but is in no PEC envelope: it is no message from SdI. Do not trust the attachments.',
  },
  anomaly: {
    it: 'Busta di anomalia: è una mail ordinaria, non certificata, arrivata nella casella PEC.',
    en: 'Anomaly envelope: an ordinary mail, not certified, that came into the PEC mailbox.',
  },
  emptyEnvelope: {
    it: 'È una busta PEC ma il messaggio originale (postacert.eml) manca o non si può leggere.',
    en: 'This is a PEC envelope, but the original message (postacert.eml) is missing or cannot be read.',
  },
  unknownReceipt: {
    it: 'È una ricevuta PEC di un tipo che non conosciamo.',
    en: 'This is a PEC receipt of a kind that we do not know.',
  },
  noMail: {
    it: 'Il file non è una mail: mancano le intestazioni (From, Subject, Date).',
    en: 'The file is no mail: the headers (From, Subject, Date) are missing.',
  },
  tooLarge: {
    it: 'La mail è più grande di quanto la PEC ammette: non è stata aperta.',
    en: 'The mail is larger than PEC allows: it was not opened.',
  },
  tooDeep: {
    it: "La mail contiene troppi messaggi uno dentro l'altro: non è stata letta fino in fondo.",
    en: 'The mail holds too many messages within each other: it was not read to its end.',
  },
  tooManyParts: {
    it: 'La mail contiene troppe parti: non è stata letta fino in fondo.',
    en: 'The mail has too many parts: it was not read to its end.',
  },
};
