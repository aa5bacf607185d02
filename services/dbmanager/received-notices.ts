// dbmanager: notices about invoices that were received (MT, DT, SE, our EC). Store: dbmanager.notice (invoice_id).
import type { Queryable } from '@staffetta/platform/store/store.ts';

/** A notice that is known to be about a received invoice. */
export interface NewReceivedNotice {
  readonly noticeId: string;
  readonly invoiceId: string;
  /** The file that carries it, where it is ours (EC). */
  readonly transmissionId: string | null;
  readonly kind: 'MT' | 'EC';
  readonly sdiId: string;
  readonly messageId: string;
  readonly fileName: string | null;
  readonly sha256: Buffer;
  readonly bytes: Buffer;
  readonly givenName: string | null;
  readonly source: 'rest' | 'mailbox' | 'hub';
  readonly createdBy: string;
}

/**
 * Keeps notices about received invoices verbatim, each once; one that came alone before is tied to its invoice now.
 * @param db a transaction
 * @param notices each (SdI id, kind, message id) at most once
 * @param at when they came
 */
export async function keepReceivedNotices(
  db: Queryable,
  notices: readonly NewReceivedNotice[],
  at: Date,
): Promise<void> {
  if (notices.length === 0) return;
  // In one order, so that two lanes never wait for each other.
  const rows = notices.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  await db.query({
    name: 'dbmanager-keep-received-notices',
    text: `INSERT INTO dbmanager.notice AS known (notice_id, invoice_id, transmission_id, kind, notice_case, sdi_id, message_id,
        file_name, sha256, bytes, given_name, source, created_by, received_at)
      SELECT id, invoice_id, transmission_id, kind, kind, sdi_id, message_id, file_name, sha256, bytes, given_name, source, created_by, $13
      FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::text[], $8::bytea[], $9::bytea[],
        $10::text[], $11::text[], $12::text[])
        AS fresh (id, invoice_id, transmission_id, kind, sdi_id, message_id, file_name, sha256, bytes, given_name, source, created_by)
      ON CONFLICT (sdi_id, kind, message_id) DO UPDATE SET invoice_id = excluded.invoice_id, doubt = NULL
        WHERE known.invoice_id IS NULL`,
    values: [
      rows.map(({ noticeId }) => noticeId),
      rows.map(({ invoiceId }) => invoiceId),
      rows.map(({ transmissionId }) => transmissionId),
      rows.map(({ kind }) => kind),
      rows.map(({ sdiId }) => sdiId),
      rows.map(({ messageId }) => messageId),
      rows.map(({ fileName }) => fileName),
      rows.map(({ sha256 }) => sha256),
      rows.map(({ bytes }) => bytes),
      rows.map(({ givenName }) => givenName),
      rows.map(({ source }) => source),
      rows.map(({ createdBy }) => createdBy),
      at,
    ],
  });
}

function keyOf({ sdiId, kind, messageId }: NewReceivedNotice): string {
  return JSON.stringify([sdiId, kind, messageId]);
}

/** A notice that came before its invoice. */
export interface LoneNotice {
  readonly noticeId: string;
  readonly sdiId: string;
  readonly kind: string;
  readonly fileName: string | null;
  readonly bytes: Buffer;
  readonly createdBy: string | null;
}

const columns = `notice_id AS "noticeId", sdi_id AS "sdiId", kind, file_name AS "fileName", bytes, created_by AS "createdBy"`;

/**
 * Finds notices MT that wait for their invoice, by the file that they name.
 * @param db a transaction
 * @param names in small letters, with their extensions
 */
export async function loneMetadata(db: Queryable, names: readonly string[]): Promise<LoneNotice[]> {
  if (names.length === 0) return [];
  const { rows } = await db.query<LoneNotice>({
    name: 'dbmanager-lone-metadata',
    text: `SELECT ${columns} FROM dbmanager.notice
      WHERE kind = 'MT' AND invoice_id IS NULL AND lower(file_name) = ANY($1::text[]) ORDER BY received_at, notice_id`,
    values: [names],
  });
  return rows;
}

/**
 * Ties what came before a received invoice to it, by SdI's id.
 * @param db a transaction that holds the invoice's row
 * @param sdiId the invoice's
 * @param invoiceId the invoice
 * @returns those that were tied now, the oldest first
 */
export async function tieNotices(db: Queryable, sdiId: string, invoiceId: string): Promise<LoneNotice[]> {
  const { rows } = await db.query<LoneNotice>({
    name: 'dbmanager-tie-notices',
    text: `WITH tied AS (
        UPDATE dbmanager.notice SET invoice_id = $2, doubt = NULL
        WHERE sdi_id = $1 AND invoice_id IS NULL AND kind IN ('MT', 'DT', 'SE', 'EC') RETURNING *
      )
      SELECT ${columns} FROM tied ORDER BY received_at, notice_id`,
    values: [sdiId, invoiceId],
  });
  return rows;
}
