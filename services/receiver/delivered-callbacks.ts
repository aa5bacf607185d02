// receiver: callbacks that were taken, with the try that did it. Store: pending_callbacks and callback_attempts
// (deliveries).
import type { Queryable } from '@staffetta/platform/store/store.ts';
import type { Attempt } from './callback-attempts.ts';
import { keyArrays } from './pending-callbacks.ts';

/**
 * Notes deliveries: keeps their tries and drops their bodies. One statement for both, as nearly every callback ends so;
 * what is known already stays as it is.
 * @param db the store, or the transaction of the results
 * @param delivered the tries, each callback once
 * @param now the instant
 */
export async function noteDeliveries(db: Queryable, delivered: readonly Attempt[], now: Date): Promise<void> {
  await db.query({
    name: 'receiver.callbacks.delivered',
    text: `WITH k AS MATERIALIZED (
        SELECT * FROM unnest($1::text[], $2::int[], $3::int[], $4::timestamptz[], $5::int[], $6::text[], $7::int[],
          $8::text[]) AS k (invoice_id, sequence, attempt, started_at, duration_ms, outcome, status, answer)),
      tried AS (
        INSERT INTO receiver.callback_attempts
          (invoice_id, sequence, attempt, started_at, duration_ms, outcome, status, answer)
        SELECT invoice_id, sequence, attempt, started_at, duration_ms, outcome, status, answer FROM k
        ON CONFLICT DO NOTHING)
      UPDATE receiver.pending_callbacks c SET state = 'delivered', finished_at = $9, owner = NULL, body = NULL,
        tries = c.tries + 1, attempts = c.attempts + 1, last_status = k.status, last_error = NULL
      FROM k WHERE c.invoice_id = k.invoice_id AND c.sequence = k.sequence AND c.state <> 'delivered'`,
    values: [
      ...keyArrays(delivered),
      delivered.map((one) => one.attempt),
      delivered.map((one) => one.startedAt),
      delivered.map((one) => one.durationMs),
      delivered.map((one) => one.outcome),
      delivered.map((one) => one.status ?? 200),
      delivered.map((one) => one.answer ?? null),
      now,
    ],
  });
}
