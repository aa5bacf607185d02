// dbmanager: one row per file sent, with its name and state. Store: dbmanager.transmission.
import type { SignFormat } from '@staffetta/flow/messages.ts';
import type { Queryable } from '@staffetta/platform/store/store.ts';

/** The state of a transmission: the invoice's status without `INTERNAL_INVOICE_`. */
export type TransmissionState =
  | 'TOBE_SENT'
  | 'SENT'
  | 'NOT_SENT'
  | 'DELIVERED'
  | 'DISCARDED'
  | 'NOT_DELIVERED'
  | 'ERROR';

/** A new transmission of one invoice. */
export interface NewTransmission {
  readonly transmissionId: string;
  readonly invoiceId: string;
  readonly transmitter: string;
  readonly fileName: string;
  readonly contentId: string;
  /** How it is signed before it goes out; null where it goes as it came. */
  readonly signAs: SignFormat | null;
  /** The PEC mailbox that it goes out from; null for the main one. */
  readonly mailbox: string | null;
}

/** What is known of a transmission. */
export interface Transmission {
  readonly transmissionId: string;
  readonly fileName: string;
  readonly sha256: string;
  readonly channel: string;
  /** The PEC mailbox that it goes out from; null for the main one. */
  readonly mailbox: string | null;
  readonly messageId: string | null;
  readonly sdiId: string | null;
  readonly state: TransmissionState;
  readonly reason: string | null;
  readonly createdAt: Date;
  readonly sentAt: Date | null;
  readonly signAs: SignFormat | null;
  /** The earlier transmission whose name and bytes it shares: the same file, sent again. */
  readonly repeats: string | null;
  /** The file by which the invoice stands: the one that was sent last, or an earlier one that SdI took after all. */
  readonly current: boolean;
  /** When its signed file came; its hash is that of the signed file from then on. */
  readonly signedAt: Date | null;
}

/** A change of a transmission; what is undefined stays. */
export interface TransmissionChange {
  readonly transmissionId: string;
  readonly state: TransmissionState;
  readonly messageId: string | undefined;
  readonly reason: string | undefined;
  readonly sentAt: Date | undefined;
  readonly updatedAt: Date;
}

/**
 * Inserts transmissions that wait to be mailed and ties them to their invoices. One whose file name was used already
 * (under another prefix, by hand, by an older hub; case does not count) is left out.
 * @param db a transaction
 * @param rows in any order
 * @param at when
 * @returns the ids of those that were inserted
 */
export async function insertTransmissions(
  db: Queryable,
  rows: readonly NewTransmission[],
  at: Date,
): Promise<Set<string>> {
  // The conflict finds used names by their index whatever the planner thinks of a table that was empty a minute ago.
  const inserted = await db.query<{ transmissionId: string }>({
    name: 'dbmanager-insert-transmissions',
    text: `WITH fresh AS (
        SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::uuid[], $7::text[], $8::text[])
          AS fresh (transmission_id, invoice_id, transmitter, file_name, content_id, sign_as, mailbox)
      ), named AS (
        INSERT INTO dbmanager.transmission
          (transmission_id, transmitter, file_name, content_id, sign_as, mailbox, channel, state, created_at, updated_at)
        SELECT transmission_id, transmitter, file_name, content_id, sign_as, mailbox, 'PEC', 'TOBE_SENT', $6, $6 FROM fresh
        ON CONFLICT (lower(file_name)) WHERE repeats IS NULL DO NOTHING RETURNING transmission_id
      )
      INSERT INTO dbmanager.invoice_transmission (invoice_id, transmission_id)
      SELECT invoice_id, transmission_id FROM fresh JOIN named USING (transmission_id)
      RETURNING transmission_id AS "transmissionId"`,
    values: [
      rows.map((row) => row.transmissionId),
      rows.map((row) => row.invoiceId),
      rows.map((row) => row.transmitter),
      rows.map((row) => row.fileName),
      rows.map((row) => row.contentId),
      at,
      rows.map((row) => row.signAs),
      rows.map((row) => row.mailbox),
    ],
  });
  return new Set(inserted.rows.map(({ transmissionId }) => transmissionId));
}

/** A transmission of the same file as an earlier one. */
export interface RepeatedTransmission {
  readonly transmissionId: string;
  readonly invoiceId: string;
  /** The earlier one, whose name, bytes and signature it shares. */
  readonly repeats: string;
  /** The PEC mailbox that it goes out from now; null for the main one. */
  readonly mailbox: string | null;
}

/**
 * Inserts a transmission that sends the same file again: its mail has a Message-ID of its own, its name is the same.
 * @param db a transaction that holds the invoice's row
 * @param row which file of which invoice
 * @param at when
 */
