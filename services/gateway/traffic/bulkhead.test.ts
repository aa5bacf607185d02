// gateway: tests of the bulkhead: never more than it may, turns in order, a place given back goes to who waits.
import assert from 'node:assert/strict';
import { once, EventEmitter } from 'node:events';
import { test } from 'node:test';
import fc from 'fast-check';
import { Bulkhead, type Turn } from './bulkhead.ts';

const long = { inFlightMax: 2, queueMax: 2, queueWaitMs: 60_000 };

function turn(name: string, seen: string[]): Turn {
  return { go: () => seen.push(`${name} goes`), tooLate: () => seen.push(`${name} is too late`) };
}

test('so many go at once, a few wait in order, the rest is told', () => {
  const bulkhead = new Bulkhead(long);
  const seen: string[] = [];
  const stops = ['a', 'b', 'c', 'd', 'e'].map((name) => bulkhead.enter(turn(name, seen)));
  assert.deepEqual(seen, ['a goes', 'b goes']);
  assert.equal(stops[4], undefined, 'the queue is full');
  assert.deepEqual(bulkhead.load, { inFlight: 2, waiting: 2 });
  bulkhead.leave();
  bulkhead.leave();
  assert.deepEqual(seen.slice(2), ['c goes', 'd goes']);
  bulkhead.leave();
  bulkhead.leave();
  assert.deepEqual(bulkhead.load, { inFlight: 0, waiting: 0 });
});

test('who gives up waiting takes nobody’s turn', () => {
  const bulkhead = new Bulkhead({ ...long, inFlightMax: 1 });
  const seen: string[] = [];
  bulkhead.enter(turn('a', seen));
  const stop = bulkhead.enter(turn('b', seen));
  bulkhead.enter(turn('c', seen));
  stop?.();
  bulkhead.leave();
  assert.deepEqual(seen, ['a goes', 'c goes']);
  bulkhead.leave();
  assert.deepEqual(bulkhead.load, { inFlight: 0, waiting: 0 });
});

test('whoever waits too long is told', async () => {
  const bulkhead = new Bulkhead({ inFlightMax: 1, queueMax: 1, queueWaitMs: 10 });
  const events = new EventEmitter();
  const late = once(events, 'late');
  bulkhead.enter({ go: () => undefined, tooLate: () => undefined });
  bulkhead.enter({ go: () => undefined, tooLate: () => events.emit('late') });
  await late;
  bulkhead.leave();
  assert.deepEqual(bulkhead.load, { inFlight: 0, waiting: 0 });
});

test('it holds its bounds whatever the order', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom('enter', 'leave', 'giveUp'), { maxLength: 200 }), (steps) => {
      const bulkhead = new Bulkhead(long);
      let going = 0;
      const waiting: { stop?: (() => void) | undefined; went: boolean }[] = [];
      for (const step of steps) {
        if (step === 'enter') {
          const one: (typeof waiting)[number] = { went: false };
          one.stop = bulkhead.enter({
            go() {
              one.went = true;
              going += 1;
            },
            tooLate: () => undefined,
          });
          if (one.stop) waiting.push(one);
        } else if (step === 'leave' && going > 0) {
          going -= 1;
          bulkhead.leave();
        } else if (step === 'giveUp') {
          waiting.pop()?.stop?.();
        }
        assert.ok(going <= 2);
        assert.equal(bulkhead.load.inFlight, going);
      }
      for (const { stop } of waiting) stop?.();
    }),
  );
});
