// receiver: callbacks that come with an outcome: written down once, or made pending again. Store: pending_callbacks
// (new ones).
import type { Tx } from '@staffetta/platform/store/store.ts';
import { keyArrays, type Callback, type CallbackKey } from './pending-callbacks.ts';

/**
 * Whether the inserting instance wants to make the callback from memory: `first` if no earlier one of the invoice is
 * owed, `chained` behind earlier ones that it holds all, `later` not at all.
 */
export type Claim = 'first' | 'chained' | 'later';

/** A callback to write down. */
export interface NewCallback extends Callback {
  readonly customerId: number;
  readonly invoiceNumber: number | undefined;
  readonly invoiceStatus: string;
  readonly claim: Claim;
}

/** What became of an inserted callback: whether this instance holds it. Those known already are not answered. */
export interface InsertedCallback extends CallbackKey {
  readonly owned: boolean;
}

/**
 * Writes new callbacks down, due at once; those already known stay as they are. One statement whatever their number: the
 * bodies travel end to end in one value, because an array of bytes would be written out in hexadecimal.
 * @param tx the transaction of the outcomes
 * @param callbacks at least one; those of one invoice in their order
 * @param owner the instance that may hold them
 * @param now the instant
 */
export async function insertCallbacks(
  tx: Tx,
  callbacks: readonly NewCallback[],
  owner: string,
  now: Date,
): Promise<InsertedCallback[]> {
  const { rows } = await tx.query<InsertedCallback>({
    name: 'receiver.callbacks.insert',
    text: `INSERT INTO receiver.pending_callbacks (invoice_id, sequence, event_id, correlation_id, customer_id,
        invoice_number, invoice_status, url, host, body, partition, log_offset, traceparent, tracestate, created_at, due_at, owner)
      SELECT invoice_id, sequence, event_id, correlation_id, customer_id, invoice_number, invoice_status, url, host,
        substring($15::bytea FROM body_at FOR body_length), partition, log_offset, traceparent, tracestate,
        $1::timestamptz, $1::timestamptz,
        CASE WHEN claim <> 'later' AND NOT EXISTS (
          SELECT FROM receiver.pending_callbacks e
          WHERE e.invoice_id = v.invoice_id AND e.sequence < v.sequence AND e.state = 'pending'
            AND (claim = 'first' OR e.owner IS DISTINCT FROM $2::uuid)) THEN $2::uuid END
      FROM unnest($3::text[], $4::int[], $5::text[], $6::text[], $7::bigint[], $8::bigint[], $9::text[], $10::text[],
        $11::text[], $12::int[], $13::bigint[], $14::text[], $16::int[], $17::int[], $18::text[], $19::text[])
        AS v (invoice_id, sequence, event_id, correlation_id, customer_id, invoice_number, invoice_status, url, host,
        partition, log_offset, claim, body_at, body_length, traceparent, tracestate)
      ON CONFLICT (invoice_id, sequence) DO NOTHING
      RETURNING invoice_id AS "invoiceId", sequence, owner IS NOT NULL AS owned`,
    values: [now, owner, ...insertColumns(callbacks), ...bodyColumns(callbacks), ...traceColumns(callbacks)],
  });
  return rows;
}

function insertColumns(callbacks: readonly NewCallback[]): unknown[][] {
  return [
    ...keyArrays(callbacks),
    callbacks.map((one) => one.eventId),
    callbacks.map((one) => one.correlationId),
    callbacks.map((one) => one.customerId),
    callbacks.map((one) => one.invoiceNumber ?? null),
    callbacks.map((one) => one.invoiceStatus),
    callbacks.map((one) => one.url),
    callbacks.map((one) => one.host),
    callbacks.map((one) => one.partition),
    callbacks.map((one) => String(one.offset)),
    callbacks.map((one) => one.claim),
  ];
}

function traceColumns(callbacks: readonly NewCallback[]): (string | null)[][] {
  return [
    callbacks.map(({ trace }) => trace?.traceparent ?? null),
    callbacks.map(({ trace }) => trace?.tracestate ?? null),
  ];
}

function bodyColumns(callbacks: readonly NewCallback[]): [Buffer, number[], number[]] {
  const bodies = callbacks.map((one) => one.body);
  let next = 1;
  const places = bodies.map((body) => {
    const at = next;
    next += body.length;
    return at;
  });
  return [Buffer.concat(bodies), places, bodies.map((body) => body.length)];
}

/**
 * Makes dead callbacks pending again, with all tries before them (a replay).
 * @param tx the transaction of the outcomes
 * @param keys the callbacks
 * @param now the instant from which they are due
 * @returns how many were dead
 */
export async function reviveCallbacks(tx: Tx, keys: readonly CallbackKey[], now: Date): Promise<number> {
  const { rowCount } = await tx.query({
    text: `UPDATE receiver.pending_callbacks c
      SET state = 'pending', tries = 0, due_at = $3, give_up_at = NULL, finished_at = NULL, owner = NULL
      FROM unnest($1::text[], $2::int[]) AS k (invoice_id, sequence)
      WHERE c.invoice_id = k.invoice_id AND c.sequence = k.sequence AND c.state = 'dead'`,
    values: [...keyArrays(keys), now],
  });
  return rowCount;
}
