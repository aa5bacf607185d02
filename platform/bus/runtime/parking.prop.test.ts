// platform: parked events keep the order of their key and hold back no other key.
import fc from 'fast-check';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Parking } from './parking.ts';

interface Item {
  readonly lane: string;
  readonly number: number;
}

test('each lane gives its events back in the order in which they came', () => {
  const arrivals = fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 60 });
  fc.assert(
    fc.property(arrivals, fc.infiniteStream(fc.integer({ min: 0, max: 2 })), (lanes, fates) => {
      const parking = new Parking<Item>();
      const done: Item[] = [];
      let now = 0;
      let ready: Item[] = lanes.map((lane, number) => ({ lane, number }));
      const settle = (item: Item): void => {
        if (fates.next().value === 0) return parking.park(item.lane, item, now + fates.next().value);
        done.push(item);
        ready = [...parking.settled(item.lane, item), ...ready];
      };
      for (let left = 10_000; done.length < lanes.length && left > 0; left--) {
        now++;
        for (const head of parking.takeDue(now, 2)) settle(head);
        const next = ready.shift();
        if (!next) continue;
        if (parking.holds(next.lane)) parking.waitBehind(next.lane, next);
        else settle(next);
      }
      assert.equal(done.length, lanes.length);
      for (const lane of ['a', 'b', 'c']) {
        const numbers = done.filter((item) => item.lane === lane).map((item) => item.number);
        assert.deepEqual(
          numbers,
          numbers.toSorted((x, y) => x - y),
        );
      }
      assert.equal(parking.nextDueMs(), undefined);
    }),
  );
});

test('an event that is not the head of its lane does not end the lane', () => {
  const parking = new Parking<string>();
  parking.park('a', 'head', 10);
  parking.waitBehind('a', 'second');
  assert.deepEqual(parking.settled('a', 'another'), []);
  assert.ok(parking.holds('a'));
  assert.deepEqual(parking.takeDue(9, 5), []);
  assert.deepEqual(parking.takeDue(10, 5), ['head']);
  assert.deepEqual(parking.settled('a', 'head'), ['second']);
  assert.ok(!parking.holds('a'));
});

test('what is unwanted is forgotten with its lane', () => {
  const parking = new Parking<string>();
  parking.park('a', 'gone', 1);
  parking.park('b', 'kept', 2);
  parking.forget((item) => item === 'gone');
  assert.ok(!parking.holds('a'));
  assert.equal(parking.nextDueMs(), 2);
});
