// flow: whatever notices come in whatever order and number, no detail goes back, and one road's notices lead to one end.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  followNews,
  invoiceDetails,
  noticeNews,
  receiptNews,
  type InvoiceDetail,
  type NewsEvent,
  type NoticeCase,
  type Standing,
} from './invoice-details.ts';

const cases = Object.keys(noticeNews) as NoticeCase[];
const sent: Standing = { status: 'INTERNAL_INVOICE_SENT', detail: 'SUBMITTED' };

function follow(standing: Standing, one: NoticeCase): Standing {
  const { status, detail } = followNews(standing, noticeNews[one].event, noticeNews[one].detail);
  return { status, detail };
}

function run(notices: readonly NoticeCase[]): Standing {
  return notices.reduce(follow, sent);
}

function rankOf(detail: string | null): number {
  return detail === null ? -1 : invoiceDetails[detail as keyof typeof invoiceDetails].rank;
}

const anyNotices = fc.array(fc.constantFrom(...cases), { maxLength: 20 });

test('no order of notices leads to a detail that was left behind', () => {
  fc.assert(
    fc.property(anyNotices, (notices) => {
      let standing = sent;
      for (const one of notices) {
        const next = follow(standing, one);
        const rose = rankOf(next.detail) > rankOf(standing.detail);
        assert.ok(rose || next.detail === standing.detail, `${standing.detail} → ${next.detail}`);
        standing = next;
      }
    }),
    { numRuns: 2000 },
  );
});

test('each notice any number of times leaves what once would leave', () => {
  fc.assert(
    fc.property(anyNotices, (notices) => {
      const stuttered = notices.flatMap((one, at) => [one, ...notices.slice(0, at), one]);
      assert.deepEqual(run(stuttered), run(notices));
    }),
  );
});

/** The notices that one file may get, and where they lead. */
const roads: readonly (readonly [NoticeCase[], string, string])[] = [
  [['RC-B2B'], 'DELIVERED', 'DELIVERED_TO_RECIPIENT'],
  [['MC-B2B'], 'NOT_DELIVERED', 'AVAILABLE_TO_CUSTOMER'],
  [['NS'], 'DISCARDED', 'DISCARDED_BY_SDI'],
  [['MC-PA', 'RC-PA', 'NE-EC01'], 'DELIVERED', 'ACCEPTED'],
  [['MC-PA', 'RC-PA', 'NE-EC02'], 'DELIVERED', 'REFUSED'],
  [['MC-PA', 'RC-PA', 'DT'], 'DELIVERED', 'DEADLINE_PASSED'],
  [['MC-PA', 'AT'], 'NOT_DELIVERED', 'UNDELIVERABLE_ATTESTED'],
  [['RC-B2B', 'NS-repeated'], 'DELIVERED', 'DELIVERED_TO_RECIPIENT'],
  [['MC-B2B', 'NS-repeated'], 'NOT_DELIVERED', 'AVAILABLE_TO_CUSTOMER'],
];

test('the notices of one road lead to the same end in every order, also where some are lost', () => {
  for (const [notices, status, detail] of roads) {
    const last = notices.at(-1) === 'NS-repeated' ? notices[0]! : notices.at(-1)!;
    const some = fc.tuple(fc.shuffledSubarray(notices), fc.nat()).map(([list, at]) => {
      const without = list.filter((one) => one !== last);
      return without.toSpliced(at % (without.length + 1), 0, last);
    });
    fc.assert(
      fc.property(some, (list) => {
        assert.deepEqual(run(list), { status: `INTERNAL_INVOICE_${status}`, detail }, list.join(' '));
      }),
    );
  }
});

type News = readonly [event: NewsEvent, detail: InvoiceDetail];

const mailNews: readonly News[] = [
  ['sent', 'SUBMITTED'],
  ...Object.values(receiptNews).flatMap((told) => (told ? [[told.event, told.detail] as const] : [])),
];
const waiting: Standing = { status: 'INTERNAL_INVOICE_TOBE_SENT', detail: null };

test('whatever mail server, provider and SdI tell of one mail, every order leads to one end', () => {
  const delivered: News = [noticeNews['RC-B2B'].event, noticeNews['RC-B2B'].detail];
  const some = fc.subarray([...mailNews, delivered], { minLength: 1 });
  const orders = some.chain((list) =>
    fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })),
  );
  const run2 = (all: readonly News[]): Standing =>
    all.reduce((standing, [event, detail]) => {
      const { status, detail: next } = followNews(standing, event, detail);
      return { status, detail: next };
    }, waiting);
  fc.assert(
    fc.property(orders, ([list, other]) => {
      // Two ways of coming back are equally far: of them the first stays.
      const same = (one: Standing): Standing =>
        one.detail === 'UNDELIVERED_TO_SDI' ? { ...one, detail: 'REFUSED_BY_PROVIDER' } : one;
      assert.deepEqual(same(run2(other)), same(run2(list)), JSON.stringify([list, other]));
    }),
    { numRuns: 3000 },
  );
});
