// receiver: the callbacks that are owed, being made, made, or given up. Store: pending_callbacks.
import { readTraceContext, type TraceContext } from '@staffetta/flow/trace-context.ts';
import type { Queryable, Tx } from '@staffetta/platform/store/store.ts';
import type { CallbackTime } from './callback-schedule.ts';

/** What names a callback: with a colon between them it is its `webhook-id`. */
export interface CallbackKey {
  readonly invoiceId: string;
  readonly sequence: number;
}

/** A callback as a worker needs it. */
export interface Callback extends CallbackKey {
  readonly eventId: string;
  readonly correlationId: string;
  /** What the callback continues. */
  readonly trace: TraceContext | undefined;
  readonly url: string;
  readonly host: string;
  readonly body: Buffer;
  readonly partition: number;
  readonly offset: bigint;
  readonly tries: number;
  readonly attempts: number;
  readonly createdAt: Date;
}

/**
 * Writes the id that the customer sees.
 * @param key invoice and sequence
 */
export function callbackId({ invoiceId, sequence }: CallbackKey): string {
  return `${invoiceId}:${sequence}`;
}

/** How much may be taken: so many callbacks, and a next one only while those before it have fewer bytes than that. */
export interface Room {
  readonly count: number;
  readonly bytes: number;
}

/** How much a claim may take, by host. */
export interface ClaimRoom {
  /** Hosts whose room differs from `others`, with it (0 for those that are full or left alone). */
  readonly rooms: ReadonlyMap<string, Room>;
  readonly others: Room;
  readonly total: Room;
  /** The host that the hosts are stepped through after; those up to it come last. */
  readonly after: string;
}

/**
 * Takes due callbacks that nobody alive holds: at most one per invoice, none before an earlier one of its invoice is
 * delivered or
 * dead, and per host and in all no more than there is room for. The hosts are stepped through on the index, however
 * many callbacks wait; bodies that are not taken are not read.
 * @param db the store
 * @param owner the instance that takes them
 * @param now the instant to judge by
 * @param room how many
 */
export async function claimDueCallbacks(db: Queryable, owner: string, now: Date, room: ClaimRoom): Promise<Callback[]> {
  const { rows } = await db.query<CallbackRow>({
    name: 'receiver.callbacks.claim',
    text: `WITH RECURSIVE live AS MATERIALIZED (SELECT id FROM platform.live_instance),
      hosts AS (
        (SELECT host FROM receiver.pending_callbacks WHERE state = 'pending' ORDER BY host LIMIT 1)
        UNION ALL
        SELECT (SELECT p.host FROM receiver.pending_callbacks p WHERE p.state = 'pending' AND p.host > h.host
          ORDER BY p.host LIMIT 1)
        FROM hosts h WHERE h.host IS NOT NULL),
      rooms AS MATERIALIZED (
        SELECT h.host, coalesce(r.room, $6::int) AS room, coalesce(r.bytes, $7::bigint) AS bytes,
          row_number() OVER (ORDER BY h.host <= $10, h.host) AS turn
        FROM hosts h LEFT JOIN unnest($3::text[], $4::int[], $5::bigint[]) AS r (host, room, bytes) ON r.host = h.host
        WHERE h.host IS NOT NULL AND coalesce(r.room, $6::int) > 0 ORDER BY turn),
      due AS MATERIALIZED (
        SELECT d.*, rooms.turn, rooms.bytes FROM rooms CROSS JOIN LATERAL (
          SELECT p.invoice_id, p.sequence, p.due_at, octet_length(p.body) AS size FROM receiver.pending_callbacks p
          WHERE p.state = 'pending' AND p.host = rooms.host AND p.due_at <= $2
            AND (p.owner IS NULL OR NOT EXISTS (SELECT FROM live l WHERE l.id = p.owner))
            AND NOT EXISTS (SELECT FROM receiver.pending_callbacks e
              WHERE e.invoice_id = p.invoice_id AND e.sequence < p.sequence AND e.state = 'pending')
          ORDER BY p.due_at LIMIT rooms.room FOR UPDATE SKIP LOCKED) d
        LIMIT $8),
      by_host AS (
        SELECT *, sum(size) OVER (PARTITION BY turn ORDER BY due_at, invoice_id, sequence) - size AS before FROM due),
      by_all AS (
        SELECT *, sum(size) OVER (ORDER BY turn, due_at, invoice_id, sequence) - size AS before_all
        FROM by_host WHERE before < bytes),
      taken AS (SELECT invoice_id, sequence FROM by_all WHERE before_all < $9::bigint)
      UPDATE receiver.pending_callbacks c SET owner = $1 FROM taken t
      WHERE c.invoice_id = t.invoice_id AND c.sequence = t.sequence
      RETURNING ${callbackColumns}`,
    values: [owner, now, ...roomValues(room)],
  });
  return rows.map(asCallback);
}

