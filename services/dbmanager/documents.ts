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
        supplier_name, supplier_id, customer_name, customer_id)
      SELECT * FROM unnest($1::uuid[], $2::int[], $3::text[], $4::text[], $5::date[], $6::numeric[], $7::text[],
        $8::text[], $9::text[], $10::text[], $11::text[])`,
    values: fields.map((field) => rows.map((row) => row[field])),
  });
}
