// dbmanager: invoices as the outside sees them, with customer, documents and, where asked for, bytes. Store: dbmanager.invoice (read).
import type { DocumentSummary, Finding } from '@staffetta/flow/messages.ts';
import type { InvoiceStatus } from '@staffetta/flow/statuses.ts';
import type { Queryable } from '@staffetta/platform/store/store.ts';
import type { Customer } from './customers.ts';
import { documentCondition, type DocumentSearch } from './document-conditions.ts';
import type { InvoiceKind, StoredKind } from './invoices.ts';

/** An invoice with what is told about it; the customer is null where nobody is known under the claimed id. */
export interface InvoiceView {
  readonly invoiceId: string;
  readonly invoiceNumber: number;
  readonly claimedCustomerId: number;
  readonly customer: Customer | null;
  readonly kind: InvoiceKind;
  readonly status: InvoiceStatus;
  readonly detail: string | null;
  readonly sequence: number;
  readonly callbackUrl: string | null;
  readonly fileKind: StoredKind;
  readonly isText: boolean;
  readonly fileName: string | null;
  readonly contentId: string;
  /** Bytes of the document. */
  readonly size: number;
  readonly correlationId: string;
  readonly findings: Finding[] | null;
  readonly documents: DocumentSummary[] | null;
  readonly statusLastUpdatedAt: Date;
  readonly createdAt: Date;
  readonly createdBy: string;
  readonly updatedAt: Date;
  readonly updatedBy: string;
}

/** A view with the exact bytes of its document. */
export interface FullInvoiceView extends InvoiceView {
  readonly bytes: Buffer;
}

const documents = `(SELECT json_agg(json_strip_nulls(json_build_object('numero', d.number, 'data', d.issued_on,
    'totale', d.total::text, 'detail', d.detail, 'file', d.part)) ORDER BY d.position)
  FROM dbmanager.document d WHERE d.invoice_id = i.invoice_id) AS documents`;

const columns = `i.invoice_id AS "invoiceId", i.invoice_number AS "invoiceNumber", i.claimed_customer_id AS "claimedCustomerId",
  i.kind, i.status, i.detail, i.sequence, i.callback_url AS "callbackUrl", i.file_kind AS "fileKind", i.is_text AS "isText",
  i.file_name AS "fileName", i.content_id AS "contentId", b.size, i.correlation_id AS "correlationId", i.findings,
  i.status_last_updated_at AS "statusLastUpdatedAt", i.created_at AS "createdAt", i.created_by AS "createdBy",
  i.updated_at AS "updatedAt", i.updated_by AS "updatedBy", ${documents},
  c.customer_id AS c_id, c.username AS c_username, c.email AS c_email, c.customer_type AS c_type,
  c.created_at AS c_created_at, c.created_by AS c_created_by, c.updated_at AS c_updated_at, c.updated_by AS c_updated_by`;

// In base64 a document travels in two thirds of what bytea's own hex takes, and Node reads it faster.
const bytes = `encode(b.bytes, 'base64') AS base64`;

const tables = `dbmanager.invoice i JOIN dbmanager.content b USING (content_id)
  LEFT JOIN dbmanager.customer c ON c.customer_id = i.customer_id`;

interface CustomerColumns {
  c_id: number | null;
  c_username: string;
  c_email: string | null;
  c_type: Customer['customerType'];
  c_created_at: Date;
  c_created_by: string;
  c_updated_at: Date;
  c_updated_by: string;
}

type Row<V> = Omit<V, 'customer'> & CustomerColumns;

function withCustomer<V extends InvoiceView>(row: Row<V>): V {
  const { c_id, c_username, c_email, c_type, c_created_at, c_created_by, c_updated_at, c_updated_by, ...view } = row;
  const customer: Customer | null =
    c_id === null
      ? null
      : {
          customerId: c_id,
          username: c_username,
          email: c_email,
          customerType: c_type,
          createdAt: c_created_at,
          createdBy: c_created_by,
          updatedAt: c_updated_at,
          updatedBy: c_updated_by,
        };
  return { ...view, customer } as unknown as V;
}

type FullRow = Row<InvoiceView> & { readonly base64: string };

function withBytes({ base64, ...row }: FullRow): FullInvoiceView {
  return { ...withCustomer<InvoiceView>(row), bytes: Buffer.from(base64, 'base64') };
}

/**
 * Reads invoices with their bytes, deleted ones included.
 * @param db the store or a transaction
 * @param invoiceIds any ids
 * @returns by id
 */
export async function readInvoices(
  db: Queryable,
  invoiceIds: readonly string[],
): Promise<Map<string, FullInvoiceView>> {
  const { rows } = await db.query<FullRow>({
    name: 'dbmanager-read-invoices',
    text: `SELECT ${columns}, ${bytes} FROM ${tables} WHERE i.invoice_id = ANY($1::uuid[])`,
    values: [invoiceIds],
  });
  return new Map(rows.map((row) => [row.invoiceId, withBytes(row)]));
}

/**
 * Finds one invoice by its number, with its bytes; deleted ones are not found.
 * @param db the store or a transaction
 * @param invoiceNumber the contract's number
 */
export async function findInvoice(db: Queryable, invoiceNumber: number): Promise<FullInvoiceView | undefined> {
  const { rows } = await db.query<FullRow>({
    text: `SELECT ${columns}, ${bytes} FROM ${tables} WHERE i.invoice_number = $1 AND i.deleted_at IS NULL`,
    values: [invoiceNumber],
  });
  return rows[0] && withBytes(rows[0]);
}