function roomValues({ rooms, others, total, after }: ClaimRoom): unknown[] {
  const own = [...rooms.values()];
  const columns = [[...rooms.keys()], own.map(({ count }) => count), own.map(({ bytes }) => bytes)];
  return [...columns, others.count, others.bytes, total.count, total.bytes, after];
}

/**
 * Takes callbacks whose time is over and which nobody alive holds, for the transaction that gives them up. Their time
 * runs from the first try, so none is taken that was never tried.
 * @param tx the transaction
 * @param now the instant to judge by
 * @param limit how many at most
 */
export async function takeExpiredCallbacks(tx: Tx, now: Date, limit: number): Promise<Callback[]> {
  const { rows } = await tx.query<CallbackRow>({
    text: `WITH live AS MATERIALIZED (SELECT id FROM platform.live_instance)
      SELECT ${callbackColumns} FROM receiver.pending_callbacks c
      WHERE c.state = 'pending' AND c.give_up_at <= $1
        AND (c.owner IS NULL OR NOT EXISTS (SELECT FROM live l WHERE l.id = c.owner))
      LIMIT $2 FOR UPDATE OF c SKIP LOCKED`,
    values: [now, limit],
  });
  return rows.map(asCallback);
}

/** A callback whose try failed; without `dueAt` it is given up. */
export interface FailedCallback extends CallbackKey {
  readonly status: number | undefined;
  readonly error: string;
  readonly dueAt: Date | undefined;
  /** 1 where a try was made, 0 where it was given up without one. */
  readonly tries: 0 | 1;
  /** The instance that held it, or undefined where the transaction itself took the row. */
  readonly owner: string | undefined;
}

/**
 * Notes failed tries: due again later, or given up. Only the instance that holds a callback may do so. The first try
 * starts the callback's time, which never ends before the next try could be made.
 * @param tx the transaction of the results
 * @param failed the callbacks
 * @param now the instant
 * @param time how long a callback may stay undelivered
 * @returns the callbacks that were really noted
 */
export async function markFailed(
  tx: Tx,
  failed: readonly FailedCallback[],
  now: Date,
  time: CallbackTime,
): Promise<CallbackKey[]> {
  const { rows } = await tx.query<CallbackKey>({
    text: `UPDATE receiver.pending_callbacks c SET
        state = CASE WHEN k.due_at IS NULL THEN 'dead' ELSE 'pending' END,
        finished_at = CASE WHEN k.due_at IS NULL THEN $8::timestamptz END,
        due_at = coalesce(k.due_at, c.due_at), owner = NULL,
        give_up_at = greatest(coalesce(c.give_up_at, $8::timestamptz + $9::float8 * interval '1 ms'),
          k.due_at + $10::float8 * interval '1 ms'),
        tries = c.tries + k.tries, attempts = c.attempts + k.tries,
        last_status = k.status, last_error = k.error
      FROM unnest($1::text[], $2::int[], $3::int[], $4::text[], $5::timestamptz[], $6::int[], $7::uuid[])
        AS k (invoice_id, sequence, status, error, due_at, tries, owner)
      WHERE c.invoice_id = k.invoice_id AND c.sequence = k.sequence AND c.state = 'pending'
        AND (k.owner IS NULL OR c.owner = k.owner)
      RETURNING c.invoice_id AS "invoiceId", c.sequence`,
    values: [
      ...keyArrays(failed),
      failed.map((one) => one.status ?? null),
      failed.map((one) => one.error),
      failed.map((one) => one.dueAt ?? null),
      failed.map((one) => one.tries),
      failed.map((one) => one.owner ?? null),
      now,
      time.lifetimeMs,
      time.graceMs,
    ],
  });
  return rows;
}

