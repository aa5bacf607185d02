// fatturapa: sums of a document's amounts in exact decimals, from the XML's text and back into it.
import { Big } from 'big.js';
import type { Value } from './voice.ts';

// Longer than any amount of a document that passes; what is longer is shown but not added.
const amountForm = /^[+-]?\d{1,20}(?:\.\d{1,20})?$/;

/**
 * Adds amounts.
 * @param values decimals as in the XML
 * @returns the exact sum (0 of nothing), or undefined where a value is missing or no number
 */
export function sumOf(values: readonly Value[]): Big | undefined {
  let sum = new Big(0);
  for (const value of values) {
    if (typeof value !== 'string' || !amountForm.test(value)) return undefined;
    sum = sum.plus(value);
  }
  return sum;
}

/**
 * Writes an amount in the form of the XML, with at least two decimals.
 * @param sum the exact amount
 */
export function textOf(sum: Big | undefined): Value {
  return sum?.toFixed(Math.max(2, -(sum.e + 1 - sum.c.length)));
}
