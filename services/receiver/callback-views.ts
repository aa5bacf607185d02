// receiver: callbacks as an operator sees them. Store: pending_callbacks (reading).
import type { Queryable } from '@staffetta/platform/store/store.ts';
import type { CallbackKey } from './pending-callbacks.ts';

/** Which callbacks somebody asks for; absent means any. */
export interface CallbackFilter {
  readonly invoiceId: string | undefined;
  readonly state: string | undefined;
}

/** A callback as an operator sees it. */
export interface CallbackView {
  readonly callbackId: string;
  readonly invoiceId: string;
  readonly sequence: number;
  readonly invoiceNumber: number | null;
  readonly invoiceStatus: string;
  readonly customerId: number;
  readonly correlationId: string;
  readonly url: string;
  readonly state: string;
  readonly tries: number;
  readonly attempts: number;
  readonly createdAt: Date;
  readonly dueAt: Date | null;
  readonly finishedAt: Date | null;
  readonly lastStatus: number | null;
  readonly lastError: string | null;
}

const viewColumns = `invoice_id || ':' || sequence AS "callbackId", invoice_id AS "invoiceId", sequence,
  invoice_number AS "invoiceNumber", invoice_status AS "invoiceStatus", customer_id AS "customerId",
  correlation_id AS "correlationId", url, state, tries, attempts, created_at AS "createdAt",
  CASE WHEN state = 'pending' THEN due_at END AS "dueAt", finished_at AS "finishedAt", last_status AS "lastStatus",
  last_error AS "lastError"`;
const matches = '($1::text IS NULL OR invoice_id = $1) AND ($2::text IS NULL OR state = $2)';

/**
 * Lists callbacks, the newest invoices first (their ids sort by time).
 * @param db the store
 * @param filter which
 * @param page from 0
 * @param size per page
 */
export async function listCallbacks(
  db: Queryable,
  filter: CallbackFilter,
  page: number,
  size: number,
): Promise<CallbackView[]> {
  const { rows } = await db.query<CallbackView>({
    text: `SELECT ${viewColumns} FROM receiver.pending_callbacks WHERE ${matches}
      ORDER BY invoice_id DESC, sequence DESC LIMIT $3 OFFSET $4`,
    values: [filter.invoiceId ?? null, filter.state ?? null, size, page * size],
  });
  return rows;
}

/**
 * Counts what `listCallbacks` would list on all pages.
 * @param db the store
 * @param filter which
 */
export async function countListed(db: Queryable, filter: CallbackFilter): Promise<number> {
  const { rows } = await db.query<{ count: number }>({
    text: `SELECT count(*) AS count FROM receiver.pending_callbacks WHERE ${matches}`,
    values: [filter.invoiceId ?? null, filter.state ?? null],
  });
  return rows[0]?.count ?? 0;
}

/**
 * Finds one callback.
 * @param db the store
 * @param key invoice and sequence
 */
export async function findCallback(db: Queryable, key: CallbackKey): Promise<CallbackView | undefined> {
  const { rows } = await db.query<CallbackView>({
    text: `SELECT ${viewColumns} FROM receiver.pending_callbacks WHERE invoice_id = $1 AND sequence = $2`,
    values: [key.invoiceId, key.sequence],
  });
  return rows[0];
}
