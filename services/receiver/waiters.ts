// receiver: what was accepted and is not known to be saved yet. Store: waiters.
import type { Queryable, Tx } from '@staffetta/platform/store/store.ts';

/** An accepted event that waits to be saved. */
export interface Waiter {
  readonly eventId: string;
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
  readonly correlationId: string;
}

/** A waiter that was told overdue and is saved now after all. */
export interface LateWaiter {
  readonly eventId: string;
  readonly topic: string;
  readonly partition: number;
  readonly correlationId: string;
}

/**
 * Opens waiters; those already known (read again, or saved before) stay as they are.
 * @param db the store or a transaction
 * @param waiters sorted by event id, so that two statements never lock in opposite orders
 * @param deadline the instant after which they are overdue
 * @returns how many were opened
 */
export async function openWaiters(db: Queryable, waiters: readonly Waiter[], deadline: Date): Promise<number> {
  const { rowCount } = await db.query({
    name: 'receiver.waiters.open',
    text: `INSERT INTO receiver.waiters (event_id, topic, partition, log_offset, correlation_id, deadline)
      SELECT *, $6::timestamptz FROM unnest($1::text[], $2::text[], $3::int[], $4::bigint[], $5::text[])
      ON CONFLICT (event_id) DO NOTHING`,
    values: [
      waiters.map((one) => one.eventId),
      waiters.map((one) => one.topic),
      waiters.map((one) => one.partition),
      waiters.map((one) => String(one.offset)),
      waiters.map((one) => one.correlationId),
      deadline,
    ],
  });
  return rowCount;
}

/**
 * Closes waiters, known or not: the outcome may come before the event was read.
 * @param tx the transaction of the outcomes
 * @param eventIds sorted, each once
 * @param now the instant of closing
 * @returns those whose dead letter is to be closed
 */
export async function closeWaiters(tx: Tx, eventIds: readonly string[], now: Date): Promise<LateWaiter[]> {
  const { rows } = await tx.query<LateWaiter & { late: boolean }>({
    name: 'receiver.waiters.close',
    text: `INSERT INTO receiver.waiters AS w (event_id, closed_at) SELECT id, $2 FROM unnest($1::text[]) AS id
      ON CONFLICT (event_id) DO UPDATE SET closed_at = excluded.closed_at WHERE w.closed_at IS NULL
      RETURNING w.event_id AS "eventId", w.topic, w.partition, w.correlation_id AS "correlationId",
        w.told_at IS NOT NULL AS late`,
    values: [eventIds, now],
  });
  return rows.filter((row) => row.late);
}

/**
 * Takes overdue waiters for this transaction; other instances pass over them.
 * @param tx the transaction that tells of them
 * @param now the instant to judge by
 * @param limit how many at most
 */
export async function takeOverdueWaiters(tx: Tx, now: Date, limit: number): Promise<Waiter[]> {
  const { rows } = await tx.query<Omit<Waiter, 'offset'> & { offset: number }>({
    text: `SELECT event_id AS "eventId", topic, partition, log_offset AS "offset", correlation_id AS "correlationId"
      FROM receiver.waiters WHERE closed_at IS NULL AND told_at IS NULL AND deadline <= $1
      ORDER BY deadline LIMIT $2 FOR UPDATE SKIP LOCKED`,
    values: [now, limit],
  });
  return rows.map((row) => ({ ...row, offset: BigInt(row.offset) }));
}

/**
 * Notes that a dead letter told of waiters.
 * @param tx the transaction that publishes the dead letters
 * @param eventIds the waiters taken
 * @param now the instant
 */
export async function markWaitersTold(tx: Tx, eventIds: readonly string[], now: Date): Promise<void> {
  await tx.query({
    text: 'UPDATE receiver.waiters SET told_at = $2 WHERE event_id = ANY($1::text[])',
    values: [eventIds, now],
  });
}

/**
 * Forgets waiters closed some time ago (kept that long so that an event read again does not wait for ever), and those
 * told long ago: what was set aside for good or replayed under a fresh id is never closed.
 * @param db the store
 * @param closedBefore closed before this instant
 * @param toldBefore told before this instant; a later save no longer closes their dead letter
 * @param limit how many at most
 * @returns how many went
 */
export async function forgetWaiters(
  db: Queryable,
  closedBefore: Date,
  toldBefore: Date,
  limit: number,
): Promise<number> {
  const { rowCount } = await db.query({
    text: `DELETE FROM receiver.waiters WHERE ctid = ANY(ARRAY(
      SELECT ctid FROM receiver.waiters WHERE closed_at < $1 OR (closed_at IS NULL AND told_at < $2)
      LIMIT $3 FOR UPDATE SKIP LOCKED))`,
    values: [closedBefore, toldBefore, limit],
  });
  return rowCount;
}

/**
 * Lists open waiters: first those that no dead letter told of yet, then the others, the oldest first.
 * @param db the store
 * @param limit how many at most
 */
export async function listOpenWaiters(db: Queryable, limit: number): Promise<readonly OpenWaiter[]> {
  const { rows } = await db.query<OpenWaiter>({
    text: `SELECT event_id AS "eventId", topic, partition, log_offset AS "offset", correlation_id AS "correlationId",
        deadline, told_at AS "toldAt"
      FROM receiver.waiters WHERE closed_at IS NULL ORDER BY told_at IS NOT NULL, deadline LIMIT $1`,
    values: [limit],
  });
  return rows;
}

/** A waiter as the operator sees it; `toldAt` where its dead letter was written. */
export interface OpenWaiter {
  readonly eventId: string;
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly correlationId: string;
  readonly deadline: Date;
  readonly toldAt: Date | null;
}
