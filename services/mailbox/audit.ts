// mailbox: who did what by hand, when and why; only grows. Store: mailbox.audit.
import type { Queryable } from '@staffetta/platform/store/store.ts';

/** A manual act about a mail. */
export interface AuditEntry {
  readonly at: Date;
  readonly by: string;
  readonly action: 'mail.retry' | 'mail.settle';
  readonly mailId: string;
  readonly reason?: string | undefined;
}

/** A manual act as it was noted. */
export interface NotedAct {
  readonly at: Date;
  readonly by: string;
  readonly action: string;
  readonly reason: string | null;
}

/**
 * Notes a manual act in the transaction that does it.
 * @param db the transaction
 * @param entry who, what, when, why
 */
export async function noteAct(db: Queryable, entry: AuditEntry): Promise<void> {
  await db.query({
    text: `INSERT INTO mailbox.audit (happened_at, done_by, action, mail_id, reason) VALUES ($1, $2, $3, $4, $5)`,
    values: [entry.at, entry.by, entry.action, entry.mailId, entry.reason ?? null],
  });
}

/**
 * Notes one manual act about many mails in the transaction that does it.
 * @param db the transaction
 * @param entry who, what, when
 * @param mailIds whose it is
 */
export async function noteActs(
  db: Queryable,
  { at, by, action }: Omit<AuditEntry, 'mailId' | 'reason'>,
  mailIds: readonly string[],
): Promise<void> {
  await db.query({
    text: `INSERT INTO mailbox.audit (happened_at, done_by, action, mail_id)
      SELECT $1, $2, $3, id FROM unnest($4::uuid[]) AS chosen (id)`,
    values: [at, by, action, mailIds],
  });
}

/**
 * Lists what was done by hand about a mail, the oldest first.
 * @param db the store
 * @param mailId its UUID
 */
export async function listActs(db: Queryable, mailId: string): Promise<NotedAct[]> {
  const { rows } = await db.query<NotedAct>({
    text: `SELECT happened_at AS at, done_by AS by, action, reason FROM mailbox.audit WHERE mail_id = $1 ORDER BY audit_id`,
    values: [mailId],
  });
  return rows;
}
