// fatturapa: the kinds of notices that SdI and the parties of an invoice exchange, by the two letters of their file names.
import type { Sentence } from '../finding.ts';

/** The kinds in the order of an invoice's life. */
export const noticeKinds = ['RC', 'NS', 'MC', 'NE', 'DT', 'AT', 'MT', 'EC', 'SE'] as const;

/** A kind of notice. */
export type NoticeKind = (typeof noticeKinds)[number];

/** To public bodies (`PA`, MessaggiTypes 1.1) or between private parties (`B2B`, MessaggiFatturaTypes 1.0). */
export type NoticeFamily = 'PA' | 'B2B';

/** Who gets a notice. */
export type NoticeReader = 'supplier' | 'buyer' | 'both' | 'sdi';

/** What there is to say of a kind at large. */
export interface KindFacts {
  readonly name: Sentence;
  readonly for: NoticeReader;
  readonly says: Sentence;
}

/** What each kind is, for the reference page and for headlines. */
export const noticeFacts: Readonly<Record<NoticeKind, KindFacts>> = {
  RC: {
    name: { it: 'Ricevuta di consegna', en: 'Receipt of delivery' },
    for: 'supplier',
    says: { it: 'SdI ha consegnato il file al destinatario.', en: 'SdI handed the file to the recipient.' },
  },
  NS: {
    name: { it: 'Notifica di scarto', en: 'Notice of discard' },
    for: 'supplier',
    says: {
      it: 'SdI ha scartato il file: le fatture che contiene non risultano emesse.',
      en: 'SdI discarded the file: the invoices in it count as never issued.',
    },
  },
  MC: {
    name: { it: 'Mancata consegna', en: 'Not delivered' },
    for: 'supplier',
    says: {
      it: 'SdI ha accettato il file ma non è riuscito a recapitarlo; la fattura è emessa comunque.',
      en: 'SdI took the file but could not deliver it; the invoice is issued all the same.',
    },
  },
  NE: {
    name: { it: 'Notifica di esito', en: "Notice of the body's answer" },
    for: 'supplier',
    says: {
      it: "L'ente pubblico ha accettato (EC01) o rifiutato (EC02) la fattura.",
      en: 'The public body accepted (EC01) or refused (EC02) the invoice.',
    },
  },
  DT: {
    name: { it: 'Decorrenza termini', en: 'Deadline passed' },
    for: 'both',
    says: {
      it: "L'ente pubblico non ha risposto entro 15 giorni: non può più rifiutare la fattura tramite SdI.",
      en: 'The public body did not answer within 15 days: it can no longer refuse the invoice through SdI.',
    },
  },
  AT: {
    name: {
      it: 'Attestazione di trasmissione con impossibilità di recapito',
      en: 'Attestation of a file that could not be delivered',
    },
    for: 'supplier',
    says: {
      it: "SdI attesta che il file gli è stato trasmesso e che l'ufficio non è raggiungibile.",
      en: 'SdI attests that it got the file and that the office cannot be reached.',
    },
  },
  MT: {
    name: { it: 'Metadati del file', en: 'Data about an incoming file' },
    for: 'buyer',
    says: {
      it: 'Accompagna una fattura in arrivo: identificativo SdI, nome del file, codice destinatario.',
      en: 'Comes with an incoming invoice: its SdI id, file name and recipient code.',
    },
  },
  EC: {
    name: { it: 'Esito del committente', en: "The buyer's answer" },
    for: 'sdi',
    says: {
      it: "L'ente pubblico dice a SdI se accetta o rifiuta una fattura ricevuta.",
      en: 'The public body tells SdI whether it accepts or refuses an invoice it got.',
    },
  },
  SE: {
    name: { it: "Scarto dell'esito del committente", en: "The buyer's answer discarded" },
    for: 'buyer',
    says: {
      it: "SdI non ha preso la risposta (EC) dell'ente pubblico.",
      en: "SdI did not take the public body's answer (EC).",
    },
  },
};
