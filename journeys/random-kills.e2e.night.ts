// journeys: 202 means kept, for as long as one likes: random accidents from a seed, on the run's Kafka (STAFFETTA_TEST_KAFKA) too.
import { test } from 'node:test';
import { chanceFrom, nightMinutes, seedOfRun } from './harness/chance.ts';
import { surviveChaos } from './harness/chaos.ts';
import { defaultSetUp, splitSetUp, tellPromise } from './harness/set-ups.ts';

const seed = seedOfRun();
const minutes = nightMinutes(10);

tellPromise('202 means kept', [defaultSetUp, splitSetUp], { mail: 'sandbox' }, (estate) => {
  test(`${minutes} minutes of random kills lose none and double none (STAFFETTA_SEED=${seed})`, async (t) => {
    const began = performance.now();
    const say = (what: string) => t.diagnostic(`${((performance.now() - began) / 1000).toFixed(1)} s: ${what}`);
    await surviveChaos(estate(), { chance: chanceFrom(seed), minutes, say });
  });
});