export async function insertRepeated(db: Queryable, row: RepeatedTransmission, at: Date): Promise<void> {
  await db.query({
    text: `WITH again AS (
        INSERT INTO dbmanager.transmission (transmission_id, transmitter, file_name, content_id, sign_as, signed_at, repeats,
          mailbox, channel, state, created_at, updated_at)
        SELECT $1, transmitter, file_name, content_id, sign_as, signed_at, transmission_id, $5, channel, 'TOBE_SENT', $4, $4
        FROM dbmanager.transmission WHERE transmission_id = $3 RETURNING transmission_id
      )
      INSERT INTO dbmanager.invoice_transmission (invoice_id, transmission_id) SELECT $2, transmission_id FROM again`,
    values: [row.transmissionId, row.invoiceId, row.repeats, at, row.mailbox],
  });
}

/**
 * Changes transmissions, each at most once in a call.
 * @param db a transaction that holds the invoices' rows
 * @param changes the new states
 */
export async function changeTransmissions(db: Queryable, changes: readonly TransmissionChange[]): Promise<void> {
  if (changes.length === 0) return;
  await db.query({
    name: 'dbmanager-change-transmissions',
    text: `UPDATE dbmanager.transmission AS known SET state = fresh.state,
        message_id = coalesce(fresh.message_id, known.message_id), reason = coalesce(fresh.reason, known.reason),
        sent_at = coalesce(known.sent_at, fresh.sent_at), updated_at = fresh.at
      FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::timestamptz[], $6::timestamptz[])
        AS fresh (id, state, message_id, reason, sent_at, at)
      WHERE known.transmission_id = fresh.id`,
    values: [
      changes.map((change) => change.transmissionId),
      changes.map((change) => change.state),
      changes.map((change) => change.messageId ?? null),
      changes.map((change) => change.reason ?? null),
      changes.map((change) => change.sentAt ?? null),
      changes.map((change) => change.updatedAt),
    ],
  });
}

const columns = `t.transmission_id AS "transmissionId", t.file_name AS "fileName", encode(c.sha256, 'hex') AS sha256, t.channel, t.mailbox,
  t.message_id AS "messageId", t.sdi_id AS "sdiId", t.state, t.reason, t.created_at AS "createdAt", t.sent_at AS "sentAt",
  t.repeats, v.transmission_id IS NOT DISTINCT FROM t.transmission_id AS current, t.sign_as AS "signAs", t.signed_at AS "signedAt"`;

/**
 * Reads the transmissions of one invoice, the oldest first.
 * @param db the store or a transaction
 * @param invoiceId the invoice
 */
export async function transmissionsOf(db: Queryable, invoiceId: string): Promise<Transmission[]> {
  const { rows } = await db.query<Transmission>({
    text: `SELECT ${columns} FROM dbmanager.invoice_transmission i
      JOIN dbmanager.transmission t USING (transmission_id)
        JOIN dbmanager.content c USING (content_id) JOIN dbmanager.invoice v ON v.invoice_id = i.invoice_id
      WHERE i.invoice_id = $1 ORDER BY t.created_at, t.transmission_id`,
    values: [invoiceId],
  });
  return rows;
}

/**
 * Notes late news of transmissions that are no longer their invoice's latest; a state never goes backwards, and that a mail went out does
 * not undo that the PEC provider brought it back.
 * @param db a transaction that holds the invoices' rows
 * @param news what the mail server said
 * @param at when
 */
export async function changeOldTransmissions(
  db: Queryable,
  news: readonly { readonly transmissionId: string; readonly invoiceStatus: string }[],
  at: Date,
): Promise<void> {
  if (news.length === 0) return;
  await db.query({
    text: `UPDATE dbmanager.transmission AS known SET state = fresh.state, updated_at = $3,
        sent_at = CASE WHEN fresh.state = 'SENT' THEN coalesce(known.sent_at, $3) ELSE known.sent_at END
      FROM (SELECT DISTINCT ON (id) id, state FROM unnest($1::uuid[], $2::text[]) AS n (id, state)
        ORDER BY id, state DESC) AS fresh
      WHERE known.transmission_id = fresh.id
        AND (known.state IN ('TOBE_SENT', 'ERROR') OR (known.state = 'NOT_SENT' AND fresh.state = 'SENT' AND NOT EXISTS (
          SELECT FROM dbmanager.pec_receipt r WHERE r.transmission_id = known.transmission_id
            AND r.receipt IN ('non-accettazione', 'rilevazione-virus', 'errore-consegna'))))`,
    values: [
      news.map(({ transmissionId }) => transmissionId),
      news.map(({ invoiceStatus }) => (invoiceStatus === 'INTERNAL_INVOICE_SENT' ? 'SENT' : 'NOT_SENT')),
      at,
    ],
  });
}
