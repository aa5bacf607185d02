// dbmanager: whose document numbers count against whom: who issues under a VAT number, by the fiscal profiles, comes first. Pure.
import type { IssuerId } from './fiscal-profiles.ts';

/** Supplier (country and tax id together, in capitals) → the customers whose fiscal profile has that VAT number. */
export type NumberOwners = ReadonlyMap<string, ReadonlySet<number>>;

/**
 * Tells whose VAT numbers are whose.
 * @param ids of the profiles in question
 */
export function numberOwners(ids: readonly IssuerId[]): NumberOwners {
  const owners = new Map<string, Set<number>>();
  for (const { vatId, customerId } of ids) owners.set(vatId, (owners.get(vatId) ?? new Set()).add(customerId));
  return owners;
}

/** A number that one customer's document has and another one's wants. */
export interface Meeting {
  readonly supplier: string;
  /** Whose document has it; null is nobody's. */
  readonly holder: number | null;
  readonly asker: number | null;
}

/**
 * Says whether a number that is held is lost for who asks. To whom the VAT number belongs by fiscal profile, only numbers of its own
 * count: whoever else writes invoices under it must not take numbers away.
 * @param meeting who has and who wants the number
 * @param owners by the profiles; suppliers that are in none belong to whoever comes first
 */
export function standsInTheWay({ supplier, holder, asker }: Meeting, owners: NumberOwners): boolean {
  const its = owners.get(supplier);
  if (!its || asker === null || !its.has(asker)) return true;
  return holder !== null && its.has(holder);
}
