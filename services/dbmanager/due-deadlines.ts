// dbmanager: the invoices whose clock has run out under a rule, locked, each by one instance. Store: dbmanager.invoice (by clocks).
import type { Queryable } from '@staffetta/platform/store/store.ts';
import type { NewAlarm } from './alarms.ts';
import type { DeadlineRule } from './deadline-rules.ts';

/** An invoice whose clock has run out. */
export type DueInvoice = Omit<NewAlarm, 'dueAt' | 'kind'>;

/** What is looked for. */
export interface DueSearch {
  readonly rule: DeadlineRule;
  /** Clocks that began then or before have run out. */
  readonly before: Date;
  /** Clocks that began before this do not count. */
  readonly notBefore: Date | null;
  /** The rule's term, in milliseconds. */
  readonly termMs: number;
  readonly limit: number;
}

// A subquery for each row, by the unique index: as a join the planner would go by what it knew of a table that was empty yesterday.
const notRaised = `(SELECT a.alarm_id FROM dbmanager.alarm a
        WHERE a.invoice_id = i.invoice_id AND a.transmission_id = i.transmission_id AND a.kind = $1) IS NULL`;

const inDetail = `($3::text[] IS NULL OR coalesce(i.detail, '') = ANY($3))`;

function detailsOf({ details }: DeadlineRule): string[] | null {
  return details ? details.map((detail) => detail ?? '') : null;
}

/**
 * Finds invoices by the mail server's 250 of their latest transmission. Receipts are missed only of a mailbox that somebody reads.
 * @param db a transaction; the rows stay locked in it, and those that another has in hand are passed over
 * @param search the rule and its times
 */
export async function dueSinceSent(
  db: Queryable,
  { rule, before, notBefore, termMs, limit }: DueSearch,
): Promise<DueInvoice[]> {
  const { rows } = await db.query<DueInvoice>({
    text: `SELECT i.invoice_id AS "invoiceId", i.transmission_id AS "transmissionId", t.sent_at AS since
      FROM dbmanager.transmission t JOIN dbmanager.invoice_transmission it USING (transmission_id)
        JOIN dbmanager.invoice i ON i.invoice_id = it.invoice_id AND i.transmission_id = t.transmission_id
      WHERE t.state = 'SENT' AND t.sent_at <= $4 AND ($5::timestamptz IS NULL OR t.sent_at >= $5)
        AND i.status = $2 AND ${inDetail} AND ${notRaised}
        AND (NOT $6 OR NOT EXISTS (SELECT FROM dbmanager.pec_receipt r WHERE r.transmission_id = t.transmission_id))
        AND (NOT $6 OR t.mailbox IS NULL OR EXISTS (SELECT FROM dbmanager.pec_receipt r
          WHERE lower(r.mailbox) = t.mailbox AND r.received_at <= t.sent_at + make_interval(secs => $8)))
      ORDER BY t.sent_at LIMIT $7 FOR NO KEY UPDATE OF i SKIP LOCKED`,
    values: [rule.kind, rule.status, detailsOf(rule), before, notBefore, rule.withoutReceipt, limit, termMs / 1000],
  });
  return rows;
}

/**
 * Finds invoices by the event of their history that started the clock, since their latest transmission was made.
 * @param db a transaction; the rows stay locked in it, and those that another has in hand are passed over
 * @param search the rule and its times
 */
export async function dueSinceEvent(
  db: Queryable,
  { rule, before, notBefore, limit }: DueSearch,
): Promise<DueInvoice[]> {
  // The first condition is that of the index; without it every invoice would be looked at.
  const { rows } = await db.query<DueInvoice>({
    text: `SELECT i.invoice_id AS "invoiceId", i.transmission_id AS "transmissionId", clock.since
      FROM dbmanager.invoice i JOIN dbmanager.transmission t USING (transmission_id)
        CROSS JOIN LATERAL (SELECT min(greatest(coalesce(o.counts_from, o.happened_at), t.created_at)) AS since FROM dbmanager.outcome o
          WHERE o.invoice_id = i.invoice_id AND o.event = $6 AND o.happened_at >= t.created_at) AS clock
      WHERE (i.status = 'INTERNAL_INVOICE_DISCARDED' OR i.detail = 'DELIVERY_RETRIED'
          OR (i.recipient_is_office AND i.detail = 'DELIVERED_TO_RECIPIENT'))
        AND i.status = $2 AND ${inDetail} AND (NOT $7 OR i.recipient_is_office) AND i.deleted_at IS NULL
        AND clock.since <= $4 AND ($5::timestamptz IS NULL OR clock.since >= $5) AND ${notRaised}
      ORDER BY clock.since LIMIT $8 FOR NO KEY UPDATE OF i SKIP LOCKED`,
    values: [rule.kind, rule.status, detailsOf(rule), before, notBefore, rule.from, rule.officesOnly, limit],
  });
  return rows;
}

/**
 * Notes that the recipient of invoices is a public body.
 * @param db a transaction that holds the rows
 * @param invoiceIds any ids
 */
export async function noteOffices(db: Queryable, invoiceIds: readonly string[]): Promise<void> {
  if (invoiceIds.length === 0) return;
  await db.query({
    text: `UPDATE dbmanager.invoice SET recipient_is_office = true
      WHERE invoice_id = ANY($1::uuid[]) AND NOT recipient_is_office`,
    values: [invoiceIds],
  });
}

/**
 * Says whether the recipient of an invoice is known to be a public body.
 * @param db the store
 * @param invoiceId the invoice
 */
export async function isToOffice(db: Queryable, invoiceId: string): Promise<boolean> {
  const { rows } = await db.query<{ isOffice: boolean }>({
    text: 'SELECT recipient_is_office AS "isOffice" FROM dbmanager.invoice WHERE invoice_id = $1',
    values: [invoiceId],
  });
  return rows[0]?.isOffice ?? false;
}
