// platform: members that plan on their own, one after another, end with fair shares.
import fc from 'fast-check';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { planLeases } from './lease-plan.ts';

/** Lets each member in turn do what it plans, until nobody plans anything. */
function settle(members: number, owners: (number | undefined)[], turns: Iterator<number>): (number | undefined)[] {
  const now = [...owners];
  const placesOf = (owner: number | undefined): number[] => now.flatMap((one, at) => (one === owner ? [at] : []));
  for (let quiet = 0, round = 0; quiet < members * 3; round++) {
    assert.ok(round < 2000, 'it comes to rest');
    const rank = quiet > 0 ? round % members : turns.next().value % members;
    const view = { members, rank, partitions: now.length, held: placesOf(rank), free: placesOf(undefined) };
    const plan = planLeases(view);
    for (const at of plan.release) now[at] = undefined;
    for (const at of plan.take) now[at] = rank;
    quiet = plan.take.length + plan.release.length === 0 ? quiet + 1 : 0;
  }
  return now;
}

test('from any state, every partition finds an owner and shares differ by one at most', () => {
  const states = fc
    .record({ members: fc.integer({ min: 1, max: 8 }), partitions: fc.integer({ min: 1, max: 24 }) })
    .chain(({ members, partitions }) =>
      fc.record({
        members: fc.constant(members),
        owners: fc.array(fc.option(fc.nat(members - 1), { nil: undefined }), {
          minLength: partitions,
          maxLength: partitions,
        }),
      }),
    );
  fc.assert(
    fc.property(states, fc.infiniteStream(fc.nat()), ({ members, owners }, turns) => {
      const settled = settle(members, owners, turns);
      const shares = Array.from({ length: members }, (_, rank) => settled.filter((owner) => owner === rank).length);
      assert.ok(!settled.includes(undefined));
      assert.ok(Math.max(...shares) - Math.min(...shares) <= 1);
    }),
  );
});

test('a fair share is left alone, so that nothing moves needlessly', () => {
  assert.deepEqual(planLeases({ members: 2, rank: 1, partitions: 6, held: [0, 2, 4], free: [] }), {
    take: [],
    release: [],
  });
});

test('two members that see the same free partitions reach for different ones', () => {
  const free = [0, 1, 2, 3, 4, 5];
  const plans = [0, 1].map((rank) => planLeases({ members: 2, rank, partitions: 6, held: [], free }).take);
  assert.deepEqual(plans, [
    [0, 1, 2],
    [3, 4, 5],
  ]);
});
