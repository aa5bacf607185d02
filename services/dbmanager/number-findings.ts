// dbmanager: what is said of documents made of JSON that get a doubtful number of their register, or none. Pure.
import type { DocumentFinding } from '@staffetta/fatturapa/finding.ts';

function italianDay(date: string): string {
  return date.split('-').toReversed().join('/');
}

/** A number that a body got, as far as its date is doubtful. */
export interface DatedNumber {
  readonly numero: string;
  /** `YYYY-MM-DD` */
  readonly date: string;
  /** The latest day in the register before it. */
  readonly before: string | null;
}

/**
 * Makes the warning of a document whose day lies before its register's last one.
 * @param numbered its number and days
 * @param path where its date stands
 */
export function dateBefore({ numero, date, before }: DatedNumber, path: string): DocumentFinding {
  return {
    code: 'DATE_BEFORE_LAST',
    severity: 'warning',
    path,
    value: date,
    message: {
      it: `Il numero ${numero} porta la data ${italianDay(date)}, ma nel sezionale c'è già un documento del ${italianDay(before ?? date)}: numeri e date dovrebbero crescere insieme.`,
      en: `Number ${numero} has the date ${date}, but the register has a document of ${before ?? date} already: numbers and dates should rise together.`,
    },
    fix: {
      it: 'Se la data è giusta non serve fare nulla; altrimenti lasciarla vuota, così vale quella di oggi.',
      en: 'If the date is right, nothing needs doing; otherwise leave it out, and today is taken.',
    },
  };
}

/**
 * Makes the finding of a document whose number would not fit its element.
 * @param numero the number
 */
export function numberTooLong(numero: string): DocumentFinding {
  return {
    code: 'NUMBER_TOO_LONG',
    severity: 'error',
    value: numero,
    message: {
      it: `Il numero ${numero} del sezionale ha più dei 20 caratteri ammessi.`,
      en: `The register's number ${numero} has more than the 20 characters allowed.`,
    },
    fix: { it: 'Accorciare il formato del sezionale.', en: "Shorten the register's format." },
  };
}

/**
 * Makes the finding of a document for which its register has no free number within reach.
 * @param register its name
 * @param year of the document
 * @param numero the last one that was tried
 */
export function registerUsedUp(register: string, year: number, numero: string): DocumentFinding {
  return {
    code: 'REGISTER_USED_UP',
    severity: 'error',
    value: numero,
    message: {
      it: `Nel sezionale «${register}» del ${year} tutti i numeri fino a ${numero} e oltre risultano già usati da documenti numerati a mano.`,
      en: `In the register "${register}" of ${year} all numbers up to ${numero} and beyond are used by documents that were numbered by hand.`,
    },
    fix: {
      it: "Indicare il numero nel documento (number, oppure Numero), o usare un altro sezionale (register); se il sezionale non ha ancora dato numeri in questo anno, se ne può anche impostare l'inizio (start) con PUT /api/customers/{customerId}/registers/{name}.",
      en: 'Give the number in the document (number, or Numero), or use another register (register); a register that has given no number in this year yet may also be given a start by PUT /api/customers/{customerId}/registers/{name}.',
    },
  };
}

/** Makes the finding of a document that lost each number it was given to somebody else. */
export function numberNotKept(): DocumentFinding {
  return {
    code: 'NUMBER_NOT_KEPT',
    severity: 'error',
    message: {
      it: 'Al documento non si è potuto dare un numero del sezionale: ogni numero provato risulta preso da un altro documento. Nessun numero è stato usato.',
      en: 'The document could not be given a number of its register: each number that was tried turned out to be taken by another document. No number was used.',
    },
    fix: {
      it: 'Inviare di nuovo il documento; se succede ancora, indicarne il numero (number, oppure Numero) o usare un altro sezionale (register).',
      en: 'Send the document again; if it happens again, give its number (number, or Numero) or use another register (register).',
    },
  };
}
