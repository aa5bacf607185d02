// journeys: the reader and the sender killed at every step of invoices that SdI answers: each ends as SdI decided, once.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chanceFrom, seedOfRun } from './harness/chance.ts';
import { killAtEveryStep } from './harness/pec-kills.ts';
import { ownMailSetUp, splitOwnMailSetUp } from './harness/pec-set-ups.ts';
import { startSdiFlood, untilAllAnswered } from './harness/sdi-flood.ts';
import { tellPromise } from './harness/set-ups.ts';

const seed = seedOfRun();
const count = 500;
// Receipts tell what came of a mail well before.
const settings = { MAIL_UNSURE_WAIT: '20s' };

tellPromise('one effect', [splitOwnMailSetUp], { settings }, (estate) => {
  test(`kill -9 of reader and sender at every step of ${count} invoices: each ends as SdI decided, once (STAFFETTA_SEED=${seed})`, async (t) => {
    const chance = chanceFrom(seed);
    const flood = startSdiFlood(estate(), count, chance);
    const say = (what: string): void => t.diagnostic(what);
    await killAtEveryStep(estate(), flood, { chance, victims: ['mailbox', 'sender'], more: 4, say });
    say(`${await untilAllAnswered(estate(), flood)} mails came to SdI a second time and were refused there`);
  });
});

// Sooner than the receipts: mails are repeated for want of them.
const impatient = { MAIL_UNSURE_WAIT: '300ms' };

tellPromise('one effect', [ownMailSetUp], { settings: impatient }, (estate) => {
  test(`mails that are repeated for want of receipts are refused by SdI and undo nothing (STAFFETTA_SEED=${seed})`, async (t) => {
    const { sandbox } = estate();
    await sandbox.misbehavePec({ outcome: 'late', delayMs: 8000 });
    await sandbox.misbehaveSmtp({ cut: true, keep: true, times: 25 });
    const flood = startSdiFlood(estate(), 60, chanceFrom(seed));
    const repeats = await untilAllAnswered(estate(), flood);
    t.diagnostic(`${repeats} mails came to SdI a second time and were refused there`);
    assert.ok(repeats > 0);
  });
});
