// dbmanager: the bodies of invoices as a public body answers for them: one by one. Store: dbmanager.document (detail, status).
import type { Queryable } from '@staffetta/platform/store/store.ts';

/** Where a file of an archive may stand once SdI decided about it. */
export type PartStatus = 'INTERNAL_INVOICE_DELIVERED' | 'INTERNAL_INVOICE_DISCARDED' | 'INTERNAL_INVOICE_NOT_DELIVERED';

/** A body of an invoice. */
export interface AnsweredDocument {
  readonly invoiceId: string;
  readonly position: number;
  readonly number: string | null;
  /** The year of its date. */
  readonly year: number | null;
  readonly detail: string | null;
  /** The file of an archive that holds it; null where the file is no archive. */
  readonly part: string | null;
  /** Where that file stands; null while SdI has not decided about it, and where the file is no archive. */
  readonly status: PartStatus | null;
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
    text: `SELECT invoice_id AS "invoiceId", position, number, extract(year FROM issued_on)::integer AS year, detail, part, status
      FROM dbmanager.document WHERE invoice_id = ANY($1::uuid[]) ORDER BY invoice_id, position`,
    values: [invoiceIds],
  });
  return rows;
}

/**
 * Gives bodies their details, and where the files of an archive stand.
 * @param db a transaction that holds the invoices' rows
 * @param changes each body at most once
 */
export async function changeDocumentDetails(
  db: Queryable,
  changes: readonly Pick<AnsweredDocument, 'invoiceId' | 'position' | 'detail' | 'status'>[],
): Promise<void> {
  if (changes.length === 0) return;
  await db.query({
    name: 'dbmanager-change-document-details',
    text: `UPDATE dbmanager.document AS known SET detail = fresh.detail, status = fresh.status
      FROM unnest($1::uuid[], $2::int[], $3::text[], $4::text[]) AS fresh (invoice_id, position, detail, status)
      WHERE known.invoice_id = fresh.invoice_id AND known.position = fresh.position`,
    values: [
      changes.map(({ invoiceId }) => invoiceId),
      changes.map(({ position }) => position),
      changes.map(({ detail }) => detail),
      changes.map(({ status }) => status),
    ],
  });
}

/**
 * Takes back what was said of the bodies of an invoice: its file goes out again.
 * @param db a transaction that holds the invoice's row
 * @param invoiceId the invoice
 */
export async function clearDocumentDetails(db: Queryable, invoiceId: string): Promise<void> {
  await db.query({
    text: 'UPDATE dbmanager.document SET detail = NULL, status = NULL WHERE invoice_id = $1',
    values: [invoiceId],
  });
}
