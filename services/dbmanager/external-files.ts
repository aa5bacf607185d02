// dbmanager: received invoices whose data from SdI (MT) have not come yet, by the names of their files. Store: dbmanager.invoice (read).
import type { Queryable } from '@staffetta/platform/store/store.ts';

/** A received invoice without its MT. */
export interface UndescribedInvoice {
  readonly invoiceId: string;
  readonly fileName: string;
  /** In hexadecimal, of its exact bytes. */
  readonly sha256: string;
}

/**
 * Finds received invoices that SdI's data are still missing of.
 * @param db a transaction
 * @param names in small letters, with their extensions
 */
export async function undescribedInvoices(db: Queryable, names: readonly string[]): Promise<UndescribedInvoice[]> {
  if (names.length === 0) return [];
  const { rows } = await db.query<UndescribedInvoice>({
    name: 'dbmanager-undescribed-invoices',
    text: `SELECT i.invoice_id AS "invoiceId", i.file_name AS "fileName", encode(b.sha256, 'hex') AS sha256
      FROM dbmanager.invoice i JOIN dbmanager.content b USING (content_id)
      WHERE i.kind = 'external' AND i.file_name IS NOT NULL AND lower(i.file_name) = ANY($1::text[]) AND i.deleted_at IS NULL
        AND i.status = 'EXTERNAL_INVOICE'
        AND NOT EXISTS (SELECT FROM dbmanager.received_file r WHERE r.invoice_id = i.invoice_id)
      ORDER BY i.invoice_id LIMIT 1000`,
    values: [names],
  });
  return rows;
}
