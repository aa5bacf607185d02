// dbmanager: until when a discarded invoice keeps its date where it is sent again. Pure.
import type { DocumentFinding } from '@staffetta/fatturapa/finding.ts';
import { toRomeWallTime } from '@staffetta/platform/clock.ts';
import { countedFrom } from './counted-from.ts';
import type { Outcome } from './outcomes.ts';

/** A discarded invoice goes again within five days of the discard (revenue agency's circular 13/E of 2018, 1.5). */
const termDays = 5;

const discarded = 'INTERNAL_INVOICE_DISCARDED';

/**
 * Finds the last day of the term.
 * @param history the invoice's, the oldest first
 * @returns `YYYY-MM-DD` in Rome; undefined where the invoice is not discarded
 */
export function resendBy(
  history: readonly Pick<Outcome, 'status' | 'happenedAt' | 'countsFrom'>[],
): string | undefined {
  if (history.at(-1)?.status !== discarded) return undefined;
  const before = history.findLastIndex(({ status }) => status !== discarded);
  const first = history[before + 1];
  if (!first) return undefined;
  // Days of the calendar, not spans of 24 hours: noon is on the same day whatever the clocks of spring and autumn do.
  const since = countedFrom(first, history[before]?.happenedAt);
  const day = new Date(`${toRomeWallTime(since).slice(0, 10)}T12:00:00Z`);
  day.setUTCDate(day.getUTCDate() + termDays);
  return day.toISOString().slice(0, 10);
}

/**
 * Warns of a term that is over; the invoice goes out all the same.
 * @param by the last day
 * @param at now
 */
export function termOver(by: string | undefined, at: Date): DocumentFinding[] {
  if (by === undefined || toRomeWallTime(at).slice(0, 10) <= by) return [];
  return [
    {
      code: 'RESEND_LATE',
      severity: 'warning',
      value: by,
      message: {
        it: `I cinque giorni dallo scarto sono passati il ${by.split('-').toReversed().join('/')}: la data del documento può risultare tardiva.`,
        en: `The five days after the discard ended on ${by}: the date of the document may count as late.`,
      },
      fix: {
        it: 'La fattura viene inviata lo stesso; chiarire con il commercialista se è dovuta una sanzione per ritardo.',
        en: 'The invoice is sent all the same; settle with the accountant whether a penalty for lateness is due.',
      },
    },
  ];
}
