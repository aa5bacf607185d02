// dbmanager: a corrected document is the same invoice: what of it must be as it was, and its numbers where it came as JSON. Pure.
import { numberDocument } from '@staffetta/fatturapa/compose/number-document.ts';
import { envelopeOf } from '@staffetta/fatturapa/envelope.ts';
import type { DocumentFinding, Sentence } from '@staffetta/fatturapa/finding.ts';
import { documentRows } from './document-rows.ts';
import type { DocumentIdentity } from './documents.ts';
import type { IncomingRequest } from './incoming-request.ts';

/** What must not differ → how it is called. */
const names = {
  supplierId: { it: 'il fornitore', en: 'the supplier' },
  number: { it: 'il numero', en: 'the number' },
  issuedOn: { it: 'la data', en: 'the date' },
} as const satisfies Partial<Record<keyof DocumentIdentity, Sentence>>;

/** One of those. */
export type IdentityField = keyof typeof names;

const fix: Sentence = {
  it: 'Correggere il documento lasciando fornitore, numero e data come erano; un altro documento si invia come nuova fattura.',
  en: 'Correct the document and leave supplier, number and date as they were; another document is sent as a new invoice.',
};

function differs(field: IdentityField, before: DocumentIdentity, now: DocumentIdentity): DocumentFinding {
  const [was, is] = [before[field] ?? '-', now[field] ?? '-'];
  return {
    code: 'CORRECTION_DIFFERS',
    severity: 'error',
    value: is,
    message: {
      it: `Nel documento ${before.position} ${names[field].it} era ${was}, nel file corretto è ${is}.`,
      en: `In document ${before.position} ${names[field].en} was ${was}, in the corrected file it is ${is}.`,
    },
    fix,
  };
}

function anotherCount(before: number, now: number): DocumentFinding {
  return {
    code: 'CORRECTION_DIFFERS',
    severity: 'error',
    value: String(now),
    message: {
      it: `Il file conteneva ${before} documenti, quello corretto ne contiene ${now}.`,
      en: `The file held ${before} documents, the corrected one holds ${now}.`,
    },
    fix,
  };
}

/** Makes the finding of a correction that corrects nothing. */
export function nothingCorrected(): DocumentFinding {
  return {
    code: '00002',
    severity: 'error',
    message: {
      it: 'Il file è identico a quello di prima, byte per byte: SdI lo scarterebbe di nuovo.',
      en: 'The file is the same as before, byte by byte: SdI would discard it again.',
    },
    fix: {
      it: 'Correggere gli errori che SdI ha indicato, poi inviare il file corretto.',
      en: 'Correct the errors that SdI named, then send the corrected file.',
    },
  };
}

/**
 * Says in what a corrected file is not the invoice that it corrects.
 * @param before what identified the bodies
 * @param request the corrected file, judged
 * @param fields what must be as it was
 */
export function differencesOf(
  before: readonly DocumentIdentity[],
  { invoiceId, check }: IncomingRequest,
  fields: readonly IdentityField[],
): DocumentFinding[] {
  const now = documentRows(invoiceId, check.documents, check.fileKind);
  if (now.length !== before.length) return [anotherCount(before.length, now.length)];
  return before.flatMap((was, index) => {
    const is = now[index]!;
    return fields.filter((field) => was[field] !== is[field]).map((field) => differs(field, was, is));
  });
}

/**
 * Gives a corrected document that came as JSON the numbers that it had, where it names none: no register gives it another.
 * @param request the corrected document
 * @param before what identified the bodies
 * @returns the request with its numbers; as it is where it waits for none, or where there is none for it
 */
export function numberAsBefore(request: IncomingRequest, before: readonly DocumentIdentity[]): IncomingRequest {
  const { file, check } = request;
  if (!file || file.open.length === 0) return request;
  const numbers = file.open.flatMap(({ body }) => before[body]?.number ?? []);
  if (numbers.length !== file.open.length) return request;
  numberDocument(file, numbers);
  const format = file.document.versione === 'FSM10' ? 'simplified' : 'ordinary';
  const envelope = envelopeOf(format, file.document);
  return {
    ...request,
    check: { ...check, envelope, documents: check.documents.map((document) => ({ ...document, envelope })) },
  };
}
