// receiver: the schedule of tries.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { callbackTime, nextTryInMs, readRetryAfterMs, retryAfterMsMax } from './callback-schedule.ts';

const schedule = [0, 5000, 30_000];
const failed = { tries: 1, permanent: false, retryAfterMs: undefined };

test('the wait after try n is entry n, and after the last entry the callback is given up', () => {
  assert.equal(nextTryInMs(schedule, 0, failed, 0.5), 5000);
  assert.equal(nextTryInMs(schedule, 0, { ...failed, tries: 2 }, 0.5), 30_000);
  assert.equal(nextTryInMs(schedule, 0, { ...failed, tries: 3 }, 0.5), undefined);
});

test('jitter only shortens a wait, by its part at most', () => {
  assert.equal(nextTryInMs(schedule, 0.2, failed, 0), 5000);
  assert.equal(nextTryInMs(schedule, 0.2, failed, 1), 4000);
  assert.equal(nextTryInMs(schedule, 1, failed, 1), 0);
});

test('a Retry-After lengthens a wait, never shortens it, and is bounded', () => {
  assert.equal(nextTryInMs(schedule, 0, { ...failed, retryAfterMs: 9000 }, 0), 9000);
  assert.equal(nextTryInMs(schedule, 0, { ...failed, retryAfterMs: 1 }, 0), 5000);
  assert.equal(nextTryInMs(schedule, 0, { ...failed, retryAfterMs: 1e12 }, 0), retryAfterMsMax);
});

test('what is permanent is given up at once', () => {
  assert.equal(nextTryInMs(schedule, 0, { ...failed, permanent: true }, 0), undefined);
});

test('a callback lives a quarter of an hour longer than its schedule', () => {
  assert.deepEqual(callbackTime(schedule), { lifetimeMs: 935_000, graceMs: 900_000 });
});

test('Retry-After is read as seconds and as a date', () => {
  const now = new Date('2026-11-22T10:00:00Z');
  assert.equal(readRetryAfterMs('120', now), 120_000);
  assert.equal(readRetryAfterMs('Sun, 22 Nov 2026 10:00:30 GMT', now), 30_000);
  assert.equal(readRetryAfterMs('Sun, 22 Nov 2026 09:00:00 GMT', now), 0);
  assert.equal(readRetryAfterMs('soon', now), undefined);
  assert.equal(readRetryAfterMs(undefined, now), undefined);
});
