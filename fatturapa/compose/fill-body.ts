// fatturapa: fills in what a body of an ordinary invoice leaves open; what it says is kept.
import type { BodyDraft, OpenNumber, Wishes } from './draft.ts';
import { amount2 } from './figures.ts';
import { fillPayments } from './fill-payments.ts';
import { discounted, fillFunds, fillLines, fillWithholdings } from './reckon-lines.ts';
import { fillStampDuty } from './stamp-duty.ts';
import { summaryTotal, vatSummary } from './vat-summary.ts';

type GeneralDraft = NonNullable<NonNullable<BodyDraft['DatiGenerali']>['DatiGeneraliDocumento']>;

/** The total after discounts and surcharges on the whole document. */
function totalOf(body: BodyDraft, general: GeneralDraft) {
  const total = summaryTotal(body.DatiBeniServizi?.DatiRiepilogo ?? []);
  return (general.ScontoMaggiorazione ?? []).reduce(discounted, total);
}

/**
 * A number that stands until the document gets its own: it has a digit (00425), and differs from body to body and from
 * what anybody calls a document (00409).
 * @param body which body, from 0
 */
export function placeholderNumber(body: number): string {
  return `?${body + 1}?`;
}

function identify(general: GeneralDraft, today: string, at: Omit<OpenNumber, 'date'>): OpenNumber[] {
  general.TipoDocumento ??= 'TD01';
  general.Divisa ??= 'EUR';
  const date = (general.Data ??= today);
  if (general.Numero !== undefined) return [];
  general.Numero = placeholderNumber(at.body);
  return [{ ...at, date }];
}

/**
 * Fills in kind, currency, day, lines' numbers and totals, social funds, stamp duty, withholdings, summary, total and instalments.
 * @param body the body, changed in place
 * @param wishes what has no element of its own
 * @param today the day in Italy, `YYYY-MM-DD`
 * @param at which body it is, and the register for its number
 * @returns the number that is still open, if one is; a placeholder stands in its place
 */
export function fillBody(body: BodyDraft, wishes: Wishes, today: string, at: Omit<OpenNumber, 'date'>): OpenNumber[] {
  const general = ((body.DatiGenerali ??= {}).DatiGeneraliDocumento ??= {});
  const open = identify(general, today, at);
  const goods = (body.DatiBeniServizi ??= {});
  const lines = (goods.DettaglioLinee ??= []);
  fillLines(lines);
  fillFunds(general, lines);
  fillStampDuty(body, wishes);
  fillWithholdings(general, lines, wishes);
  if (!goods.DatiRiepilogo?.length) {
    goods.DatiRiepilogo = vatSummary(lines, general.DatiCassaPrevidenziale ?? [], wishes);
  }
  general.ImportoTotaleDocumento ??= amount2(totalOf(body, general));
  fillPayments(body, wishes);
  return open;
}
