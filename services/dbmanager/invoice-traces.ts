// dbmanager: in which trace an invoice came in, where that trace is recorded. Store: dbmanager.invoice_trace.
import { isSampled, type TraceContext } from '@staffetta/flow/trace-context.ts';
import type { Queryable } from '@staffetta/platform/store/store.ts';

/** An invoice with the trace that it came in by. */
export interface InvoiceTrace {
  readonly invoiceId: string;
  readonly invoiceNumber: number;
  readonly correlationId: string;
  readonly traceparent: string;
}

/** An invoice that was just stored. */
export interface StoredTrace {
  readonly invoiceId: string;
  readonly trace: TraceContext | undefined;
}

/**
 * Notes the traces of new invoices; of those that nobody records nothing is kept, and where none is nothing is asked of the database.
 * @param db the transaction that stores the invoices
 * @param stored invoices with the trace of the event that brought them
 */
export async function noteTraces(db: Queryable, stored: readonly StoredTrace[]): Promise<void> {
  const recorded = stored.flatMap(({ invoiceId, trace }) => (trace && isSampled(trace) ? [{ invoiceId, trace }] : []));
  if (recorded.length === 0) return;
  await db.query({
    name: 'dbmanager-note-traces',
    text: `INSERT INTO dbmanager.invoice_trace (invoice_id, traceparent)
      SELECT * FROM unnest($1::uuid[], $2::text[]) ON CONFLICT DO NOTHING`,
    values: [recorded.map(({ invoiceId }) => invoiceId), recorded.map(({ trace }) => trace.traceparent)],
  });
}

const columns = `i.invoice_id AS "invoiceId", i.invoice_number AS "invoiceNumber", i.correlation_id AS "correlationId", t.traceparent`;

/**
 * Reads the traces of invoices.
 * @param db a transaction
 * @param invoiceIds any
 * @returns by invoice; those whose trace was not recorded are not there
 */
export async function tracesOfInvoices(
  db: Queryable,
  invoiceIds: readonly string[],
): Promise<Map<string, InvoiceTrace[]>> {
  const { rows } = await db.query<InvoiceTrace>({
    name: 'dbmanager-traces-of-invoices',
    text: `SELECT ${columns} FROM dbmanager.invoice_trace t JOIN dbmanager.invoice i USING (invoice_id)
      WHERE t.invoice_id = ANY($1::uuid[])`,
    values: [invoiceIds],
  });
  return Map.groupBy(rows, ({ invoiceId }) => invoiceId);
}

/**
 * Reads the traces of the invoices that files carried.
 * @param db a transaction
 * @param transmissionIds the files
 * @returns by file; those of which no trace was recorded are not there
 */
export async function tracesOfFiles(
  db: Queryable,
  transmissionIds: readonly string[],
): Promise<Map<string, InvoiceTrace[]>> {
  const { rows } = await db.query<InvoiceTrace & { readonly transmissionId: string }>({
    name: 'dbmanager-traces-of-files',
    text: `SELECT f.transmission_id AS "transmissionId", ${columns} FROM dbmanager.invoice_transmission f
      JOIN dbmanager.invoice_trace t USING (invoice_id) JOIN dbmanager.invoice i USING (invoice_id)
      WHERE f.transmission_id = ANY($1::uuid[])`,
    values: [transmissionIds],
  });
  return Map.groupBy(rows, ({ transmissionId }) => transmissionId);
}
