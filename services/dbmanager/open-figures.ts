// dbmanager: since when the oldest unfinished invoices wait, and which alarms are open, in one statement, for figures. Store: invoice, alarm.
import type { Queryable } from '@staffetta/platform/store/store.ts';

/** Where an unfinished invoice stands here; before it is stored it is the receiver's. */
export type Stage = 'toBeSent' | 'sent';

/** What is open at one moment. */
export interface OpenFigures {
  /** Instant at which the oldest invoice of a stage was created; null where there is none. */
  readonly oldest: Readonly<Record<Stage, Date | null>>;
  /** Kind → how many. */
  readonly alarms: Readonly<Record<string, number>>;
}

/** One step on the index by status and time, whatever the number of invoices. */
function oldestOf(status: string): string {
  return `(SELECT created_at FROM dbmanager.invoice WHERE status = '${status}' AND deleted_at IS NULL ORDER BY created_at LIMIT 1)`;
}

/**
 * Reads them.
 * @param db the store
 */
export async function readOpen(db: Queryable): Promise<OpenFigures> {
  const { rows } = await db.query<{
    toBeSent: Date | null;
    sent: Date | null;
    alarms: Record<string, number>;
  }>({
    name: 'dbmanager-open-figures',
    text: `SELECT ${oldestOf('INTERNAL_INVOICE_TOBE_SENT')} AS "toBeSent", ${oldestOf('INTERNAL_INVOICE_SENT')} AS sent,
      (SELECT coalesce(jsonb_object_agg(kind, count), '{}') FROM
        (SELECT kind, count(*) FROM dbmanager.alarm WHERE cleared_at IS NULL GROUP BY kind) AS open) AS alarms`,
  });
  const [{ toBeSent, sent, alarms } = { toBeSent: null, sent: null, alarms: {} }] = rows;
  return { oldest: { toBeSent, sent }, alarms };
}
