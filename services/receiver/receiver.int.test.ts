// receiver: the door: what is accepted, in which words it is refused, and that a 202 means kept.
import { HubError } from '@staffetta/flow/errors.ts';
import { signCaller, type Caller } from '@staffetta/platform/http/caller.ts';
import type { Running } from '@staffetta/platform/service.ts';
import { testWorld, type TestWorld } from '@staffetta/platform/test-world.ts';
import type { ConsumedEvent } from '@staffetta/platform/bus/bus.ts';
import type { IncomingInvoice } from '@staffetta/flow/messages.ts';
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { receiver } from './receiver.ts';
import { eventually, header, quickSettings, recordFlow } from './receiver-test-kit.ts';

let world: TestWorld;
let running: Running;
let invoices: ConsumedEvent[];
let notifications: ConsumedEvent[];
let busAway = false;

const internal = '/api/salvaFatturaInterna';
const xml = '<?xml version="1.0"?><p:FatturaElettronica>è</p:FatturaElettronica>';
const body = { invoice: xml, customer: { customerId: 2, username: 'test_user_1' } };

before(async () => {
  const real = await testWorld();
  const bus = Object.create(real.bus, {
    publish: {
      value: async (events: Parameters<typeof real.bus.publish>[0]) => {
        if (busAway) throw new HubError('BUS_AWAY', 'The bus is away.');
        return real.bus.publish(events);
      },
    },
    consume: { value: real.bus.consume.bind(real.bus) },
    ensureTopics: { value: real.bus.ensureTopics.bind(real.bus) },
    readAt: { value: real.bus.readAt.bind(real.bus) },
    publishIn: { value: real.bus.publishIn.bind(real.bus) },
    ping: { value: real.bus.ping.bind(real.bus) },
  }) as TestWorld['bus'];
  world = { ...real, bus, end: () => real.end() };
  invoices = await recordFlow(real, 'incomingInvoice');
  notifications = await recordFlow(real, 'dsiNotification');
  running = await receiver.start(world, quickSettings());
});

after(async () => {
  await running.stop();
  await world.end();
});

