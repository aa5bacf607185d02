// receiver: places per host, fairness between hosts, and the breaker.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HostSlots } from './host-slots.ts';

const limits = { hostMax: 16, totalMax: 64, breakerFailures: 3, breakerOpenMs: 1000 };

function fill(slots: HostSlots, host: string): number {
  let begun = 0;
  while (slots.room(host, 0) > 0) {
    slots.begin(host);
    begun++;
  }
  return begun;
}

function failTimes(slots: HostSlots, host: string, times: number, nowMs: number): void {
  for (let n = 0; n < times; n++) {
    slots.begin(host);
    slots.end(host, true, nowMs);
  }
}

test('a host gets no more than its places', () => {
  assert.equal(fill(new HostSlots(limits), 'a'), 16);
});

test('slow hosts never take the last places', () => {
  const slots = new HostSlots(limits);
  for (const host of 'abcdef') fill(slots, host);
  assert.ok(slots.inFlight < 64);
  assert.ok(slots.room('quick', 0) > 0);
});

test('every failure in a row halves the places of a host', () => {
  const slots = new HostSlots(limits);
  failTimes(slots, 'a', 2, 0);
  assert.equal(fill(slots, 'a'), 4);
});

test('what was asked for at once may also begin at once', () => {
  const slots = new HostSlots({ ...limits, hostMax: 64 });
  const room = slots.room('a', 0);
  for (let n = 0; n < room; n++) slots.begin('a');
  assert.equal(slots.room('a', 0), 0);
  assert.ok(slots.room('b', 0) > 0);
});

test('after failures in a row a host is left alone, then gets one trial call', () => {
  const slots = new HostSlots(limits);
  failTimes(slots, 'a', 3, 0);
  assert.equal(slots.room('a', 999), 0);
  assert.equal(slots.room('a', 1000), 1);
  slots.begin('a');
  assert.equal(slots.room('a', 1000), 0);
  slots.end('a', false, 1100);
  assert.equal(slots.room('a', 1100), 16);
  assert.deepEqual([...slots.known(1100)], []);
});

test('a trial call that fails doubles the pause, up to twelve times the first', () => {
  const slots = new HostSlots(limits);
  failTimes(slots, 'a', 3, 0);
  let nowMs = 0;
  for (const pauseMs of [1000, 2000, 4000, 8000, 12_000, 12_000]) {
    assert.equal(slots.room('a', nowMs + pauseMs - 1), 0, String(pauseMs));
    nowMs += pauseMs;
    assert.equal(slots.room('a', nowMs), 1, String(pauseMs));
    failTimes(slots, 'a', 1, nowMs);
  }
});

test('calls that were under way when the pause began do not lengthen it', () => {
  const slots = new HostSlots(limits);
  for (let n = 0; n < 8; n++) slots.begin('a');
  for (let n = 0; n < 8; n++) slots.end('a', true, 0);
  assert.equal(slots.room('a', 1000), 1);
});

test('an answer in between starts the count of failures again', () => {
  const slots = new HostSlots(limits);
  failTimes(slots, 'a', 2, 0);
  slots.begin('a');
  slots.end('a', false, 0);
  failTimes(slots, 'a', 2, 0);
  assert.equal(slots.isPaused('a', 0), false);
});

test('a host that asks to be left alone is left alone that long', () => {
  const slots = new HostSlots(limits);
  slots.begin('a');
  slots.end('a', false, 0, 5000);
  assert.deepEqual(slots.paused(4999), ['a']);
  assert.equal(slots.room('a', 5000), 16);
});

test('the state of a host in trouble is forgotten an hour after its last callback and its pause', () => {
  const slots = new HostSlots(limits);
  failTimes(slots, 'broken', 3, 0);
  failTimes(slots, 'shaky', 1, 500);
  slots.begin('busy');
  assert.deepEqual([...slots.known(3_600_499)], ['broken', 'shaky', 'busy']);
  assert.deepEqual([...slots.known(3_600_500)], ['broken', 'busy']);
  assert.deepEqual([...slots.known(3_601_000)], ['busy']);
  assert.equal(slots.room('broken', 3_601_000), 16);
});
