// dbmanager: received invoices that stand under an SdI id already. Store: dbmanager.received_file (read).
import type { Tx } from '@staffetta/platform/store/store.ts';

/** An invoice that SdI brought before. */
export interface KnownSdiId {
  readonly invoiceId: string;
  readonly invoiceNumber: number;
  readonly customerId: number;
  readonly sdiId: string;
}

/**
 * Finds customers' received invoices by SdI's ids; those that were deleted are left out.
 * @param tx a transaction
 * @param sdiIds SdI's ids
 * @param customerIds the customers
 * @returns the first that was stored first; an id may stand there for several customers
 */
export async function knownSdiIds(
  tx: Tx,
  sdiIds: readonly string[],
  customerIds: readonly number[],
): Promise<KnownSdiId[]> {
  const { rows } = await tx.query<KnownSdiId>({
    name: 'dbmanager-known-sdi-ids',
    text: `SELECT i.invoice_id AS "invoiceId", i.invoice_number AS "invoiceNumber", i.customer_id AS "customerId",
        r.sdi_id AS "sdiId"
      FROM dbmanager.received_file r JOIN dbmanager.invoice i USING (invoice_id)
      WHERE r.sdi_id = ANY($1::text[]) AND i.customer_id = ANY($2::bigint[]) AND i.deleted_at IS NULL
      ORDER BY i.invoice_number`,
    values: [sdiIds, customerIds],
  });
  return rows;
}
