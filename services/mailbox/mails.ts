// mailbox: the mails, one row each, which are the queue of what is to be done too. Store: mailbox.mail.
import type { Queryable } from '@staffetta/platform/store/store.ts';
import type { MailPlan, MailSummary, Thing } from './plan-mail.ts';
import type { Why } from './why-words.ts';

/** How far a mail is. */
export type MailState = 'stored' | 'understood' | 'quarantined' | 'failed' | 'repeated';

/** What came of one thing that a mail holds. */
export interface ThingResult {
  /** The thing's id. */
  readonly id: string;
  readonly what: Thing['what'];
  readonly name?: string;
  readonly outcome: 'handedOver' | 'refused' | 'unknownRecipient' | 'severalRecipients' | 'failed';
  /** What was answered, where it was not simply taken. */
  readonly words?: string;
  /** For whom, of an invoice. */
  readonly customerId?: number;
  /** ISO 8601 in UTC. */
  readonly at: string;
}

/** Where a mail lies on its server. */
export interface MailPlace {
  readonly mailbox: string;
  readonly folder: string;
  readonly uidvalidity: number;
  readonly uid: number;
}

/** A mail as it came. */
export interface NewMail extends MailPlace {
  readonly mailId: string;
  readonly messageId: string | undefined;
  readonly sha256: Buffer | undefined;
  readonly bytes: Buffer | undefined;
  /** As the server says, where the bytes are not here. */
  readonly size: number;
  readonly receivedAt: Date | undefined;
  readonly state: MailState;
  readonly why: Why | undefined;
  readonly summary: MailSummary | undefined;
  readonly repeats: string | undefined;
  /** By the hub's clock. */
  readonly storedAt: Date;
  /** By the machine's clock; undefined where nothing is to be done. */
  readonly nextTryAt: Date | undefined;
}

/**
 * Finds the mails with the same bytes that a mailbox had before.
 * @param db a transaction
 * @param mailbox its address
 * @param hashes SHA-256 of the exact bytes
 * @returns the hash in hex → the id of the first one
 */
export async function findSameMails(
  db: Queryable,
  mailbox: string,
  hashes: readonly Buffer[],
): Promise<Map<string, string>> {
  const { rows } = await db.query<{ sha256: string; mailId: string }>({
    name: 'mailbox-find-same-mails',
    text: `SELECT encode(sha256, 'hex') AS sha256, mail_id AS "mailId" FROM mailbox.mail
      WHERE mailbox = $1 AND sha256 = ANY($2::bytea[]) AND state <> 'repeated'`,
    values: [mailbox, hashes],
  });
  return new Map(rows.map(({ sha256, mailId }) => [sha256, mailId]));
}

/**
 * Inserts a mail; one that is here already under its UID stays as it is.
 * @param db a transaction
 * @param mail the row
 * @returns whether it is new
 */
export async function insertMail(db: Queryable, mail: NewMail): Promise<boolean> {
  const { rowCount } = await db.query({
    name: 'mailbox-insert-mail',
    text: `INSERT INTO mailbox.mail (mail_id, mailbox, folder, uidvalidity, uid, message_id, sha256, bytes, size, received_at,
        state, why, summary, repeats, stored_at, updated_at, next_try_at)
      VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $15, $16) ON CONFLICT DO NOTHING`,
    values: [
      mail.mailId,
      mail.mailbox,
      mail.folder,
      mail.uidvalidity,
      mail.uid,
      mail.messageId ?? null,
      mail.sha256 ?? null,
      mail.bytes ?? null,
      mail.size,
      mail.receivedAt ?? null,
      mail.state,
      mail.why ?? null,
      JSON.stringify(mail.summary ?? {}),
      mail.repeats ?? null,
      mail.storedAt,
      mail.nextTryAt ?? null,
    ],
  });
  return rowCount === 1;
}

/** A mail that is known by its UID alone, and is to be fetched again. */
export interface UnfetchedMail {
  readonly mailId: string;
  readonly uid: number;
  readonly version: number;
}

