// sender: when each mail of a mailbox was let go, where mails are bounded in number. Store: sender.mail_leave.
import type { Queryable } from '@staffetta/platform/store/store.ts';

// The first of the two numbers of an advisory lock; "leav" in ASCII tells it from the locks of other parts.
const lockSpace = 0x6c_65_61_76;

/** What bounds the next mail. */
export interface Leaves {
  /** When the last one was let go. */
  readonly last: Date | null;
  /** When the last but so many was let go: the day is full until a day after it. */
  readonly nthLast: Date | null;
}

/**
 * Lets one sender at a time decide about a mailbox, until the transaction ends.
 * @param tx the transaction
 * @param mailbox in lower case
 */
export async function lockLeaves(tx: Queryable, mailbox: string): Promise<void> {
  await tx.query({
    name: 'sender-lock-leaves',
    text: 'SELECT pg_advisory_xact_lock($1, hashtext($2))',
    values: [lockSpace, mailbox],
  });
}

/**
 * Reads what bounds the next mail of a mailbox.
 * @param db a transaction that holds the mailbox
 * @param mailbox in lower case
 * @param count how many mails `nthLast` looks back, 1 or more
 * @param until none after it counts: a clock that was turned back must not stop the sending for long
 */
export async function readLeaves(db: Queryable, mailbox: string, count: number, until: Date): Promise<Leaves> {
  const { rows } = await db.query<Leaves>({
    name: 'sender-read-leaves',
    text: `SELECT (SELECT max(at) FROM sender.mail_leave WHERE mailbox = $1 AND at <= $3) AS last,
      (SELECT at FROM sender.mail_leave WHERE mailbox = $1 AND at <= $3 ORDER BY at DESC OFFSET $2 - 1 LIMIT 1)
        AS "nthLast"`,
    values: [mailbox, count, until],
  });
  return rows[0] ?? { last: null, nthLast: null };
}

/**
 * Notes that a mail is let go.
 * @param db a transaction that holds the mailbox
 * @param mailbox in lower case
 * @param transmissionId which
 * @param at when, in real time
 */
export async function noteLeave(db: Queryable, mailbox: string, transmissionId: string, at: Date): Promise<void> {
  await db.query({
    name: 'sender-note-leave',
    text: 'INSERT INTO sender.mail_leave (mailbox, at, transmission_id) VALUES ($1, $2, $3)',
    values: [mailbox, at, transmissionId],
  });
}

/**
 * Forgets what no bound looks back to any more.
 * @param db the store or a transaction
 * @param before how far back bounds look
 */
export async function forgetLeaves(db: Queryable, before: Date): Promise<void> {
  await db.query({ text: 'DELETE FROM sender.mail_leave WHERE at < $1', values: [before] });
}
