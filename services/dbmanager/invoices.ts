// dbmanager: the invoices as they change: inserted, locked, deleted; their outcomes move them. Store: dbmanager.invoice.
import type { InvoiceEvent } from '@staffetta/flow/invoice-moves.ts';
import type { InvoiceStatus } from '@staffetta/flow/statuses.ts';
import type { Queryable } from '@staffetta/platform/store/store.ts';

/** `internal`: our customer's, to be sent. `external`: a supplier's, received. */
export type InvoiceKind = 'internal' | 'external';

/** What kind of file is stored; `json` is a document as it was asked, of which no file could be made. */
export type StoredKind = 'xml' | 'p7m' | 'zip' | 'json';

/** A new invoice's row. */
export interface NewInvoice {
  readonly invoiceId: string;
  /** One that was promised to it (see `findDuplicates`); null for the next. */
  readonly promisedNumber: number | null;
  readonly customerId: number | null;
  readonly claimedCustomerId: number;
  readonly kind: InvoiceKind;
  readonly status: InvoiceStatus;
  readonly detail: string | null;
  readonly callbackUrl: string | null;
  readonly contentId: string;
  /** The JSON that the document was made of; the same as `contentId` where it could not be made. */
  readonly requestContentId: string | null;
  readonly fileKind: StoredKind;
  readonly isText: boolean;
  readonly fileName: string | null;
  readonly transmissionId: string | null;
  readonly correlationId: string;
  readonly idempotencyKey: string | null;
  /** JSON */
  readonly findings: string | null;
  readonly createdBy: string;
  /** What made it what it is: the event of its first outcome. */
  readonly event: InvoiceEvent;
  /** The event of the bus that brought it. */
  readonly causationId: string;
}

const newFields = [
  'invoiceId',
  'customerId',
  'claimedCustomerId',
  'kind',
  'status',
  'detail',
  'callbackUrl',
  'contentId',
  'fileKind',
  'isText',
  'fileName',
  'transmissionId',
  'correlationId',
  'idempotencyKey',
  'findings',
  'createdBy',
  'event',
  'causationId',
  'promisedNumber',
  'requestContentId',
] as const satisfies readonly (keyof NewInvoice)[];

/**
 * Inserts invoices with their first outcome (sequence 1, in dbmanager.outcome); the number is given here, one after the other.
 * @param db a transaction
 * @param rows each id once
 * @param at when they were created
 * @returns id → number of those that are new; an id that is stored already is left as it is
 */
export async function insertInvoices(
  db: Queryable,
  rows: readonly NewInvoice[],
  at: Date,
): Promise<Map<string, number>> {
  if (rows.length === 0) return new Map();
  const inserted = await db.query<{ invoiceId: string; invoiceNumber: number }>({
    name: 'dbmanager-insert-invoices',
    text: `WITH fresh AS (
        SELECT * FROM unnest($1::uuid[], $2::bigint[], $3::bigint[], $4::text[], $5::text[], $6::text[], $7::text[],
          $8::uuid[], $9::text[], $10::boolean[], $11::text[], $12::uuid[], $13::text[], $14::text[], $15::jsonb[],
          $16::text[], $17::text[], $18::text[], $19::bigint[], $20::uuid[])
          AS fresh (id, customer_id, claimed, kind, status, detail, callback, content_id, file_kind, is_text, file_name,
            transmission_id, correlation, idempotency, findings, created_by, event, causation_id, promised,
            request_content_id)
      ), stored AS (
        INSERT INTO dbmanager.invoice (invoice_id, invoice_number, customer_id, claimed_customer_id, kind, status, detail, sequence,
          callback_url, content_id, file_kind, is_text, file_name, transmission_id, correlation_id, idempotency_key,
          request_content_id, findings, status_last_updated_at, created_at, created_by, updated_at, updated_by)
        SELECT id, coalesce(promised, nextval('dbmanager.invoice_number_seq')), customer_id, claimed, kind, status, detail, 1, callback, content_id, file_kind, is_text, file_name,
          transmission_id, correlation, idempotency, request_content_id, findings, $21, $21, created_by, $21, created_by
        FROM fresh
        ON CONFLICT (invoice_id) DO NOTHING
        RETURNING invoice_id, invoice_number
      ), told AS (
        INSERT INTO dbmanager.outcome (invoice_id, sequence, status, detail, event, causation_id, happened_at, done_by)
        SELECT id, 1, status, detail, event, causation_id, $21, created_by FROM fresh JOIN stored ON invoice_id = id
      )
      SELECT invoice_id AS "invoiceId", invoice_number AS "invoiceNumber" FROM stored`,
    values: [...newFields.map((field) => rows.map((row) => row[field])), at],
  });
  return new Map(inserted.rows.map((row) => [row.invoiceId, row.invoiceNumber]));
}

/**
 * Says which invoices are stored already, deleted ones included.
 * @param db a transaction
 * @param invoiceIds any ids
 */
