// journeys: everything killed at once, the sandbox with it, at every step of invoices that SdI answers: each ends as SdI decided, once.
import { test } from 'node:test';
import { chanceFrom, seedOfRun } from './harness/chance.ts';
import { killAtEveryStep } from './harness/pec-kills.ts';
import { ownMailSetUp } from './harness/pec-set-ups.ts';
import { startSdiFlood, untilAllAnswered } from './harness/sdi-flood.ts';
import { tellPromise } from './harness/set-ups.ts';

const seed = seedOfRun();
const count = 500;
const settings = { MAIL_UNSURE_WAIT: '20s' };

tellPromise('one effect', [ownMailSetUp], { settings }, (estate) => {
  test(`kill -9 of hub and sandbox at every step of ${count} invoices: each ends as SdI decided, once (STAFFETTA_SEED=${seed})`, async (t) => {
    const chance = chanceFrom(seed);
    const flood = startSdiFlood(estate(), count, chance);
    const say = (what: string): void => t.diagnostic(what);
    await killAtEveryStep(estate(), flood, { chance, victims: ['hub'], more: 8, say });
    say(`${await untilAllAnswered(estate(), flood)} mails came to SdI a second time and were refused there`);
  });
});