async function post(path: string, content: unknown, headers: Record<string, string> = {}): Promise<Response> {
  const raw = typeof content === 'string' || Buffer.isBuffer(content);
  return fetch(`http://127.0.0.1:${running.port}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: raw ? (content as string) : JSON.stringify(content),
  });
}

function signed(caller: Caller): Record<string, string> {
  return { 'x-staffetta-caller': signCaller(world.callerSecret, caller, world.clock.now()) };
}

async function storedOf(correlationId: string, events = invoices): Promise<IncomingInvoice> {
  await eventually('it is in the log', () => events.some((one) => header(one, 'X-Correlation-ID') === correlationId));
  const event = events.find((one) => header(one, 'X-Correlation-ID') === correlationId);
  return JSON.parse(event?.value.toString() ?? '') as IncomingInvoice;
}

async function refusal(answer: Response, status: number, words: RegExp): Promise<void> {
  const { findings, ...found } = (await answer.json()) as Record<string, string> & { findings?: readonly object[] };
  assert.equal(answer.status, status, JSON.stringify(found));
  assert.match(found['errorMessage'] ?? '', words);
  assert.deepEqual(Object.keys(found), ['apiPath', 'errorCode', 'errorMessage', 'errorTime']);
  // All that is wrong with a JSON document comes besides.
  const isOfJson = (found['errorMessage'] ?? '').startsWith('body/document/');
  assert.equal(findings !== undefined && findings.length > 0, isOfJson);
}

test('the load tests’ body is answered 202 in the contract’s words, and is in the log', async () => {
  const answer = await post(internal, { ...body, callback: 'http://127.0.0.1:9/callback' });
  assert.equal(answer.status, 202);
  assert.match(answer.headers.get('content-type') ?? '', /^application\/json/);
  assert.equal(await answer.text(), '{"statusCode":"202","statusMsg":"Richiesta accettata e in elaborazione"}');
  const correlationId = answer.headers.get('x-correlation-id') ?? '';
  const stored = await storedOf(correlationId);
  assert.equal(stored.invoice, xml);
  assert.equal(stored.invoiceStatus, 'INTERNAL_INVOICE_NEW');
  assert.deepEqual(stored.customer, { customerId: 2 });
  assert.equal(stored.callback, 'http://127.0.0.1:9/callback');
  assert.equal(stored.correlationGiven, false);
  assert.equal(stored.createdBy, 'direct');
  const event = invoices.find((one) => header(one, 'X-Correlation-ID') === correlationId);
  assert.equal(event?.key, stored.invoiceId);
  assert.match(header(event, 'x-event-id') ?? '', /^[0-9a-f-]{36}$/);
});

test('an external invoice is EXTERNAL_INVOICE', async () => {
  await post('/api/salvaFatturaEsterna', body, { 'X-Correlation-ID': 'ext-1' });
  assert.equal((await storedOf('ext-1')).invoiceStatus, 'EXTERNAL_INVOICE');
});

test('a DTO full of nulls, as Java clients send it, is taken', async () => {
  const audit = {
    statusLastUpdatedAt: null,
    createdAt: null,
    createdBy: null,
    updatedAt: [2026, 11, 22],
    updatedBy: null,
  };
  const customer = { customerId: 3, username: null, email: null, customerType: null, password: null, ...audit };
  const full = {
    invoiceNumber: 0,
    invoiceStatus: null,
    invoice: xml,
    customer,
    callback: null,
    file: null,
    fileName: null,
  };
  const answer = await post(internal, {
    ...full,
    ...audit,
    correlationId: 'nulls-1',
    unknown: { a: 1 },
    invoiceId: 'mine',
  });
  assert.equal(answer.status, 202);
  const stored = await storedOf('nulls-1');
  assert.ok(!('callback' in stored) && !('invoiceNumber' in stored));
  assert.notEqual(stored.invoiceId, 'mine');
});

test('the header’s correlation id wins over the body’s, which wins over a made one', async () => {
  await post(internal, { ...body, correlationId: 'field-1' }, { 'X-Correlation-ID': 'header-1' });
  assert.equal((await storedOf('header-1')).correlationGiven, true);
  const answer = await post(internal, { ...body, correlationId: 'field-2' });
  assert.equal(answer.headers.get('x-correlation-id'), 'field-2');
  assert.equal((await storedOf('field-2')).correlationGiven, true);
});

test('an id that the gateway made was not given, and the body’s wins over it', async () => {
  const made = { 'X-Correlation-ID': 'made-1', 'x-staffetta-correlation-made': 'true' };
  await post(internal, body, made);
  assert.equal((await storedOf('made-1')).correlationGiven, false);
  await post(internal, { ...body, correlationId: 'field-3' }, made);
  assert.equal((await storedOf('field-3')).correlationGiven, true);
});

test('an Idempotency-Key travels with the invoice', async () => {
  await post(internal, body, { 'X-Correlation-ID': 'idem-1', 'Idempotency-Key': 'order 7/a' });
  assert.equal((await storedOf('idem-1')).idempotencyKey, 'order 7/a');
  await refusal(await post(internal, body, { 'Idempotency-Key': 'x'.repeat(256) }), 400, /Idempotency-Key/);
});

test('raw bytes keep every byte, with customer, callback and name in the query', async () => {
  const bytes = Buffer.from([0x30, 0x80, 0x06, 0x09, 0xff, 0x00]);
  const query = '?customerId=4&fileName=IT01_a.xml.p7m&callback=http%3A%2F%2F127.0.0.1%3A9%2F';
  const headers = { 'content-type': 'application/pkcs7-mime', 'X-Correlation-ID': 'raw-1' };
  assert.equal((await post(internal + query, bytes, headers)).status, 202);
  const stored = await storedOf('raw-1');
  assert.deepEqual(Buffer.from(stored.file ?? '', 'base64'), bytes);
  assert.equal(stored.fileName, 'IT01_a.xml.p7m');
  assert.equal(stored.customer.customerId, 4);
  assert.equal(stored.callback, 'http://127.0.0.1:9/');
  await post(`${internal}?customerId=2`, xml, {
    'content-type': 'application/xml; charset=utf-8',
    'X-Correlation-ID': 'raw-2',
  });
  assert.equal((await storedOf('raw-2')).invoice, xml);
  await refusal(await post(internal, xml, { 'content-type': 'application/xml' }), 400, /customerId/);
  await refusal(await post(`${internal}?customerId=x`, xml, { 'content-type': 'application/xml' }), 400, /customerId/);
});

const jsonDocument = {
  customer: {
    name: 'Neri',
    vatNumber: 'IT11223344554',
    address: { street: 'Via 1', postcode: '20121', city: 'Milano' },
  },
  lines: [{ description: 'Lavoro', price: 0.1, vatRate: '22.00' }],
};

test('a JSON document is in the log as it was asked; a supplier’s invoice is none', async () => {
  const asked = { customer: { customerId: 2 }, document: jsonDocument, invoice: null };
  assert.equal((await post(internal, asked, { 'X-Correlation-ID': 'json-1' })).status, 202);
  const stored = await storedOf('json-1');
  assert.deepEqual(stored.document, jsonDocument);
  assert.equal(stored.invoice, undefined);
  await refusal(await post('/api/salvaFatturaEsterna', asked), 400, /supplier's invoice/);
});

test('what does not fit is 400 in the contract’s shape, and nothing is stored', async () => {
  const before = invoices.length;
  const wrong: [unknown, RegExp][] = [
    ['{"invoice":', /no JSON/],
    ['', /empty/],
    ['null', /body/],
    ['[]', /body/],
    [{ customer: { customerId: 2 } }, /document is empty/],
    [{ ...body, invoice: '' }, /document is empty/],
    [{ ...body, invoice: 7 }, /invoice/],
    [{ invoice: xml }, /customer/],
    [{ invoice: xml, customer: {} }, /customerId/],
    [{ invoice: xml, customer: 2 }, /customer/],
    [{ invoice: xml, customer: { customerId: '2' } }, /customerId must be integer/],
    [{ invoice: xml, customer: { customerId: 0 } }, /customerId/],
    [{ invoice: xml, customer: { customerId: -2 } }, /customerId/],
    [{ invoice: xml, customer: { customerId: 2.5 } }, /customerId/],
    [{ invoice: xml, customer: { customerId: 1e300 } }, /customerId/],
    [{ invoice: xml, customer: { customerId: null } }, /customerId/],
    [{ invoice: xml, customer: { customerId: 2, customerType: 'OTHER' } }, /customerType/],
    [{ ...body, invoiceNumber: '1' }, /invoiceNumber/],
    [{ ...body, invoiceNumber: -1 }, /invoiceNumber/],
    [{ ...body, correlationId: 'a b' }, /correlationId/],
    [{ ...body, file: 'AQID' }, /more than one/],
    [{ ...body, document: jsonDocument }, /more than one/],
    [{ customer: { customerId: 2 }, document: [] }, /document must be object/],
    [{ customer: { customerId: 2 }, document: {} }, /body\/document\/lines: The field "lines" is missing/],
    [{ customer: { customerId: 2 }, document: { ...jsonDocument, lines: [{}] } }, /\/lines\/0\/description/],
    [{ customer: { customerId: 2 }, file: 'A*' }, /base64/],
    [{ ...body, fileName: '../../etc/passwd' }, /fileName/],
    [{ ...body, fileName: 'a\ud800.xml' }, /fileName/],
    [{ ...body, fileName: '\u{1f600}'.repeat(128) }, /fileName/],
    [{ ...body, callback: 'http://a.it/\0' }, /callback/],
    [{ ...body, callback: 'http://a.it/\udfff' }, /callback/],
    [{ ...body, callback: 'ftp://a.it/' }, /callback/],
    [{ ...body, callback: 'not a url' }, /callback/],
    [{ ...body, callback: 7 }, /callback/],
    [{ ...body, invoice: `<!DOCTYPE a SYSTEM "file:///etc/passwd">${xml}` }, /DOCTYPE/],
  ];
  for (const [content, words] of wrong) await refusal(await post(internal, content), 400, words);
  await refusal(await post(internal, 'hello', { 'content-type': 'text/plain' }), 400, /./);
  const query = '?customerId=2&callback=http%3A%2F%2Fa.it%2F%00';
  await refusal(await post(internal + query, xml, { 'content-type': 'application/xml' }), 400, /callback/);
  assert.equal(invoices.length, before);
});

test('a document of 5 MiB passes as JSON, base64 and bytes; one byte more, and 10 MB, are 413', async () => {
  const limit = 5_242_880;
  const text = `<a>${'"è\n'.repeat(400_000)}</a>`.padEnd(limit - 400_000, ' ');
  assert.equal(Buffer.byteLength(text), limit);
  assert.equal((await post(internal, { ...body, invoice: text })).status, 202);
  const file = Buffer.alloc(limit, 0x30).toString('base64');
  assert.equal((await post(internal, { file, customer: { customerId: 2 } })).status, 202);
  const zip = { 'content-type': 'application/zip' };
  assert.equal((await post(`${internal}?customerId=2`, Buffer.alloc(limit, 0x50), zip)).status, 202);
  await refusal(await post(internal, { ...body, invoice: `${text}.` }), 413, /5242881/);
  await refusal(await post(`${internal}?customerId=2`, Buffer.alloc(limit + 1, 0x50), zip), 413, /5242881/);
  await refusal(await post(internal, { ...body, invoice: 'x'.repeat(10_000_000) }), 413, /limit/);
  await refusal(await post(internal, { ...body, invoice: 'x'.repeat(12_000_000) }), 413, /limit/);
});

test('a notification goes to dsiNotification with its own key; what does not fit is 400', async () => {
  const notice = { customerId: 2, invoiceNumber: 41, status: 'INTERNAL_INVOICE_DELIVERED' };
  const answer = await post('/api/notificaSdI', { ...notice, createdAt: null }, { 'X-Correlation-ID': 'dsi-1' });
  assert.equal(answer.status, 202);
  await storedOf('dsi-1', notifications);
  const event = notifications.find((one) => header(one, 'X-Correlation-ID') === 'dsi-1');
  assert.equal(event?.key, '2:41');
  const wrong = [
    { ...notice, status: 'INTERNAL_INVOICE_NEW' },
    { ...notice, status: undefined },
    { ...notice, invoiceNumber: 0 },
    { ...notice, customerId: '2' },
    {},
  ];
  for (const content of wrong) await refusal(await post('/api/notificaSdI', content), 400, /./);
  await refusal(await post('/api/notificaSdI', ''), 400, /./);
  assert.equal((await post('/api/notificaSdI', xml, { 'content-type': 'application/xml' })).status, 400);
});

test('a customer posts for itself only, SdI only notifies, a wrong signature is nobody', async () => {
  const customer: Caller = { name: 'shop', roles: ['CUSTOMER'], customerId: 2 };
  const sdi: Caller = { name: 'sdi', roles: ['SDI'] };
  const notice = { customerId: 2, invoiceNumber: 41, status: 'INTERNAL_INVOICE_DELIVERED' };
  assert.equal((await post(internal, body, { ...signed(customer), 'X-Correlation-ID': 'shop-1' })).status, 202);
  assert.equal((await storedOf('shop-1')).createdBy, 'shop');
  await refusal(await post(internal, { ...body, customer: { customerId: 3 } }, signed(customer)), 403, /not yours/);
  await refusal(await post(internal, body, signed(sdi)), 403, /role/);
  assert.equal((await post('/api/notificaSdI', notice, signed(sdi))).status, 202);
  await refusal(await post('/api/notificaSdI', notice, signed({ name: 'a', roles: ['ARUBA'] })), 403, /SDI/);
  assert.equal((await post(internal, body, signed({ name: 'a', roles: ['ARUBA'] }))).status, 202);
  await refusal(await post(internal, body, { 'x-staffetta-caller': 'e30.AAAA' }), 401, /signature/);
});

test('while the bus is away the answer is 503 with Retry-After, and nothing is promised', async () => {
  busAway = true;
  const answer = await post(internal, body);
  busAway = false;
  assert.ok(answer.headers.get('retry-after'));
  await refusal(answer, 503, /bus/i);
});

test('in production direct calls are nobody, callbacks are https and public', async () => {
  const strict = await receiver.start({ ...world, profile: 'production', trustDirectCalls: false }, quickSettings());
  const url = `http://127.0.0.1:${strict.port}${internal}`;
  const headers = { 'content-type': 'application/json' };
  const aruba = signed({ name: 'a', roles: ['ARUBA'] });
  const ask = (content: unknown, more: Record<string, string>): Promise<Response> =>
    fetch(url, { method: 'POST', headers: { ...headers, ...more }, body: JSON.stringify(content) });
  await refusal(await ask(body, {}), 401, /gateway/);
  await refusal(await ask({ ...body, callback: 'http://example.com/' }, aruba), 400, /plain http/);
  await refusal(await ask({ ...body, callback: 'https://2130706433/' }, aruba), 400, /private/);
  assert.equal((await ask({ ...body, callback: 'https://example.com/' }, aruba)).status, 202);
  await strict.stop();
});

test('a zero character in an operator’s question is 400, in a callback’s id 404', async () => {
  const ask = (path: string): Promise<Response> => fetch(`http://127.0.0.1:${running.port}${path}`);
  await refusal(await ask('/api/callbacks?invoiceId=%00'), 400, /invoiceId/);
  await refusal(await ask('/api/callbacks/%00:1'), 404, /callback/);
});

test('the API page names the endpoints with their media types', async () => {
  const docs = (await (await fetch(`http://127.0.0.1:${running.port}/v3/api-docs`)).json()) as {
    paths: Record<string, { post?: { requestBody: { content: Record<string, unknown> } } }>;
  };
  const content = docs.paths[internal]?.post?.requestBody.content ?? {};
  assert.ok('application/json' in content && 'application/zip' in content);
  assert.ok('/api/notificaSdI' in docs.paths && '/api/callbacks/{id}' in docs.paths);
});
