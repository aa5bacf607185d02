// gateway: tests of the power of two choices: it always chooses, never the busier of two, and shares by weight.
import fc from 'fast-check';
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { chooseOf, type Candidate } from './choice.ts';

const candidate = fc.record({
  inFlight: fc.nat(50),
  weight: fc.integer({ min: 1, max: 5 }),
  warmAtMs: fc.constant(0),
});

/** Numbers from 0 to below 1 in a fixed order, so that a failure comes again. */
function seeded(seed: number): () => number {
  let state = seed % 2_147_483_647 || 1;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return (state - 1) / 2_147_483_646;
  };
}

function shares(candidates: readonly (Candidate & { inFlight: number })[], draws: number): number[] {
  const random = seeded(7);
  const counts = candidates.map(() => 0);
  for (let draw = 0; draw < draws; draw += 1) {
    const chosen = chooseOf(candidates, random, 0, 10_000);
    counts[candidates.indexOf(chosen!)]! += 1;
  }
  return counts.map((count) => count / draws);
}

describe('the choice', () => {
  test('is one of the candidates, and none only where there are none', () => {
    fc.assert(
      fc.property(fc.array(candidate, { maxLength: 8 }), fc.nat(), (candidates, seed) => {
        const chosen = chooseOf(candidates, seeded(seed), 0, 0);
        assert.equal(chosen === undefined, candidates.length === 0);
        if (chosen) assert.ok(candidates.includes(chosen));
      }),
    );
  });

  test('is never the one with the most in hand for its weight, where others have less', () => {
    fc.assert(
      fc.property(fc.array(candidate, { minLength: 2, maxLength: 8 }), fc.nat(), (candidates, seed) => {
        const loads = candidates.map(({ inFlight, weight }) => inFlight / weight);
        const most = Math.max(...loads);
        const chosen = chooseOf(candidates, seeded(seed), 0, 0)!;
        const isAlone = loads.filter((load) => load === most).length === 1;
        if (isAlone) assert.notEqual(chosen.inFlight / chosen.weight, most);
      }),
    );
  });

  test('gives idle ones their share by weight', () => {
    const [light = 0, heavy = 0] = shares(
      [
        { inFlight: 0, weight: 1, warmAtMs: 0 },
        { inFlight: 0, weight: 3, warmAtMs: 0 },
      ],
      4000,
    );
    assert.ok(light > 0.2 && light < 0.3, String(light));
    assert.ok(heavy > 0.7 && heavy < 0.8, String(heavy));
  });

  test('spares one that starts slowly, and asks it nonetheless', () => {
    const [fresh = 0] = shares(
      [
        { inFlight: 0, weight: 1, warmAtMs: 9000 },
        { inFlight: 0, weight: 1, warmAtMs: 0 },
      ],
      4000,
    );
    assert.ok(fresh > 0.05 && fresh < 0.15, String(fresh));
  });
});
