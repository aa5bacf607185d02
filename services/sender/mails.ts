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
  /** The mailbox that sent it, and SdI's address that it went to; null in rows of older versions. */
  readonly mailbox: string | null;
  readonly recipient: string | null;
  readonly customerId: number | null;
  readonly invoiceNumber: number | null;
  /** Since when nobody knows whether it went out, in real time; null unless it is `uncertain`. */
  readonly unsureAt: Date | null;
}

const columns = `transmission_id AS "transmissionId", invoice_id AS "invoiceId", file_name AS "fileName",
  message_id AS "messageId", state, tries, response, correlation_id AS "correlationId", last_at AS "lastAt",
  mailbox, recipient, customer_id AS "customerId", invoice_number AS "invoiceNumber", unsure_at AS "unsureAt"`;

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

/** Rows are locked in one order everywhere, so that no two senders wait for each other. */
function inOrder(mails: readonly Mail[]): readonly Mail[] {
  return mails.toSorted((a, b) => (a.transmissionId < b.transmissionId ? -1 : 1));
}

/**
 * Notes what the mail server said; what was sent once stays sent.
 * @param db the store or a transaction
 * @param mails the rows, each with its tries so far
 */
export async function recordMails(db: Queryable, mails: readonly Mail[]): Promise<void> {
  const rows = inOrder(mails);
  await db.query({
    name: 'sender-record-mails',
    text: `INSERT INTO sender.mail AS known (transmission_id, invoice_id, file_name, message_id, state, tries, response,
        correlation_id, last_at, mailbox, recipient, customer_id, invoice_number, unsure_at, first_at)
      SELECT *, at FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::int[], $7::text[],
        $8::text[], $9::timestamptz[], $10::text[], $11::text[], $12::bigint[], $13::bigint[], $14::timestamptz[])
        AS fresh (a, b, c, d, e, f, g, h, at, i, j, k, l, m)
      ON CONFLICT (transmission_id) DO UPDATE
        SET state = excluded.state, tries = excluded.tries, response = excluded.response, last_at = excluded.last_at,
          mailbox = excluded.mailbox, recipient = excluded.recipient, customer_id = excluded.customer_id,
          invoice_number = excluded.invoice_number, unsure_at = excluded.unsure_at
        WHERE known.state <> 'sent'`,
    values: [
      rows.map((mail) => mail.transmissionId),
      rows.map((mail) => mail.invoiceId),
      rows.map((mail) => mail.fileName),
      rows.map((mail) => mail.messageId),
      rows.map((mail) => mail.state),
      rows.map((mail) => mail.tries),
      rows.map((mail) => mail.response),
      rows.map((mail) => mail.correlationId),
      rows.map((mail) => mail.lastAt),
      rows.map((mail) => mail.mailbox),
      rows.map((mail) => mail.recipient),
      rows.map((mail) => mail.customerId),
      rows.map((mail) => mail.invoiceNumber),
      rows.map((mail) => mail.unsureAt),
    ],
  });
}

/**
 * Locks the rows of transmissions until the transaction ends.
 * @param tx the transaction
 * @param transmissionIds UUIDs
 */
export async function lockMails(tx: Queryable, transmissionIds: readonly string[]): Promise<void> {
  await tx.query({
    name: 'sender-lock-mails',
    text: `SELECT 1 FROM sender.mail WHERE transmission_id = ANY($1::uuid[])
      ORDER BY transmission_id FOR NO KEY UPDATE`,
    values: [transmissionIds],
  });
}

/** What a receipt decides about a transmission. */
export interface Heard {
  readonly transmissionId: string;
  readonly verdict: 'sent' | 'refused';
  /** Which receipt, and the provider's words where it gave a reason. */
  readonly words: string;
}

/**
 * Settles mails by what was heard of them: what went out stays gone out, and what did not is decided too.
 * @param tx a transaction that holds the rows
 * @param heard each transmission once
 * @param at when
 * @returns the rows that it changed, as they are now
 */
export async function settleMails(tx: Queryable, heard: readonly Heard[], at: Date): Promise<Mail[]> {
  const { rows } = await tx.query<Mail>({
    name: 'sender-settle-mails',
    text: `UPDATE sender.mail SET state = heard.verdict, response = heard.words, last_at = $4, unsure_at = NULL
      FROM unnest($1::uuid[], $2::text[], $3::text[]) AS heard (id, verdict, words)
      WHERE transmission_id = heard.id AND state <> 'sent' AND state <> heard.verdict
      RETURNING ${columns}`,
    values: [
      heard.map((one) => one.transmissionId),
      heard.map((one) => one.verdict),
      heard.map((one) => one.words),
      at,
    ],
  });
  return rows;
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
