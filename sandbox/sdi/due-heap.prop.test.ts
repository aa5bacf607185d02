// sandbox: the heap gives what is due in its order, whatever order it was put in.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { DueHeap, type Due } from './due-heap.ts';

test('what comes out is sorted, and of the same instant the first comes first', () => {
  const instants = fc.array(fc.integer({ min: 0, max: 20 }), { maxLength: 60 });
  fc.assert(
    fc.property(instants, (all) => {
      const heap = new DueHeap();
      const put = all.map((at, index): Due => ({ at, key: String(index) }));
      for (const due of put) heap.push(due);
      const out: { at: number; key: string }[] = [];
      for (let due = heap.pop(); due; due = heap.pop()) out.push({ at: due.at, key: due.key });
      assert.deepEqual(
        out,
        [...put].sort((one, other) => one.at - other.at),
      );
      assert.equal(heap.first(), undefined);
    }),
    { numRuns: 300 },
  );
});
