// dbmanager: invoices of a period with their files, piece by piece in one snapshot. Store: dbmanager.invoice (read, for exports).
import type { InvoiceStatus } from '@staffetta/flow/statuses.ts';
import type { Queryable } from '@staffetta/platform/store/store.ts';
import type { InvoiceKind, StoredKind } from './invoices.ts';

/** Which invoices are exported; undefined means any. */
export interface ExportSearch {
  /** Stored at this instant or later. */
  readonly from: Date;
  /** Stored before this instant. */
  readonly before: Date;
  readonly customerId: number | undefined;
  readonly kind: InvoiceKind | undefined;
}

/** A file as it lies in the store. */
export interface StoredFile {
  readonly contentId: string;
  /** In hexadecimal. */
  readonly sha256: string;
  readonly size: number;
}

/** One body, as the index tells it. */
export interface ExportedDocument {
  readonly position: number;
  readonly documentType: string | null;
  readonly number: string | null;
  readonly date: string | null;
  readonly total: string | null;
  readonly currency: string | null;
  readonly supplierName: string | null;
  readonly supplierId: string | null;
  readonly buyerName: string | null;
  readonly buyerId: string | null;
}

/** One file that went out; times are ISO 8601 in UTC. */
export interface ExportedTransmission extends StoredFile {
  readonly transmissionId: string;
  readonly fileName: string;
  readonly state: string;
  readonly sdiId: string | null;
  readonly messageId: string | null;
  readonly sentAt: string | null;
}

/** One of SdI's notices; its content is its own. */
export interface ExportedNotice extends StoredFile {
  /** Null for one about a received invoice. */
  readonly transmissionId: string | null;
  readonly kind: string;
  readonly sdiId: string;
  /** The name of its own file, as it was handed in. */
  readonly givenName: string | null;
  readonly isZip: boolean;
  readonly receivedAt: string;
}

/** An invoice with everything that the index says of it. */
export interface ExportedInvoice {
  readonly invoiceNumber: number;
  readonly invoiceId: string;
  readonly kind: InvoiceKind;
  readonly status: InvoiceStatus;
  readonly detail: string | null;
  readonly customerId: number;
  readonly username: string | null;
  readonly createdAt: Date;
  readonly fileName: string | null;
  readonly fileKind: StoredKind;
  readonly stored: StoredFile;
  /** The JSON that the document was made of. */
  readonly request: StoredFile | null;
  readonly documents: readonly ExportedDocument[];
  readonly transmissions: readonly ExportedTransmission[];
  readonly notices: readonly ExportedNotice[];
}

const where = `i.created_at >= $1 AND i.created_at < $2 AND i.deleted_at IS NULL
  AND ($3::bigint IS NULL OR i.customer_id = $3) AND ($4::text IS NULL OR i.kind = $4)`;

function valuesOf({ from, before, customerId, kind }: ExportSearch): unknown[] {
  return [from, before, customerId ?? null, kind ?? null];
}

/**
 * Counts files and bytes of an export before it is begun.
 * @param db the store
 * @param search which invoices
 */
export async function measureExport(db: Queryable, search: ExportSearch): Promise<{ files: number; bytes: number }> {
  const { rows } = await db.query<{ files: number; bytes: number }>({
    text: `WITH wanted AS (
        SELECT content_id FROM dbmanager.invoice i WHERE ${where}
        UNION SELECT request_content_id FROM dbmanager.invoice i WHERE ${where} AND request_content_id IS NOT NULL
        UNION SELECT t.content_id FROM dbmanager.invoice i JOIN dbmanager.invoice_transmission it USING (invoice_id)
          JOIN dbmanager.transmission t ON t.transmission_id = it.transmission_id WHERE ${where}
      ), sized AS (
        SELECT b.size FROM wanted JOIN dbmanager.content b USING (content_id)
        UNION ALL SELECT length(n.bytes) FROM dbmanager.invoice i JOIN dbmanager.invoice_transmission it USING (invoice_id)
          JOIN dbmanager.notice n ON n.transmission_id = it.transmission_id WHERE ${where} AND n.kind <> 'EC'
        UNION ALL SELECT length(n.bytes) FROM dbmanager.invoice i JOIN dbmanager.notice n USING (invoice_id)
          WHERE ${where} AND (n.kind <> 'EC' OR n.transmission_id IS NULL)
      ) SELECT count(*) AS files, coalesce(sum(size), 0)::bigint AS bytes FROM sized`,
    values: valuesOf(search),
  });
  return rows[0] ?? { files: 0, bytes: 0 };
}

const file = (b: string): string =>
  `'contentId', ${b}.content_id, 'sha256', encode(${b}.sha256, 'hex'), 'size', ${b}.size`;