/** What invoices are searched by; undefined means any. */
export interface InvoiceSearch {
  readonly status: InvoiceStatus | undefined;
  /** Created at this instant or later. */
  readonly from: Date | undefined;
  /** Created before this instant. */
  readonly before: Date | undefined;
  readonly correlationId: string | undefined;
  readonly customerId: number | undefined;
  readonly kind?: InvoiceKind | undefined;
  readonly document: DocumentSearch;
  /** Only those behind this place, in the order of creation. */
  readonly behind?: ListPlace & { readonly order: 'newest' | 'oldest' };
}

/** A place in the order of creation; the number decides between equals. */
export interface ListPlace {
  readonly createdAt: Date;
  readonly invoiceNumber: number;
}

/** Fields that a list may be sorted by → their columns. */
export const sortColumns = {
  invoiceNumber: 'i.invoice_number',
  invoiceStatus: 'i.status',
  createdAt: 'i.created_at',
  updatedAt: 'i.updated_at',
  statusLastUpdatedAt: 'i.status_last_updated_at',
} as const;

/** One field of an order. */
export interface SortOrder {
  readonly field: keyof typeof sortColumns;
  readonly descending: boolean;
}

/** Only what is asked for stands in the statement, so that the planner can pick the index that fits. */
function matching(search: InvoiceSearch): { where: string; values: unknown[] } {
  const conditions = ['i.deleted_at IS NULL'];
  const values: unknown[] = [];
  const add = (value: unknown, condition: string): void => {
    if (value === undefined) return;
    values.push(value);
    conditions.push(`${condition} $${values.length}`);
  };
  add(search.status, 'i.status =');
  add(search.from, 'i.created_at >=');
  add(search.before, 'i.created_at <');
  add(search.correlationId, 'i.correlation_id =');
  add(search.customerId, 'i.customer_id =');
  add(search.kind, 'i.kind =');
  if (search.behind) {
    const { createdAt, invoiceNumber, order } = search.behind;
    const place = `($${values.push(createdAt)}::timestamptz, $${values.push(invoiceNumber)}::bigint)`;
    conditions.push(`(i.created_at, i.invoice_number) ${order === 'newest' ? '<' : '>'} ${place}`);
  }
  const document = documentCondition(search.document, (value) => `$${values.push(value)}`);
  if (document !== undefined) conditions.push(document);
  return { where: conditions.join(' AND '), values };
}

/**
 * Lists invoices without their bytes.
 * @param db the store
 * @param search what they must match
 * @param order by which fields; the number decides between equals
 * @param page how many and from where
 */
export async function listInvoices(
  db: Queryable,
  search: InvoiceSearch,
  order: readonly SortOrder[],
  page: { readonly limit: number; readonly offset: number },
): Promise<InvoiceView[]> {
  const { where, values } = matching(search);
  const by = order.map(({ field, descending }) => `${sortColumns[field]} ${descending ? 'DESC' : 'ASC'}`);
  by.push(`i.invoice_number ${order[0]?.descending === false ? 'ASC' : 'DESC'}`);
  const { rows } = await db.query<Row<InvoiceView>>({
    text: `SELECT ${columns} FROM ${tables} WHERE ${where} ORDER BY ${by.join(', ')}
      LIMIT $${values.length + 1} OFFSET $${values.length + 2}`,
    values: [...values, page.limit, page.offset],
  });
  return rows.map((row) => withCustomer(row));
}

/**
 * Counts invoices.
 * @param db the store
 * @param search what they must match
 */
export async function countInvoices(db: Queryable, search: InvoiceSearch): Promise<number> {
  const { where, values } = matching(search);
  const { rows } = await db.query<{ count: number }>({
    text: `SELECT count(*) AS count FROM dbmanager.invoice i WHERE ${where}`,
    values,
  });
  return rows[0]?.count ?? 0;
}

/**
 * Reads the bytes of some documents.
 * @param db the store
 * @param contentIds their ids
 * @returns by id
 */
export async function readContents(db: Queryable, contentIds: readonly string[]): Promise<Map<string, Buffer>> {
  const { rows } = await db.query<{ contentId: string; bytes: Buffer }>({
    text: 'SELECT content_id AS "contentId", bytes FROM dbmanager.content WHERE content_id = ANY($1::uuid[])',
    values: [contentIds],
  });
  return new Map(rows.map(({ contentId, bytes }) => [contentId, bytes]));
}

/** A line of the report of invoices. */
export interface ReportRow {
  readonly invoiceStatus: InvoiceStatus;
  readonly invoiceNumber: number;
  readonly username: string | null;
  readonly email: string | null;
  readonly createdAt: Date;
  readonly createdBy: string;
  readonly updatedAt: Date;
  readonly updatedBy: string;
}

/**
 * Reads a piece of the report, in the order of the numbers.
 * @param db the store
 * @param after the number that the piece before ended with; 0 for the first
 * @param size how many rows at most
 */
export async function reportPage(db: Queryable, after: number, size: number): Promise<ReportRow[]> {
  const { rows } = await db.query<ReportRow>({
    text: `SELECT i.status AS "invoiceStatus", i.invoice_number AS "invoiceNumber", c.username, c.email,
        i.created_at AS "createdAt", i.created_by AS "createdBy", i.updated_at AS "updatedAt", i.updated_by AS "updatedBy"
      FROM dbmanager.invoice i LEFT JOIN dbmanager.customer c ON c.customer_id = i.customer_id
      WHERE i.invoice_number > $1 AND i.deleted_at IS NULL ORDER BY i.invoice_number LIMIT $2`,
    values: [after, size],
  });
  return rows;
}
