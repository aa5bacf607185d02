// dbmanager: alarms: what should have happened and did not; each is raised once and cleared once. Store: dbmanager.alarm.
import type { Queryable } from '@staffetta/platform/store/store.ts';
import { uuidv7 } from '@staffetta/platform/ids.ts';
import { deadlineRules } from './deadline-rules.ts';

/** An alarm that is to be raised. */
export interface NewAlarm {
  readonly invoiceId: string;
  /** Null for an invoice that was received. */
  readonly transmissionId: string | null;
  /** One of `alarmKinds`, or another rule's. */
  readonly kind: string;
  readonly since: Date;
  readonly dueAt: Date;
}

/** An alarm that was raised. */
export interface Alarm extends NewAlarm {
  /** UUIDv7: its order is that of raising. */
  readonly alarmId: string;
  readonly raisedAt: Date;
  readonly clearedAt: Date | null;
  /** The event of the invoice's history, or the receipt, that cleared it. */
  readonly clearedBy: string | null;
}

/** An alarm with whose invoice it is about. */
export interface NamedAlarm extends Alarm {
  readonly invoiceNumber: number;
  readonly customerId: number | null;
  readonly username: string | null;
  readonly email: string | null;
}

const columns = `a.alarm_id AS "alarmId", a.invoice_id AS "invoiceId", a.transmission_id AS "transmissionId", a.kind, a.since,
  a.due_at AS "dueAt", a.raised_at AS "raisedAt", a.cleared_at AS "clearedAt", a.cleared_by AS "clearedBy"`;

const named = `${columns}, i.invoice_number AS "invoiceNumber", c.customer_id AS "customerId", c.username, c.email
  FROM dbmanager.alarm a JOIN dbmanager.invoice i USING (invoice_id) LEFT JOIN dbmanager.customer c ON c.customer_id = i.customer_id`;

/**
 * Raises alarms; one that was raised before is left as it is.
 * @param db a transaction that holds the invoices' rows
 * @param alarms each invoice, transmission and kind once
 * @param at when
 * @returns those that are new
 */
export async function raiseAlarms(db: Queryable, alarms: readonly NewAlarm[], at: Date): Promise<Alarm[]> {
  if (alarms.length === 0) return [];
  const { rows } = await db.query<Alarm>({
    text: `INSERT INTO dbmanager.alarm AS a (alarm_id, invoice_id, transmission_id, kind, since, due_at, raised_at)
      SELECT *, $7 FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::timestamptz[], $6::timestamptz[])
      ON CONFLICT DO NOTHING RETURNING ${columns}`,
    values: [
      alarms.map(() => uuidv7()),
      alarms.map((alarm) => alarm.invoiceId),
      alarms.map((alarm) => alarm.transmissionId),
      alarms.map((alarm) => alarm.kind),
      alarms.map((alarm) => alarm.since),
      alarms.map((alarm) => alarm.dueAt),
      at,
    ],
  });
  return rows;
}

/** Where each rule holds, row by row; no detail is written as an empty one, and any as null. */
const holding = deadlineRules.flatMap(({ kind, status, details }) =>
  (details ?? [undefined]).map((detail) => ({ kind, status, detail: detail === undefined ? null : (detail ?? '') })),
);

/**
 * Clears the alarms of our rules that hold no more: the invoice has moved on, another file of it was sent since, or a receipt came while
 * the alarm about it was being raised. What somebody else has in hand is passed over: nobody waits for anybody, and the next look finds it.
 * @param db a transaction
 * @param invoiceIds only of these; all where it is null
 * @param at when
 */
