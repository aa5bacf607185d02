// flow: in whatever order an archive's files are answered, it ends in one place, and no file's receipt hides another's discard.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { followParts } from './archive-parts.ts';
import { followNews, noticeNews, type NoticeCase, type Standing } from './invoice-details.ts';

const sent: Standing = { status: 'INTERNAL_INVOICE_SENT', detail: 'SUBMITTED' };
const open: Standing = { status: 'INTERNAL_INVOICE_SENT', detail: null };

/** The notices that one file may get, in an order in which SdI may send them. */
const roads: readonly (readonly NoticeCase[])[] = [
  [],
  ['RC-B2B'],
  ['MC-B2B'],
  ['NS'],
  ['NS-repeated'],
  ['MC-PA', 'RC-PA', 'NE-EC01'],
  ['RC-PA', 'NE-EC02'],
  ['MC-PA', 'AT'],
];

type Told = readonly [part: number, notice: NoticeCase];

interface Run {
  readonly archive: Standing;
  readonly parts: readonly Standing[];
}

function follow({ archive, parts }: Run, [part, notice]: Told): Run {
  const { event, detail } = noticeNews[notice];
  const now = parts.map((one, index) => {
    if (index !== part) return one;
    const answer = followNews(one, event, detail);
    return { status: answer.status, detail: answer.detail };
  });
  const answer = followParts(archive, now);
  return { archive: { status: answer.status, detail: answer.detail }, parts: now };
}

function run(parts: number, told: readonly Told[]): Run {
  return told.reduce(follow, { archive: sent, parts: Array.from({ length: parts }, () => open) });
}

const archives = fc.array(fc.constantFrom(...roads), { minLength: 1, maxLength: 5 }).chain((list) => {
  const told = list.flatMap((road, part) => road.map((notice): Told => [part, notice]));
  const order = fc.shuffledSubarray(told, { minLength: told.length });
  // Where one file has several notices these keep their order: other orders are the details' own matter.
  const kept = order.map((shuffled) => {
    const next = list.map((road) => [...road]);
    return shuffled.map(([part]): Told => [part, next[part]!.shift()!]);
  });
  return fc.record({ list: fc.constant(list), told: fc.constant(told), kept });
});

test('every order of the answers leads an archive to one end', () => {
  fc.assert(
    fc.property(archives, ({ list, told, kept }) => {
      assert.deepEqual(run(list.length, kept), run(list.length, told));
    }),
    { numRuns: 2000 },
  );
});

test("no file's receipt hides another's discard or doubt", () => {
  fc.assert(
    fc.property(archives, ({ list, kept }) => {
      const { archive, parts } = run(list.length, kept);
      const isDoubtful = parts.some(({ detail }) => detail === 'DECISION_NEEDED');
      const discarded = parts.filter(({ status }) => status === 'INTERNAL_INVOICE_DISCARDED').length;
      if (isDoubtful) assert.equal(archive.detail, 'DECISION_NEEDED');
      else if (discarded === parts.length) assert.equal(archive.status, 'INTERNAL_INVOICE_DISCARDED');
      else if (discarded > 0) assert.equal(archive.detail, 'PARTLY_DISCARDED');
      else assert.notEqual(archive.detail, 'PARTLY_DISCARDED');
      const isOpen = parts.some(({ status }) => status === 'INTERNAL_INVOICE_SENT');
      assert.equal(archive.status === 'INTERNAL_INVOICE_SENT', isOpen);
    }),
    { numRuns: 2000 },
  );
});
