// sender: the ledger of mails, one row per transmission. Store: sender.mail.
import type { PageRequest } from '@staffetta/platform/http/page.ts';
import type { Queryable } from '@staffetta/platform/store/store.ts';

/** What is known of a mail: `deferred` and `uncertain` are tried again, `sent` and `refused` are decided. */
export type MailState = 'deferred' | 'uncertain' | 'sent' | 'refused';

/** A row of the ledger. */
export interface Mail {
  readonly transmissionId: string;
  readonly invoiceId: string;
  readonly fileName: string;
  readonly messageId: string;
  readonly state: MailState;
  readonly tries: number;
  readonly response: string;
  readonly correlationId: string;
  readonly lastAt: Date;
}

const columns = `transmission_id AS "transmissionId", invoice_id AS "invoiceId", file_name AS "fileName",
  message_id AS "messageId", state, tries, response, correlation_id AS "correlationId", last_at AS "lastAt"`;

/**
 * Finds what is known of some transmissions.
 * @param db the store or a transaction
 * @param transmissionIds UUIDs
 */
export async function findMails(db: Queryable, transmissionIds: readonly string[]): Promise<Map<string, Mail>> {
  const { rows } = await db.query<Mail>({
    name: 'sender-find-mails',
    text: `SELECT ${columns} FROM sender.mail WHERE transmission_id = ANY($1::uuid[])`,
    values: [transmissionIds],
  });
  return new Map(rows.map((mail) => [mail.transmissionId, mail]));
}

/**
 * Notes what the mail server said; what was sent once stays sent.
 * @param db the store or a transaction
 * @param mails the rows, each with its tries so far
 */
export async function recordMails(db: Queryable, mails: readonly Mail[]): Promise<void> {
  await db.query({
    name: 'sender-record-mails',
    text: `INSERT INTO sender.mail AS known (transmission_id, invoice_id, file_name, message_id, state, tries, response,
        correlation_id, first_at, last_at)
      SELECT *, at FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::int[], $7::text[],
        $8::text[], $9::timestamptz[]) AS fresh (a, b, c, d, e, f, g, h, at)
      ON CONFLICT (transmission_id) DO UPDATE
        SET state = excluded.state, tries = excluded.tries, response = excluded.response, last_at = excluded.last_at
        WHERE known.state <> 'sent'`,
    values: [
      mails.map((mail) => mail.transmissionId),
      mails.map((mail) => mail.invoiceId),
      mails.map((mail) => mail.fileName),
      mails.map((mail) => mail.messageId),
      mails.map((mail) => mail.state),
      mails.map((mail) => mail.tries),
      mails.map((mail) => mail.response),
      mails.map((mail) => mail.correlationId),
      mails.map((mail) => mail.lastAt),
    ],
  });
}

/** Which mails somebody asks for; absent means any. */
export interface MailFilter {
  readonly state?: string | undefined;
  readonly fileName?: string | undefined;
}

const matches = '($1::text IS NULL OR state = $1) AND ($2::text IS NULL OR file_name = $2)';

/**
 * Lists mails, the newest first.
 * @param db the store
 * @param filter which
 * @param page which piece of them
 */
export async function listMails(db: Queryable, filter: MailFilter, page: PageRequest): Promise<Mail[]> {
  const { rows } = await db.query<Mail>({
    text: `SELECT ${columns} FROM sender.mail WHERE ${matches}
      ORDER BY last_at DESC, transmission_id LIMIT $3 OFFSET $4`,
    values: [filter.state ?? null, filter.fileName ?? null, page.size, page.number * page.size],
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
    text: `SELECT count(*) AS count FROM sender.mail WHERE ${matches}`,
    values: [filter.state ?? null, filter.fileName ?? null],
  });
  return rows[0]?.count ?? 0;
}
