// gateway: who changed keys, when and why; only grows. Store: gateway.audit.
import type { Queryable } from '@staffetta/platform/store/store.ts';

/** One act. */
export interface AuditEntry {
  readonly at: Date;
  readonly by: string;
  /** A verb and what it is done to, for example `key.revoke`. */
  readonly action: string;
  /** Which one, for example `key Ab3…`. */
  readonly subject: string;
  readonly reason?: string | undefined;
  /** What changed; never a key or a code. */
  readonly details?: Readonly<Record<string, unknown>>;
}

/** Notes an act in the transaction that does it. */
export async function noteAct(db: Queryable, entry: AuditEntry): Promise<void> {
  await db.query({
    text: `INSERT INTO gateway.audit (happened_at, done_by, action, subject, reason, details) VALUES ($1, $2, $3, $4, $5, $6)`,
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

/** The acts on one subject, the oldest first; the last 200 of them. */
export async function actsOn(db: Queryable, subject: string): Promise<AuditEntry[]> {
  const { rows } = await db.query<AuditEntry & { reason: string | null }>({
    text: `SELECT happened_at at, done_by "by", action, reason, details, subject FROM (
      SELECT * FROM gateway.audit WHERE subject = $1 ORDER BY audit_id DESC LIMIT 200) last ORDER BY audit_id`,
    values: [subject],
  });
  return rows.map((row) => ({ ...row, reason: row.reason ?? undefined }));
}