export async function knownInvoices(db: Queryable, invoiceIds: readonly string[]): Promise<Set<string>> {
  const { rows } = await db.query<{ invoiceId: string }>({
    name: 'dbmanager-known-invoices',
    text: 'SELECT invoice_id AS "invoiceId" FROM dbmanager.invoice WHERE invoice_id = ANY($1::uuid[])',
    values: [invoiceIds],
  });
  return new Set(rows.map(({ invoiceId }) => invoiceId));
}

/** What the rules need to know of an invoice. */
export interface InvoiceState {
  readonly invoiceId: string;
  readonly invoiceNumber: number;
  readonly customerId: number | null;
  readonly kind: InvoiceKind;
  readonly status: InvoiceStatus;
  readonly detail: string | null;
  readonly sequence: number;
  readonly contentId: string;
  readonly transmissionId: string | null;
  readonly callbackUrl: string | null;
  readonly deletedAt: Date | null;
}

const stateColumns = `invoice_id AS "invoiceId", invoice_number AS "invoiceNumber", customer_id AS "customerId", kind, status,
  detail, sequence, content_id AS "contentId", transmission_id AS "transmissionId", callback_url AS "callbackUrl",
  deleted_at AS "deletedAt"`;

/**
 * Locks invoices by id, deleted ones included, always in the order of their ids, so that two lanes never wait for each other.
 * @param db a transaction
 * @param invoiceIds any ids
 */
export async function lockInvoices(db: Queryable, invoiceIds: readonly string[]): Promise<InvoiceState[]> {
  const { rows } = await db.query<InvoiceState>({
    name: 'dbmanager-lock-invoices',
    text: `SELECT ${stateColumns} FROM dbmanager.invoice WHERE invoice_id = ANY($1::uuid[]) ORDER BY invoice_id
      FOR NO KEY UPDATE`,
    values: [invoiceIds],
  });
  return rows;
}

/**
 * Locks invoices by number, as `lockInvoices` does.
 * @param db a transaction
 * @param invoiceNumbers any numbers
 */
export async function lockInvoicesByNumber(db: Queryable, invoiceNumbers: readonly number[]): Promise<InvoiceState[]> {
  const { rows } = await db.query<InvoiceState>({
    name: 'dbmanager-lock-invoices-by-number',
    text: `SELECT ${stateColumns} FROM dbmanager.invoice WHERE invoice_number = ANY($1::bigint[]) ORDER BY invoice_id
      FOR NO KEY UPDATE`,
    values: [invoiceNumbers],
  });
  return rows;
}

/**
 * Sets or removes an invoice's callback.
 * @param db a transaction that holds the row
 * @param invoiceId the invoice
 * @param callbackUrl an absolute URL, or null for none
 * @param by who
 * @param at when
 */
export async function updateCallback(
  db: Queryable,
  invoiceId: string,
  callbackUrl: string | null,
  by: string,
  at: Date,
): Promise<void> {
  await db.query({
    text: 'UPDATE dbmanager.invoice SET callback_url = $2, updated_by = $3, updated_at = $4 WHERE invoice_id = $1',
    values: [invoiceId, callbackUrl, by, at],
  });
}

/**
 * Marks an invoice as deleted; its number and its file names are never used again.
 * @param db a transaction that holds the row
 * @param invoiceId the invoice
 * @param by who
 * @param at when
 */
export async function markInvoiceDeleted(db: Queryable, invoiceId: string, by: string, at: Date): Promise<void> {
  await db.query({
    text: 'UPDATE dbmanager.invoice SET deleted_at = $2, deleted_by = $3, updated_at = $2, updated_by = $3 WHERE invoice_id = $1',
    values: [invoiceId, at, by],
  });
}

/** The file that takes the place of an invoice's. */
export interface ReplacingFile {
  readonly contentId: string;
  /** The JSON that it was made of. */
  readonly requestContentId: string | null;
  readonly fileKind: StoredKind;
  readonly isText: boolean;
  readonly fileName: string | null;
  /** JSON */
  readonly findings: string | null;
}

/**
 * Gives an invoice its corrected file; the bytes before stay with the transmission that sent them.
 * @param db a transaction that holds the row
 * @param invoiceId the invoice
 * @param file the corrected one
 */
export async function replaceFile(db: Queryable, invoiceId: string, file: ReplacingFile): Promise<void> {
  await db.query({
    text: `UPDATE dbmanager.invoice SET content_id = $2, request_content_id = $3, file_kind = $4, is_text = $5, file_name = $6,
        findings = $7::jsonb WHERE invoice_id = $1`,
    values: [
      invoiceId,
      file.contentId,
      file.requestContentId,
      file.fileKind,
      file.isText,
      file.fileName,
      file.findings,
    ],
  });
}

/**
 * Points an invoice to its latest transmission.
 * @param db a transaction that holds the row
 * @param invoiceId the invoice
 * @param transmissionId the transmission
 */
export async function pointToTransmission(db: Queryable, invoiceId: string, transmissionId: string): Promise<void> {
  await db.query({
    text: 'UPDATE dbmanager.invoice SET transmission_id = $2 WHERE invoice_id = $1',
    values: [invoiceId, transmissionId],
  });
}
