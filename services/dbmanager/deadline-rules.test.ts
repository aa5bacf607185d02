// dbmanager: which clocks run for an invoice, by where it stands.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deadlineRules, deadlinesOf, type ClockFacts } from './deadline-rules.ts';

const day = 86_400_000;
const times = { noticeExpectedMs: 5 * day, receiptExpectedMs: day, graceMs: day, resendReminderMs: day };
const at = (days: number): Date => new Date(Date.UTC(2026, 10, 1) + days * day);

const sent: ClockFacts = {
  status: 'INTERNAL_INVOICE_SENT',
  detail: 'SUBMITTED',
  isOffice: false,
  hasReceipt: false,
  receiptsAreRead: true,
  sentAt: at(1),
  transmittedAt: at(0),
  history: [{ event: 'sent', happenedAt: at(1) }],
};

function clocks(changes: Partial<ClockFacts>) {
  return deadlinesOf({ ...sent, ...changes }, times).map(({ kind, due }) => [kind, due.getUTCDate()]);
}

test('a sent file waits for the provider and for SdI, the nearer first', () => {
  assert.deepEqual(clocks({}), [
    ['NO_RECEIPT', 3],
    ['NO_NOTICE', 7],
  ]);
  assert.deepEqual(clocks({ hasReceipt: true }), [['NO_NOTICE', 7]]);
  assert.deepEqual(clocks({ receiptsAreRead: false }), [['NO_NOTICE', 7]]);
});

test('of a file to a public body it is shown how long SdI tries to deliver it', () => {
  assert.deepEqual(clocks({ isOffice: true, hasReceipt: true }), [
    ['OFFICE_TRIES', 4],
    ['NO_NOTICE', 7],
  ]);
  assert.deepEqual(clocks({ isOffice: true, hasReceipt: true, detail: 'NEWS_OVERDUE' }), [['NO_NOTICE', 7]]);
  const history = [{ event: 'notDelivered', happenedAt: at(3) }];
  const failed = { status: 'INTERNAL_INVOICE_NOT_DELIVERED', detail: 'DELIVERY_RETRIED', isOffice: true } as const;
  assert.deepEqual(clocks({ ...failed, history }), [['NO_ATTESTATION', 14]]);
});

test('of a copy that was taken earlier, and of the rest of an archive, SdI still has to speak', () => {
  assert.deepEqual(clocks({ detail: 'TAKEN_EARLIER' }), [['NO_FURTHER_NOTICE', 7]]);
  assert.deepEqual(clocks({ detail: 'PARTLY_DISCARDED' }), [['NO_FURTHER_NOTICE', 7]]);
});

test('nothing is waited for once SdI has decided, or somebody has to', () => {
  assert.deepEqual(clocks({ detail: 'DECISION_NEEDED' }), []);
  assert.deepEqual(clocks({ status: 'INTERNAL_INVOICE_NOT_DELIVERED', detail: 'AVAILABLE_TO_CUSTOMER' }), []);
  assert.deepEqual(clocks({ status: 'EXTERNAL_INVOICE', detail: null }), []);
});

test('a delivered file waits for an answer only where a public body has it', () => {
  const history = [{ event: 'delivered', happenedAt: at(2) }];
  const delivered = { status: 'INTERNAL_INVOICE_DELIVERED', detail: 'DELIVERED_TO_RECIPIENT', history } as const;
  assert.deepEqual(clocks(delivered), []);
  assert.deepEqual(clocks({ ...delivered, isOffice: true }), [['NO_ANSWER', 18]]);
  assert.deepEqual(clocks({ ...delivered, isOffice: true, detail: 'ACCEPTED' }), []);
});

test('the five days count from the discard of the latest file', () => {
  const history = [
    { event: 'discarded', happenedAt: at(2) },
    { event: 'discarded', happenedAt: at(6) },
  ];
  assert.deepEqual(clocks({ status: 'INTERNAL_INVOICE_DISCARDED', detail: 'DISCARDED_BY_SDI', history }), [
    ['RESEND_DUE', 8],
  ]);
  const again = { transmittedAt: at(4), history };
  assert.deepEqual(clocks({ status: 'INTERNAL_INVOICE_DISCARDED', detail: 'DISCARDED_BY_SDI', ...again }), [
    ['RESEND_DUE', 12],
  ]);
});

test('nobody is reminded to send again what may have been taken after all', () => {
  const history = [{ event: 'discarded', happenedAt: at(2) }];
  const standing = { status: 'INTERNAL_INVOICE_DISCARDED', history } as const;
  assert.deepEqual(clocks({ ...standing, detail: 'DECISION_NEEDED' }), []);
  assert.deepEqual(clocks({ ...standing, detail: null }), [['RESEND_DUE', 8]]);
});

test('no alarm has two rules', () => {
  const kinds = deadlineRules.map(({ kind }) => kind);
  assert.equal(new Set(kinds).size, kinds.length);
});
