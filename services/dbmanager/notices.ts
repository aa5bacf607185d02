// dbmanager: SdI's notices about an invoice's transmissions. Store: dbmanager.notice (read).
import type { Queryable } from '@staffetta/platform/store/store.ts';

/** A notice, without its bytes. */
export interface Notice {
  /** RC, NS, MC, NE, DT, AT … */
  readonly kind: string;
  readonly sdiId: string;
  readonly fileName: string | null;
  readonly receivedAt: Date;
}

/**
 * Reads the notices of an invoice, the oldest first.
 * @param db the store
 * @param invoiceId the invoice
 */
export async function noticesOf(db: Queryable, invoiceId: string): Promise<Notice[]> {
  const { rows } = await db.query<Notice>({
    text: `SELECT n.kind, n.sdi_id AS "sdiId", n.file_name AS "fileName", n.received_at AS "receivedAt"
      FROM dbmanager.invoice_transmission it JOIN dbmanager.notice n USING (transmission_id)
      WHERE it.invoice_id = $1 ORDER BY n.received_at, n.notice_id`,
    values: [invoiceId],
  });
  return rows;
}
