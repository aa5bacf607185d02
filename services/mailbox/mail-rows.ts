// mailbox: the mails as people ask for them, and what people decide about them. Store: mailbox.mail.
import type { PageRequest } from '@staffetta/platform/http/page.ts';
import type { Queryable } from '@staffetta/platform/store/store.ts';
import type { MailPlace, MailState, ThingResult } from './mails.ts';
import type { MailPlan, MailSummary } from './plan-mail.ts';

/** A mail without its bytes. */
export interface MailRow extends MailPlace {
  readonly mailId: string;
  readonly messageId: string | null;
  readonly sha256: string | null;
  readonly size: number;
  readonly hasBytes: boolean;
  readonly receivedAt: Date | null;
  readonly storedAt: Date;
  readonly state: MailState;
  readonly kind: MailPlan['kind'] | null;
  readonly why: string | null;
  readonly summary: Partial<MailSummary>;
  readonly results: readonly ThingResult[];
  readonly repeats: string | null;
  readonly tries: number;
  readonly nextTryAt: Date | null;
  readonly removedAt: Date | null;
  readonly updatedAt: Date;
}

/** Which mails somebody asks for; absent means any. */
export interface MailFilter {
  readonly state?: string | undefined;
  readonly mailbox?: string | undefined;
  readonly kind?: string | undefined;
}

const columns = `mail_id AS "mailId", mailbox, folder, uidvalidity, uid, message_id AS "messageId",
  encode(sha256, 'hex') AS sha256, size, bytes IS NOT NULL AS "hasBytes", received_at AS "receivedAt",
  stored_at AS "storedAt", state, kind, why, summary, results, repeats, tries, next_try_at AS "nextTryAt",
  removed_at AS "removedAt", updated_at AS "updatedAt"`;
const matches = `($1::text IS NULL OR state = $1) AND ($2::text IS NULL OR mailbox = $2) AND ($3::text IS NULL OR kind = $3)`;

function valuesOf({ state, mailbox, kind }: MailFilter): unknown[] {
  return [state ?? null, mailbox ?? null, kind ?? null];
}

/**
 * Lists mails, the newest first.
 * @param db the store
 * @param filter which
 * @param page which piece of them
 */
export async function listMails(db: Queryable, filter: MailFilter, page: PageRequest): Promise<MailRow[]> {
  const { rows } = await db.query<MailRow>({
    text: `SELECT ${columns} FROM mailbox.mail WHERE ${matches} ORDER BY position DESC LIMIT $4 OFFSET $5`,
    values: [...valuesOf(filter), page.size, page.number * page.size],
  });
  return rows;
}

/**
 * Counts what `listMails` would list on all pages.
 * @param db the store
 * @param filter which
 */
export async function countMails(db: Queryable, filter: MailFilter): Promise<number> {
  const { rows } = await db.query<{ count: number }>({
    text: `SELECT count(*) AS count FROM mailbox.mail WHERE ${matches}`,
    values: valuesOf(filter),
  });
  return rows[0]?.count ?? 0;
}

/**
 * Finds a mail without its bytes.
 * @param db the store or a transaction
 * @param mailId its UUID
 */
export async function findMail(db: Queryable, mailId: string): Promise<MailRow | undefined> {
  const { rows } = await db.query<MailRow>({
    text: `SELECT ${columns} FROM mailbox.mail WHERE mail_id = $1`,
    values: [mailId],
  });
  return rows[0];
}

/**
 * Finds a mail's exact bytes; those of a repeated one are those of the first.
 * @param db the store
 * @param mailId its UUID
 * @returns undefined where there is no such mail, or its bytes are not here
 */
export async function findBytes(db: Queryable, mailId: string): Promise<Buffer | undefined> {
  const { rows } = await db.query<{ bytes: Buffer | null }>({
    text: `SELECT kept.bytes FROM mailbox.mail m JOIN mailbox.mail kept ON kept.mail_id = coalesce(m.repeats, m.mail_id)
      WHERE m.mail_id = $1`,
    values: [mailId],
  });
  return rows[0]?.bytes ?? undefined;
}

/**
 * Puts a mail that is set aside, failed or waiting back to where it is understood, or fetched where its bytes are not here; what was
 * handed over already stays so.
 * @param db a transaction
 * @param mailId its UUID
 * @param at by the hub's clock
 * @param due by the machine's clock
 * @returns false where there is nothing to try again; a mail without its bytes cannot be fetched by a UID of an old numbering (it was
 *   looked for under its new one)
 */
export async function putBack(db: Queryable, mailId: string, at: Date, due: Date): Promise<boolean> {
  const { rowCount } = await db.query({
    text: `UPDATE mailbox.mail m SET state = 'stored', why = NULL, tries = 0, updated_at = $2, next_try_at = $3, version = version + 1
      WHERE mail_id = $1 AND state <> 'repeated' AND (state IN ('quarantined', 'failed') OR next_try_at IS NOT NULL)
        AND (bytes IS NOT NULL OR EXISTS (SELECT FROM mailbox.place p
          WHERE p.address = m.mailbox AND p.folder = m.folder AND p.uidvalidity = m.uidvalidity))`,
    values: [mailId, at, due],
  });
  return rowCount === 1;
}

/**
 * Notes that a person has dealt with a mail: nothing more is done with it.
 * @param db a transaction
 * @param mailId its UUID
 * @param at by the hub's clock
 * @returns false where it is no mail that waits for anybody
 */
export async function settleMail(db: Queryable, mailId: string, at: Date): Promise<boolean> {
  const { rowCount } = await db.query({
    text: `UPDATE mailbox.mail SET state = 'understood', updated_at = $2, next_try_at = NULL, version = version + 1
      WHERE mail_id = $1 AND state IN ('quarantined', 'failed')`,
    values: [mailId, at],
  });
  return rowCount === 1;
}

/** How many mails of a mailbox are in a state. */
export interface StateCount {
  readonly mailbox: string;
  readonly state: MailState;
  readonly count: number;
}

/**
 * Counts the mails of each mailbox by state.
 * @param db the store
 */
export async function countByState(db: Queryable): Promise<StateCount[]> {
  const { rows } = await db.query<StateCount>({
    text: `SELECT mailbox, state, count(*) AS count FROM mailbox.mail GROUP BY mailbox, state`,
  });
  return rows;
}

/**
 * Finds since when the oldest mail waits to be understood or handed over.
 * @param db the store
 */
export async function oldestWaiting(db: Queryable): Promise<Date | undefined> {
  const { rows } = await db.query<{ at: Date | null }>({
    text: `SELECT min(stored_at) AS at FROM mailbox.mail WHERE next_try_at IS NOT NULL AND state <> 'quarantined'`,
  });
  return rows[0]?.at ?? undefined;
}
