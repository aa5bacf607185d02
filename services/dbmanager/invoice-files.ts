// dbmanager: the exact bytes of an invoice, as received and as sent. Store: dbmanager.content (read, by invoice).
import type { Queryable } from '@staffetta/platform/store/store.ts';

/** A file with its hash as it was stored. */
export interface InvoiceFile {
  readonly fileName: string | null;
  /** Whether it is the JSON that a document was to be made of. */
  readonly isJson: boolean;
  readonly bytes: Buffer;
  /** In hexadecimal. */
  readonly sha256: string;
}

const columns = `encode(b.bytes, 'base64') AS base64, encode(b.sha256, 'hex') AS sha256`;

type Row = Omit<InvoiceFile, 'bytes'> & { readonly base64: string };

function fileOf(row: Row | undefined): InvoiceFile | undefined {
  if (!row) return undefined;
  const { base64, ...file } = row;
  return { ...file, bytes: Buffer.from(base64, 'base64') };
}

/**
 * Reads what was handed in: the file, or the JSON that a document was made of.
 * @param db the store
 * @param invoiceId the invoice
 */
export async function receivedFile(db: Queryable, invoiceId: string): Promise<InvoiceFile | undefined> {
  const { rows } = await db.query<Row>({
    text: `SELECT CASE WHEN i.request_content_id IS NULL THEN i.file_name END AS "fileName",
        (i.request_content_id IS NOT NULL OR i.file_kind = 'json') AS "isJson", ${columns}
      FROM dbmanager.invoice i JOIN dbmanager.content b ON b.content_id = coalesce(i.request_content_id, i.content_id)
      WHERE i.invoice_id = $1`,
    values: [invoiceId],
  });
  return fileOf(rows[0]);
}

/**
 * Reads what was sent, or waits to be.
 * @param db the store
 * @param invoiceId the invoice
 * @param transmissionId one of its transmissions
 */
export async function sentFile(
  db: Queryable,
  invoiceId: string,
  transmissionId: string,
): Promise<InvoiceFile | undefined> {
  const { rows } = await db.query<Row>({
    text: `SELECT t.file_name AS "fileName", false AS "isJson", ${columns} FROM dbmanager.invoice_transmission it
      JOIN dbmanager.transmission t USING (transmission_id) JOIN dbmanager.content b USING (content_id)
      WHERE it.invoice_id = $1 AND t.transmission_id = $2`,
    values: [invoiceId, transmissionId],
  });
  return fileOf(rows[0]);
}