/**
 * Lists the UIDs of mails that are here.
 * @param db the store
 * @param place mailbox, folder and the UIDVALIDITY of now
 * @param after only UIDs above this one
 */
export async function listUids(
  db: Queryable,
  { mailbox, folder, uidvalidity }: Omit<MailPlace, 'uid'>,
  after: number,
): Promise<number[]> {
  const { rows } = await db.query<{ uid: number }>({
    name: 'mailbox-list-uids',
    text: `SELECT uid FROM mailbox.mail WHERE mailbox = $1 AND folder = $2 AND uidvalidity = $3 AND uid > $4`,
    values: [mailbox, folder, uidvalidity, after],
  });
  return rows.map(({ uid }) => uid);
}

/**
 * Lists mails whose bytes are not here and that are to be fetched again now.
 * @param db the store
 * @param place mailbox, folder and the UIDVALIDITY of now
 * @param now by the machine's clock
 * @param count at most so many
 */
export async function listToFetch(
  db: Queryable,
  { mailbox, folder, uidvalidity }: Omit<MailPlace, 'uid'>,
  now: Date,
  count: number,
): Promise<UnfetchedMail[]> {
  const { rows } = await db.query<UnfetchedMail>({
    name: 'mailbox-list-to-fetch',
    text: `SELECT mail_id AS "mailId", uid, version FROM mailbox.mail
      WHERE mailbox = $1 AND folder = $2 AND uidvalidity = $3 AND next_try_at <= $4 AND bytes IS NULL
      ORDER BY position LIMIT $5`,
    values: [mailbox, folder, uidvalidity, now, count],
  });
  return rows;
}

/**
 * Notes when a mail that could not be fetched is asked for again.
 * @param db the store
 * @param mailId its UUID
 * @param why it is not here
 * @param nextTryAt by the machine's clock; undefined where a person has to say so
 * @param at by the hub's clock
 */
export async function postponeFetch(
  db: Queryable,
  { mailId, version }: UnfetchedMail,
  why: Why,
  nextTryAt: Date | undefined,
  at: Date,
): Promise<void> {
  await db.query({
    text: `UPDATE mailbox.mail SET state = 'quarantined', why = $3, next_try_at = $4, tries = tries + 1, updated_at = $5,
        version = version + 1
      WHERE mail_id = $1 AND version = $2`,
    values: [mailId, version, why, nextTryAt ?? null, at],
  });
}

/** What becomes of a mail's row once its bytes are here. */
export type Fetched = Pick<
  NewMail,
  'sha256' | 'bytes' | 'size' | 'receivedAt' | 'state' | 'repeats' | 'storedAt' | 'nextTryAt'
>;

/**
 * Puts the bytes of a mail to its row, as if it had come only now.
 * @param db a transaction
 * @param mail the row
 * @param fetched its bytes
 */
export async function noteFetched(db: Queryable, { mailId, version }: UnfetchedMail, fetched: Fetched): Promise<void> {
  const { sha256, bytes, size, receivedAt, state, repeats, storedAt, nextTryAt } = fetched;
  await db.query({
    text: `UPDATE mailbox.mail SET sha256 = $3, bytes = $4, size = $5, received_at = $6, state = $7, why = NULL, repeats = $8,
        stored_at = $9, updated_at = $9, next_try_at = $10, tries = 0, version = version + 1
      WHERE mail_id = $1 AND version = $2`,
    values: [
      mailId,
      version,
      sha256 ?? null,
      bytes ?? null,
      size,
      receivedAt ?? null,
      state,
      repeats ?? null,
      storedAt,
      nextTryAt ?? null,
    ],
  });
}

/** A mail whose turn it is. */
export interface MailInHand {
  readonly mailId: string;
  readonly mailbox: string;
  readonly sha256: Buffer;
  /** In bytes. */
  readonly size: number;
  readonly state: MailState;
  readonly results: readonly ThingResult[];
  readonly tries: number;
  readonly version: number;
  readonly receivedAt: Date | null;
  readonly storedAt: Date;
}

/** A mail whose turn it is, with what it says. */
export interface MailWithBytes extends MailInHand {
  readonly bytes: Buffer;
}

