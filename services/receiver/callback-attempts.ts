// receiver: every try of every callback, for whoever asks why. Store: callback_attempts.
import type { Queryable, Tx } from '@staffetta/platform/store/store.ts';
import type { CallbackKey } from './pending-callbacks.ts';

/** One try of a callback, as it went. */
export interface Attempt extends CallbackKey {
  /** From 1, over all tries of this callback. */
  readonly attempt: number;
  readonly startedAt: Date;
  readonly durationMs: number;
  /** `delivered`, `refused`, `redirected`, `timeout`, `unreachable` or `blocked`. */
  readonly outcome: string;
  readonly status: number | undefined;
  readonly error: string | undefined;
  /** The answer's first 4 KiB. */
  readonly answer: string | undefined;
}

/**
 * Keeps tries; one that is known already stays as it is.
 * @param tx the transaction of the results
 * @param attempts the tries
 */
export async function insertAttempts(tx: Tx, attempts: readonly Attempt[]): Promise<void> {
  await tx.query({
    name: 'receiver.attempts.insert',
    text: `INSERT INTO receiver.callback_attempts
        (invoice_id, sequence, attempt, started_at, duration_ms, outcome, status, error, answer)
      SELECT * FROM unnest($1::text[], $2::int[], $3::int[], $4::timestamptz[], $5::int[], $6::text[], $7::int[],
        $8::text[], $9::text[])
      ON CONFLICT DO NOTHING`,
    values: [
      attempts.map((one) => one.invoiceId),
      attempts.map((one) => one.sequence),
      attempts.map((one) => one.attempt),
      attempts.map((one) => one.startedAt),
      attempts.map((one) => one.durationMs),
      attempts.map((one) => one.outcome),
      attempts.map((one) => one.status ?? null),
      attempts.map((one) => one.error ?? null),
      attempts.map((one) => one.answer ?? null),
    ],
  });
}

/** A try as the store gives it back. */
export interface StoredAttempt {
  readonly attempt: number;
  readonly startedAt: Date;
  readonly durationMs: number;
  readonly outcome: string;
  readonly status: number | null;
  readonly error: string | null;
  readonly answer: string | null;
}

/**
 * Lists the tries of one callback in their order.
 * @param db the store
 * @param key the callback
 */
export async function listAttempts(db: Queryable, key: CallbackKey): Promise<readonly StoredAttempt[]> {
  const { rows } = await db.query<StoredAttempt>({
    text: `SELECT attempt, started_at AS "startedAt", duration_ms AS "durationMs", outcome, status, error, answer
      FROM receiver.callback_attempts WHERE invoice_id = $1 AND sequence = $2 ORDER BY attempt`,
    values: [key.invoiceId, key.sequence],
  });
  return rows;
}

/**
 * Forgets the tries of callbacks that are forgotten too.
 * @param tx the transaction
 * @param keys the callbacks
 */
export async function forgetAttempts(tx: Tx, keys: readonly CallbackKey[]): Promise<void> {
  await tx.query({
    text: `DELETE FROM receiver.callback_attempts a USING unnest($1::text[], $2::int[]) AS k (invoice_id, sequence)
      WHERE a.invoice_id = k.invoice_id AND a.sequence = k.sequence`,
    values: [keys.map((key) => key.invoiceId), keys.map((key) => key.sequence)],
  });
}