/**
 * Lets callbacks go that this instance held but does not make after all.
 * @param db the store or a transaction
 * @param keys the callbacks
 * @param owner the instance
 */
export async function releaseCallbacks(db: Queryable, keys: readonly CallbackKey[], owner: string): Promise<void> {
  await db.query({
    text: `UPDATE receiver.pending_callbacks c SET owner = NULL
      FROM unnest($1::text[], $2::int[]) AS k (invoice_id, sequence)
      WHERE c.invoice_id = k.invoice_id AND c.sequence = k.sequence AND c.owner = $3`,
    values: [...keyArrays(keys), owner],
  });
}

/**
 * Lists what the store says that an instance holds.
 * @param db the store
 * @param owner the instance
 */
export async function listOwnedCallbacks(db: Queryable, owner: string): Promise<CallbackKey[]> {
  const { rows } = await db.query<CallbackKey>({
    text: `SELECT invoice_id AS "invoiceId", sequence FROM receiver.pending_callbacks
      WHERE state = 'pending' AND owner = $1`,
    values: [owner],
  });
  return rows;
}

/**
 * Forgets callbacks that were delivered long ago (their tries go by `forgetAttempts`, first).
 * @param tx the transaction
 * @param keys from `listForgettable`
 */
export async function forgetCallbacks(tx: Tx, keys: readonly CallbackKey[]): Promise<void> {
  await tx.query({
    text: `DELETE FROM receiver.pending_callbacks c USING unnest($1::text[], $2::int[]) AS k (invoice_id, sequence)
      WHERE c.invoice_id = k.invoice_id AND c.sequence = k.sequence`,
    values: keyArrays(keys),
  });
}

/**
 * Finds callbacks that were delivered long ago. Invoice ids sort by time, so the oldest are at the front of the primary
 * key.
 * @param tx the transaction that forgets them
 * @param before delivered before this instant
 * @param limit how many at most
 */
export async function listForgettable(tx: Tx, before: Date, limit: number): Promise<CallbackKey[]> {
  const { rows } = await tx.query<CallbackKey>({
    text: `SELECT invoice_id AS "invoiceId", sequence FROM receiver.pending_callbacks
      WHERE state = 'delivered' AND finished_at < $1 LIMIT $2 FOR UPDATE SKIP LOCKED`,
    values: [before, limit],
  });
  return rows;
}

interface CallbackRow extends Omit<Callback, 'offset' | 'trace'> {
  readonly offset: number;
  readonly traceparent: string | null;
  readonly tracestate: string | null;
}

const callbackColumns = `c.invoice_id AS "invoiceId", c.sequence, c.event_id AS "eventId",
  c.correlation_id AS "correlationId", c.traceparent, c.tracestate, c.url, c.host, c.body, c.partition, c.log_offset AS "offset", c.tries,
  c.attempts, c.created_at AS "createdAt"`;

function asCallback({ traceparent, tracestate, ...row }: CallbackRow): Callback {
  const trace = readTraceContext(traceparent, tracestate ?? undefined);
  return { ...row, trace, offset: BigInt(row.offset) };
}

/**
 * Turns keys into the two columns that statements take.
 * @param keys the callbacks
 */
export function keyArrays(keys: readonly CallbackKey[]): [string[], number[]] {
  return [keys.map((key) => key.invoiceId), keys.map((key) => key.sequence)];
}
