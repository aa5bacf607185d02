// fatturapa: what a line of the shorter shape costs, as the model says it: price, quantity and discounts.
import { amount2, amount8, type Figure } from './figures.ts';
import { listOf } from './list-of.ts';
import { decimalOf, type LineDraft } from './reckon-lines.ts';
import type { ShortDiscount, ShortLine } from './short-invoice.ts';

/**
 * Writes a price or quantity.
 * @param figure judged before (`checkShape`); what is absent stays absent
 */
export function priceText(figure: Figure | undefined): string | undefined {
  return figure === undefined ? undefined : amount8(decimalOf(figure));
}

/**
 * Writes an amount or rate, with two decimals.
 * @param figure judged before; what is absent stays absent
 */
export function rateText(figure: Figure | undefined): string | undefined {
  return figure === undefined ? undefined : amount2(decimalOf(figure));
}

/**
 * Makes the part of a line that its total comes from.
 * @param line of the shorter shape
 */
export function linePrice({
  price,
  quantity,
  discounts,
}: ShortLine): Pick<LineDraft, 'Quantita' | 'PrezzoUnitario' | 'ScontoMaggiorazione'> {
  return {
    Quantita: priceText(quantity),
    PrezzoUnitario: priceText(price),
    ScontoMaggiorazione: listOf<ShortDiscount>(discounts)?.map(({ percent, amount, surcharge }) => ({
      Tipo: surcharge === true ? 'MG' : 'SC',
      Percentuale: rateText(percent),
      Importo: priceText(amount),
    })),
  };
}