/** How much is taken in hand at once. */
export interface Handful {
  readonly mails: number;
  /** The first mail is taken however large it is. */
  readonly bytes: number;
}

const handColumns = `mail_id AS "mailId", mailbox, sha256, size, state, results, tries, version, received_at AS "receivedAt",
  stored_at AS "storedAt"`;
const upToHere = 'sum(size) OVER (ORDER BY position) AS "upToHere"';
const shownColumns = `"mailId", mailbox, sha256, size, state, results, tries, version, "receivedAt", "storedAt"`;

/**
 * Takes the first mails that are not understood yet.
 * @param db the store
 * @param mailbox its address
 * @param handful how many
 * @returns in the order of their arrival
 */
export async function listToUnderstand(db: Queryable, mailbox: string, handful: Handful): Promise<MailWithBytes[]> {
  const { rows } = await db.query<MailWithBytes>({
    name: 'mailbox-list-to-understand',
    text: `SELECT ${shownColumns}, bytes FROM (
        SELECT ${handColumns}, bytes, position, ${upToHere} FROM (
          SELECT * FROM mailbox.mail
          WHERE mailbox = $1 AND next_try_at IS NOT NULL AND state = 'stored' AND bytes IS NOT NULL ORDER BY position LIMIT $2
        ) waiting
      ) counted WHERE "upToHere" <= $3 OR "upToHere" = size ORDER BY position`,
    values: [mailbox, handful.mails, handful.bytes],
  });
  return rows;
}

/**
 * Takes the first mails of those that were understood and whose turn has come.
 * @param db the store
 * @param mailbox its address
 * @param now by the machine's clock
 * @param handful how many
 * @returns in the order of their arrival
 */
export async function listToAnswer(db: Queryable, mailbox: string, now: Date, handful: Handful): Promise<MailInHand[]> {
  const { rows } = await db.query<MailInHand>({
    name: 'mailbox-list-to-answer',
    text: `SELECT ${shownColumns} FROM (
        SELECT ${handColumns}, position, ${upToHere} FROM (
          SELECT * FROM mailbox.mail
          WHERE mailbox = $1 AND next_try_at <= $2 AND state <> 'stored' AND bytes IS NOT NULL ORDER BY position LIMIT $3
        ) due
      ) counted WHERE "upToHere" <= $4 OR "upToHere" = size ORDER BY position`,
    values: [mailbox, now, handful.mails, handful.bytes],
  });
  return rows;
}

/**
 * Reads what mails say.
 * @param db the store
 * @param mailIds their UUIDs
 * @returns UUID → the exact bytes
 */
export async function readBytes(db: Queryable, mailIds: readonly string[]): Promise<Map<string, Buffer>> {
  if (mailIds.length === 0) return new Map();
  const { rows } = await db.query<{ mailId: string; bytes: Buffer }>({
    name: 'mailbox-read-bytes',
    text: `SELECT mail_id AS "mailId", bytes FROM mailbox.mail WHERE mail_id = ANY($1::uuid[]) AND bytes IS NOT NULL`,
    values: [mailIds],
  });
  return new Map(rows.map(({ mailId, bytes }) => [mailId, bytes]));
}

/** What a mail was understood to be. */
export interface Understood {
  /** As it was taken in hand. */
  readonly mail: MailInHand;
  readonly state: MailState;
  readonly kind: MailPlan['kind'] | undefined;
  readonly why: Why | undefined;
  readonly summary: MailSummary | undefined;
  readonly updatedAt: Date;
  readonly nextTryAt: Date | undefined;
}

/**
 * Notes what mails are.
 * @param db the store or a transaction
 * @param all what they are
 * @returns the UUIDs of those that were noted; of a mail that somebody else has changed meanwhile nothing is
 */
