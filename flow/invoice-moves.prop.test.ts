// flow: whatever happens in whatever order, no transmission goes backwards.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { invoiceEvents, invoiceMoves, moveInvoice } from './invoice-moves.ts';
import type { InvoiceStatus } from './statuses.ts';

const progress: Record<InvoiceStatus, number> = {
  INTERNAL_INVOICE_NEW: 0,
  INTERNAL_INVOICE_TOBE_SENT: 1,
  INVOICE_ERROR: 2,
  INTERNAL_INVOICE_NOT_SENT: 3,
  INTERNAL_INVOICE_SENT: 4,
  INTERNAL_INVOICE_NOT_DELIVERED: 5,
  INTERNAL_INVOICE_DELIVERED: 6,
  INTERNAL_INVOICE_DISCARDED: 6,
  INTERNAL_INVOICE_INVALID: 6,
  EXTERNAL_INVOICE: 6,
};

const anyEvents = fc.array(fc.constantFrom(...invoiceEvents), { maxLength: 30 });

/** Those of one transmission whose mail does not come back: `resent` starts another, `returned` is the one way back, see below. */
const onwards = invoiceEvents.filter((event) => event !== 'resent' && event !== 'returned');

test('no order of events ever leads backwards', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...onwards), { maxLength: 30 }), (events) => {
      let status: InvoiceStatus = 'INTERNAL_INVOICE_NEW';
      for (const event of events) {
        const answer = moveInvoice(status, event);
        if (answer.kind === 'moved') assert.ok(progress[answer.status] > progress[status], `${status} ${event}`);
        else assert.equal(answer.status, status);
        status = answer.status;
      }
    }),
    { numRuns: 2000 },
  );
});

test('each event repeated at once leaves what once would leave', () => {
  const run = (events: readonly (typeof invoiceEvents)[number][]): InvoiceStatus =>
    events.reduce<InvoiceStatus>((status, event) => moveInvoice(status, event).status, 'INTERNAL_INVOICE_NEW');
  fc.assert(
    fc.property(anyEvents, (events) => {
      assert.equal(run(events.flatMap((event) => [event, event])), run(events));
    }),
  );
});

test('what SdI decided neither comes back nor is sent again as if it were not issued', () => {
  for (const status of ['INTERNAL_INVOICE_DELIVERED', 'INTERNAL_INVOICE_NOT_DELIVERED'] as const) {
    assert.equal(moveInvoice(status, 'returned').kind, 'late');
    assert.equal(moveInvoice(status, 'resent').kind, 'refused');
  }
  assert.equal(invoiceMoves.returned.to, 'INTERNAL_INVOICE_NOT_SENT');
});
