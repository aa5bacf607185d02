// dbmanager: where each invoice of a received lot stands. Store: dbmanager.document (detail).
import type { Queryable } from '@staffetta/platform/store/store.ts';

/**
 * Gives the bodies of a received invoice their details.
 * @param db a transaction that holds the invoice's row
 * @param invoiceId the invoice
 * @param details position → detail
 */
export async function noteReceivedDetails(
  db: Queryable,
  invoiceId: string,
  details: ReadonlyMap<number, string>,
): Promise<void> {
  if (details.size === 0) return;
  await db.query({
    text: `UPDATE dbmanager.document AS known SET detail = fresh.detail
      FROM unnest($2::int[], $3::text[]) AS fresh (position, detail)
      WHERE known.invoice_id = $1 AND known.position = fresh.position`,
    values: [invoiceId, [...details.keys()], [...details.values()]],
  });
}
