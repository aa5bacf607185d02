// dbmanager: a document's envelope becomes rows; what has no form that the database takes is left out, never a failure.
import type { EnvelopeBody, Envelope, Party } from '@staffetta/fatturapa/envelope.ts';
import type { DocumentSummary } from '@staffetta/flow/messages.ts';
import type { DocumentRow } from './documents.ts';

const dateForm = /^(\d{4}-\d{2}-\d{2})(?:Z|[+-]\d{2}:\d{2})?$/;
const amountForm = /^-?\d{1,15}(?:\.\d{1,8})?$/;

function readDate(text: string | undefined): string | null {
  const day = dateForm.exec(text ?? '')?.[1];
  if (day === undefined || day.startsWith('0000')) return null;
  const instant = new Date(`${day}T00:00:00Z`);
  // 30 February reads as 2 March: only what comes back unchanged is a day.
  return !Number.isNaN(instant.getTime()) && instant.toISOString().startsWith(day) ? day : null;
}

function readAmount(text: string | undefined): string | null {
  return text !== undefined && amountForm.test(text) ? text : null;
}

function idOf(party: Party): string | null {
  if (party.idCodice !== undefined) return `${party.idPaese ?? ''}${party.idCodice}`;
  return party.codiceFiscale ?? null;
}

function rowOf(invoiceId: string, envelope: Envelope, body: EnvelopeBody, position: number): DocumentRow {
  return {
    invoiceId,
    position,
    documentType: body.tipoDocumento ?? null,
    number: body.numero ?? null,
    issuedOn: readDate(body.data),
    total: readAmount(body.importoTotaleDocumento),
    currency: body.divisa ?? null,
    supplierName: envelope.supplier.name ?? null,
    supplierId: idOf(envelope.supplier),
    customerName: envelope.customer.name ?? null,
    customerId: idOf(envelope.customer),
  };
}

/**
 * Makes one row per body.
 * @param invoiceId the invoice
 * @param envelope what could be read of the document, if anything
 */
export function documentRows(invoiceId: string, envelope: Envelope | undefined): DocumentRow[] {
  return envelope?.bodies.map((body, index) => rowOf(invoiceId, envelope, body, index + 1)) ?? [];
}

/**
 * Shows rows as the contract's outcome does, just as they would be read from the store again.
 * @param rows in their order
 */
export function documentSummaries(rows: readonly DocumentRow[]): DocumentSummary[] {
  return rows.map(({ number, issuedOn, total }) => ({
    ...(number !== null && { numero: number }),
    ...(issuedOn !== null && { data: issuedOn }),
    ...(total !== null && { totale: total }),
  }));
}
