// dbmanager: the rule of what may go out again, told as facts.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { invoiceMoves } from '@staffetta/flow/invoice-moves.ts';
import { invoiceStatuses, type InvoiceStatus } from '@staffetta/flow/statuses.ts';
import { whyNotAgain } from './may-resend.ts';

const at = (status: string, detail: string | null = null) => {
  return { status: `INTERNAL_INVOICE_${status}` as InvoiceStatus, detail };
};

test('what SdI has not seen goes again as it was or corrected', () => {
  for (const detail of [null, 'REFUSED_BY_PROVIDER', 'UNDELIVERED_TO_SDI']) {
    assert.equal(whyNotAgain(at('NOT_SENT', detail), 'same'), undefined);
    assert.equal(whyNotAgain(at('NOT_SENT', detail), 'corrected'), undefined);
  }
});

test('what SdI discarded goes again corrected alone', () => {
  assert.equal(whyNotAgain(at('DISCARDED', 'DISCARDED_BY_SDI'), 'corrected'), undefined);
  assert.match(whyNotAgain(at('DISCARDED', 'DISCARDED_BY_SDI'), 'same')?.it ?? '', /documento corretto/);
});

test('what SdI never answered goes again as it was, once the expected time has passed: no invoice stays SENT for ever', () => {
  assert.equal(whyNotAgain(at('SENT', 'NEWS_OVERDUE'), 'same'), undefined);
  assert.match(whyNotAgain(at('SENT', 'NEWS_OVERDUE'), 'corrected')?.it ?? '', /solo lo stesso file/);
  assert.ok(invoiceMoves.resent.from.includes('INTERNAL_INVOICE_SENT'));
  for (const detail of ['SUBMITTED', 'TAKEN_BY_PROVIDER', 'IN_SDI_MAILBOX', 'TAKEN_EARLIER']) {
    assert.match(whyNotAgain(at('SENT', detail), 'same')?.it ?? '', /già in viaggio/);
  }
});

test('where a decision is open nothing goes out before it', () => {
  for (const status of ['SENT', 'DISCARDED', 'NOT_SENT']) {
    for (const wish of ['same', 'corrected'] as const) {
      assert.match(whyNotAgain(at(status, 'DECISION_NEEDED'), wish)?.en ?? '', /decisione/);
    }
  }
});

test('what cannot be delivered is brought by other means, what is issued is never sent again', () => {
  assert.match(whyNotAgain(at('NOT_DELIVERED', 'UNDELIVERABLE_ATTESTED'), 'same')?.en ?? '', /other means/);
  assert.match(
    whyNotAgain(at('NOT_DELIVERED', 'AVAILABLE_TO_CUSTOMER'), 'corrected')?.en ?? '',
    /credit or debit note/,
  );
  assert.match(whyNotAgain(at('DELIVERED', 'PARTLY_DISCARDED'), 'corrected')?.en ?? '', /as new invoices/);
});

test('what a public body refused is corrected by a new invoice, under the same number if one likes', () => {
  for (const wish of ['same', 'corrected'] as const) {
    assert.match(whyNotAgain(at('DELIVERED', 'REFUSED'), wish)?.it ?? '', /nuova fattura \(può avere lo stesso numero/);
  }
});

test('whatever is allowed here the table of moves allows too', () => {
  for (const status of invoiceStatuses) {
    for (const wish of ['same', 'corrected'] as const) {
      if (whyNotAgain({ status, detail: null }, wish)) continue;
      assert.ok(invoiceMoves.resent.from.includes(status), status);
    }
  }
});
