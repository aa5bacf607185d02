// dbmanager: what makes two requests one invoice (ADR-0005). Store: dbmanager.request_key.
import type { Queryable } from '@staffetta/platform/store/store.ts';

/** A key and the invoice that would own it. */
export interface RequestKey {
  readonly key: string;
  readonly invoiceId: string;
}

/**
 * Claims keys; who came first owns them. A concurrent claim is waited for, in the order of the keys, so that two batches never
 * wait for each other.
 * @param db a transaction
 * @param claims each key at most once
 * @param at the instant
 * @returns key → the invoice that owns it now
 */
export async function claimKeys(db: Queryable, claims: readonly RequestKey[], at: Date): Promise<Map<string, string>> {
  if (claims.length === 0) return new Map();
  const sorted = claims.toSorted((a, b) => (a.key < b.key ? -1 : 1));
  const { rows } = await db.query<RequestKey>({
    name: 'dbmanager-claim-keys',
    text: `INSERT INTO dbmanager.request_key AS known (key, invoice_id, created_at)
      SELECT key, invoice_id, $3 FROM unnest($1::text[], $2::uuid[]) AS fresh (key, invoice_id)
      ON CONFLICT (key) DO UPDATE SET key = known.key
      RETURNING key, invoice_id AS "invoiceId"`,
    values: [sorted.map(({ key }) => key), sorted.map(({ invoiceId }) => invoiceId), at],
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
