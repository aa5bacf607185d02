// platform: a committed mark never passes an event that is not finished.
import fc from 'fast-check';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CommitMarks, type Ticket } from './commit-marks.ts';

test('whatever the order of endings, the mark is just below the first unfinished event', () => {
  const gaps = fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 200 });
  fc.assert(
    fc.property(gaps, fc.infiniteStream(fc.nat()), (steps, picks) => {
      const marks = new CommitMarks();
      let offset = 10n;
      const open: Ticket[] = steps.map((step) => marks.arrived((offset += BigInt(step)))!);
      const all = open.map((ticket) => ticket.offset);
      const finished = new Set<bigint>();
      let committed: bigint | undefined;
      while (open.length > 0) {
        const [ticket] = open.splice(picks.next().value % open.length, 1);
        ticket!.done = true;
        finished.add(ticket!.offset);
        const before = all.slice(0, all.findIndex((one) => !finished.has(one)) >>> 0);
        const expected = before.length === 0 ? undefined : before.at(-1)! + 1n;
        const mark = marks.mark();
        assert.equal(mark, expected === committed ? undefined : expected);
        if (mark !== undefined) marks.committed((committed = mark));
      }
      assert.equal(committed, all.at(-1)! + 1n);
    }),
  );
});

test('an offset that arrives again is on its way already', () => {
  const marks = new CommitMarks();
  assert.ok(marks.arrived(5n));
  assert.equal(marks.arrived(5n), undefined);
  assert.equal(marks.arrived(4n), undefined);
  assert.ok(marks.arrived(9n));
});

test('a long backlog is let go of and the marks stay right', () => {
  const marks = new CommitMarks();
  for (let offset = 0n; offset < 5000n; offset++) {
    marks.arrived(offset)!.done = true;
    assert.equal(marks.mark(), offset + 1n);
    marks.committed(offset + 1n);
  }
});
