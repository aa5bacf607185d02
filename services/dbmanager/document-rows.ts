// dbmanager: a document's envelope becomes rows; what has no form that the database takes is left out, never a failure.
import type { EnvelopeBody, Envelope, Party } from '@staffetta/fatturapa/envelope.ts';
import type { FileKind } from '@staffetta/fatturapa/file-kind.ts';
import type { DocumentSummary } from '@staffetta/flow/messages.ts';
import type { DocumentRow } from './documents.ts';

const dateForm = /^(\d{4}-\d{2}-\d{2})(?:Z|[+-]\d{2}:\d{2})?$/;
const amountForm = /^-?\d{1,15}(?:\.\d{1,8})?$/;

/**
 * Reads a day.
 * @param text as a document says it, perhaps with a zone
 * @returns `YYYY-MM-DD`, or null for what is no day of the calendar
 */
export function readDate(text: string | undefined): string | null {
  const day = dateForm.exec(text ?? '')?.[1];
  if (day === undefined || day.startsWith('0000')) return null;
  const instant = new Date(`${day}T00:00:00Z`);
  // 30 February reads as 2 March: only what comes back unchanged is a day.
  return !Number.isNaN(instant.getTime()) && instant.toISOString().startsWith(day) ? day : null;
}

function readAmount(text: string | undefined): string | null {
  return text !== undefined && amountForm.test(text) ? text : null;
}

/** What the database's text cannot hold is no name and no number. */
function readText(text: string | undefined): string | null {
  return text === undefined || text.includes('\u0000') || !text.isWellFormed() ? null : text;
}

/**
 * More than a number (20), a country with its code (2 + 28), a type or a currency may have by the schema. All of it lies in
 * indexes, whose entries have at most 2704 bytes: uncut, a wild document could never be stored.
 */
const keyLengthMax = 60;

/** What is searched for by its whole: only what is too long to be right is cut, between characters. */
function readKey(text: string | undefined): string | null {
  const whole = readText(text);
  return whole === null ? null : whole.slice(0, keyLengthMax).replace(/[\ud800-\udbff]$/, '');
}

/**
 * Says whether a file goes to public bodies alone: each of its documents has the format for them (FPA12).
 * @param documents of the file, as they were judged
 */
export function isToOffices(documents: readonly { readonly envelope?: Pick<Envelope, 'versione'> }[]): boolean {
  return documents.length > 0 && documents.every(({ envelope }) => envelope?.versione === 'FPA12');
}

/**
 * Reads the number of a document.
 * @param body as the document says
 * @returns as rows and claims hold it, or null where there is none that the database takes
 */
export function readNumber({ numero }: Pick<EnvelopeBody, 'numero'>): string | null {
  return readKey(numero);
}

/**
 * Names a party by its VAT number with the country in front, else by its tax code.
 * @param party as the document says
 * @returns in capitals, at most 60 characters, or null where the document says neither
 */
export function partyId(party: Party): string | null {
  const id = party.idCodice === undefined ? party.codiceFiscale : `${party.idPaese ?? ''}${party.idCodice}`;
  return readKey(id?.toUpperCase());
}

/** SdI's own limit of a file name is far below; only a wild archive has more, and is cut between characters. */
const partLengthMax = 255;

function readPart(name: string | undefined): string | null {
  return (
    readText(name)
      ?.slice(-partLengthMax)
      .replace(/^[\udc00-\udfff]/, '') ?? null
  );
}

function rowOf(invoiceId: string, envelope: Envelope, body: EnvelopeBody, position: number): Omit<DocumentRow, 'part'> {
  return {
    invoiceId,
    position,
    documentType: readKey(body.tipoDocumento),
    number: readNumber(body),
    issuedOn: readDate(body.data),
    total: readAmount(body.totale),
    currency: readKey(body.divisa),
    supplierName: readText(envelope.supplier.name),
    supplierId: partyId(envelope.supplier),
    customerName: readText(envelope.customer.name),
    customerId: partyId(envelope.customer),
  };
}

/**
 * Makes one row per body, of all documents of a file in their order.
 * @param invoiceId the invoice
 * @param documents what could be read of each, if anything
 * @param kind of the file; the bodies of an archive know which of its files holds them
 */
export function documentRows(
  invoiceId: string,
  documents: readonly { readonly envelope?: Envelope | undefined; readonly name?: string | undefined }[],
  kind: FileKind,
): DocumentRow[] {
  const bodies = documents.flatMap(
    ({ envelope, name }) =>
      envelope?.bodies.map((body) => ({ envelope, body, part: kind === 'zip' ? readPart(name) : null })) ?? [],
  );
  return bodies.map(({ envelope, body, part }, index) => ({ ...rowOf(invoiceId, envelope, body, index + 1), part }));
}

/**
 * Shows rows as the contract's outcome does, just as they would be read from the store again.
 * @param rows in their order
 */
export function documentSummaries(rows: readonly DocumentRow[]): DocumentSummary[] {
  return rows.map(({ number, issuedOn, total, part }) => ({
    ...(number !== null && { numero: number }),
    ...(issuedOn !== null && { data: issuedOn }),
    ...(total !== null && { totale: total }),
    ...(part !== null && { file: part }),
  }));
}
