// fatturapa: reckons what lines, social funds and withholdings amount to, where the draft leaves it open.
import { countedAmount } from '../discount-figure.ts';
import type { DettaglioLinee } from '../schema/dati-beni-servizi.ts';
import type { BodyDraft, Draft, Wishes } from './draft.ts';
import { amount2, cents, decimalsMax, readFigure, sum, zero, type Exact, type Figure } from './figures.ts';

/** A line on its way. */
export type LineDraft = Draft<DettaglioLinee>;

/** A discount or surcharge on its way, of a line or of a document. */
type DiscountDraft = NonNullable<LineDraft['ScontoMaggiorazione']>[number];

type GeneralDraft = NonNullable<NonNullable<BodyDraft['DatiGenerali']>['DatiGeneraliDocumento']>;

/** Reads a decimal of a draft or of the shorter shape; what is none counts as nought here, and the check of the format names it. */
export function decimalOf(figure: Figure | undefined): Exact {
  return (figure === undefined ? undefined : readFigure(figure)) ?? zero;
}

/** A part of an amount in percent. */
export function partOf(whole: Exact, percent: Exact): Exact {
  return whole.times(percent).div(100);
}

/**
 * Takes a discount off, or puts a surcharge on.
 * @param price a unit price, or a document's total
 * @param discount which figure of it counts is told by `countedAmount`
 */
export function discounted(price: Exact, discount: DiscountDraft): Exact {
  const amount = countedAmount(discount);
  const step = amount === undefined ? partOf(price, decimalOf(discount.Percentuale)) : decimalOf(amount);
  return discount.Tipo === 'MG' ? price.plus(step) : price.minus(step);
}

/** The unit price after discounts and surcharges in their order, rounded to eight decimals before it is multiplied, as SdI does (00423). */
function unitPriceOf(line: LineDraft): Exact {
  const price = (line.ScontoMaggiorazione ?? []).reduce(discounted, decimalOf(line.PrezzoUnitario));
  return price.round(decimalsMax);
}

/**
 * Reckons a line: unit price, discounts, quantity (1 where absent), rounded to cents.
 * @param line the line on its way
 */
export function priceOfLine(line: LineDraft): Exact {
  const quantity = line.Quantita === undefined ? undefined : decimalOf(line.Quantita);
  const price = unitPriceOf(line);
  return cents(quantity ? price.times(quantity) : price);
}

/** Numbers the lines and reckons their totals, where the draft leaves that open. */
export function fillLines(lines: readonly LineDraft[]): void {
  for (const [index, line] of lines.entries()) {
    line.NumeroLinea ??= String(index + 1);
    if (line.AliquotaIVA === undefined && line.Natura !== undefined) line.AliquotaIVA = '0.00';
    if (line.PrezzoUnitario !== undefined) line.PrezzoTotale ??= amount2(priceOfLine(line));
  }
}

/** What lines amount to; those excluded from the taxable base (N1: expenses paid in the customer's name) are no fee. */
function feeOf(lines: readonly LineDraft[]): Exact {
  return sum(lines.filter(({ Natura }) => Natura !== 'N1').map(({ PrezzoTotale }) => decimalOf(PrezzoTotale)));
}

/** Social funds are reckoned on the fee and taxed like the first line that bears VAT, else like the first one. */
export function fillFunds(general: GeneralDraft, lines: readonly LineDraft[]): void {
  const like = lines.find(({ AliquotaIVA }) => decimalOf(AliquotaIVA).gt(0)) ?? lines[0];
  for (const fund of general.DatiCassaPrevidenziale ?? []) {
    const base = fund.ImponibileCassa === undefined ? cents(feeOf(lines)) : decimalOf(fund.ImponibileCassa);
    fund.ImponibileCassa ??= amount2(base);
    fund.ImportoContributoCassa ??= amount2(partOf(base, decimalOf(fund.AlCassa)));
    if (fund.AliquotaIVA !== undefined) continue;
    fund.AliquotaIVA = like?.AliquotaIVA;
    if (decimalOf(like?.AliquotaIVA).eq(0)) fund.Natura ??= like?.Natura;
  }
}

/** Withholdings are reckoned on the lines and funds that say so (Ritenuta SI), or on the share of them that the draft wants. */
export function fillWithholdings(general: GeneralDraft, lines: readonly LineDraft[], wishes: Wishes): void {
  const funds = general.DatiCassaPrevidenziale ?? [];
  const base = sum([
    ...lines.filter(({ Ritenuta }) => Ritenuta === 'SI').map(({ PrezzoTotale }) => decimalOf(PrezzoTotale)),
    ...funds.filter(({ Ritenuta }) => Ritenuta === 'SI').map((fund) => decimalOf(fund.ImportoContributoCassa)),
  ]);
  for (const [index, withholding] of (general.DatiRitenuta ?? []).entries()) {
    const share = wishes.withholdingShares[index];
    const borne = share ? partOf(base, share) : base;
    withholding.ImportoRitenuta ??= amount2(partOf(borne, decimalOf(withholding.AliquotaRitenuta)));
  }
}
