// dbmanager: where a customer is called back by default, and about what. Store: dbmanager.callback_endpoint, dbmanager.fiscal_profile (habit).
import type { Queryable } from '@staffetta/platform/store/store.ts';

/** A customer's habit of being called back. */
export interface CustomerCallback {
  /** Where invoices that bring no callback of their own (those that SdI brings) are told of; null for nowhere. */
  readonly url: string | null;
  /** Whether a change of an invoice's detail alone is told too. */
  readonly onDetail: boolean;
}

/**
 * Reads where a customer is called back.
 * @param db the store or a transaction
 * @param customerId whose
 */
export async function readCustomerCallback(db: Queryable, customerId: number): Promise<CustomerCallback> {
  const { rows } = await db.query<CustomerCallback>({
    text: `SELECT (SELECT e.url FROM dbmanager.callback_endpoint e WHERE e.customer_id = $1 AND e.deleted_at IS NULL
          ORDER BY e.endpoint_id DESC LIMIT 1) AS url,
        coalesce((SELECT p.callback_on_detail FROM dbmanager.fiscal_profile p WHERE p.customer_id = $1), false) AS "onDetail"`,
    values: [customerId],
  });
  return rows[0] ?? { url: null, onDetail: false };
}

/**
 * Ends a customer's default callback, whatever it is.
 * @param db a transaction
 * @param customerId whose
 * @param at when
 */
export async function endCustomerCallback(db: Queryable, customerId: number, at: Date): Promise<void> {
  await db.query({
    text: 'UPDATE dbmanager.callback_endpoint SET deleted_at = $2 WHERE customer_id = $1 AND deleted_at IS NULL',
    values: [customerId, at],
  });
}

/**
 * Puts a customer's default callback; the one before has been ended.
 * @param db a transaction
 * @param customerId whose
 * @param url absolute http(s)
 * @param by who puts it
 * @param at when
 */
export async function putCustomerCallback(
  db: Queryable,
  customerId: number,
  url: string,
  by: string,
  at: Date,
): Promise<void> {
  await db.query({
    text: `INSERT INTO dbmanager.callback_endpoint (customer_id, url, created_at, created_by) VALUES ($1, $2, $3, $4)
      ON CONFLICT (customer_id, url) DO UPDATE SET deleted_at = NULL, created_at = excluded.created_at,
        created_by = excluded.created_by`,
    values: [customerId, url, at, by],
  });
}

/**
 * Puts whether a customer is told of details; one without a fiscal profile keeps the wish all the same.
 * @param db a transaction
 * @param customerId whose
 * @param onDetail the wish
 * @param by who puts it
 * @param at when
 */
export async function wishDetails(
  db: Queryable,
  customerId: number,
  onDetail: boolean,
  by: string,
  at: Date,
): Promise<void> {
  await db.query({
    text: `INSERT INTO dbmanager.fiscal_profile (customer_id, callback_on_detail, updated_at, updated_by)
      VALUES ($1, $2, $3, $4)
      ON CONFLICT (customer_id) DO UPDATE SET callback_on_detail = excluded.callback_on_detail,
        updated_at = excluded.updated_at, updated_by = excluded.updated_by`,
    values: [customerId, onDetail, at, by],
  });
}
