// dbmanager: what makes two requests one invoice (ADR-0005). Store: dbmanager.request_key.
import type { Queryable } from '@staffetta/platform/store/store.ts';

/** A key and the invoice that would own it. */
export interface RequestKey {
  readonly key: string;
  readonly invoiceId: string;
}

/**
 * Claims keys; who came first owns them. An invoice that is stored already claims nothing more (its letter is only
 * replayed), and an owner that was deleted owns nothing. A concurrent claim is waited for, in the order of the keys, so
 * that two batches never wait for each other.
 * @param db a transaction
 * @param claims in the order in which they came
 * @param at the instant
 * @returns key → the invoice that owns it now; a key that only stored invoices wanted is not in it
 */
export async function claimKeys(db: Queryable, claims: readonly RequestKey[], at: Date): Promise<Map<string, string>> {
  if (claims.length === 0) return new Map();
  const { rows } = await db.query<RequestKey>({
    name: 'dbmanager-claim-keys',
    text: `INSERT INTO dbmanager.request_key AS known (key, invoice_id, created_at)
      SELECT DISTINCT ON (key) key, invoice_id, $3
      FROM unnest($1::text[], $2::uuid[]) WITH ORDINALITY AS wish (key, invoice_id, place)
      WHERE NOT EXISTS (SELECT 1 FROM dbmanager.invoice i WHERE i.invoice_id = wish.invoice_id)
      ORDER BY key, place
      ON CONFLICT (key) DO UPDATE SET invoice_id = CASE
        WHEN EXISTS (SELECT 1 FROM dbmanager.invoice i
          WHERE i.invoice_id = known.invoice_id AND i.deleted_at IS NOT NULL)
        THEN excluded.invoice_id ELSE known.invoice_id END
      RETURNING key, invoice_id AS "invoiceId"`,
    values: [claims.map(({ key }) => key), claims.map(({ invoiceId }) => invoiceId), at],
  });
  return new Map(rows.map(({ key, invoiceId }) => [key, invoiceId]));
}

/**
 * Frees the keys of an invoice that was deleted, so that the same request may be made again.
 * @param db a transaction
 * @param invoiceId the invoice
 */
export async function freeKeys(db: Queryable, invoiceId: string): Promise<void> {
  await db.query({ text: 'DELETE FROM dbmanager.request_key WHERE invoice_id = $1', values: [invoiceId] });
}

/**
 * Claims the key of a request about an invoice that is stored.
 * @param db a transaction that holds the invoice's row
 * @param key what makes two requests one
 * @param invoiceId the invoice
 * @param at the instant
 * @returns false where the same request was made before
 */
export async function claimStoredKey(db: Queryable, key: string, invoiceId: string, at: Date): Promise<boolean> {
  const { rowCount } = await db.query({
    text: `INSERT INTO dbmanager.request_key (key, invoice_id, created_at) VALUES ($1, $2, $3) ON CONFLICT (key) DO NOTHING`,
    values: [key, invoiceId, at],
  });
  return rowCount > 0;
}

/**
 * Passes keys on to the invoices that their requests turned out to be: a key never names an invoice that was not stored.
 * @param db a transaction
 * @param repeats requests that claimed keys, and the invoices that they repeat
 */
export async function passKeys(
  db: Queryable,
  repeats: readonly { readonly request: { readonly invoiceId: string }; readonly invoiceId: string }[],
): Promise<void> {
  if (repeats.length === 0) return;
  await db.query({
    name: 'dbmanager-pass-keys',
    text: `UPDATE dbmanager.request_key AS known SET invoice_id = fresh.owner
      FROM unnest($1::uuid[], $2::uuid[]) AS fresh (claimant, owner)
      WHERE known.invoice_id = fresh.claimant
        AND NOT EXISTS (SELECT FROM dbmanager.invoice i WHERE i.invoice_id = fresh.claimant)`,
    values: [repeats.map(({ request }) => request.invoiceId), repeats.map(({ invoiceId }) => invoiceId)],
  });
}
