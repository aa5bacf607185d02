// fatturapa: the checks on number and date that ordinary and simplified invoices share.
import { generalAt, type AnyBody, type BodyView, type DocumentView, type General } from './document-view.ts';
import { date, dayOf } from './figures.ts';
import { everyFormat, type Found, type Rule } from './rule.ts';

const creditNotes = new Set(['TD04', 'TD08']);
const digit = /\d/;

/** The checks on a body's number and date. */
export const generalRules: readonly Rule<BodyView>[] = [
  {
    code: '00403',
    formats: everyFormat,
    severity: 'error',
    where: 'DatiGeneraliDocumento/Data',
    says: { it: 'La data del documento è nel futuro.', en: 'The date of the document lies in the future.' },
    fix: {
      it: 'Correggere la data, oppure inviare il file dal giorno indicato in poi.',
      en: 'Correct the date, or send the file on that day or later.',
    },
    *find({ general }, { today }): Iterable<Found> {
      if (dayOf(general.Data) <= today) return;
      const [stated, now] = [date(general.Data), date(today)];
      const because = { it: `È il ${stated.it}, oggi è il ${now.it}.`, en: `It is ${stated.en}, today is ${now.en}.` };
      yield { path: `${generalAt}/Data`, value: general.Data, because };
    },
  },
  {
    code: '00425',
    formats: everyFormat,
    severity: 'error',
    where: 'DatiGeneraliDocumento/Numero',
    says: { it: 'Il numero del documento non contiene cifre.', en: 'The number of the document has no digit.' },
    fix: {
      it: 'Il numero deve contenere almeno una cifra, per esempio 12/A.',
      en: 'It needs at least one digit, as in 12/A.',
    },
    *find({ general }): Iterable<Found> {
      if (!digit.test(general.Numero)) yield { path: `${generalAt}/Numero`, value: general.Numero };
    },
  },
];

/**
 * What tells one document of a supplier from another (00404, 00409): year, number, and whether it is a credit note, which may have
 * the number of an invoice; letter case and blanks are taken as they are.
 * @returns a text that is the same for the same document
 */
export function identityOf({ Data, Numero, TipoDocumento }: General): string {
  const year = Data.slice(0, Data.indexOf('-', 1));
  return `${creditNotes.has(TipoDocumento) ? 'credit' : 'invoice'} ${year} ${Numero}`;
}

function* findTwins(bodies: readonly AnyBody[]): Iterable<Found> {
  if (bodies.length < 2) return;
  const firstPlaces = new Map<string, number>();
  for (const [index, { DatiGenerali }] of bodies.entries()) {
    const general = DatiGenerali.DatiGeneraliDocumento;
    const identity = identityOf(general);
    const first = firstPlaces.get(identity);
    if (first === undefined) firstPlaces.set(identity, index + 1);
    else yield twin(general, index + 1, first);
  }
}

function twin(general: General, place: number, first: number): Found {
  const year = general.Data.slice(0, general.Data.indexOf('-', 1));
  return {
    path: `FatturaElettronicaBody[${place}]/${generalAt}/Numero`,
    value: general.Numero,
    because: {
      it: `Il documento ${general.Numero} del ${year} è già al posto ${first} del lotto e si ripete al posto ${place}.`,
      en: `Document ${general.Numero} of ${year} already stands in place ${first} of the lot and comes again in place ${place}.`,
    },
  };
}

/** The checks between the bodies of a lot. */
export const lotRules: readonly Rule<DocumentView>[] = [
  {
    code: '00409',
    formats: everyFormat,
    severity: 'error',
    where: 'DatiGeneraliDocumento/Numero',
    says: { it: 'Lo stesso documento sta due volte nel lotto.', en: 'The same document stands twice in the lot.' },
    fix: {
      it: "Togliere il doppione, o dare a ogni documento dell'anno un numero diverso.",
      en: 'Remove the duplicate, or give each document of the year a number of its own.',
    },
    find: ({ bodies }) => findTwins(bodies),
  },
];
