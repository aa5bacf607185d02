// flow: the table of moves, told as facts.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventLeadingTo, eventOf, invoiceMoves, moveInvoice } from './invoice-moves.ts';
import { invoiceStatuses } from './statuses.ts';

test('a late SENT does not undo DELIVERED', () => {
  assert.deepEqual(moveInvoice('INTERNAL_INVOICE_DELIVERED', 'sent'), {
    kind: 'late',
    status: 'INTERNAL_INVOICE_DELIVERED',
  });
});

test("SdI's answer may overtake the mail server's", () => {
  assert.equal(moveInvoice('INTERNAL_INVOICE_TOBE_SENT', 'delivered').kind, 'moved');
  assert.equal(moveInvoice('INTERNAL_INVOICE_TOBE_SENT', 'discarded').kind, 'moved');
});

test('the same event twice changes nothing more', () => {
  for (const [event, { to }] of Object.entries(invoiceMoves)) {
    assert.equal(moveInvoice(to, event as keyof typeof invoiceMoves).kind, 'repeated', event);
  }
});

test('what SdI delivered cannot be discarded afterwards, nor the other way round', () => {
  assert.equal(moveInvoice('INTERNAL_INVOICE_DELIVERED', 'discarded').kind, 'refused');
  assert.equal(moveInvoice('INTERNAL_INVOICE_DISCARDED', 'delivered').kind, 'refused');
});

test('an invoice in error still takes what becomes known of it, but is not accepted or failed again', () => {
  for (const event of ['sent', 'notSent', 'delivered', 'discarded', 'notDelivered'] as const) {
    assert.deepEqual(moveInvoice('INVOICE_ERROR', event), { kind: 'moved', status: invoiceMoves[event].to }, event);
  }
  assert.equal(moveInvoice('INVOICE_ERROR', 'accepted').kind, 'refused');
  assert.equal(moveInvoice('INVOICE_ERROR', 'failed').kind, 'repeated');
});

test('an external or invalid invoice is never sent', () => {
  for (const status of ['EXTERNAL_INVOICE', 'INTERNAL_INVOICE_INVALID'] as const) {
    for (const event of ['sent', 'notSent', 'delivered', 'discarded', 'notDelivered'] as const) {
      assert.equal(moveInvoice(status, event).kind, 'refused', `${status} ${event}`);
    }
  }
});

test('every status but NEW can be reached, and NEW cannot', () => {
  for (const status of invoiceStatuses) {
    assert.equal(eventLeadingTo(status) === undefined, status === 'INTERNAL_INVOICE_NEW', status);
  }
});

test('the three answers of SdI name their events', () => {
  assert.equal(eventOf('INTERNAL_INVOICE_DELIVERED'), 'delivered');
  assert.equal(eventOf('INTERNAL_INVOICE_DISCARDED'), 'discarded');
  assert.equal(eventOf('INTERNAL_INVOICE_NOT_DELIVERED'), 'notDelivered');
});
