// fatturapa: figures as people send them in JSON, read exactly, and written as the XML wants them.
import BigJs, { type Big } from 'big.js';

/** A figure as it may stand in JSON: a text keeps every digit; a number is taken by its shortest decimal writing. */
export type Figure = string | number;

/** An exact decimal. */
export type Exact = Big;

// A constructor of our own: `DP` and `RM` of the shared one belong to nobody.
const Decimal = BigJs();
Decimal.DP = 20;
Decimal.RM = 1; // half up, away from zero, as the tax authority's own examples round

/** Decimals that are kept of any figure: the most that SdI's types have, and far above what binary fractions disturb. */
export const decimalsMax = 8;

/** Zero. */
export const zero: Exact = new Decimal(0);

const decimalForm = /^[+-]?\d{1,15}(?:\.\d{1,40})?$/;

/**
 * Reads a figure exactly, rounded half up to eight decimals, which takes away what binary fractions add (0.1 + 0.2 is 0.3).
 * @param figure a number, or a text with a dot: `"1234.5"`, no thousands
 * @returns the decimal, or undefined for what is none or has more than fifteen digits in front of the dot
 */
export function readFigure(figure: Figure): Exact | undefined {
  const text = typeof figure === 'number' ? plain(figure) : figure.trim();
  return decimalForm.test(text) ? new Decimal(text.replace(/^\+/, '')).round(decimalsMax) : undefined;
}

/** A number's shortest decimal writing without an exponent; tiny ones round to nothing. */
function plain(figure: number): string {
  if (!Number.isFinite(figure)) return '';
  const text = String(figure);
  return text.includes('e') ? new Decimal(text).round(20).toFixed() : text;
}

/**
 * Makes an exact decimal of a figure that is known to be one, as the tables' own texts are.
 * @param text a decimal
 */
export function exact(text: string | number): Exact {
  return new Decimal(text);
}

/**
 * Whether a decimal fits a place without losing cents.
 * @param value the decimal
 * @param decimals how many the place has
 */
export function fitsDecimals(value: Exact, decimals: number): boolean {
  return value.round(decimals).eq(value);
}

/**
 * Rounds to cents, half up.
 * @param value the decimal
 */
export function cents(value: Exact): Exact {
  return value.round(2);
}

/**
 * Writes an amount or rate with two decimals, half up (Amount2DecimalType, RateType).
 * @param value the decimal
 */
export function amount2(value: Exact): string {
  const rounded = value.round(2);
  // Big keeps the sign of a nought; nobody wants to read -0.00.
  return rounded.eq(0) ? '0.00' : rounded.toFixed(2);
}

/**
 * Writes a price or quantity with two to eight decimals, as many as it needs (Amount8DecimalType, QuantitaType).
 * @param value the decimal
 */
export function amount8(value: Exact): string {
  const text = value.round(decimalsMax).toFixed();
  const [, decimals = ''] = text.split('.');
  return decimals.length >= 2 ? text : amount2(value);
}

/**
 * Adds decimals up.
 * @param values any number of them
 */
export function sum(values: Iterable<Exact>): Exact {
  let total = zero;
  for (const value of values) total = total.plus(value);
  return total;
}
