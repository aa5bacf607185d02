// hub: what to do next is said for every place that an invoice may stand at.
import { invoiceDetails } from '@staffetta/flow/invoice-details.ts';
import { invoiceStatuses } from '@staffetta/flow/statuses.ts';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nextStep, type Situation } from './next-step.ts';

const of = (more: Omit<Situation, 'invoiceNumber'>): Situation => ({ invoiceNumber: 41, ...more });

test('every status and every finer state has a next step in both languages, without a constant in it', () => {
  for (const invoiceStatus of invoiceStatuses) {
    for (const detail of Object.keys(invoiceDetails)) {
      const { it, en } = nextStep(of({ invoiceStatus, detail }));
      assert.match(it, /\S/);
      assert.match(en, /\S/);
      assert.doesNotMatch(it + en, /[A-Z]_[A-Z]/);
    }
  }
});

test('a discarded invoice names the day until which it goes again, and the command', () => {
  const { it } = nextStep(of({ invoiceStatus: 'INTERNAL_INVOICE_DISCARDED', resendBy: '2026-11-30' }));
  assert.match(
    it,
    /entro il 30\/11\/2026, con lo stesso numero e la stessa data: npm run staffetta -- resend 41 FILE\./,
  );
});

test('a public body that may still answer is waited for until its day; nobody else is', () => {
  const delivered = { invoiceStatus: 'INTERNAL_INVOICE_DELIVERED', detail: 'DELIVERED_TO_RECIPIENT' } as const;
  const due = [{ due: '2026-12-10T10:00:00.000', words: { it: '', en: '' } }];
  assert.match(nextStep(of({ ...delivered, deadlines: due })).it, /fino al 10\/12\/2026/);
  assert.match(nextStep(of({ ...delivered, deadlines: [] })).it, /nota di variazione/);
});

test('a received invoice is answered only by whom and while it may be', () => {
  const received = { sdiId: '1', fileName: 'a.xml', receivedAt: '', answerBy: '2026-12-10T10:00:00.000' };
  const open = of({ invoiceStatus: 'EXTERNAL_INVOICE', received: { ...received, mayBeAnswered: true } });
  assert.match(nextStep(open).en, /by 10 Dec 2026: npm run staffetta -- answer 41 accept/);
  const over = of({ invoiceStatus: 'EXTERNAL_INVOICE', received: { ...received, mayBeAnswered: false } });
  assert.equal(nextStep(over).it, 'Registrarla in contabilità.');
});
