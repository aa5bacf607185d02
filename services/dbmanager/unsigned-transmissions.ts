// dbmanager: transmissions that wait for their signature, and the file that each sends. Store: dbmanager.transmission.
import type { SignFormat } from '@staffetta/flow/messages.ts';
import type { Queryable } from '@staffetta/platform/store/store.ts';

/** The finer state of an invoice whose file is being signed. */
export const toBeSigned = 'TO_BE_SIGNED';

/** A transmission that waits for its signature. */
export interface UnsignedTransmission {
  readonly transmissionId: string;
  readonly fileName: string;
  /** The PEC mailbox that it goes out from; null for the main one. */
  readonly mailbox: string | null;
}

/** A transmission whose signed file has come. */
export interface SignedTransmission {
  readonly transmissionId: string;
  readonly invoiceId: string;
  readonly contentId: string;
}

/** A transmission with the exact bytes that it sends, or that wait to be signed. */
export interface TransmissionFile {
  readonly transmissionId: string;
  readonly invoiceId: string;
  readonly fileName: string;
  readonly signAs: SignFormat | null;
  readonly signedAt: Date | null;
  readonly sha256: string;
  /** The PEC mailbox that it goes out from; null for the main one. */
  readonly mailbox: string | null;
  readonly bytes: Buffer;
}

/**
 * Locks those transmissions that still wait for their signature.
 * @param db a transaction that holds the invoices' rows
 * @param transmissionIds any ids
 * @returns by id
 */
export async function holdUnsigned(
  db: Queryable,
  transmissionIds: readonly string[],
): Promise<Map<string, UnsignedTransmission>> {
  const { rows } = await db.query<UnsignedTransmission>({
    name: 'dbmanager-hold-unsigned',
    text: `SELECT transmission_id AS "transmissionId", file_name AS "fileName", mailbox FROM dbmanager.transmission
      WHERE transmission_id = ANY($1::uuid[]) AND sign_as IS NOT NULL AND signed_at IS NULL
      ORDER BY transmission_id FOR NO KEY UPDATE`,
    values: [transmissionIds],
  });
  return new Map(rows.map((row) => [row.transmissionId, row]));
}

/**
 * Points transmissions to their signed files.
 * @param db a transaction that holds their rows
 * @param signed which files
 * @param at when they came
 */
export async function pointToSigned(db: Queryable, signed: readonly SignedTransmission[], at: Date): Promise<void> {
  await db.query({
    name: 'dbmanager-point-to-signed',
    text: `UPDATE dbmanager.transmission AS known SET content_id = fresh.content_id, signed_at = $3, updated_at = $3
      FROM unnest($1::uuid[], $2::uuid[]) AS fresh (id, content_id) WHERE known.transmission_id = fresh.id`,
    values: [signed.map(({ transmissionId }) => transmissionId), signed.map(({ contentId }) => contentId), at],
  });
}

/**
 * Takes back the finer state of invoices whose files are signed now.
 * @param db a transaction that holds their rows
 * @param invoiceIds which
 * @param at when
 */
export async function clearToBeSigned(db: Queryable, invoiceIds: readonly string[], at: Date): Promise<void> {
  await db.query({
    name: 'dbmanager-clear-to-be-signed',
    text: `UPDATE dbmanager.invoice SET detail = NULL, updated_at = $3, updated_by = 'signer'
      WHERE invoice_id = ANY($1::uuid[]) AND detail = $2`,
    values: [invoiceIds, toBeSigned, at],
  });
}

/**
 * Reads a transmission with its bytes and the invoice it carries (the first one, where it carries several).
 * @param db the store or a transaction
 * @param transmissionId the transmission
 */
export async function findTransmissionFile(
  db: Queryable,
  transmissionId: string,
): Promise<TransmissionFile | undefined> {
  const { rows } = await db.query<TransmissionFile>({
    text: `SELECT t.transmission_id AS "transmissionId", i.invoice_id AS "invoiceId", t.file_name AS "fileName",
        t.sign_as AS "signAs", t.signed_at AS "signedAt", encode(c.sha256, 'hex') AS sha256, t.mailbox, c.bytes
      FROM dbmanager.transmission t
      JOIN dbmanager.invoice_transmission i USING (transmission_id) JOIN dbmanager.content c USING (content_id)
      WHERE t.transmission_id = $1 ORDER BY i.invoice_id LIMIT 1`,
    values: [transmissionId],
  });
  return rows[0];
}