export async function clearPassedAlarms(db: Queryable, invoiceIds: readonly string[] | null, at: Date): Promise<void> {
  await db.query({
    name: 'dbmanager-clear-alarms',
    text: `UPDATE dbmanager.alarm AS known SET cleared_at = $1, cleared_by = passed.event
      FROM (SELECT a.alarm_id, CASE WHEN heard.something THEN 'receipt' ELSE o.event END AS event
        FROM dbmanager.alarm a JOIN dbmanager.invoice i USING (invoice_id)
          JOIN dbmanager.outcome o ON o.invoice_id = i.invoice_id AND o.sequence = i.sequence
          CROSS JOIN LATERAL (SELECT a.kind = 'NO_RECEIPT' AND EXISTS (
            SELECT FROM dbmanager.pec_receipt r WHERE r.transmission_id = a.transmission_id) AS something) AS heard
        WHERE a.cleared_at IS NULL AND ($2::uuid[] IS NULL OR a.invoice_id = ANY($2)) AND a.kind = ANY($3::text[])
          AND (heard.something OR a.transmission_id IS DISTINCT FROM i.transmission_id OR NOT EXISTS (
            SELECT FROM unnest($3::text[], $4::text[], $5::text[]) AS rule (kind, status, detail)
            WHERE rule.kind = a.kind AND rule.status = i.status
              AND coalesce(rule.detail, i.detail, '') = coalesce(i.detail, '')))
        FOR UPDATE OF a SKIP LOCKED) AS passed
      WHERE known.alarm_id = passed.alarm_id`,
    values: [
      at,
      invoiceIds,
      holding.map(({ kind }) => kind),
      holding.map(({ status }) => status),
      holding.map(({ detail }) => detail),
    ],
  });
}

/**
 * Clears the alarms that a receipt ends: the PEC provider has said something of the mail.
 * @param db a transaction that holds the invoices' rows
 * @param about what receipts came about: invoices, by which alarms are found, and their files
 * @param at when
 */
export async function clearReceiptAlarms(
  db: Queryable,
  about: readonly { readonly invoiceId: string; readonly transmissionId: string }[],
  at: Date,
): Promise<void> {
  if (about.length === 0) return;
  await db.query({
    name: 'dbmanager-clear-receipt-alarms',
    text: `UPDATE dbmanager.alarm SET cleared_at = $3, cleared_by = 'receipt'
      WHERE cleared_at IS NULL AND kind = 'NO_RECEIPT' AND invoice_id = ANY($1::uuid[]) AND transmission_id = ANY($2::uuid[])`,
    values: [about.map(({ invoiceId }) => invoiceId), about.map(({ transmissionId }) => transmissionId), at],
  });
}

/**
 * Reads the alarms of an invoice, the oldest first.
 * @param db the store or a transaction
 * @param invoiceId the invoice
 */
export async function alarmsOf(db: Queryable, invoiceId: string): Promise<Alarm[]> {
  const { rows } = await db.query<Alarm>({
    text: `SELECT ${columns} FROM dbmanager.alarm a WHERE a.invoice_id = $1 ORDER BY a.alarm_id`,
    values: [invoiceId],
  });
  return rows;
}

/**
 * Lists alarms, the newest first.
 * @param db the store
 * @param openOnly whether those that were cleared are left out
 * @param page how many and from where
 */
export async function listAlarms(
  db: Queryable,
  openOnly: boolean,
  page: { readonly limit: number; readonly offset: number },
): Promise<NamedAlarm[]> {
  const { rows } = await db.query<NamedAlarm>({
    text: `SELECT ${named} WHERE ($1 = false OR a.cleared_at IS NULL) ORDER BY a.alarm_id DESC LIMIT $2 OFFSET $3`,
    values: [openOnly, page.limit, page.offset],
  });
  return rows;
}

/**
 * Counts alarms.
 * @param db the store
 * @param openOnly whether those that were cleared are left out
 */
export async function countAlarms(db: Queryable, openOnly: boolean): Promise<number> {
  const { rows } = await db.query<{ count: number }>({
    text: 'SELECT count(*) AS count FROM dbmanager.alarm WHERE $1 = false OR cleared_at IS NULL',
    values: [openOnly],
  });
  return rows[0]?.count ?? 0;
}

/**
 * Reads open alarms piece by piece, the oldest first.
 * @param db the store
 * @param after the last alarm of the piece before; null for the first piece
 * @param limit how many
 */
export async function openAlarmsAfter(db: Queryable, after: string | null, limit: number): Promise<NamedAlarm[]> {
  const { rows } = await db.query<NamedAlarm>({
    text: `SELECT ${named} WHERE a.cleared_at IS NULL AND ($1::uuid IS NULL OR a.alarm_id > $1)
      ORDER BY a.alarm_id LIMIT $2`,
    values: [after, limit],
  });
  return rows;
}
