// journeys: what does not fit is refused at the door, in the contract's words, and nothing of it is stored.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { before, describe, test } from 'node:test';
import { keys, type Ask } from './harness/client.ts';
import { invoiceXml } from './harness/invoices.ts';
import { expectError, passTime } from './harness/outcomes.ts';
import { defaultSetUp, realSetUp, tellOn } from './harness/set-ups.ts';

const internal = '/api/salvaFatturaInterna';
const external = '/api/salvaFatturaEsterna';
const notification = '/api/notificaSdI';
const customer = { customerId: 2 };
const good = invoiceXml();

function doctype(subset: string, content: string): string {
  return good
    .replace('<p:Fatt', `<!DOCTYPE p:FatturaElettronica [${subset}]>\n<p:Fatt`)
    .replace('Riparazione', content);
}

const bomb = doctype(
  `<!ENTITY a0 "ha">${Array.from({ length: 20 }, (_, level) => `<!ENTITY a${level + 1} "${`&a${level};`.repeat(10)}">`).join('')}`,
  '&a20;',
);
const document10MB = invoiceXml({ padding: 10_000_000 });

/** What is wrong → the body, and the field or word that the answer should name. */
const badInvoices: Readonly<Record<string, readonly [body: unknown, names: RegExp]>> = {
  'malformed JSON': ['{"invoice": "<a/>", "customer": ', /JSON/],
  'an empty body': ['', /empty|body/i],
  'JSON that is no object': ['[]', /object|body/i],
  null: ['null', /object|body/i],
  'an empty object': [{}, /invoice|customer|required/],
  'no document': [{ customer }, /invoice|file|document/],
  'no customer': [{ invoice: good }, /customer/],
  'a customer without its id': [{ invoice: good, customer: { username: 'test_user_1' } }, /customerId/],
  'a document that is a number': [{ invoice: 42, customer }, /invoice/],
  'a document that is an object': [{ invoice: { xml: good }, customer }, /invoice/],
  'a customer that is a text': [{ invoice: good, customer: 'test_user_1' }, /customer/],
  'a customer id in words': [{ invoice: good, customer: { customerId: 'due' } }, /customerId/],
  'a customer id that is an object': [{ invoice: good, customer: { customerId: {} } }, /customerId/],
  'a customer id that is null': [{ invoice: good, customer: { customerId: null } }, /customerId/],
  'a customer id with a fraction': [{ invoice: good, customer: { customerId: 2.5 } }, /customerId/],
  'a negative customer id': [{ invoice: good, customer: { customerId: -2 } }, /customerId/],
  'customer id 0': [{ invoice: good, customer: { customerId: 0 } }, /customerId/],
  'a customer id beyond all integers': ['{"invoice":"<a/>","customer":{"customerId":1e300}}', /customerId/],
  'an empty document': [{ invoice: '', customer }, /invoice|empty/],
  'a file that is no base64': [{ file: 'ß no base64 ß', customer }, /file|base64/],
  'a callback that is a number': [{ invoice: good, customer, callback: 7 }, /callback/],
  'a callback without a scheme': [{ invoice: good, customer, callback: 'customer.example/here' }, /callback/i],
  'a callback by ftp': [{ invoice: good, customer, callback: 'ftp://customer.example/here' }, /callback/i],
  'a callback that is a script': [{ invoice: good, customer, callback: 'javascript:alert(1)' }, /callback/i],
  'a callback to a file': [{ invoice: good, customer, callback: 'file:///etc/passwd' }, /callback/i],
  'a document with an entity bomb': [{ invoice: bomb, customer }, /DOCTYPE/],
  'a document with an external entity': [
    { invoice: doctype('<!ENTITY x SYSTEM "file:///etc/passwd">', '&x;'), customer },
    /DOCTYPE/,
  ],
  'an entity bomb in base64': [{ file: Buffer.from(bomb).toString('base64'), customer }, /DOCTYPE/],
  'an entity bomb in UTF-16': [
    { file: Buffer.from(`\uFEFF${bomb}`, 'utf16le').toString('base64'), customer },
    /DOCTYPE/,
  ],
};

const sentInvoice = { customerId: 2, invoiceNumber: 1, status: 'INTERNAL_INVOICE_DELIVERED' };
const badNotifications: Readonly<Record<string, readonly [body: unknown, names: RegExp]>> = {
  'malformed JSON': ['{"customerId": 2,', /JSON/],
  'an empty body': ['', /empty|body/i],
  'an empty object': [{}, /customerId|invoiceNumber|status|required/],
  'an unknown status': [{ ...sentInvoice, status: 'INTERNAL_INVOICE_LOST' }, /status/],
  "a status that is not SdI's to tell": [{ ...sentInvoice, status: 'INTERNAL_INVOICE_SENT' }, /status/],
  'a status that is a number': [{ ...sentInvoice, status: 3 }, /status/],
  'a negative invoice number': [{ ...sentInvoice, invoiceNumber: -1 }, /invoiceNumber/],
  'an invoice number in words': [{ ...sentInvoice, invoiceNumber: 'uno' }, /invoiceNumber/],
  'an invoice number with a fraction': [{ ...sentInvoice, invoiceNumber: 1.5 }, /invoiceNumber/],
  'no invoice number': [{ customerId: 2, status: sentInvoice.status }, /invoiceNumber/],
  'a negative customer id': [{ ...sentInvoice, customerId: -2 }, /customerId/],
};

