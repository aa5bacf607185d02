// dbmanager: one row per body of a lot: the figures that identify a document. Store: dbmanager.document.
import type { Queryable } from '@staffetta/platform/store/store.ts';

/** A body's row; what the document says in a form that the database does not take is null. */
export interface DocumentRow {
  readonly invoiceId: string;
  readonly position: number;
  readonly documentType: string | null;
  readonly number: string | null;
  /** `YYYY-MM-DD` */
  readonly issuedOn: string | null;
  readonly total: string | null;
  readonly currency: string | null;
  readonly supplierName: string | null;
  readonly supplierId: string | null;
  readonly customerName: string | null;
  readonly customerId: string | null;
  /** The file of an archive that it stands in, by its name there; null where the file is no archive. */
  readonly part: string | null;
}

const fields = [
  'invoiceId',
  'position',
  'documentType',
  'number',
  'issuedOn',
  'total',
  'currency',
  'supplierName',
  'supplierId',
  'customerName',
  'customerId',
  'part',
] as const satisfies readonly (keyof DocumentRow)[];

/**
 * Inserts the bodies of new invoices.
 * @param db a transaction
 * @param rows in any order
 */
export async function insertDocuments(db: Queryable, rows: readonly DocumentRow[]): Promise<void> {
  if (rows.length === 0) return;
  await db.query({
    name: 'dbmanager-insert-documents',
    text: `INSERT INTO dbmanager.document (invoice_id, position, document_type, number, issued_on, total, currency,
        supplier_name, supplier_id, customer_name, customer_id, part)
      SELECT * FROM unnest($1::uuid[], $2::int[], $3::text[], $4::text[], $5::date[], $6::numeric[], $7::text[],
        $8::text[], $9::text[], $10::text[], $11::text[], $12::text[])`,
    values: fields.map((field) => rows.map((row) => row[field])),
  });
}

/** What identifies a body: who issued it, its number and its day. */
export type DocumentIdentity = Pick<DocumentRow, 'position' | 'number' | 'issuedOn' | 'supplierId'>;

/**
 * Reads what identifies the bodies of an invoice, in their order.
 * @param db the store or a transaction
 * @param invoiceId the invoice
 */
export async function identitiesOf(db: Queryable, invoiceId: string): Promise<DocumentIdentity[]> {
  const { rows } = await db.query<DocumentIdentity>({
    text: `SELECT position, number, issued_on::text AS "issuedOn", supplier_id AS "supplierId"
      FROM dbmanager.document WHERE invoice_id = $1 ORDER BY position`,
    values: [invoiceId],
  });
  return rows;
}

/** A body with all that is shown of it; the detail is that of one invoice of a lot, or of a file of an archive. */
export type DocumentFace = Omit<DocumentRow, 'invoiceId'> & { readonly detail: string | null };

/**
 * Reads what is shown of the bodies of an invoice, in their order.
 * @param db the store or a transaction
 * @param invoiceId the invoice
 */
export async function facesOf(db: Queryable, invoiceId: string): Promise<DocumentFace[]> {
  const { rows } = await db.query<DocumentFace>({
    text: `SELECT position, document_type AS "documentType", number, issued_on::text AS "issuedOn", total::text AS total, currency,
        supplier_name AS "supplierName", supplier_id AS "supplierId", customer_name AS "customerName", customer_id AS "customerId",
        part, detail
      FROM dbmanager.document WHERE invoice_id = $1 ORDER BY position`,
    values: [invoiceId],
  });
  return rows;
}

/**
 * Deletes the rows of an invoice's bodies: a corrected file brings its own.
 * @param db a transaction that holds the invoice's row
 * @param invoiceId the invoice
 */
export async function deleteDocuments(db: Queryable, invoiceId: string): Promise<void> {
  await db.query({ text: 'DELETE FROM dbmanager.document WHERE invoice_id = $1', values: [invoiceId] });
}
