// receiver: how much it waits for and owes, in one statement, for figures. Store: waiters, pending_callbacks.
import type { Queryable } from '@staffetta/platform/store/store.ts';

/** What is open at one moment; instants are null where nothing is. */
export interface OwedFigures {
  /** Accepted events that are not known to be saved, and that no dead letter told of. */
  readonly waiters: number;
  readonly firstDeadline: Date | null;
  readonly pending: number;
  /** Pending, and due before the given instant. */
  readonly overdue: number;
  readonly firstDue: Date | null;
  /** Given up, and not replayed. */
  readonly dead: number;
}

/**
 * Counts; every part of it reads a partial index of what is open.
 * @param db the store
 * @param overdueBefore callbacks that were due before this instant count as overdue
 */
export async function readOwed(db: Queryable, overdueBefore: Date): Promise<OwedFigures> {
  const { rows } = await db.query<OwedFigures>({
    name: 'receiver.owed',
    text: `SELECT w.*, p.*, d.* FROM
      (SELECT count(*) AS waiters, min(deadline) AS "firstDeadline" FROM receiver.waiters
        WHERE closed_at IS NULL AND told_at IS NULL) w,
      (SELECT count(*) AS pending, count(*) FILTER (WHERE due_at < $1) AS overdue, min(due_at) AS "firstDue"
        FROM receiver.pending_callbacks WHERE state = 'pending') p,
      (SELECT count(*) AS dead FROM receiver.pending_callbacks WHERE state = 'dead') d`,
    values: [overdueBefore],
  });
  return rows[0]!;
}
