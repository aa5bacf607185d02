// dbmanager: received invoices whose term to answer is about to end, and the alarms about it. Store: dbmanager.received_file (read), dbmanager.alarm.
import type { Queryable } from '@staffetta/platform/store/store.ts';
import type { AlarmKind } from './deadline-rules.ts';

/** A received invoice that somebody should answer. */
export interface DueAnswer {
  readonly invoiceId: string;
  readonly receivedAt: Date;
  readonly answerBy: Date;
}

const kind: AlarmKind = 'ANSWER_DUE';

/**
 * Finds received invoices whose term ends soon, nobody has answered and nobody was reminded of, the most urgent first.
 * @param db a transaction; the rows stay locked in it, and those that another has in hand are passed over
 * @param after terms that have ended by then are no longer reminded of
 * @param until terms that end until then are
 * @param most how many at most
 */
export async function dueAnswers(db: Queryable, after: Date, until: Date, most: number): Promise<DueAnswer[]> {
  const { rows } = await db.query<DueAnswer>({
    text: `SELECT r.invoice_id AS "invoiceId", r.received_at AS "receivedAt", r.answer_by AS "answerBy"
      FROM dbmanager.received_file r JOIN dbmanager.invoice i USING (invoice_id)
      WHERE r.answer_by IS NOT NULL AND NOT r.term_ended AND r.answer_by > $1 AND r.answer_by <= $2 AND i.deleted_at IS NULL
        AND i.status = 'EXTERNAL_INVOICE' AND i.detail IN ('RECEIVED', 'ANSWER_NOT_SENT', 'ANSWER_DISCARDED')
        AND NOT EXISTS (SELECT FROM dbmanager.alarm a WHERE a.invoice_id = r.invoice_id AND a.kind = $3)
      ORDER BY r.answer_by LIMIT $4 FOR NO KEY UPDATE OF i SKIP LOCKED`,
    values: [after, until, kind, most],
  });
  return rows;
}

/**
 * Clears the alarm of a received invoice that nobody need answer any more.
 * @param db a transaction that holds the invoice's row
 * @param invoiceId the invoice
 * @param by the event of its history that settled it
 * @param at when
 */
export async function clearAnswerAlarm(db: Queryable, invoiceId: string, by: string, at: Date): Promise<void> {
  await db.query({
    text: `UPDATE dbmanager.alarm SET cleared_at = $3, cleared_by = $2
      WHERE invoice_id = $1 AND kind = $4 AND cleared_at IS NULL`,
    values: [invoiceId, by, at, kind],
  });
}
