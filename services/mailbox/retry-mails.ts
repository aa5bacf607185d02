// mailbox: puts back all mails that wait for one reason, piece by piece in the order of their arrival. Store: mailbox.mail.
import type { Queryable } from '@staffetta/platform/store/store.ts';
import type { Why } from './why-words.ts';

/** The most mails that one call puts back, so that it holds few rows for a short time; whoever wants more calls again. */
export const retriedMax = 500;

/** Which mails are put back. */
export interface RetryWish {
  readonly why: Why;
  /** In small letters; undefined for all mailboxes. */
  readonly mailbox: string | undefined;
  /** Only those behind this position. A mail that waits for the same reason again is not met twice by who goes on from the last one. */
  readonly after: number;
}

/** A mail that was put back. */
export interface RetriedMail {
  readonly mailId: string;
  readonly mailbox: string;
  readonly position: number;
}

/**
 * Puts quarantined and failed mails of one reason back to where they are understood, or fetched, as `putBack` does with one.
 * @param db a transaction
 * @param wish which
 * @param at by the hub's clock
 * @param due by the machine's clock
 * @returns at most `retriedMax`, those that came first
 */
export async function putBackAll(
  db: Queryable,
  { why, mailbox, after }: RetryWish,
  at: Date,
  due: Date,
): Promise<RetriedMail[]> {
  const { rows } = await db.query<RetriedMail>({
    text: `WITH waiting AS (
        SELECT mail_id FROM mailbox.mail m
        WHERE state IN ('quarantined', 'failed') AND why = $1 AND ($2::text IS NULL OR mailbox = $2) AND position > $3
          AND (bytes IS NOT NULL OR EXISTS (SELECT FROM mailbox.place p
            WHERE p.address = m.mailbox AND p.folder = m.folder AND p.uidvalidity = m.uidvalidity))
        ORDER BY position LIMIT $4 FOR UPDATE OF m
      )
      UPDATE mailbox.mail m
      SET state = 'stored', why = NULL, tries = 0, updated_at = $5, next_try_at = $6, version = version + 1
      FROM waiting WHERE m.mail_id = waiting.mail_id
      RETURNING m.mail_id AS "mailId", m.mailbox, m.position`,
    values: [why, mailbox ?? null, after, retriedMax, at, due],
  });
  return rows;
}
