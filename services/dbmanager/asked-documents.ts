// dbmanager: documents as they were asked in JSON, beside the XML that was made of them. Store: dbmanager.content (read).
import type { Queryable } from '@staffetta/platform/store/store.ts';

/** A document as it was asked. */
export interface AskedDocument {
  /** JSON, UTF-8. */
  readonly bytes: Buffer;
  readonly sha256: Buffer;
}

/**
 * Finds the JSON that an invoice was made of.
 * @param db the store or a transaction
 * @param invoiceId the invoice
 * @returns undefined for one that came as a file
 */
export async function findAsked(db: Queryable, invoiceId: string): Promise<AskedDocument | undefined> {
  const { rows } = await db.query<AskedDocument>({
    text: `SELECT c.bytes, c.sha256 FROM dbmanager.invoice i JOIN dbmanager.content c ON c.content_id = i.request_content_id
      WHERE i.invoice_id = $1`,
    values: [invoiceId],
  });
  return rows[0];
}
