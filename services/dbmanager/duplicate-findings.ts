// dbmanager: what is said of a document that was sent from here before (00404), or of a file with the very same bytes (00002).
import { archiveFinding } from '@staffetta/fatturapa/check/archive-finding.ts';
import { explain } from '@staffetta/fatturapa/check/sdi-codes.ts';
import type { DocumentFinding, Sentence } from '@staffetta/fatturapa/finding.ts';
import type { NumberClaim } from './number-claims.ts';

/** The invoice that was there first, as far as the one who asks may know of it. */
export interface EarlierInvoice {
  readonly invoiceNumber: number;
  /** The date of its document, `YYYY-MM-DD`. */
  readonly issuedOn: string;
  /** Whether it is the same customer's; another customer's invoice is not named. */
  readonly isTheirs: boolean;
}

function placeOf({ invoiceNumber, isTheirs }: EarlierInvoice): Sentence {
  if (!isTheirs) {
    return { it: 'È di un altro cliente di questo hub.', en: 'It is of another customer of this hub.' };
  }
  return {
    it: `In questo hub è la fattura numero ${invoiceNumber}.`,
    en: `In this hub it is invoice ${invoiceNumber}.`,
  };
}

/**
 * Makes the finding of a document whose number was used before (00404).
 * @param claim the number that is asked for again
 * @param earlier who has it
 */
export function numberUsed(claim: NumberClaim, earlier: EarlierInvoice): DocumentFinding {
  const date = earlier.isTheirs ? earlier.issuedOn : claim.issuedOn;
  const finding = archiveFinding({ number: claim.number, date }, claim.bodyIndex);
  const { message } = finding;
  const place = placeOf(earlier);
  return {
    ...finding,
    ...(claim.file !== undefined && { file: claim.file }),
    message: { it: `${message.it} ${place.it}`, en: `${message.en} ${place.en}` },
  };
}

/**
 * Makes the finding of a file that was sent before, byte for byte (00002).
 * @param earlier when it was sent first
 */
export function fileSentBefore(earlier: EarlierInvoice): DocumentFinding {
  const known = explain('00002');
  const place = placeOf(earlier);
  return {
    code: '00002',
    severity: 'error',
    message: {
      it: `${known?.says.it ?? ''} Il contenuto è identico, byte per byte. ${place.it}`,
      en: `${known?.says.en ?? ''} The content is the same, byte by byte. ${place.en}`,
    },
    ...(known && { fix: { ...known.fix } }),
  };
}
