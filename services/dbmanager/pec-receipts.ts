// dbmanager: what the PEC provider certified of the mails to SdI, each receipt once. Store: dbmanager.pec_receipt, dbmanager.transmission (names).
import type { PecReceiptKind } from '@staffetta/flow/messages.ts';
import type { Queryable } from '@staffetta/platform/store/store.ts';
import type { ArrivedReceipt } from './arrived-receipts.ts';

/** A receipt, without what the provider wrote for machines. */
export interface Receipt {
  readonly receiptId: string;
  readonly transmissionId: string | null;
  readonly receipt: PecReceiptKind;
  readonly mailbox: string;
  /** Under which the mailbox keeps the mail. */
  readonly mailId: string;
  readonly provider: string | null;
  readonly recipient: string | null;
  /** As the provider says. */
  readonly certifiedAt: Date | null;
  readonly reason: string | null;
  readonly receivedAt: Date;
}

/** A receipt and the transmission that it is about, where there is one. */
export interface MatchedReceipt extends ArrivedReceipt {
  readonly transmissionId: string | null;
}

const columns = `r.receipt_id AS "receiptId", r.transmission_id AS "transmissionId", r.receipt, r.mailbox, r.mail_id AS "mailId",
  r.provider, r.recipient, r.certified_at AS "certifiedAt", r.reason, r.received_at AS "receivedAt"`;

/**
 * Keeps receipts, each once: the same mail again is the same, and so is another mail with the same words of the same moment.
 * @param db a transaction
 * @param receipts in any order; they are written in one order, so that two lanes never wait for each other
 * @param at when they came
 * @returns the mails' ids of those that are new
 */
export async function keepReceipts(db: Queryable, receipts: readonly MatchedReceipt[], at: Date): Promise<Set<string>> {
  const rows = receipts.toSorted((a, b) => (a.mailId < b.mailId ? -1 : 1));
  const kept = await db.query<{ mailId: string }>({
    name: 'dbmanager-keep-receipts',
    text: `INSERT INTO dbmanager.pec_receipt (receipt_id, transmission_id, receipt, of_message_id, mailbox, mail_id, provider,
        recipient, certified_at, reason, daticert, sha256, received_at)
      SELECT *, $13 FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[],
        $8::text[], $9::timestamptz[], $10::text[], $11::text[], $12::bytea[])
      ON CONFLICT DO NOTHING RETURNING mail_id AS "mailId"`,
    values: [
      rows.map((row) => row.receiptId),
      rows.map((row) => row.transmissionId),
      rows.map((row) => row.receipt),
      rows.map((row) => row.ofMessageId.toLowerCase()),
      rows.map((row) => row.mailbox),
      rows.map((row) => row.mailId),
      rows.map((row) => row.provider),
      rows.map((row) => row.recipient),
      rows.map((row) => row.certifiedAt),
      rows.map((row) => row.reason),
      rows.map((row) => row.daticert),
      rows.map((row) => row.sha256),
      at,
    ],
  });
  return new Set(kept.rows.map(({ mailId }) => mailId));
}

/**
 * Reads the receipts of an invoice's transmissions, in the order of what happened.
 * @param db the store or a transaction
 * @param invoiceId the invoice
 * @param most how many at most
 */
export async function receiptsOf(db: Queryable, invoiceId: string, most = 200): Promise<Receipt[]> {
  const { rows } = await db.query<Receipt>({
    text: `SELECT ${columns} FROM dbmanager.invoice_transmission it JOIN dbmanager.pec_receipt r USING (transmission_id)
      WHERE it.invoice_id = $1 ORDER BY coalesce(r.certified_at, r.received_at), r.receipt_id LIMIT $2`,
    values: [invoiceId, most],
  });
  return rows;
}

/**
 * Gives the file names of transmissions.
 * @param db a transaction
 * @param transmissionIds any ids
 * @returns those that exist, by id
 */
export async function transmissionNames(
  db: Queryable,
  transmissionIds: readonly string[],
): Promise<Map<string, string>> {
  const { rows } = await db.query<{ transmissionId: string; fileName: string }>({
    text: `SELECT transmission_id AS "transmissionId", file_name AS "fileName" FROM dbmanager.transmission
      WHERE transmission_id = ANY($1::uuid[])`,
    values: [transmissionIds],
  });
  return new Map(rows.map(({ transmissionId, fileName }) => [transmissionId, fileName]));
}

/**
 * Says what the provider certified of transmissions.
 * @param db a transaction
 * @param transmissionIds any ids
 * @returns the kinds, by transmission
 */
export async function receiptKinds(
  db: Queryable,
  transmissionIds: readonly string[],
): Promise<Map<string, PecReceiptKind[]>> {
  const { rows } = await db.query<{ transmissionId: string; kinds: PecReceiptKind[] }>({
    text: `SELECT transmission_id AS "transmissionId", array_agg(receipt ORDER BY received_at, receipt_id) AS kinds
      FROM dbmanager.pec_receipt WHERE transmission_id = ANY($1::uuid[]) GROUP BY transmission_id`,
    values: [transmissionIds],
  });
  return new Map(rows.map(({ transmissionId, kinds }) => [transmissionId, kinds]));
}

/**
 * Says since when receipts come in, that is since when somebody reads the mailbox.
 * @param db the store or a transaction
 * @param mailbox of this one, in small letters; null for the main one, whose name is known to others: of any
 * @returns null where none ever came
 */
export async function firstReceiptAt(db: Queryable, mailbox: string | null): Promise<Date | null> {
  const { rows } = await db.query<{ at: Date | null }>({
    text:
      mailbox === null
        ? 'SELECT min(received_at) AS at FROM dbmanager.pec_receipt'
        : 'SELECT min(received_at) AS at FROM dbmanager.pec_receipt WHERE lower(mailbox) = $1',
    values: mailbox === null ? [] : [mailbox],
  });
  return rows[0]?.at ?? null;
}
