// journeys: chance that can be had again: all draws follow from one seed.
import { randomInt } from 'node:crypto';

/** Draws numbers, the same ones in the same order for the same seed. */
export interface Chance {
  /** From 0 up to, not including, 1. */
  share(): number;
  /** A whole number from `least` to `most`, both possible. */
  between(least: number, most: number): number;
  oneOf<T>(list: readonly T[]): T;
}

const seedsEnd = 2 ** 32;

/**
 * Starts drawing.
 * @param seed a whole number from 0 to 4294967295
 */
export function chanceFrom(seed: number): Chance {
  let state = seed >>> 0;
  // A Weyl sequence (an odd step through all 32-bit numbers), stirred with the constants of MurmurHash3's last step.
  const share = () => {
    state = (state + 0x9e3779b9) >>> 0;
    const once = Math.imul(state ^ (state >>> 16), 0x85ebca6b);
    const twice = Math.imul(once ^ (once >>> 13), 0xc2b2ae35);
    return ((twice ^ (twice >>> 16)) >>> 0) / seedsEnd;
  };
  const between = (least: number, most: number) => least + Math.floor(share() * (most - least + 1));
  return {
    share,
    between,
    oneOf<T>(list: readonly T[]): T {
      if (list.length === 0) throw new Error('nothing to draw from');
      return list[between(0, list.length - 1)] as T;
    },
  };
}

/**
 * The seed of this run: STAFFETTA_SEED, or one of our own.
 * @throws Error when STAFFETTA_SEED is no whole number from 0 to 4294967295
 */
export function seedOfRun(): number {
  const given = process.env['STAFFETTA_SEED'];
  if (!given) return randomInt(seedsEnd);
  const seed = Number(given);
  if (Number.isInteger(seed) && seed >= 0 && seed < seedsEnd) return seed;
  throw new Error(
    `STAFFETTA_SEED="${given}" is no whole number from 0 to ${seedsEnd - 1}; take one that a run printed`,
  );
}

/**
 * How long a night's story may make trouble on each set-up: STAFFETTA_NIGHT_MINUTES, or what it names itself.
 * @throws Error when STAFFETTA_NIGHT_MINUTES is no number above 0
 */
export function nightMinutes(byDefault: number): number {
  const given = process.env['STAFFETTA_NIGHT_MINUTES'];
  if (!given) return byDefault;
  const minutes = Number(given);
  if (Number.isFinite(minutes) && minutes > 0) return minutes;
  throw new Error(`STAFFETTA_NIGHT_MINUTES="${given}" is no number of minutes above 0, such as 10 or 0.5`);
}
