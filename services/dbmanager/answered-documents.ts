// dbmanager: the bodies of invoices as a public body answers for them: one by one. Store: dbmanager.document (detail).
import type { Queryable } from '@staffetta/platform/store/store.ts';

/** A body of an invoice. */
export interface AnsweredDocument {
  readonly invoiceId: string;
  readonly position: number;
  readonly number: string | null;
  /** The year of its date. */
  readonly year: number | null;
  readonly detail: string | null;
}

/**
 * Reads the bodies of invoices.
 * @param db a transaction that holds the invoices' rows
 * @param invoiceIds any ids
 */
export async function answeredDocuments(db: Queryable, invoiceIds: readonly string[]): Promise<AnsweredDocument[]> {
  if (invoiceIds.length === 0) return [];
  const { rows } = await db.query<AnsweredDocument>({
    name: 'dbmanager-answered-documents',
    text: `SELECT invoice_id AS "invoiceId", position, number, extract(year FROM issued_on)::integer AS year, detail
      FROM dbmanager.document WHERE invoice_id = ANY($1::uuid[]) ORDER BY invoice_id, position`,
    values: [invoiceIds],
  });
  return rows;
}

/**
 * Gives bodies their details.
 * @param db a transaction that holds the invoices' rows
 * @param changes each body at most once
 */
export async function changeDocumentDetails(
  db: Queryable,
  changes: readonly Pick<AnsweredDocument, 'invoiceId' | 'position' | 'detail'>[],
): Promise<void> {
  if (changes.length === 0) return;
  await db.query({
    name: 'dbmanager-change-document-details',
    text: `UPDATE dbmanager.document AS known SET detail = fresh.detail
      FROM unnest($1::uuid[], $2::int[], $3::text[]) AS fresh (invoice_id, position, detail)
      WHERE known.invoice_id = fresh.invoice_id AND known.position = fresh.position`,
    values: [
      changes.map(({ invoiceId }) => invoiceId),
      changes.map(({ position }) => position),
      changes.map(({ detail }) => detail),
    ],
  });
}
