// dbmanager: where an invoice stands is told in whole sentences, without a code.
import { invoiceDetails } from '@staffetta/flow/invoice-details.ts';
import { invoiceStatuses } from '@staffetta/flow/statuses.ts';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { standingWords } from './standing-words.ts';

test('a finer state adds its sentence where it says more than the status', () => {
  assert.deepEqual(standingWords({ status: 'INTERNAL_INVOICE_SENT', detail: 'IN_SDI_MAILBOX' }), {
    it: 'Inviata al Sistema di Interscambio. Il messaggio è nella casella di SdI: si attende l’esito dei controlli.',
    en: 'Sent to SdI. The message is in SdI’s mailbox: the outcome of its checks is awaited.',
  });
  const delivered = standingWords({ status: 'INTERNAL_INVOICE_DELIVERED', detail: 'DELIVERED_TO_RECIPIENT' });
  assert.equal(delivered.it, 'Consegnata al destinatario (ricevuta di consegna).');
});

test('of a discard that a receipt contradicts nobody is told that it was never issued', () => {
  const { it, en } = standingWords({ status: 'INTERNAL_INVOICE_DISCARDED', detail: 'DECISION_NEEDED' });
  assert.match(it, /potrebbe risultare emessa/);
  assert.doesNotMatch(it + en, /non emessa|never issued/);
});

test('no state shows its constant, and one that is none of ours adds nothing', () => {
  for (const status of invoiceStatuses) {
    for (const detail of [null, 'SOMETHING_ELSE', ...Object.keys(invoiceDetails)]) {
      const { it, en } = standingWords({ status, detail });
      assert.doesNotMatch(it + en, /[A-Z]_[A-Z]/);
      assert.match(it, /^\p{Lu}.*\.$/u);
      assert.match(en, /^\p{Lu}.*\.$/u);
    }
  }
});
