// eurekaserver: the arithmetic of leases as tables.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { evictionLimit, isOver, minuteCount, renewed, statusThatHolds } from './lease.ts';

test('which status holds', () => {
  for (const [own, override, leased, isReplication, holds] of [
    ['DOWN', 'UP', 'UP', false, 'DOWN'],
    ['STARTING', 'OUT_OF_SERVICE', 'UP', false, 'STARTING'],
    ['UNKNOWN', undefined, 'UP', false, 'UNKNOWN'],
    ['UP', 'OUT_OF_SERVICE', 'UP', false, 'OUT_OF_SERVICE'],
    ['UP', undefined, 'OUT_OF_SERVICE', false, 'OUT_OF_SERVICE'],
    ['OUT_OF_SERVICE', undefined, 'UP', false, 'UP'],
    ['UP', undefined, 'OUT_OF_SERVICE', true, 'UP'],
    ['UP', undefined, 'DOWN', false, 'UP'],
    ['OUT_OF_SERVICE', undefined, undefined, false, 'OUT_OF_SERVICE'],
  ] as const) {
    assert.equal(statusThatHolds(own, override, leased, isReplication), holds, `${own} ${override} ${leased}`);
  }
});

test('when a lease is over: ours after its time, the original’s after twice its time', () => {
  const time = { registeredMs: 0, renewedMs: 0, durationMs: 90_000 };
  for (const [asOriginal, nowMs, graceMs, over] of [
    [false, 190_000, 0, false],
    [false, 190_001, 0, true],
    [false, 190_001, 500, false],
    [true, 280_000, 0, false],
    [true, 280_001, 0, true],
  ] as const) {
    assert.equal(isOver(renewed(time, 100_000, asOriginal), nowMs, graceMs), over, `${asOriginal} ${nowMs}`);
  }
  assert.equal(isOver(time, 90_001, 0), true);
});

test('how many may go within a minute', () => {
  const limits = [0, 1, 2, 9, 20, 100].map((size) => evictionLimit(size, 0.85));
  assert.deepEqual(limits, [0, 1, 1, 2, 3, 15]);
});

test('the count of a minute slides, and a clock that goes back leaves nothing in the future', () => {
  const count = minuteCount();
  count.add(1000);
  count.add(31_000, 2);
  assert.equal(count.count(61_000), 3);
  assert.equal(count.count(63_000), 2);
  assert.equal(count.count(93_000), 0);
  count.add(500_000);
  assert.equal(count.count(100_000), 0);
});
