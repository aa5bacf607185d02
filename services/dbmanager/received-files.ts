// dbmanager: what SdI says of the files that it brought. Store: dbmanager.received_file.
import type { Queryable } from '@staffetta/platform/store/store.ts';

/** A file that SdI brought. */
export interface ReceivedFile {
  readonly invoiceId: string;
  readonly sdiId: string;
  /** As SdI names it. */
  readonly fileName: string;
  /** FPA12, FPR12 or FSM10; null where neither document nor notice says it. */
  readonly format: string | null;
  /** The PEC mailbox that it came to; null where it was handed in otherwise. */
  readonly mailbox: string | null;
  readonly receivedAt: Date;
  /** Until when a public body may answer; null where nobody answers. */
  readonly answerBy: Date | null;
}

/** A file with what SdI told of its term. */
export interface ReceivedFileState extends ReceivedFile {
  readonly toldAt: Date | null;
  readonly toldPositions: readonly number[];
}

const columns = `r.invoice_id AS "invoiceId", r.sdi_id AS "sdiId", r.file_name AS "fileName", r.format, r.mailbox,
  r.received_at AS "receivedAt", r.answer_by AS "answerBy", r.told_at AS "toldAt", r.told_positions AS "toldPositions"`;

/**
 * Notes what SdI says of received files; what is known of an invoice stays.
 * @param db a transaction
 * @param files each invoice at most once
 */
export async function insertReceivedFiles(db: Queryable, files: readonly ReceivedFile[]): Promise<void> {
  if (files.length === 0) return;
  await db.query({
    name: 'dbmanager-insert-received-files',
    text: `INSERT INTO dbmanager.received_file (invoice_id, sdi_id, file_name, format, received_at, answer_by, mailbox)
      SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::timestamptz[], $6::timestamptz[], $7::text[])
      ON CONFLICT (invoice_id) DO NOTHING`,
    values: [
      files.map(({ invoiceId }) => invoiceId),
      files.map(({ sdiId }) => sdiId),
      files.map(({ fileName }) => fileName),
      files.map(({ format }) => format),
      files.map(({ receivedAt }) => receivedAt),
      files.map(({ answerBy }) => answerBy),
      files.map(({ mailbox }) => mailbox),
    ],
  });
}

/**
 * Reads what SdI said of one received invoice.
 * @param db the store or a transaction
 * @param invoiceId the invoice
 */
export async function findReceivedFile(db: Queryable, invoiceId: string): Promise<ReceivedFileState | undefined> {
  const { rows } = await db.query<ReceivedFileState>({
    text: `SELECT ${columns} FROM dbmanager.received_file r WHERE r.invoice_id = $1`,
    values: [invoiceId],
  });
  return rows[0];
}

/**
 * Finds received files by SdI's id or by their names; invoices that were deleted are left out.
 * @param db a transaction
 * @param sdiIds any ids
 * @param names in small letters, with their extensions
 * @returns the oldest first
 */
export async function receivedFilesBy(
  db: Queryable,
  sdiIds: readonly string[],
  names: readonly string[],
): Promise<ReceivedFile[]> {
  const { rows } = await db.query<ReceivedFile>({
    name: 'dbmanager-received-files-by',
    text: `SELECT ${columns} FROM dbmanager.received_file r JOIN dbmanager.invoice i USING (invoice_id)
      WHERE (r.sdi_id = ANY($1::text[]) OR lower(r.file_name) = ANY($2::text[])) AND i.deleted_at IS NULL
      ORDER BY r.received_at, r.invoice_id`,
    values: [sdiIds, names],
  });
  return rows;
}

/**
 * Notes that SdI said that the term had passed; what it said before stays.
 * @param db a transaction that holds the invoice's row
 * @param invoiceId the invoice
 * @param positions the invoices of the lot that it is about; none for the whole file
 * @param at when it came
 */
export async function noteTermTold(
  db: Queryable,
  invoiceId: string,
  positions: readonly number[],
  at: Date,
): Promise<void> {
  await db.query({
    text: `UPDATE dbmanager.received_file SET told_positions = told_positions || $2::int[],
        told_at = CASE WHEN cardinality($2::int[]) = 0 THEN coalesce(told_at, $3) ELSE told_at END WHERE invoice_id = $1`,
    values: [invoiceId, positions, at],
  });
}

/**
 * Finds received files whose term has ended by our clock and was not looked at since, the oldest first.
 * @param db the store or a transaction
 * @param at the instant
 * @param most how many at most
 */
export async function endedTerms(db: Queryable, at: Date, most: number): Promise<string[]> {
  const { rows } = await db.query<{ invoiceId: string }>({
    text: `SELECT invoice_id AS "invoiceId" FROM dbmanager.received_file
      WHERE answer_by IS NOT NULL AND NOT term_ended AND answer_by <= $1 ORDER BY answer_by LIMIT $2`,
    values: [at, most],
  });
  return rows.map(({ invoiceId }) => invoiceId);
}

/**
 * Notes that our clock has seen the end of a term.
 * @param db a transaction that holds the invoice's row
 * @param invoiceId the invoice
 * @returns whether it was seen for the first time
 */
export async function noteTermEnded(db: Queryable, invoiceId: string): Promise<boolean> {
  const { rowCount } = await db.query({
    text: 'UPDATE dbmanager.received_file SET term_ended = true WHERE invoice_id = $1 AND NOT term_ended',
    values: [invoiceId],
  });
  return rowCount > 0;
}
