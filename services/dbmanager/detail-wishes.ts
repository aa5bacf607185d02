// dbmanager: which customers want to be called back when only an invoice's detail changes. Store: dbmanager.fiscal_profile (read).
import type { Queryable } from '@staffetta/platform/store/store.ts';

/**
 * Says who wants to be told of details.
 * @param db the store or a transaction
 * @param customerIds any ids
 */
export async function wantDetails(db: Queryable, customerIds: readonly number[]): Promise<Set<number>> {
  if (customerIds.length === 0) return new Set();
  const { rows } = await db.query<{ customerId: number }>({
    text: `SELECT customer_id AS "customerId" FROM dbmanager.fiscal_profile
      WHERE customer_id = ANY($1::bigint[]) AND callback_on_detail`,
    values: [customerIds],
  });
  return new Set(rows.map(({ customerId }) => customerId));
}
