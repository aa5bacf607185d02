// configserver: fills `${key}` and `${key:default}` in, from the settings themselves, as Spring does; always ends.
import type { FlatValue } from '@staffetta/platform/config/flat-values.ts';

/** Values by flat key. */
type Values = ReadonlyMap<string, FlatValue>;

/** Enough for any honest text; a chain that doubles at each step is left as it is written. */
const stepsMax = 10_000;
const lengthMax = 1_000_000;
const nestedMax = 50;

/** Thrown inside only: the text is then left as it is written. */
class TooMuch extends Error {}

interface Filling {
  readonly values: Values;
  /** The keys whose values are being filled in: one of them again is a circle. */
  readonly open: readonly string[];
  /** How many placeholders this one stands in. */
  readonly depth: number;
  readonly budget: { steps: number; length: number };
}

/** The place of the bracket that closes the one before `from`, or -1. */
function closing(text: string, from: number): number {
  let open = 1;
  for (let at = from; at < text.length; at++) {
    if (text.startsWith('${', at)) {
      open++;
      at++;
    } else if (text[at] === '}' && --open === 0) return at;
  }
  return -1;
}

function valueOf(key: string, filling: Filling): string | undefined {
  const found = filling.values.get(key);
  if (found === undefined || found === null || filling.open.includes(key)) return undefined;
  return fillIn(String(found), { ...filling, open: [...filling.open, key] });
}

function fillOne(inside: string, whole: string, filling: Filling): string {
  const { budget, open, depth } = filling;
  if (++budget.steps > stepsMax || open.length > nestedMax || depth > nestedMax) throw new TooMuch();
  const key = fillIn(inside, { ...filling, depth: depth + 1 });
  const colon = key.indexOf(':');
  const value = valueOf(key, filling) ?? (colon < 0 ? undefined : valueOf(key.slice(0, colon), filling));
  const text = value ?? (colon < 0 ? whole : key.slice(colon + 1));
  budget.length += text.length;
  if (budget.length > lengthMax) throw new TooMuch();
  return text;
}

function fillIn(text: string, filling: Filling): string {
  let filled = '';
  let at = 0;
  for (let start = text.indexOf('${'); start >= 0; start = text.indexOf('${', at)) {
    const end = closing(text, start + 2);
    if (end < 0) break;
    // `\${` stands for itself.
    const asWritten = text[start - 1] === '\\';
    const whole = text.slice(start, end + 1);
    filled += text.slice(at, asWritten ? start - 1 : start);
    filled += asWritten ? whole : fillOne(text.slice(start + 2, end), whole, filling);
    at = end + 1;
  }
  return filled + text.slice(at);
}

/**
 * Fills the placeholders of a text in. One without value and default stays as it is written, and so does one that leads back to
 * itself; `\${…}` loses its backslash and stays.
 * @param text any text
 * @param values flat keys with their values
 */
export function resolveText(text: string, values: Values): string {
  try {
    return fillIn(text, { values, open: [], depth: 0, budget: { steps: 0, length: 0 } });
  } catch (error) {
    if (error instanceof TooMuch) return text;
    throw error;
  }
}

/**
 * Fills the placeholders of all values in.
 * @param values flat keys with their values
 */
export function resolvePlaceholders(values: Values): Map<string, FlatValue> {
  return new Map(
    [...values].map(([key, value]) => [key, typeof value === 'string' ? resolveText(value, values) : value]),
  );
}
