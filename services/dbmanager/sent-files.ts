// dbmanager: the files that were sent, as notices name them: by name or by SdI's id. Store: dbmanager.transmission (read, by notices).
import type { Queryable } from '@staffetta/platform/store/store.ts';
import type { TransmissionState } from './transmissions.ts';

/** A file that was sent. */
export interface SentFile {
  readonly transmissionId: string;
  readonly fileName: string;
  /** In hexadecimal, of what was sent. */
  readonly sha256: string;
  readonly sdiId: string | null;
}

const columns = `t.transmission_id AS "transmissionId", t.file_name AS "fileName", encode(c.sha256, 'hex') AS sha256,
  t.sdi_id AS "sdiId"`;

/**
 * Finds sent files by their names, the oldest first; one that was sent again is there as often. (Two partial indexes serve the name.)
 * @param db a transaction
 * @param names in small letters, with their extensions
 */
export async function sentFilesByName(db: Queryable, names: readonly string[]): Promise<SentFile[]> {
  const { rows } = await db.query<SentFile>({
    name: 'dbmanager-sent-files-by-name',
    text: `SELECT ${columns} FROM dbmanager.transmission t JOIN dbmanager.content c USING (content_id)
      WHERE (lower(t.file_name) = ANY($1::text[]) AND t.repeats IS NULL)
        OR (lower(t.file_name) = ANY($1::text[]) AND t.repeats IS NOT NULL)
      ORDER BY t.created_at, t.transmission_id`,
    values: [names],
  });
  return rows;
}

/** A file that SdI gave an id. */
export interface IdentifiedFile extends SentFile {
  /** The id that was asked for: the file's own, or that of a notice about it. */
  readonly askedId: string;
}

/**
 * Finds sent files by IdentificativoSdI: their own, or that of a notice that was matched before (a file of an archive has one of its own).
 * A public body's answer (EC) bears the id of the invoice that it answers, not of the file that carries it.
 * @param db a transaction
 * @param sdiIds any ids
 */
export async function sentFilesBySdiId(db: Queryable, sdiIds: readonly string[]): Promise<IdentifiedFile[]> {
  const { rows } = await db.query<IdentifiedFile>({
    name: 'dbmanager-sent-files-by-sdi-id',
    text: `SELECT known.asked AS "askedId", ${columns} FROM (
        SELECT sdi_id AS asked, transmission_id FROM dbmanager.transmission WHERE sdi_id = ANY($1::text[])
        UNION SELECT sdi_id, transmission_id FROM dbmanager.notice WHERE sdi_id = ANY($1::text[]) AND transmission_id IS NOT NULL
          AND kind <> 'EC'
      ) AS known JOIN dbmanager.transmission t USING (transmission_id) JOIN dbmanager.content c USING (content_id)
      ORDER BY t.created_at, t.transmission_id`,
    values: [sdiIds],
  });
  return rows;
}

/** A file that was sent with an invoice of it, and its state. */
export interface SentInvoiceRow {
  readonly transmissionId: string;
  readonly invoiceId: string;
  readonly state: TransmissionState;
}

/**
 * Says which invoices sent files carry.
 * @param db a transaction
 * @param transmissionIds any ids
 */
export async function invoicesSentWith(db: Queryable, transmissionIds: readonly string[]): Promise<SentInvoiceRow[]> {
  const { rows } = await db.query<SentInvoiceRow>({
    name: 'dbmanager-invoices-sent-with',
    text: `SELECT it.transmission_id AS "transmissionId", it.invoice_id AS "invoiceId", t.state
      FROM dbmanager.invoice_transmission it JOIN dbmanager.transmission t USING (transmission_id)
      WHERE it.transmission_id = ANY($1::uuid[])`,
    values: [transmissionIds],
  });
  return rows;
}

/** What a notice tells of a file that was sent; what is null stays. */
export interface SentFileNews {
  readonly transmissionId: string;
  readonly sdiId: string | null;
  readonly state: TransmissionState | null;
}

/**
 * Notes what notices tell of sent files, each at most once in a call.
 * @param db a transaction that holds the invoices' rows
 * @param news SdI's id, and the state of a file that is no invoice's latest
 * @param at when
 */
export async function noteSentFiles(db: Queryable, news: readonly SentFileNews[], at: Date): Promise<void> {
  if (news.length === 0) return;
  await db.query({
    name: 'dbmanager-note-sent-files',
    text: `UPDATE dbmanager.transmission AS known SET sdi_id = coalesce(fresh.sdi_id, known.sdi_id),
        state = coalesce(fresh.state, known.state), updated_at = $4
      FROM unnest($1::uuid[], $2::text[], $3::text[]) AS fresh (id, sdi_id, state) WHERE known.transmission_id = fresh.id`,
    values: [
      news.map(({ transmissionId }) => transmissionId),
      news.map(({ sdiId }) => sdiId),
      news.map(({ state }) => state),
      at,
    ],
  });
}
