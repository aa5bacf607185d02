// mailbox: why a mail is not simply done, in words for people.
import type { Sentence } from '@staffetta/fatturapa/finding.ts';

/** Code → what it means and what to do. */
export const whyWords = {
  NOT_FOR_US: {
    it: 'Non viene da SdI e non riguarda le fatture inviate: la legge una persona.',
    en: 'It does not come from SdI and is about no invoice that was sent: a person reads it.',
  },
  NOT_OF_OURS: {
    it: 'Ricevuta PEC di una mail che questo programma non ha inviato: non c’è nulla da fare.',
    en: 'A PEC receipt of a mail that this program did not send: there is nothing to do.',
  },
  NOT_CERTIFIED: {
    it: 'Dice di venire da SdI, ma non è una PEC: non va creduta.',
    en: 'It claims to come from SdI but is no PEC: do not believe it.',
  },
  NOT_VERIFIED: {
    it: 'La firma del gestore PEC non è verificata, e qui è richiesta (PEC_SIGNATURES=require).',
    en: "The PEC provider's signature does not verify, and it is required here (PEC_SIGNATURES=require).",
  },
  ANOMALY: {
    it: 'Una mail non certificata, inoltrata dal gestore PEC: la legge una persona.',
    en: 'A mail that is not certified, passed on by the PEC provider: a person reads it.',
  },
  EMPTY_ENVELOPE: {
    it: 'Una busta PEC senza messaggio: la guardi una persona nella casella.',
    en: 'A PEC envelope without a message: somebody looks at it in the mailbox.',
  },
  UNKNOWN_RECEIPT: {
    it: 'Una ricevuta PEC di un tipo sconosciuto: la guardi una persona.',
    en: 'A PEC receipt of a kind that is not known: somebody looks at it.',
  },
  NO_MAIL: { it: 'Non è una mail leggibile.', en: 'It is no mail that can be read.' },
  TOO_LARGE: {
    it: 'La mail supera MAILBOX_BYTES_MAX: qui ne restano le intestazioni, la mail è nella casella.',
    en: 'The mail is over MAILBOX_BYTES_MAX: its headers are kept here, the mail is in the mailbox.',
  },
  TOO_DEEP: {
    it: "La mail contiene troppi messaggi uno dentro l'altro (MAIL_DEPTH_MAX).",
    en: 'The mail holds too many messages within each other (MAIL_DEPTH_MAX).',
  },
  TOO_MANY_PARTS: {
    it: 'La mail contiene troppe parti (MAIL_PARTS_MAX).',
    en: 'The mail has too many parts (MAIL_PARTS_MAX).',
  },
  NOT_FETCHED: {
    it: 'Il server di posta non consegna questa mail: la guardi una persona nella casella.',
    en: 'The mail server does not hand this mail over: somebody looks at it in the mailbox.',
  },
  NOT_UNDERSTOOD: {
    it: 'La lettura della mail si è interrotta: riprovare, o aprirla nella casella e segnalarlo.',
    en: 'Reading the mail broke off: try it again, or open it in the mailbox and report it.',
  },
  NOTHING_INSIDE: {
    it: 'Messaggio di SdI senza notifiche né fatture: lo legga una persona.',
    en: 'A message of SdI with neither notices nor invoices: somebody reads it.',
  },
  INVOICE_MISSING: {
    it: 'Ci sono i metadati di una fattura in arrivo (MT) ma non la fattura: cercarla nella mail o in Fatture e Corrispettivi.',
    en: 'There are the data of an incoming invoice (MT) but not the invoice: look for it in the mail or in Fatture e Corrispettivi.',
  },
  METADATA_MISSING: {
    it: 'C’è una fattura ma non i metadati (MT) che la accompagnano: registrarla a mano.',
    en: 'There is an invoice but not the data (MT) that come with it: save it by hand.',
  },
  PARTLY: {
    it: 'Una parte della mail non è stata letta: aprirla e controllare gli allegati che mancano.',
    en: 'Part of the mail was not read: open it and look at the attachments that are missing.',
  },
  UNKNOWN_RECIPIENT: {
    it: 'Nessun cliente corrisponde al destinatario della fattura: crearlo, o completare il suo profilo; poi va da sé.',
    en: 'No customer fits whom the invoice is for: create it, or complete its profile; then it goes on by itself.',
  },
  SEVERAL_RECIPIENTS: {
    it: 'Più clienti corrispondono al destinatario della fattura: correggere i profili; poi va da sé.',
    en: 'Several customers fit whom the invoice is for: correct their profiles; then it goes on by itself.',
  },
  REFUSED: {
    it: 'Quello che contiene non è stato accettato: le parole del rifiuto sono accanto.',
    en: 'What it holds was not taken: the words of the refusal stand beside it.',
  },
  NOT_HANDED_OVER: {
    it: 'Quello che contiene non si è potuto consegnare ora: si riprova da sé.',
    en: 'What it holds could not be handed over for now: it is tried again by itself.',
  },
} as const satisfies Readonly<Record<string, Sentence>>;

/** Why a mail is not simply done. */
export type Why = keyof typeof whyWords;

/**
 * Gives the words of a reason.
 * @param why the code as it was stored; undefined where it is none of ours
 */
export function wordsOf(why: string | undefined): Sentence | undefined {
  return why !== undefined && Object.hasOwn(whyWords, why) ? whyWords[why as Why] : undefined;
}
