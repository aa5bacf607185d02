// sender: receipts about mails that the ledger does not call sent, or does not know yet. Store: sender.receipt.
import type { Queryable } from '@staffetta/platform/store/store.ts';
import type { Heard } from './mails.ts';

/**
 * Keeps what was heard of transmissions, but for those that the ledger calls sent; that a mail went out is undone by nothing.
 * @param tx a transaction, after `settleMails`
 * @param heard each transmission once
 * @param at when
 */
export async function keepHeard(tx: Queryable, heard: readonly Heard[], at: Date): Promise<void> {
  await tx.query({
    name: 'sender-keep-heard',
    text: `INSERT INTO sender.receipt AS known (transmission_id, verdict, words, heard_at)
      SELECT id, verdict, words, $4 FROM unnest($1::uuid[], $2::text[], $3::text[]) AS heard (id, verdict, words)
      WHERE NOT EXISTS (SELECT 1 FROM sender.mail WHERE transmission_id = heard.id AND state = 'sent')
      ORDER BY id
      ON CONFLICT (transmission_id) DO UPDATE
        SET verdict = excluded.verdict, words = excluded.words, heard_at = excluded.heard_at
        WHERE known.verdict <> 'sent'`,
    values: [
      heard.map((one) => one.transmissionId),
      heard.map((one) => one.verdict),
      heard.map((one) => one.words),
      at,
    ],
  });
}

/**
 * Finds what was heard of some transmissions.
 * @param db the store or a transaction
 * @param transmissionIds UUIDs
 */
export async function findHeard(db: Queryable, transmissionIds: readonly string[]): Promise<Map<string, Heard>> {
  const { rows } = await db.query<Heard>({
    name: 'sender-find-heard',
    text: `SELECT transmission_id AS "transmissionId", verdict, words FROM sender.receipt
      WHERE transmission_id = ANY($1::uuid[])`,
    values: [transmissionIds],
  });
  return new Map(rows.map((row) => [row.transmissionId, row]));
}

/**
 * Forgets receipts that nobody asked for: another hub's mails may be answered in the same mailbox.
 * @param db the store
 * @param before heard before
 */
export async function forgetHeard(db: Queryable, before: Date): Promise<void> {
  await db.query({ text: 'DELETE FROM sender.receipt WHERE heard_at < $1', values: [before] });
}
