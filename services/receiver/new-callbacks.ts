// receiver: callbacks that come with an outcome: written down once, or made pending again. Store: pending_callbacks
// (new ones).
import type { Tx } from '@staffetta/platform/store/store.ts';
import { keyArrays, type Callback, type CallbackKey } from './pending-callbacks.ts';

/**
 * Whether the inserting instance wants to make the callback from memory: `first` if no earlier one of the invoice is
 * owed,
 * `chained` behind an earlier one that it holds already, `later` not at all.
 */
export type Claim = 'first' | 'chained' | 'later';

/** A callback to write down. */
export interface NewCallback extends Callback {
  readonly customerId: number;
  readonly invoiceNumber: number | undefined;
  readonly invoiceStatus: string;
  readonly claim: Claim;
}

const columns = [
  'text',
  'int',
  'text',
  'text',
  'bigint',
  'bigint',
  'text',
  'text',
  'text',
  'bytea',
  'int',
  'bigint',
  'text',
];

const insertTexts = new Map<number, string>();

function insertText(count: number): string {
  let text = insertTexts.get(count);
  if (text === undefined) {
    const rows = Array.from({ length: count }, (_, row) => {
      const cells = columns.map(
        (type, column) => `$${4 + row * columns.length + column}${row === 0 ? `::${type}` : ''}`,
      );
      return `(${cells.join(', ')})`;
    });
    text = `INSERT INTO receiver.pending_callbacks (invoice_id, sequence, event_id, correlation_id, customer_id,
        invoice_number, invoice_status, url, host, body, partition, log_offset, created_at, due_at, give_up_at, owner)
      SELECT invoice_id, sequence, event_id, correlation_id, customer_id, invoice_number, invoice_status, url, host,
        body, partition, log_offset, $1::timestamptz, $1::timestamptz, $2::timestamptz,
        CASE WHEN claim = 'chained' OR (claim = 'first' AND NOT EXISTS (
          SELECT FROM receiver.pending_callbacks e
          WHERE e.invoice_id = v.invoice_id AND e.sequence < v.sequence AND e.state = 'pending')) THEN $3::uuid END
      FROM (VALUES ${rows.join(', ')}) AS v (invoice_id, sequence, event_id, correlation_id, customer_id,
        invoice_number, invoice_status, url, host, body, partition, log_offset, claim)
      ON CONFLICT (invoice_id, sequence) DO NOTHING
      RETURNING invoice_id AS "invoiceId", sequence, owner IS NOT NULL AS owned`;
    insertTexts.set(count, text);
  }
  return text;
}

/** What became of an inserted callback: whether this instance holds it. Those known already are not answered. */
export interface InsertedCallback extends CallbackKey {
  readonly owned: boolean;
}

/**
 * Writes new callbacks down, due at once; those already known stay as they are.
 * @param tx the transaction of the outcomes
 * @param callbacks a power of two of them, so that few statements need to be prepared (see `inPowersOfTwo`)
 * @param owner the instance that may hold them
 * @param now the instant
 * @param giveUpAt when they are given up whatever the tries
 */
export async function insertCallbacks(
  tx: Tx,
  callbacks: readonly NewCallback[],
  owner: string,
  now: Date,
  giveUpAt: Date,
): Promise<InsertedCallback[]> {
  const cells = callbacks.flatMap((one) => [
    one.invoiceId,
    one.sequence,
    one.eventId,
    one.correlationId,
    one.customerId,
    one.invoiceNumber,
    one.invoiceStatus,
    one.url,
    one.host,
    one.body,
    one.partition,
    String(one.offset),
    one.claim,
  ]);
  const { rows } = await tx.query<InsertedCallback>({
    name: `receiver.callbacks.insert.${callbacks.length}`,
    text: insertText(callbacks.length),
    values: [now, giveUpAt, owner, ...cells],
  });
  return rows;
}

/**
 * Cuts a list into pieces of 64, 32 … 1.
 * @param list anything
 */
export function inPowersOfTwo<T>(list: readonly T[]): readonly (readonly T[])[] {
  const pieces: (readonly T[])[] = [];
  for (let at = 0, size = 64; at < list.length;) {
    while (size > list.length - at) size /= 2;
    pieces.push(list.slice(at, at + size));
    at += size;
  }
  return pieces;
}

/**
 * Makes dead callbacks pending again, with all tries before them (a replay).
 * @param tx the transaction of the outcomes
 * @param keys the callbacks
 * @param now the instant from which they are due
 * @param giveUpAt when they are given up again
 * @returns how many were dead
 */
export async function reviveCallbacks(
  tx: Tx,
  keys: readonly CallbackKey[],
  now: Date,
  giveUpAt: Date,
): Promise<number> {
  const { rowCount } = await tx.query({
    text: `UPDATE receiver.pending_callbacks c
      SET state = 'pending', tries = 0, due_at = $3, give_up_at = $4, finished_at = NULL, owner = NULL
      FROM unnest($1::text[], $2::int[]) AS k (invoice_id, sequence)
      WHERE c.invoice_id = k.invoice_id AND c.sequence = k.sequence AND c.state = 'dead'`,
    values: [...keyArrays(keys), now, giveUpAt],
  });
  return rowCount;
}
