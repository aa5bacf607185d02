// fatturapa: exact sums and products of the decimals in a document; fast where hundredths do, never wrong elsewhere.

/** How many units an exact whole has: a unit is the eighth decimal, the last that the schema knows. */
export const unitsInOne = 100_000_000n;

/** How many units a hundredth has. */
export const unitsInHundredth = 1_000_000n;

const zero = 48;
const dot = 46;
const minus = 45;

/**
 * Reads a decimal as hundredths.
 * @param text digits with a dot and at least two decimals, maybe a minus in front, as the schema has it
 * @returns a safe integer, or NaN where the value is no whole number of hundredths or is too large to be safe
 */
export function hundredths(text: string): number {
  const isNegative = text.charCodeAt(0) === minus;
  let value = 0;
  let at = isNegative ? 1 : 0;
  for (; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === dot) break;
    value = value * 10 + code - zero;
  }
  value = value * 100 + (text.charCodeAt(at + 1) - zero) * 10 + text.charCodeAt(at + 2) - zero;
  for (at += 3; at < text.length; at++) if (text.charCodeAt(at) !== zero) return Number.NaN;
  if (value > Number.MAX_SAFE_INTEGER) return Number.NaN;
  return isNegative ? -value : value;
}

/**
 * Reads a decimal exactly.
 * @param text digits with a dot and two to eight decimals, maybe a minus in front
 * @returns how many units of 0.00000001
 */
export function units(text: string): bigint {
  const at = text.indexOf('.');
  return BigInt(text.slice(0, at) + text.slice(at + 1).padEnd(8, '0'));
}

/**
 * Divides and rounds to the next whole number, halves away from zero, as SdI rounds.
 * @param value the dividend
 * @param divisor positive
 */
export function roundedQuotient(value: bigint, divisor: bigint): bigint {
  const half = divisor / 2n;
  return value < 0n ? -((half - value) / divisor) : (value + half) / divisor;
}

/** The distance from zero. */
export function distance(value: bigint): bigint {
  return value < 0n ? -value : value;
}

/** A sum of decimals without any rounding. */
export class Total {
  #hundredths = 0;
  // What is no whole number of hundredths, or would make their sum unsafe.
  #rest = 0n;

  /**
   * Adds a decimal; absent ones count as zero.
   * @param text as the schema has it
   * @param sign -1 takes it away
   */
  add(text: string | undefined, sign: 1 | -1 = 1): void {
    if (text === undefined) return;
    const sum = this.#hundredths + sign * hundredths(text);
    if (Number.isSafeInteger(sum)) this.#hundredths = sum;
    else this.#rest += BigInt(sign) * units(text);
  }

  /** Whether it is at most so many hundredths away from zero. */
  isWithin(tolerance: number): boolean {
    if (this.#rest === 0n) return Math.abs(this.#hundredths) <= tolerance;
    return distance(this.units) <= BigInt(tolerance) * unitsInHundredth;
  }

  /** The exact sum in units of 0.00000001. */
  get units(): bigint {
    return this.#rest + BigInt(this.#hundredths) * unitsInHundredth;
  }
}
