// dbmanager: what is noted about an invoice after it was stored: the errors of SdI's discard. Store: dbmanager.invoice (findings).
import type { Finding } from '@staffetta/flow/messages.ts';
import type { Queryable } from '@staffetta/platform/store/store.ts';

/**
 * Reads the findings of invoices.
 * @param db a transaction that holds the rows
 * @param invoiceIds any ids
 * @returns by id
 */
export async function readFindings(db: Queryable, invoiceIds: readonly string[]): Promise<Map<string, Finding[]>> {
  if (invoiceIds.length === 0) return new Map();
  const { rows } = await db.query<{ invoiceId: string; findings: Finding[] | null }>({
    text: 'SELECT invoice_id AS "invoiceId", findings FROM dbmanager.invoice WHERE invoice_id = ANY($1::uuid[])',
    values: [invoiceIds],
  });
  return new Map(rows.map(({ invoiceId, findings }) => [invoiceId, findings ?? []]));
}

/**
 * Replaces the findings of invoices.
 * @param db a transaction that holds the rows
 * @param findings by invoice
 */
export async function noteFindings(db: Queryable, findings: ReadonlyMap<string, readonly Finding[]>): Promise<void> {
  if (findings.size === 0) return;
  await db.query({
    text: `UPDATE dbmanager.invoice AS known SET findings = fresh.findings
      FROM unnest($1::uuid[], $2::jsonb[]) AS fresh (invoice_id, findings) WHERE known.invoice_id = fresh.invoice_id`,
    values: [[...findings.keys()], [...findings.values()].map((list) => JSON.stringify(list))],
  });
}
