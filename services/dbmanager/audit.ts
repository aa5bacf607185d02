// dbmanager: who did what by hand, when and why; only grows. Store: dbmanager.audit.
import type { Queryable } from '@staffetta/platform/store/store.ts';

/** A manual act. */
export interface AuditEntry {
  readonly at: Date;
  readonly by: string;
  /** A verb and what it is done to, for example `invoice.delete`. */
  readonly action: string;
  /** Which one, for example `invoice 41`. */
  readonly subject: string;
  readonly reason?: string | undefined;
  /** What changed; never a document, a password or a secret. */
  readonly details?: Readonly<Record<string, unknown>>;
}

/**
 * Notes a manual act in the transaction that does it.
 * @param db the transaction
 * @param entry who, what, when, why
 */
export async function noteAct(db: Queryable, entry: AuditEntry): Promise<void> {
  await db.query({
    text: `INSERT INTO dbmanager.audit (happened_at, done_by, action, subject, reason, details)
      VALUES ($1, $2, $3, $4, $5, $6)`,
    values: [
      entry.at,
      entry.by,
      entry.action,
      entry.subject,
      entry.reason ?? null,
      JSON.stringify(entry.details ?? {}),
    ],
  });
}
