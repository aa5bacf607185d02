// hub: for the test that no customer reaches another's data: the ids and bodies that requests are filled with.
import { findRoute } from '@staffetta/gateway/route-table.ts';
import type { Operation } from './api-operations.fixture.ts';
import { issuedXml, mark, profileOf, type Customer, type OwnedInvoice } from './two-customers.fixture.ts';

/** What stands for a parameter of that name: what is the other's, and what is one's own. */
export type Values = Readonly<Record<string, readonly string[]>>;

/**
 * The values of everything that a path or query may name, for one customer.
 * @param invoice the one whose ids go together; all of them without it
 */
export function valuesOf(customer: Customer, invoice?: OwnedInvoice): Values {
  const { customerId, register, username, vatNumber, keyId } = customer;
  const all = customer.invoices;
  const chosen = invoice ? [invoice] : all;
  const idsIn = (pick: (one: OwnedInvoice) => readonly string[]): string[] => {
    const own = chosen.flatMap(pick);
    return own.length > 0 ? own : all.flatMap(pick);
  };
  const numbers = chosen.map(({ number }) => String(number));
  const ids = chosen.map(({ id }) => id);
  return {
    customerId: [String(customerId)],
    invoiceNumber: numbers,
    invoiceId: ids,
    transmissionId: idsIn(({ transmissions }) => transmissions),
    transmission: idsIn(({ transmissions }) => transmissions),
    noticeId: idsIn(({ notices }) => notices),
    index: ['1'],
    name: [register, 'invoices'],
    id: [...ids, ...numbers, ...ids.map((id) => `${id}:1`)],
    mailId: idsIn(({ notices }) => notices),
    mailbox: ['fatture@azienda.example'],
    keyId: [keyId],
    key: [keyId],
    sessionId: [keyId],
    username: [username],
    type: ['ARUBA', 'SDI'],
    vatNumber: [vatNumber],
    supplier: [vatNumber, mark],
    customer: [vatNumber, mark],
    numero: [`${mark}-1`],
    number: [`${mark}-1`],
    file: idsIn(({ files }) => files),
    from: ['2020-01-01'],
    to: ['2099-01-01'],
    startDate: ['2020-01-01'],
    endDate: ['2099-01-01'],
    size: ['100'],
    limit: ['100'],
    state: ['all', 'open'],
  };
}

/** Bodies that name a customer and would change or make something of it. */
export function bodiesOf({ path, method, examples }: Operation, other: Customer): string[] {
  const { customerId } = other;
  // What it issues for itself may come back to it, so that none of it carries the mark.
  const sketch = { word: 'thief', vat: '01234567897' };
  const customer = { customerId };
  const written: Readonly<Record<string, readonly unknown[]>> = {
    'POST /receiver/api/salvaFatturaInterna': [
      { customer, invoice: issuedXml(sketch, '900'), callback: 'http://127.0.0.1:1/' },
      { customer: { ...customer, username: other.username }, invoice: issuedXml(sketch, '901') },
    ],
    'POST /receiver/api/salvaFatturaEsterna': [{ customer, invoice: issuedXml(sketch, '902') }],
    'POST /receiver/api/verificaFattura': [{ customer, invoice: issuedXml(sketch, '903') }],
    'POST /dbmanager/api/customers/{customerId}/invoices': [{ invoice: issuedXml(sketch, '904') }],
    'POST /dbmanager/api/customers/{customerId}/verifica': [{ document: { lines: [] } }],
    'PUT /dbmanager/api/customers/{customerId}': [
      { email: 'thief@example.it' },
      { username: other.username },
      { password: 'x' },
    ],
    'PUT /dbmanager/api/customers/{customerId}/profile': [
      profileOf({ word: 'thief', vat: '11223344554' }),
      profileOf(sketch),
    ],
    'PUT /dbmanager/api/invoices/{invoiceNumber}': [
      { callback: 'http://127.0.0.1:1/thief' },
      { customer, callback: 'http://127.0.0.1:1/thief' },
      { customer, invoice: issuedXml(sketch, '905') },
    ],
    'PUT /dbmanager/api/invoices/{invoiceNumber}/status': [{ status: 'INVOICE_ERROR', reason: 'x' }],
    'POST /dbmanager/api/invoices/{invoiceNumber}/decisione': [{ firstCopyTaken: false }],
    'POST /dbmanager/api/invoices/{invoiceNumber}/reinvia': [{}, { invoice: issuedXml(sketch, '906') }],
    'POST /api/invoices': [
      { customerId, xml: issuedXml(sketch, '907') },
      { customerId, direction: 'received', xml: issuedXml(sketch, '908') },
    ],
    'PATCH /api/invoices/{id}': [{ callbackUrl: 'http://127.0.0.1:1/thief' }],
    'POST /api/invoices/{id}/resend': [{}, { xml: issuedXml(sketch, '909') }],
    'POST /api/invoices/{id}/answer': [{ accepted: false, reason: 'thief' }],
    'POST /dbmanager/api/invoices/{invoiceNumber}/esito': [{ esito: 'EC02', descrizione: 'thief' }],
  };
  const known = [...(written[`${method} ${path}`] ?? []), ...examples];
  // A path that a customer may use is asked in earnest, or the test says nothing about it.
  if (known.length === 0 && findRoute(method, path)?.who.includes('CUSTOMER')) {
    throw new Error(`Say in bodiesOf what would change something by ${method} ${path}.`);
  }
  return [...known, {}].map((body) => JSON.stringify(body));
}
