// fatturapa: what is left to pay of a document's total, which programs put together in several ways.
import { Big } from 'big.js';

/** The amounts of a document that decide it. */
export interface Due {
  /** The total as the document says, else taxable amounts and VAT together. */
  readonly total: Big;
  /** Taxable amounts and VAT together. */
  readonly sum: Big;
  /** The same after the discounts and surcharges on the whole document. */
  readonly discounted: Big;
  /** VAT that the customer pays to the state instead of the supplier (EsigibilitaIVA S, art. 17-ter DPR 633/72). */
  readonly split: Big;
  readonly withheld: Big;
  readonly stamp: Big;
  readonly rounding: Big;
}

/** What follows from them; undefined where the total does not tell. */
export interface NetToPay {
  readonly net: Big | undefined;
  /** Whether the total holds the VAT under split payment. */
  readonly hasSplit: boolean | undefined;
  /** Whether the total holds Arrotondamento. */
  readonly hasRounding: boolean | undefined;
}

interface Way {
  readonly hasSplit: boolean;
  readonly hasRounding: boolean;
  /** How far the total is from what this way would make it. */
  readonly distance: Big;
}

/** A total that is further away was put together in a way that we do not know; in euros, or whatever the currency is. */
const distanceMax = 1;
const yesOrNo = [true, false] as const;

/** Discounts, stamp duty, rounding and split VAT are within totals or not, as `amount-warnings.ts` lets pass too. */
function waysOf({ total, sum, discounted, split, stamp, rounding }: Due): Way[] {
  const bases = [sum, discounted].flatMap((base) => [base, base.plus(stamp)]);
  return bases.flatMap((base) =>
    yesOrNo.flatMap((hasSplit) =>
      yesOrNo.map((hasRounding): Way => {
        const made = base.minus(hasSplit ? 0 : split).plus(hasRounding ? rounding : 0);
        return { hasSplit, hasRounding, distance: made.minus(total).abs() };
      }),
    ),
  );
}

function nearestOf(ways: readonly Way[]): Way[] {
  const least = ways.reduce((found, { distance }) => (distance.lt(found) ? distance : found), new Big(distanceMax));
  return ways.filter(({ distance }) => distance.eq(least));
}

/** The one answer of all, or none. */
function agreed<T>(answers: readonly T[], same: (a: T, b: T) => boolean): T | undefined {
  const [first, ...others] = answers;
  return first !== undefined && others.every((other) => same(first, other)) ? first : undefined;
}

/**
 * Reckons what the customer pays: the total without what it withholds and, where the total holds it, without the VAT that it
 * pays to the state in the supplier's place; with the rounding that the total does not hold yet.
 * @param due the amounts of one body
 * @returns nothing that more than one way of putting the total together would give differently
 */
export function netToPay(due: Due): NetToPay {
  const ways = nearestOf(waysOf(due));
  const nets = ways.map(({ hasSplit, hasRounding }) =>
    due.total
      .minus(due.withheld)
      .minus(hasSplit ? due.split : 0)
      .plus(hasRounding ? 0 : due.rounding),
  );
  return {
    net: agreed(nets, (a, b) => a.eq(b)),
    hasSplit: agreed(
      ways.map(({ hasSplit }) => hasSplit),
      (a, b) => a === b,
    ),
    hasRounding: agreed(
      ways.map(({ hasRounding }) => hasRounding),
      (a, b) => a === b,
    ),
  };
}
