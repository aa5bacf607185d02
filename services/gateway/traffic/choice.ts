// gateway: which instance takes the next request: of two drawn by lot the one with less in hand, for its weight. Pure.

/** What the choice looks at. */
export interface Candidate {
  readonly inFlight: number;
  readonly weight: number;
  /** Until then it gets less than its share, in ms. */
  readonly warmAtMs: number;
}

const leastShare = 0.1;

function weightNow({ weight, warmAtMs }: Candidate, nowMs: number, slowStartMs: number): number {
  if (warmAtMs <= nowMs || slowStartMs <= 0) return weight;
  return weight * Math.max(leastShare, 1 - (warmAtMs - nowMs) / slowStartMs);
}

/**
 * Chooses between two.
 * @param one either
 * @param other the other
 * @param random gives numbers from 0 to below 1
 */
function better<T extends Candidate>(one: T, other: T, random: () => number, nowMs: number, slowStartMs: number): T {
  const [weight, otherWeight] = [weightNow(one, nowMs, slowStartMs), weightNow(other, nowMs, slowStartMs)];
  const difference = one.inFlight / weight - other.inFlight / otherWeight;
  if (difference !== 0) return difference < 0 ? one : other;
  if (weight === otherWeight) return one;
  return random() * (weight + otherWeight) < weight ? one : other;
}

/**
 * Chooses by the power of two choices: it comes close to the least busy of all, looks at two only, and does not send everybody to
 * the same one at once.
 * @param candidates those that may be chosen
 * @param random gives numbers from 0 to below 1
 * @param nowMs the instant, for those that start slowly
 * @param slowStartMs how long that takes
 * @returns one, or undefined of none
 */
export function chooseOf<T extends Candidate>(
  candidates: readonly T[],
  random: () => number,
  nowMs: number,
  slowStartMs: number,
): T | undefined {
  const count = candidates.length;
  if (count <= 1) return candidates[0];
  const first = Math.floor(random() * count);
  const drawn = Math.floor(random() * (count - 1));
  const second = drawn >= first ? drawn + 1 : drawn;
  return better(candidates[first]!, candidates[second]!, random, nowMs, slowStartMs);
}