function asJson(body: unknown, path: string, key: string = keys.platform): Ask {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return { method: 'POST', path, key, headers: { 'content-type': 'application/json' }, body: text };
}

tellOn([defaultSetUp, realSetUp], { mail: 'any' }, (estate) => {
  let stored = 0;
  before(async () => {
    await passTime(estate());
    stored = await estate().client.countInvoices();
  });

  for (const [what, [body, names]] of Object.entries(badInvoices)) {
    test(`an invoice with ${what} is 400`, async () => {
      for (const path of [internal, external]) {
        for (const direct of [false, true]) {
          const answer = await estate().client.ask('receiver', { ...asJson(body, path), direct });
          assert.match(expectError(answer, 400, 'BAD_REQUEST'), names);
        }
      }
    });
  }

  for (const [what, [body, names]] of Object.entries(badNotifications)) {
    test(`a notification with ${what} is 400`, async () => {
      const answer = await estate().client.ask('receiver', asJson(body, notification, keys.sdi));
      assert.match(expectError(answer, 400, 'BAD_REQUEST'), names);
    });
  }

  test('a document of 10 MB is 413, with an answer that the client can read, by every way', async () => {
    const { client } = estate();
    for (const direct of [false, true]) {
      const json = await client.ask('receiver', { ...asJson({ invoice: document10MB, customer }, internal), direct });
      expectError(json, 413, 'PAYLOAD_TOO_LARGE');
      const raw = await client.post({ document: document10MB, raw: true, direct });
      expectError(raw, 413, 'PAYLOAD_TOO_LARGE');
    }
  });

  test('raw bytes must be some, must be of a known type, and must name a customer', async () => {
    const { client } = estate();
    expectError(await client.post({ document: '', raw: true }), 400, 'BAD_REQUEST');
    expectError(await client.post({ document: bomb, raw: true }), 400, 'BAD_REQUEST');
    const ask = { method: 'POST', headers: { 'content-type': 'application/xml' }, body: good } as const;
    for (const query of [
      '',
      '?customerId=',
      '?customerId=due',
      '?customerId=-2',
      '?customerId=2.5',
      '?customerId=2&callback=ftp://x/',
    ]) {
      const answer = await client.ask('receiver', { ...ask, path: `${internal}${query}` });
      assert.equal(answer.status, 400, `${query}: ${answer.text}`);
      expectError(answer, 400, 'BAD_REQUEST');
    }
    const typed = { ...ask, path: `${internal}?customerId=2`, headers: { 'content-type': 'text/html' } };
    expectError(await client.ask('receiver', typed), 400, 'BAD_REQUEST');
  });

  test('an external entity is never fetched', async () => {
    let asked = 0;
    const server = createServer((_request, response) => {
      asked += 1;
      response.end('<x/>');
    });
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const url = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}/entity`;
    const document = doctype(`<!ENTITY % p SYSTEM "${url}"> %p; <!ENTITY x SYSTEM "${url}">`, '&x;');
    const answer = await estate().client.post({ document });
    server.close();
    expectError(answer, 400, 'BAD_REQUEST');
    assert.equal(asked, 0);
  });

  describe('at the gateway', () => {
    for (const path of [internal, external, notification]) {
      test(`without a key, or with a wrong one, POST ${path} is 401`, async () => {
        const { client } = estate();
        for (const key of [null, 'wrong', keys.platform.toUpperCase(), `${keys.platform} x`, '']) {
          const answer = await client.ask('receiver', { ...asJson({ invoice: good, customer }, path), key });
          expectError(answer, 401, 'UNAUTHORIZED');
        }
      });
    }

    test('a right key with the wrong role is 403', async () => {
      const { client } = estate();
      const byPlatform = await client.ask('receiver', asJson(sentInvoice, notification, keys.platform));
      expectError(byPlatform, 403, 'FORBIDDEN');
      for (const path of [internal, external]) {
        expectError(
          await client.ask('receiver', asJson({ invoice: good, customer }, path, keys.sdi)),
          403,
          'FORBIDDEN',
        );
      }
      expectError(await client.ask('dbmanager', { path: '/api/invoices', key: keys.sdi }), 403, 'FORBIDDEN');
    });

    test('an unknown path is 404 once signed in, and 401 before', async () => {
      const { client } = estate();
      expectError(await client.ask('receiver', { path: '/api/nothing' }), 404, 'NOT_FOUND');
      expectError(
        await client.ask('gatewayserver', { path: '/nothing', headers: { 'x-api-key': keys.platform } }),
        404,
        'NOT_FOUND',
      );
      expectError(await client.ask('gatewayserver', { path: '/nothing', key: null }), 401, 'UNAUTHORIZED');
    });
  });

  test('of all that, nothing was stored and nothing set aside', async () => {
    await passTime(estate());
    const { client } = estate();
    assert.equal(await client.countInvoices(), stored + 1, 'nothing but what passed the time was stored');
    assert.deepEqual(await client.deadLetters(), []);
  });
});
