// flow: a decision leads on only where one is asked for, and whatever notices came before it, to one of its rows.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { issuedBy, settle } from './decisions.ts';
import { invoiceDetails, noticeNews, followNews, type NoticeCase, type Standing } from './invoice-details.ts';
import { invoiceStatuses } from './statuses.ts';

const cases = Object.keys(noticeNews) as NoticeCase[];
const details = [null, ...Object.keys(invoiceDetails)];
const anyStanding = fc.record({ status: fc.constantFrom(...invoiceStatuses), detail: fc.constantFrom(...details) });
const anyCases = fc.array(fc.constantFrom(...cases), { maxLength: 8 });

test('nothing moves where no decision is asked for: there is no way back elsewhere', () => {
  fc.assert(
    fc.property(anyStanding, fc.boolean(), anyCases, (standing: Standing, firstCopyTaken, notices) => {
      const answer = settle(standing, firstCopyTaken, notices);
      const isAsked = standing.detail === 'DECISION_NEEDED';
      if (!isAsked) assert.deepEqual(answer, { kind: 'refused', ...standing });
      else if (answer.kind !== 'refused') assert.notEqual(answer.detail, 'DECISION_NEEDED');
      if (answer.kind === 'moved' && standing.status === 'INTERNAL_INVOICE_DISCARDED') assert.ok(firstCopyTaken);
    }),
    { numRuns: 2000 },
  );
});

test('a decision is no news: the table of details refuses it', () => {
  fc.assert(
    fc.property(anyStanding, (standing: Standing) => {
      assert.deepEqual(followNews(standing, 'settled', null), { kind: 'refused', ...standing });
    }),
  );
});

const receipts = fc.subarray(['MC-PA', 'RC-PA', 'NE-EC01', 'NS', 'NS-repeated'] as const, { minLength: 1 });

test('what the receipts say of a copy does not depend on their order, nor on discards between them', () => {
  const orders = receipts.chain((list) =>
    fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })),
  );
  fc.assert(
    fc.property(orders, ([list, other]) => {
      assert.deepEqual(issuedBy(other), issuedBy(list));
      assert.deepEqual(issuedBy(list.filter((one) => !one.startsWith('NS'))), issuedBy(list));
    }),
  );
});
