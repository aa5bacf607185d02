// dbmanager: what a new invoice becomes.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { IncomingInvoice } from '@staffetta/flow/messages.ts';
import type { InvoicingCustomer } from './customers.ts';
import { documentOf, incoming, readNow } from './events.fixture.ts';
import { decideInvoice } from './decide-invoice.ts';

const byDefault = {
  transmitter: { idPaese: 'IT', idCodice: '99999999999' },
  signing: { signs: true, format: 'cades', private: false, refuses: true, bytesMax: 5_242_880 },
  checking: { findingsMax: 200 },
} as const;
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
  mailbox: null,
};

async function decide(changes: Partial<IncomingInvoice>, known: InvoicingCustomer | undefined = customer) {
  return decideInvoice(await readNow(incoming(changes)), known, byDefault);
}

test('right customer and right document: it goes out, or is kept', async () => {
  assert.equal((await decide({})).status, 'INTERNAL_INVOICE_TOBE_SENT');
  const kept = await decide({ invoiceStatus: 'EXTERNAL_INVOICE' });
  assert.deepEqual([kept.status, kept.transmitter], ['EXTERNAL_INVOICE', undefined]);
});

test('an unknown customer or a wrong document: INVALID, with every reason', async () => {
  const unknown = decideInvoice(await readNow(incoming({ invoice: '<no' })), undefined, byDefault);
  assert.deepEqual([unknown.status, unknown.transmitter], ['INTERNAL_INVOICE_INVALID', undefined]);
  assert.deepEqual(
    unknown.findings.map(({ code }) => code),
    ['CUSTOMER_UNKNOWN', '00200'],
  );
});

test("a supplier's invoice is kept whatever its document is like, and what is wrong with it is noted", async () => {
  for (const invoice of ['<no/>', 'no XML at all', documentOf(['none'])]) {
    const { status, findings } = await decide({ invoice, invoiceStatus: 'EXTERNAL_INVOICE' });
    assert.equal(status, 'EXTERNAL_INVOICE');
    assert.ok(findings.length > 0, invoice);
  }
  const of = await readNow(incoming({ invoiceStatus: 'EXTERNAL_INVOICE' }));
  assert.equal(decideInvoice(of, undefined, byDefault).status, 'INTERNAL_INVOICE_INVALID');
});

test('what the archive says as an error refuses, as a warning it is only noted', async () => {
  const request = await readNow(incoming());
  const statusWith = (severity: 'error' | 'warning') => {
    const said = { code: '00404', severity, message: { it: 'già inviata', en: 'sent already' } } as const;
    const { status, findings } = decideInvoice(request, customer, byDefault, [said]);
    return [status, findings.map(({ code }) => code)];
  };
  assert.deepEqual(statusWith('error'), ['INTERNAL_INVOICE_INVALID', ['00404']]);
  assert.deepEqual(statusWith('warning'), ['INTERNAL_INVOICE_TOBE_SENT', ['00404']]);
});

test('findings of the document and of the archive are bounded together', async () => {
  const request = await readNow(incoming());
  const said = { code: '00404', severity: 'error', message: { it: 'già inviata', en: 'sent already' } } as const;
  const { findings, status } = decideInvoice(
    request,
    customer,
    byDefault,
    Array.from({ length: 500 }, () => said),
  );
  assert.deepEqual(
    [status, findings.length, findings.at(-1)?.code],
    ['INTERNAL_INVOICE_INVALID', 201, 'MORE_FINDINGS'],
  );
  assert.match(findings.at(-1)?.message.en ?? '', /500 findings/);
});

test("the customer's transmitter wins, then the document's, then the setting's", async () => {
  const codeOf = async (transmitter: string | null, change: (text: string) => string = (text) => text) => {
    const request = await readNow(incoming({ invoice: change(documentOf(['1'])) }));
    const check = { ...request.check, valid: true };
    return decideInvoice({ ...request, check }, { ...customer, transmitter }, byDefault).transmitter?.idCodice;
  };
  assert.equal(await codeOf('IT22222222220'), '22222222220');
  assert.equal(await codeOf('IT1'), '01234567897');
  assert.equal(await codeOf(null, (text) => text.replace('01234567897', 'no')), '99999999999');
});
