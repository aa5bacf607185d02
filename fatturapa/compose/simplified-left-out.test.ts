// fatturapa: what a simplified invoice cannot say is refused by its place, never dropped.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { leftOutOfSimplified } from './simplified-left-out.ts';
import { shortInvoice, type ShortInvoice } from './short-invoice.ts';
import { checkShape } from './check-shape.ts';
import { exampleDocument } from './document-schemas.ts';

const line = { description: 'Pranzo', price: 10, vatRate: 10 };

/** The places that are refused, of an invoice that fits its shape. */
function places(changes: Readonly<Record<string, unknown>>): (string | undefined)[] {
  const check = checkShape({ ...exampleDocument, format: 'FSM10', lines: [line], ...changes }, shortInvoice);
  assert.ok(check.ok, JSON.stringify(check.findings));
  const findings = leftOutOfSimplified(check.value as ShortInvoice);
  assert.ok(findings.every(({ code, severity }) => code === 'NOT_IN_FORMAT' && severity === 'error'));
  return findings.map(({ path }) => path);
}

test('what the format has is not refused, nor what says nothing', () => {
  assert.deepEqual(places({}), []);
  const silent = { chargeStampDuty: false, art73: false, orders: [], withholding: [] };
  assert.deepEqual(places({ ...silent, lines: [{ ...line, withholding: false, codes: [], otherData: [] }] }), []);
  const reckoned = { ...line, quantity: 2, discounts: { percent: 10 }, legalReference: 'x' };
  assert.deepEqual(places({ lines: [reckoned], number: '1', register: 'B', stampDuty: '2.00' }), []);
  assert.deepEqual(places({ linkedInvoices: { number: '1', date: '2026-11-01', item: 'prezzo' } }), []);
});

test('each field of a line that the format lacks is named', () => {
  const full = {
    ...line,
    unit: 'ore',
    codes: { type: 'EAN', value: '1' },
    period: { from: '2026-11-01', to: '2026-11-30' },
    kind: 'AC',
    withholding: true,
    reference: 'x',
    otherData: { type: 'x' },
  };
  const names = ['unit', 'codes', 'period', 'kind', 'withholding', 'reference', 'otherData'];
  assert.deepEqual(
    places({ lines: [line, full] }),
    names.map((name) => `/lines/1/${name}`),
  );
});

test('each field of the document and its parties that the format lacks is named', () => {
  const reference = { number: '1', date: '2026-11-01' };
  const document = {
    payment: { days: 30 },
    withholding: { rate: 20, reason: 'A' },
    socialFund: { type: 'TC02', rate: 4 },
    orders: reference,
    contracts: reference,
    agreements: reference,
    receipts: reference,
    deliveryNotes: reference,
    notes: 'x',
    vatPayability: 'S',
    art73: true,
    chargeStampDuty: true,
  };
  assert.deepEqual(
    places(document),
    Object.keys(document).map((name) => `/${name}`),
  );
  const { customer } = exampleDocument;
  const party = { ...customer, title: 'Dott.', eori: 'IT123' };
  const supplier = { ...party, taxRegime: 'RF01', reference: 'x', contacts: { phone: '12345' } };
  assert.deepEqual(places({ customer: party, supplier }), [
    '/customer/title',
    '/customer/eori',
    '/supplier/title',
    '/supplier/eori',
    '/supplier/contacts',
    '/supplier/reference',
  ]);
});

test('one invoice is corrected: its CIG and every further one are named', () => {
  const linked = { number: '1', date: '2026-11-01', cig: 'Z123456789' };
  assert.deepEqual(places({ linkedInvoices: linked }), ['/linkedInvoices/cig']);
  assert.deepEqual(places({ linkedInvoices: [linked, linked, linked] }), [
    '/linkedInvoices/0/cig',
    '/linkedInvoices/1',
    '/linkedInvoices/2',
  ]);
});

test('an amount of stamp duty other than the usual one is named', () => {
  assert.deepEqual(places({ stampDuty: 16 }), ['/stampDuty']);
  for (const stampDuty of ['auto', 'none', 0, 2]) assert.deepEqual(places({ stampDuty }), [], String(stampDuty));
});

test('a thousand lines are answered with fifty places', () => {
  const lines = Array.from({ length: 1000 }, () => ({ ...line, unit: 'ore' }));
  assert.equal(places({ lines }).length, 50);
});
