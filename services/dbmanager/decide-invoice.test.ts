// dbmanager: what a new invoice becomes.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { IncomingInvoice } from '@staffetta/flow/messages.ts';
import type { InvoicingCustomer } from './customers.ts';
import { documentOf, incoming } from './events.fixture.ts';
import { decideInvoice } from './decide-invoice.ts';
import { readIncoming } from './incoming-request.ts';

const byDefault = { idPaese: 'IT', idCodice: '99999999999' };
const customer: InvoicingCustomer = {
  customerId: 2,
  username: 'x',
  email: null,
  customerType: 'ARUBA',
  createdAt: new Date(0),
  createdBy: 'x',
  updatedAt: new Date(0),
  updatedBy: 'x',
  transmitter: null,
};

function decide(changes: Partial<IncomingInvoice>, known: InvoicingCustomer | undefined = customer) {
  return decideInvoice(readIncoming(incoming(changes), 'document'), known, byDefault);
}

test('right customer and right document: it goes out, or is kept', () => {
  assert.equal(decide({}).status, 'INTERNAL_INVOICE_TOBE_SENT');
  const kept = decide({ invoiceStatus: 'EXTERNAL_INVOICE' });
  assert.deepEqual([kept.status, kept.transmitter], ['EXTERNAL_INVOICE', undefined]);
});

test('an unknown customer or a wrong document: INVALID, with every reason', () => {
  const unknown = decideInvoice(readIncoming(incoming({ invoice: '<no' }), 'document'), undefined, byDefault);
  assert.deepEqual([unknown.status, unknown.transmitter], ['INTERNAL_INVOICE_INVALID', undefined]);
  assert.deepEqual(
    unknown.findings.map(({ code }) => code),
    ['CUSTOMER_UNKNOWN', '00200'],
  );
  assert.equal(decide({ invoice: '<no/>', invoiceStatus: 'EXTERNAL_INVOICE' }).status, 'INTERNAL_INVOICE_INVALID');
});

test("the customer's transmitter wins, then the document's, then the setting's", () => {
  const invoice = documentOf(['1'], '11111111111');
  const codeOf = (transmitter: string | null, text: string) =>
    decide({ invoice: text }, { ...customer, transmitter }).transmitter?.idCodice;
  assert.equal(codeOf('IT22222222222', invoice), '22222222222');
  assert.equal(codeOf('IT1', invoice), '11111111111');
  assert.equal(codeOf(null, documentOf(['1'], 'no')), '99999999999');
});
