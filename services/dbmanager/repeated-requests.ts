// dbmanager: the way from the id that a request was given to the invoice that it became. Store: dbmanager.request_key (repeats).
import type { Queryable } from '@staffetta/platform/store/store.ts';
import type { InvoiceKind } from './invoices.ts';

/** Under this a request that repeats another one is known by the id that it was given when it was taken. */
const repeatPrefix = 'request:';

/**
 * Remembers which invoices repeated requests mean, so that the id that each was told leads to its invoice.
 * @param db a transaction
 * @param repeats requests and the invoices that they repeat
 * @param at the instant
 */
export async function noteRepeats(
  db: Queryable,
  repeats: readonly { readonly request: { readonly invoiceId: string }; readonly invoiceId: string }[],
  at: Date,
): Promise<void> {
  const others = repeats.filter(({ request, invoiceId }) => request.invoiceId !== invoiceId);
  if (others.length === 0) return;
  const keys = others.map(({ request }) => repeatPrefix + request.invoiceId);
  await db.query({
    name: 'dbmanager-note-repeats',
    text: `INSERT INTO dbmanager.request_key (key, invoice_id, created_at)
      SELECT DISTINCT ON (key) key, invoice_id, $3 FROM unnest($1::text[], $2::uuid[]) AS repeat (key, invoice_id)
      ORDER BY key ON CONFLICT (key) DO NOTHING`,
    values: [keys, others.map(({ invoiceId }) => invoiceId), at],
  });
}

/** An invoice, by what leads to it. */
export interface MeantInvoice {
  readonly invoiceId: string;
  readonly invoiceNumber: number;
  readonly kind: InvoiceKind;
  readonly customerId: number | null;
}

/**
 * Finds the invoice that a request became; deleted ones are not found.
 * @param db the store
 * @param invoiceId the id that the request was given, a UUID
 */
export async function meantInvoice(db: Queryable, invoiceId: string): Promise<MeantInvoice | undefined> {
  const { rows } = await db.query<MeantInvoice>({
    name: 'dbmanager-meant-invoice',
    text: `SELECT i.invoice_id AS "invoiceId", i.invoice_number AS "invoiceNumber", i.kind, i.customer_id AS "customerId"
      FROM dbmanager.invoice i WHERE i.deleted_at IS NULL AND i.invoice_id =
        coalesce((SELECT k.invoice_id FROM dbmanager.request_key k WHERE k.key = $2), $1::uuid)`,
    values: [invoiceId, repeatPrefix + invoiceId.toLowerCase()],
  });
  return rows[0];
}