const documents = `(SELECT coalesce(json_agg(json_build_object('position', d.position, 'documentType', d.document_type,
    'number', d.number, 'date', d.issued_on, 'total', d.total::text, 'currency', d.currency, 'supplierName', d.supplier_name,
    'supplierId', d.supplier_id, 'buyerName', d.customer_name, 'buyerId', d.customer_id) ORDER BY d.position), '[]')
  FROM dbmanager.document d WHERE d.invoice_id = i.invoice_id) AS documents`;

const transmissions = `(SELECT coalesce(json_agg(json_build_object('transmissionId', t.transmission_id, 'fileName', t.file_name,
    'state', t.state, 'sdiId', t.sdi_id, 'messageId', t.message_id, 'sentAt', t.sent_at AT TIME ZONE 'UTC', ${file('tb')})
    ORDER BY t.created_at, t.transmission_id), '[]')
  FROM dbmanager.invoice_transmission it JOIN dbmanager.transmission t USING (transmission_id)
  JOIN dbmanager.content tb USING (content_id) WHERE it.invoice_id = i.invoice_id) AS transmissions`;

// Those about files that were sent, and those about the received invoice itself; our own answer (EC) is among the files sent.
const notices = `(SELECT coalesce(json_agg(json_build_object('contentId', n.notice_id, 'sha256', encode(n.sha256, 'hex'),
    'size', length(n.bytes), 'transmissionId', n.transmission_id, 'kind', n.kind, 'sdiId', n.sdi_id, 'givenName', n.given_name,
    'isZip', substring(n.bytes FROM 1 FOR 2) = 'PK'::bytea, 'receivedAt', n.received_at AT TIME ZONE 'UTC')
    ORDER BY n.received_at, n.notice_id), '[]')
  FROM (SELECT n.* FROM dbmanager.invoice_transmission it JOIN dbmanager.notice n USING (transmission_id)
      WHERE it.invoice_id = i.invoice_id AND n.kind <> 'EC'
    UNION ALL SELECT n.* FROM dbmanager.notice n WHERE n.invoice_id = i.invoice_id AND (n.kind <> 'EC' OR n.transmission_id IS NULL)) AS n
  ) AS notices`;

/**
 * Makes a transaction see one moment of the store, to its end; must be its first statement.
 * @param tx the transaction
 */
export async function freezeSnapshot(tx: Queryable): Promise<void> {
  await tx.query({ text: 'SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY' });
}

/**
 * Begins to read invoices in the order of their numbers.
 * @param tx a transaction
 * @param search which invoices
 */
export async function beginReading(tx: Queryable, search: ExportSearch): Promise<void> {
  await tx.query({
    text: `DECLARE exported NO SCROLL CURSOR FOR
      SELECT i.invoice_number AS "invoiceNumber", i.invoice_id AS "invoiceId", i.kind, i.status, i.detail,
        i.claimed_customer_id AS "customerId", c.username, i.created_at AS "createdAt", i.file_name AS "fileName",
        i.file_kind AS "fileKind", json_build_object(${file('b')}) AS stored,
        CASE WHEN r.content_id IS NOT NULL AND r.content_id <> b.content_id THEN json_build_object(${file('r')}) END AS request,
        ${documents}, ${transmissions}, ${notices}
      FROM dbmanager.invoice i JOIN dbmanager.content b USING (content_id)
      LEFT JOIN dbmanager.content r ON r.content_id = i.request_content_id
      LEFT JOIN dbmanager.customer c ON c.customer_id = i.customer_id
      WHERE ${where} ORDER BY i.invoice_number`,
    values: valuesOf(search),
  });
}

const rowsPerFetch = 20;

/**
 * Reads the next few invoices; none where they have all been read.
 * @param tx the transaction
 */
export async function readMore(tx: Queryable): Promise<ExportedInvoice[]> {
  const { rows } = await tx.query<ExportedInvoice>({ text: `FETCH FORWARD ${rowsPerFetch} FROM exported` });
  return rows;
}

/**
 * Ends the reading that `beginReading` began.
 * @param tx the transaction
 */
export async function endReading(tx: Queryable): Promise<void> {
  await tx.query({ text: 'CLOSE exported' });
}

/**
 * Reads the bytes of one file.
 * @param tx the transaction
 * @param contentId the file
 */
export async function readContent(tx: Queryable, contentId: string): Promise<Buffer> {
  const { rows } = await tx.query<{ base64: string }>({
    text: `SELECT encode(bytes, 'base64') AS base64 FROM dbmanager.content WHERE content_id = $1`,
    values: [contentId],
  });
  return Buffer.from(rows[0]?.base64 ?? '', 'base64');
}

/**
 * Reads the bytes of one notice.
 * @param tx the transaction
 * @param noticeId the notice
 */
export async function readNoticeBytes(tx: Queryable, noticeId: string): Promise<Buffer> {
  const { rows } = await tx.query<{ base64: string }>({
    text: `SELECT encode(bytes, 'base64') AS base64 FROM dbmanager.notice WHERE notice_id = $1`,
    values: [noticeId],
  });
  return Buffer.from(rows[0]?.base64 ?? '', 'base64');
}