export async function noteUnderstood(db: Queryable, all: readonly Understood[]): Promise<Set<string>> {
  const { rows } = await db.query<{ mailId: string }>({
    name: 'mailbox-note-understood',
    text: `UPDATE mailbox.mail m SET state = n.state, kind = n.kind, why = n.why, summary = coalesce(n.summary, m.summary),
        updated_at = n."updatedAt", next_try_at = n."nextTryAt", version = m.version + 1
      FROM jsonb_to_recordset($1::jsonb) AS n("mailId" uuid, version integer, state text, kind text, why text, summary jsonb,
        "updatedAt" timestamptz, "nextTryAt" timestamptz)
      WHERE m.mail_id = n."mailId" AND m.version = n.version RETURNING m.mail_id AS "mailId"`,
    values: [JSON.stringify(all.map(({ mail: { mailId, version }, ...is }) => ({ ...is, mailId, version })))],
  });
  return new Set(rows.map(({ mailId }) => mailId));
}

/** What came of a mail's things. */
export interface Answered {
  /** As it was taken in hand. */
  readonly mail: MailInHand;
  readonly state: MailState;
  readonly why: Why | undefined;
  readonly results: readonly ThingResult[];
  readonly tries: number;
  readonly updatedAt: Date;
  readonly nextTryAt: Date | undefined;
}

/**
 * Notes what came of mails' things.
 * @param db the store or a transaction
 * @param all what came of them
 * @returns the UUIDs of those that were noted; of a mail that somebody else has changed meanwhile nothing is
 */
export async function noteAnswered(db: Queryable, all: readonly Answered[]): Promise<Set<string>> {
  const { rows } = await db.query<{ mailId: string }>({
    name: 'mailbox-note-answered',
    text: `UPDATE mailbox.mail m SET state = n.state, why = n.why, results = n.results, tries = n.tries,
        updated_at = n."updatedAt", next_try_at = n."nextTryAt", version = m.version + 1
      FROM jsonb_to_recordset($1::jsonb) AS n("mailId" uuid, version integer, state text, why text, results jsonb, tries integer,
        "updatedAt" timestamptz, "nextTryAt" timestamptz)
      WHERE m.mail_id = n."mailId" AND m.version = n.version RETURNING m.mail_id AS "mailId"`,
    values: [JSON.stringify(all.map(({ mail: { mailId, version }, ...came }) => ({ ...came, mailId, version })))],
  });
  return new Set(rows.map(({ mailId }) => mailId));
}

/**
 * Finds mails that may be deleted from their server: done, kept here, and long enough ago.
 * @param db the store
 * @param place mailbox, folder and the UIDVALIDITY of now
 * @param before the last change by the hub's clock
 * @param count at most so many
 * @returns their UIDs
 */
export async function listRemovable(
  db: Queryable,
  { mailbox, folder, uidvalidity }: Omit<MailPlace, 'uid'>,
  before: Date,
  count: number,
): Promise<number[]> {
  const { rows } = await db.query<{ uid: number }>({
    text: `SELECT m.uid FROM mailbox.mail m
      WHERE m.mailbox = $1 AND m.folder = $2 AND m.uidvalidity = $3 AND m.removed_at IS NULL AND m.updated_at < $4
        AND EXISTS (SELECT FROM mailbox.mail kept WHERE kept.mail_id = coalesce(m.repeats, m.mail_id)
          AND kept.state = 'understood' AND kept.next_try_at IS NULL AND kept.bytes IS NOT NULL)
      ORDER BY m.uid LIMIT $5`,
    values: [mailbox, folder, uidvalidity, before, count],
  });
  return rows.map(({ uid }) => uid);
}

/**
 * Notes that mails are no longer on their server.
 * @param db the store
 * @param place mailbox, folder and UIDVALIDITY
 * @param uids which
 * @param at when, by the hub's clock
 */
export async function noteRemoved(
  db: Queryable,
  { mailbox, folder, uidvalidity }: Omit<MailPlace, 'uid'>,
  uids: readonly number[],
  at: Date,
): Promise<void> {
  await db.query({
    text: `UPDATE mailbox.mail SET removed_at = $5
      WHERE mailbox = $1 AND folder = $2 AND uidvalidity = $3 AND uid = ANY($4::bigint[])`,
    values: [mailbox, folder, uidvalidity, uids, at],
  });
}
