// fatturapa: what a line adds up to, as SdI reckons it (00423), exactly.
import { countedAmount, type DiscountFigures } from '../discount-figure.ts';
import { distance, hundredths, roundedQuotient, units, unitsInHundredth, unitsInOne } from './exact.ts';

/** What the total of a line comes from. */
export interface LineFigures {
  readonly PrezzoUnitario: string;
  readonly Quantita?: string | undefined;
  readonly PrezzoTotale: string;
  readonly ScontoMaggiorazione?: readonly Discount[] | undefined;
}

interface Discount extends DiscountFigures {
  readonly Tipo: string;
}

const noDiscounts: readonly Discount[] = [];

// Sixteen places more than a unit has: percentages of percentages stay exact four times over, and a chain of thousands of
// discounts stays cheap.
const finer = 10n ** 16n;
const wholePercent = 10_000n;

/**
 * Whether PrezzoTotale is the discounted unit price times the quantity, within 0.01 of the unrounded product.
 * @param line figures as the schema has them
 */
export function isLineTotalRight(line: LineFigures): boolean {
  if (line.ScontoMaggiorazione === undefined) {
    const product = hundredths(line.PrezzoUnitario) * (line.Quantita === undefined ? 100 : hundredths(line.Quantita));
    const total = hundredths(line.PrezzoTotale) * 100;
    // NaN and unsafe integers are not safe integers: then the exact way decides.
    if (Number.isSafeInteger(product) && Number.isSafeInteger(total)) return Math.abs(product - total) <= 100;
  }
  const discounts = line.ScontoMaggiorazione ?? noDiscounts;
  return isNear(line, productOf(line, discounts)) || isRightBySize(line, discounts);
}

/**
 * What PrezzoTotale should be, in units of 0.00000001: rounded to hundredths where the total as it stands has no finer decimals.
 * @param line figures as the schema has them
 */
export function expectedTotal(line: LineFigures): bigint {
  const product = productOf(line, line.ScontoMaggiorazione ?? noDiscounts);
  const step = Number.isNaN(hundredths(line.PrezzoTotale)) ? 1n : unitsInHundredth;
  return roundedQuotient(product, unitsInOne * step) * step;
}

/**
 * Whether the total would be right if amounts of discounts were meant for the whole line, which is the usual mistake.
 * @param line figures as the schema has them
 */
export function isRightWithDiscountOnLine(line: LineFigures): boolean {
  const discounts = line.ScontoMaggiorazione ?? noDiscounts;
  const isByAmount = (discount: Discount) => countedAmount(discount) !== undefined;
  if (!discounts.some(isByAmount)) return false;
  let total = productOf(
    line,
    discounts.filter((discount) => !isByAmount(discount)),
  );
  for (const discount of discounts) {
    total += signOf(discount.Tipo) * units(countedAmount(discount) ?? '0.00') * unitsInOne;
  }
  return isNear(line, total);
}

// SdI's text does not say what the minus in the amount of a discount means; programs write it both ways, so either passes.
function isRightBySize(line: LineFigures, discounts: readonly Discount[]): boolean {
  if (!discounts.some(({ Importo }) => Importo?.startsWith('-'))) return false;
  const positive = discounts.map((discount) => ({ ...discount, Importo: discount.Importo?.replace('-', '') }));
  return isNear(line, productOf(line, positive));
}

/** Within 0.01; `product` has sixteen decimals. */
function isNear(line: LineFigures, product: bigint): boolean {
  return distance(product - units(line.PrezzoTotale) * unitsInOne) <= unitsInHundredth * unitsInOne;
}

/** Unit price times quantity with sixteen decimals. */
function productOf(line: LineFigures, discounts: readonly Discount[]): bigint {
  const quantity = line.Quantita === undefined ? unitsInOne : units(line.Quantita);
  return unitPrice(line.PrezzoUnitario, discounts) * quantity;
}

function signOf(type: string): bigint {
  return type === 'SC' ? -1n : 1n;
}

/** The unit price after its discounts in their order, in units: rounded to eight decimals once, at the end. */
function unitPrice(text: string, discounts: readonly Discount[]): bigint {
  if (discounts.length === 0) return units(text);
  let price = units(text) * finer;
  for (const discount of discounts) {
    const { Tipo, Percentuale } = discount;
    const amount = countedAmount(discount);
    if (amount !== undefined) price += signOf(Tipo) * units(amount) * finer;
    else if (Percentuale !== undefined) {
      price = (price * (wholePercent + signOf(Tipo) * BigInt(hundredths(Percentuale)))) / wholePercent;
    }
  }
  return roundedQuotient(price, finer);
}
