// dbmanager: an invoice's history, one row per change that was told; the last is its state. Store: dbmanager.outcome.
import type { NewsEvent } from '@staffetta/flow/invoice-details.ts';
import type { Finding } from '@staffetta/flow/messages.ts';
import type { ReceivedEvent } from '@staffetta/flow/received-details.ts';
import type { InvoiceStatus } from '@staffetta/flow/statuses.ts';
import type { Queryable, Tx } from '@staffetta/platform/store/store.ts';
import { tellMoves } from './told-moves.ts';

/** One change of an invoice's status, or of its detail. */
export interface Outcome {
  readonly invoiceId: string;
  /** From 1, without gaps. */
  readonly sequence: number;
  readonly status: InvoiceStatus;
  readonly detail: string | null;
  readonly event: NewsEvent | ReceivedEvent;
  /** The event of the bus that caused it; null for what was asked by REST. */
  readonly causationId: string | null;
  readonly reason: string | null;
  readonly happenedAt: Date;
  /** From when terms of the law count, where that is before it was known here: the mail with SdI's notice waited in the mailbox. */
  readonly countsFrom?: Date | null;
  readonly doneBy: string;
  /** What was told with it in place of the invoice's own findings. */
  readonly findings: readonly Finding[] | null;
}

const fields = [
  'invoiceId',
  'sequence',
  'status',
  'detail',
  'event',
  'causationId',
  'reason',
  'happenedAt',
  'doneBy',
] as const satisfies readonly (keyof Outcome)[];

function findingsJson({ findings }: Outcome): string | null {
  return findings && JSON.stringify(findings);
}

const columns = `invoice_id AS "invoiceId", sequence, status, detail, event, causation_id AS "causationId", reason,
  happened_at AS "happenedAt", counts_from AS "countsFrom", done_by AS "doneBy", findings`;

/**
 * Adds to the history of invoices and brings each to its last outcome; one that was deleted and moves all the same is
 * back.
 * @param tx a transaction that holds the invoices' rows
 * @param outcomes in any order, several of one invoice too
 */
export async function insertOutcomes(tx: Tx, outcomes: readonly Outcome[]): Promise<void> {
  if (outcomes.length === 0) return;
  await tx.query({
    name: 'dbmanager-insert-outcomes',
    text: `WITH fresh AS (
        SELECT * FROM unnest($1::uuid[], $2::int[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[],
          $8::timestamptz[], $9::text[], $10::jsonb[], $11::timestamptz[])
          AS fresh (invoice_id, sequence, status, detail, event, causation_id, reason, happened_at, done_by, findings, counts_from)
      ), told AS (
        INSERT INTO dbmanager.outcome
          (invoice_id, sequence, status, detail, event, causation_id, reason, happened_at, done_by, findings, counts_from)
        SELECT * FROM fresh
      )
      UPDATE dbmanager.invoice AS known SET status = last.status, detail = last.detail, sequence = last.sequence,
        status_last_updated_at = last.happened_at, updated_at = last.happened_at, updated_by = last.done_by,
        deleted_at = NULL, deleted_by = NULL
      FROM (SELECT DISTINCT ON (invoice_id) * FROM fresh ORDER BY invoice_id, sequence DESC) AS last
      WHERE known.invoice_id = last.invoice_id`,
    values: [
      ...fields.map((field) => outcomes.map((outcome) => outcome[field])),
      outcomes.map(findingsJson),
      outcomes.map(({ countsFrom }) => countsFrom ?? null),
    ],
  });
  tellMoves(tx, outcomes);
}

/**
 * Reads the history of one invoice, the oldest first.
 * @param db the store or a transaction
 * @param invoiceId the invoice
 */
export async function historyOf(db: Queryable, invoiceId: string): Promise<Outcome[]> {
  const { rows } = await db.query<Outcome>({
    text: `SELECT ${columns} FROM dbmanager.outcome WHERE invoice_id = $1 ORDER BY sequence`,
    values: [invoiceId],
  });
  return rows;
}

/**
 * Says which events have brought outcomes already.
 * @param db a transaction that holds the invoices' rows
 * @param invoiceIds the invoices that they may be about
 * @param eventIds of the bus
 */
export async function causesTold(
  db: Queryable,
  invoiceIds: readonly string[],
  eventIds: readonly string[],
): Promise<Set<string>> {
  const { rows } = await db.query<{ causationId: string }>({
    name: 'dbmanager-causes-told',
    text: `SELECT causation_id AS "causationId" FROM dbmanager.outcome
      WHERE invoice_id = ANY($1::uuid[]) AND causation_id = ANY($2::text[])`,
    values: [invoiceIds, eventIds],
  });
  return new Set(rows.map(({ causationId }) => causationId));
}

/**
 * Reads one outcome.
 * @param db the store or a transaction
 * @param invoiceId the invoice
 * @param sequence which of its outcomes
 */
export async function findOutcome(db: Queryable, invoiceId: string, sequence: number): Promise<Outcome | undefined> {
  const { rows } = await db.query<Outcome>({
    text: `SELECT ${columns} FROM dbmanager.outcome WHERE invoice_id = $1 AND sequence = $2`,
    values: [invoiceId, sequence],
  });
  return rows[0];
}
