// platform: the hub's clock is turned by its data folder's file in profile dev, and by nothing in production.
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { realClock, realTime, systemClock, turnableClock } from './clock.ts';
import { hubClockShift, openHubClock, resetHubClock, turnHubClock } from './hub-clock.ts';

const day = 86_400_000;
let dataDir = '';
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'staffetta-clock-'));
});
afterEach(() => rm(dataDir, { recursive: true, force: true }));

/** Whole days that a clock is ahead of the machine's. */
function daysAhead(profile: string): number {
  const clock = openHubClock({ profile, dataDir });
  clock.close();
  return Math.round((clock.now().getTime() - Date.now()) / day);
}

test('a clock that nobody turned tells the real time', async () => {
  assert.equal(daysAhead('dev'), 0);
  assert.equal(await hubClockShift(dataDir), 0);
});

test('turns add up, hold over a restart and are taken back', async () => {
  await turnHubClock(dataDir, 5 * day);
  assert.equal(await turnHubClock(dataDir, 2 * day), 7 * day);
  assert.equal(daysAhead('dev'), 7);
  await turnHubClock(dataDir, -1 * day);
  assert.equal(daysAhead('dev'), 6);
  await resetHubClock(dataDir);
  assert.equal(daysAhead('dev'), 0);
});

test('production looks at no file', async () => {
  await turnHubClock(dataDir, 5 * day);
  assert.equal(daysAhead('production'), 0);
});

test('an odd file leaves the clock alone', async () => {
  for (const text of ['', '{', '{"shiftMs":"5d"}', '{"shiftMs":1e300}', 'null', '[]']) {
    await writeFile(join(dataDir, 'clock.json'), text);
    assert.equal(daysAhead('dev'), 0, text);
  }
});

test('a turn that no date could follow stops at the end of time', async () => {
  await turnHubClock(dataDir, 1e300);
  const clock = openHubClock({ profile: 'dev', dataDir });
  clock.close();
  assert.ok(Number.isFinite(clock.now().getTime()));
});

test('time-outs are measured by the real clock, whatever was turned', async () => {
  await turnHubClock(dataDir, 5 * day);
  const clock = openHubClock({ profile: 'dev', dataDir });
  clock.close();
  assert.equal(realClock(clock), systemClock);
  const own = turnableClock(new Date('2026-01-01T00:00:00Z'));
  assert.equal(realTime(own).getUTCFullYear(), 2026);
});
