// dbmanager: SdI's notices about an invoice's transmissions, and those about nobody's. Store: dbmanager.notice (read).
import type { SdiNotice } from '@staffetta/flow/messages.ts';
import type { Queryable } from '@staffetta/platform/store/store.ts';
import type { NoticeDoubt } from './match-notices.ts';

/** What may become of a notice's signature. */
export type SignatureVerdict = NonNullable<SdiNotice['signature']>;

/** A notice, without its bytes. */
export interface Notice {
  readonly noticeId: string;
  /** The transmission that it is about; null where it fits none. */
  readonly transmissionId: string | null;
  /** RC, NS, MC, NE, DT, AT … */
  readonly kind: string;
  readonly sdiId: string;
  readonly messageId: string;
  /** The file that it names. */
  readonly fileName: string | null;
  /** The name of its own file, as it was handed in. */
  readonly givenName: string | null;
  /** In hexadecimal, of its bytes. */
  readonly sha256: string;
  /** Why it fits no transmission. */
  readonly doubt: NoticeDoubt | null;
  /** What became of SdI's signature at the door; null where it was not judged. */
  readonly signature: SignatureVerdict | null;
  readonly receivedAt: Date;
}

/** A notice with its exact bytes. */
export interface FullNotice extends Notice {
  readonly bytes: Buffer;
}

const columns = `n.notice_id AS "noticeId", n.transmission_id AS "transmissionId", n.kind, n.sdi_id AS "sdiId",
  n.message_id AS "messageId", n.file_name AS "fileName", n.given_name AS "givenName", encode(n.sha256, 'hex') AS sha256,
  n.doubt, n.signature, n.received_at AS "receivedAt"`;

// Lists are told in words; a notice has a few KiB, and what is kept in a large archive is not unpacked for them.
const smallBytes = `CASE WHEN length(n.bytes) <= 1048576 THEN n.bytes ELSE ''::bytea END AS bytes`;

/** Those about a file that was sent, and those about the invoice that was received; two indexes serve them. */
const ofInvoice = `(
        SELECT n.* FROM dbmanager.invoice_transmission it JOIN dbmanager.notice n USING (transmission_id) WHERE it.invoice_id = $1
        UNION ALL SELECT n.* FROM dbmanager.notice n WHERE n.invoice_id = $1 AND NOT EXISTS (
          SELECT FROM dbmanager.invoice_transmission it WHERE it.invoice_id = $1 AND it.transmission_id = n.transmission_id)
      ) AS n`;

/**
 * Reads the notices of an invoice, sent or received, the oldest first, with their bytes where these are few.
 * @param db the store
 * @param invoiceId the invoice
 * @param most how many at most
 */
export async function noticesOf(db: Queryable, invoiceId: string, most = 100): Promise<FullNotice[]> {
  const { rows } = await db.query<FullNotice>({
    text: `SELECT ${columns}, ${smallBytes} FROM ${ofInvoice} ORDER BY n.received_at, n.notice_id LIMIT $2`,
    values: [invoiceId, most],
  });
  return rows;
}

/**
 * Reads one notice of an invoice.
 * @param db the store
 * @param invoiceId the invoice
 * @param noticeId which
 */
export async function findNotice(db: Queryable, invoiceId: string, noticeId: string): Promise<FullNotice | undefined> {
  const { rows } = await db.query<FullNotice>({
    text: `SELECT ${columns}, n.bytes FROM ${ofInvoice} WHERE n.notice_id = $2`,
    values: [invoiceId, noticeId],
  });
  return rows[0];
}

/**
 * Lists the notices that fit no transmission, the newest first, with their bytes where these are few.
 * @param db the store
 * @param page how many and from where
 */
export async function unmatchedNotices(
  db: Queryable,
  page: { readonly limit: number; readonly offset: number },
): Promise<FullNotice[]> {
  const { rows } = await db.query<FullNotice>({
    text: `SELECT ${columns}, ${smallBytes} FROM dbmanager.notice n WHERE n.transmission_id IS NULL AND n.invoice_id IS NULL
      ORDER BY n.received_at DESC, n.notice_id DESC LIMIT $1 OFFSET $2`,
    values: [page.limit, page.offset],
  });
  return rows;
}

/**
 * Counts the notices that fit no transmission.
 * @param db the store
 */
export async function countUnmatched(db: Queryable): Promise<number> {
  const { rows } = await db.query<{ count: number }>({
    text: 'SELECT count(*) AS count FROM dbmanager.notice WHERE transmission_id IS NULL AND invoice_id IS NULL',
  });
  return rows[0]?.count ?? 0;
}

/** A notice by its case. */
export interface NoticedCase {
  /** The file that was sent. */
  readonly transmissionId: string;
  /** Kind, with family or outcome where that matters, as `MC-PA`; the bare kind of one that was kept before cases were. */
  readonly noticeCase: string;
  /** The file that it names. */
  readonly fileName: string | null;
}

/**
 * Lists by their cases the notices about the files that were sent of an invoice.
 * @param db a transaction
 * @param invoiceId the invoice
 * @returns those about older files first
 */
export async function casesOf(db: Queryable, invoiceId: string): Promise<NoticedCase[]> {
  const { rows } = await db.query<NoticedCase>({
    text: `SELECT n.transmission_id AS "transmissionId", n.file_name AS "fileName",
        coalesce(n.notice_case, CASE n.kind WHEN 'RC' THEN 'RC-B2B' WHEN 'MC' THEN 'MC-B2B' ELSE n.kind END) AS "noticeCase"
      FROM dbmanager.invoice_transmission it JOIN dbmanager.transmission t USING (transmission_id)
        JOIN dbmanager.notice n USING (transmission_id)
      WHERE it.invoice_id = $1 ORDER BY t.created_at, t.transmission_id, n.received_at, n.notice_id`,
    values: [invoiceId],
  });
  return rows;
}
