// dbmanager: what is said of a document that was sent from here before (00404), or of a file with the very same bytes (00002).
import { archiveFinding } from '@staffetta/fatturapa/check/archive-finding.ts';
import type { DocumentFinding, Sentence } from '@staffetta/fatturapa/finding.ts';
import type { InvoiceStatus } from '@staffetta/flow/statuses.ts';
import type { NumberClaim } from './number-claims.ts';

/** The invoice that was there first, as far as the one who asks may know of it. */
export interface EarlierInvoice {
  readonly invoiceNumber: number;
  /** The date of its document, `YYYY-MM-DD`. */
  readonly issuedOn: string;
  /** Whether it is the same customer's; another customer's invoice is not named. */
  readonly isTheirs: boolean;
  readonly status: InvoiceStatus;
  readonly waitsForSignature: boolean;
}

const inHub = {
  it: 'Questo documento (fornitore, anno e numero) è già in questo hub',
  en: 'This document (supplier, year and number) is in this hub already',
};

/** What is said, and what is to be done, of an earlier invoice that SdI may not have seen. */
interface Standing {
  readonly says: Sentence;
  readonly fix: Sentence;
}

const onItsWay = {
  it: 'Non serve inviarlo di nuovo; se questo è un altro documento, dargli un altro numero.',
  en: 'It need not be sent again; if this is another document, give it another number.',
};

const waitsForSignature: Standing = {
  says: { it: `${inHub.it} e attende la firma.`, en: `${inHub.en} and waits for its signature.` },
  fix: onItsWay,
};

const standings: Partial<Record<InvoiceStatus, Standing>> = {
  INTERNAL_INVOICE_TOBE_SENT: {
    says: { it: `${inHub.it} e sta per essere inviato a SdI.`, en: `${inHub.en} and is about to go to SdI.` },
    fix: onItsWay,
  },
  INTERNAL_INVOICE_NOT_SENT: {
    says: {
      it: `${inHub.it}, ma il suo invio a SdI non è riuscito.`,
      en: `${inHub.en}, but it could not be sent to SdI.`,
    },
    fix: {
      it: 'Inviare di nuovo quella, com’era o corretta (npm run staffetta -- resend, oppure POST /api/invoices/{n}/reinvia); oppure eliminarla: il suo numero torna libero, e si può inviare questa.',
      en: 'Send that one again, as it was or corrected (npm run staffetta -- resend, or POST /api/invoices/{n}/reinvia); or delete it: its number is free again, and this one can be sent.',
    },
  },
  INVOICE_ERROR: {
    says: {
      it: `${inHub.it}, e non è ancora certo se sia arrivato a SdI.`,
      en: `${inHub.en}, and it is not certain yet whether it reached SdI.`,
    },
    fix: {
      it: 'Attendere che il gestore ne chiarisca lo stato prima di usare di nuovo il numero.',
      en: 'Wait until the operator has settled its status before the number is used again.',
    },
  },
};

function placeOf({ invoiceNumber, isTheirs }: EarlierInvoice): Sentence {
  if (!isTheirs) {
    return {
      it: 'Il numero risulta già usato in questo hub da un altro utente: rivolgersi al gestore.',
      en: 'The number is used in this hub by another user already: ask the operator.',
    };
  }
  return {
    it: `In questo hub è la fattura numero ${invoiceNumber}.`,
    en: `In this hub it is invoice ${invoiceNumber}.`,
  };
}

function standingOf({ status, waitsForSignature: waits, isTheirs }: EarlierInvoice): Standing | undefined {
  if (!isTheirs) return undefined;
  return waits && status === 'INTERNAL_INVOICE_TOBE_SENT' ? waitsForSignature : standings[status];
}

/**
 * Makes the finding of a document whose number was used before (00404).
 * @param claim the number that is asked for again
 * @param earlier who has it, and how far it came
 */
export function numberUsed(claim: NumberClaim, earlier: EarlierInvoice): DocumentFinding {
  const date = earlier.isTheirs ? earlier.issuedOn : claim.issuedOn;
  const finding = archiveFinding({ number: claim.number, date }, claim.bodyIndex, standingOf(earlier));
  const { message } = finding;
  const place = placeOf(earlier);
  return {
    ...finding,
    ...(claim.file !== undefined && { file: claim.file }),
    message: { it: `${message.it} ${place.it}`, en: `${message.en} ${place.en}` },
  };
}

/**
 * Makes the warning of a document whose number somebody else used under the VAT number of its customer: it goes out all the same.
 * @param claim the number
 */
export function numberUsedByAnother(claim: NumberClaim): DocumentFinding {
  const { path } = archiveFinding({ number: claim.number, date: claim.issuedOn }, claim.bodyIndex);
  return {
    code: 'NUMBER_USED_BY_ANOTHER',
    severity: 'warning',
    ...(path !== undefined && { path }),
    ...(claim.file !== undefined && { file: claim.file }),
    value: claim.number,
    message: {
      it: `Con la partita IVA di questo cliente un altro utente di questo hub ha già usato il numero ${claim.number}: se quel documento è arrivato a SdI, questo può essere scartato (00404).`,
      en: `Under this customer's VAT number another user of this hub used the number ${claim.number} already: if that document reached SdI, this one may be discarded (00404).`,
    },
    fix: {
      it: 'Non serve inviare altro; segnalarlo al gestore.',
      en: 'Nothing else need be sent; tell the operator.',
    },
  };
}

function sameFileFix({ isTheirs, status }: EarlierInvoice): Sentence {
  if (!isTheirs) return { it: 'Rivolgersi al gestore.', en: 'Ask the operator.' };
  const isUnsure = status === 'INTERNAL_INVOICE_NOT_SENT' || status === 'INVOICE_ERROR';
  const done = {
    it: 'Non serve rifarlo; se il documento è stato corretto, inviare il file corretto.',
    en: 'It need not be done again; if the document was corrected, send the corrected file.',
  };
  return (isUnsure ? standings[status]?.fix : undefined) ?? done;
}

/**
 * Makes the finding of a file that was sent before, byte for byte (00002). The hub names files itself, so that a new name is no remedy.
 * @param earlier when it was sent first
 */
export function fileSentBefore(earlier: EarlierInvoice): DocumentFinding {
  const which = earlier.isTheirs
    ? { it: ` (fattura numero ${earlier.invoiceNumber})`, en: ` (invoice ${earlier.invoiceNumber})` }
    : { it: ' da un altro utente di questo hub', en: ' by another user of this hub' };
  return {
    code: '00002',
    severity: 'error',
    message: {
      it: `Questo file è già stato inviato, identico byte per byte${which.it}.`,
      en: `This file was sent already, the same byte by byte${which.en}.`,
    },
    fix: sameFileFix(earlier),
  };
}
