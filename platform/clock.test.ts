// platform: Rome's wall time, across both changes of the clocks.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { fromRomeWallTime, toRomeWallTime, turnableClock } from './clock.ts';

test('an instant is shown as Rome sees it, winter and summer', () => {
  assert.equal(toRomeWallTime(new Date('2026-11-22T09:15:30.123Z')), '2026-11-22T10:15:30.123');
  assert.equal(toRomeWallTime(new Date('2026-07-01T22:00:00.007Z')), '2026-07-02T00:00:00.007');
  assert.equal(toRomeWallTime(new Date('2026-12-31T23:00:00Z')), '2027-01-01T00:00:00.000');
});

test('both turns of the clock are shown right', () => {
  assert.equal(toRomeWallTime(new Date('2026-03-29T00:59:59Z')), '2026-03-29T01:59:59.000');
  assert.equal(toRomeWallTime(new Date('2026-03-29T01:00:00Z')), '2026-03-29T03:00:00.000');
  assert.equal(toRomeWallTime(new Date('2026-10-25T00:30:00Z')), '2026-10-25T02:30:00.000');
  assert.equal(toRomeWallTime(new Date('2026-10-25T01:30:00Z')), '2026-10-25T02:30:00.000');
});

test('a wall time comes back as the instant it showed, outside the doubled hour', () => {
  const instants = fc.date({ min: new Date('2020-01-01'), max: new Date('2035-01-01'), noInvalidDate: true });
  fc.assert(
    fc.property(instants, (instant) => {
      const wall = toRomeWallTime(instant);
      const back = fromRomeWallTime(wall);
      assert.ok(back);
      assert.equal(toRomeWallTime(back), wall);
    }),
    { numRuns: 500 },
  );
});

test('a date alone means its first instant in Rome, a zone is honoured, nonsense is none', () => {
  assert.equal(fromRomeWallTime('2026-11-22')?.toISOString(), '2026-11-21T23:00:00.000Z');
  assert.equal(fromRomeWallTime('2026-07-22')?.toISOString(), '2026-07-21T22:00:00.000Z');
  assert.equal(fromRomeWallTime('2026-11-22T10:00:00Z')?.toISOString(), '2026-11-22T10:00:00.000Z');
  for (const text of [
    '',
    'yesterday',
    '2026-13-01',
    '2026-02-29',
    '2027-02-30T12:00:00Z',
    '2026-04-31T10:00:00',
    '22/11/2026',
  ])
    assert.equal(fromRomeWallTime(text), undefined, text);
});

test('a turned clock goes on from where it was turned to', () => {
  const clock = turnableClock(new Date('2026-01-01T00:00:00Z'));
  clock.turn(15 * 86_400_000);
  assert.ok(clock.now() >= new Date('2026-01-16T00:00:00Z'));
});
