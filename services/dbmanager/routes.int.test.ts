// dbmanager: the contract's REST over real HTTP: shapes, limits, refusals, and who may see what.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { liveSettings } from '@staffetta/platform/config/live-settings.ts';
import { readSettings } from '@staffetta/platform/config/settings.ts';
import { callerHeader, signCaller, type Caller } from '@staffetta/platform/http/caller.ts';
import type { Running } from '@staffetta/platform/service.ts';
import { testWorld, type TestWorld } from '@staffetta/platform/test-world.ts';
import { settings } from './config.ts';
import { dbmanager } from './dbmanager.ts';
import { optionsOf, publishedOn } from './dbmanager.fixture.ts';
import { documentOf, incoming } from './events.fixture.ts';
import { takeInvoices } from './on-incoming-invoice.ts';

let world: TestWorld;
const live = liveSettings(settings, readSettings(settings, {}));
let running: Running;
before(async () => {
  world = await testWorld();
  running = await dbmanager.start(world, live.values, live);
});
after(async () => {
  await running.stop();
  await world.end();
});

interface Answer {
  status: number;
  // A page, an entity or an error, as the test knows.
  body: Record<string, never> & { [name: string]: never };
}

async function call(
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const answer = await fetch(`http://127.0.0.1:${running.port}${path}`, {
    method,
    headers: body === undefined ? headers : { 'content-type': 'application/json', ...headers },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  return { status: answer.status, body: (await answer.json()) as Answer['body'] };
}

function as(caller: Caller): Record<string, string> {
  return { [callerHeader]: signCaller(world.callerSecret, caller, world.clock.now()) };
}

const customer3 = { name: 'tre', roles: ['CUSTOMER'], customerId: 3 } as const satisfies Caller;

async function stored(changes: Parameters<typeof incoming>[0] = {}): Promise<number> {
  const event = incoming(changes);
  await takeInvoices(world, optionsOf())([event], new AbortController().signal);
  const saved = (await publishedOn(world, 'savedInvoice')).find(({ causationId }) => causationId === event.eventId);
  return Number(saved?.value['invoiceNumber']);
}

test('the largest page changes while it runs; a change that is wrong somewhere changes nothing', async () => {
  const status = async () => (await call('GET', '/api/customers?size=3')).status;
  assert.equal(await status(), 200);
  live.offer(readSettings(settings, { PAGE_SIZE_MAX: '2' }));
  assert.equal(await status(), 400);
  assert.throws(
    () => live.offer(readSettings(settings, { PAGE_SIZE_MAX: '3', SIGNATURE_TRUST_ANCHORS: '/absent.pem' })),
    {
      code: 'SETTING_WRONG',
    },
  );
  assert.equal(await status(), 400);
  live.offer(readSettings(settings, {}));
  assert.equal(await status(), 200);
});

test("a new store under dev has the contract's customers", async () => {
  const { status, body } = await call('GET', '/api/customers');
  assert.equal(status, 200);
  const rows = body['content'] as unknown as {
    customerId: number;
    username: string;
    customerType: string;
    password?: string;
  }[];
  assert.deepEqual(
    rows.map(({ customerId, username, customerType, password }) => [customerId, username, customerType, password]),
    [
      [1, 'sdi_user', 'SDI', undefined],
      [2, 'test_user_1', 'ARUBA', undefined],
      [3, 'test_user_2', 'ARUBA', undefined],
      [4, 'test_user_3', 'ARUBA', undefined],
    ],
  );
});

test('a customer is created, found, changed and deleted; its password never comes back', async () => {
  const created = await call('POST', '/api/customers', {
    username: 'rossi',
    email: 'r@x.it',
    customerType: 'ARUBA',
    password: 'pw',
  });
  assert.equal(created.status, 201);
  const id = Number(created.body['customerId']);
  assert.ok(id > 4);
  assert.equal(created.body['password'], undefined);
  const { rows } = await world.store.query<{ hash: string }>({
    text: 'SELECT password_hash AS hash FROM dbmanager.customer WHERE customer_id = $1',
    values: [id],
  });
  assert.match(rows[0]!.hash, /^scrypt\$16384\$8\$1\$/);
  assert.equal((await call('POST', '/api/customers', { username: 'rossi' })).status, 409);
  assert.equal((await call('GET', '/api/customers/search?username=rossi')).body['customerId'], id);
  assert.equal((await call('GET', '/api/customers/search/by-type-and-username?type=ARUBA&username=rossi')).status, 200);
  assert.equal((await call('GET', '/api/customers/search/by-type-and-username?type=SDI&username=rossi')).status, 404);
  assert.equal((await call('GET', `/api/customers/search/by-type-and-id?type=ARUBA&customerId=${id}`)).status, 200);
  const changed = await call('PUT', `/api/customers/${id}`, { email: 'due@x.it', customerType: null });
  assert.deepEqual([changed.body['email'], changed.body['username']], ['due@x.it', 'rossi']);
  assert.equal((await call('PUT', `/api/customers/${id}`, { username: 'test_user_1' })).status, 409);
  assert.deepEqual((await call('DELETE', `/api/customers/${id}`)).body['statusCode'], '200');
  assert.equal((await call('DELETE', `/api/customers/${id}`)).status, 404);
  assert.equal((await call('POST', '/api/customers', { username: 'rossi' })).status, 201);
});

test('what does not fit is a clear 400 in the shape of the contract', async () => {
  const tries: [string, string, unknown?][] = [
    ['POST', '/api/customers', {}],
    ['POST', '/api/customers', { username: 'a\u0000' }],
    ['POST', '/api/customers', { username: 'x', email: 'nope' }],
    ['POST', '/api/customers', { username: 'x', customerType: 'OTHER' }],
    ['GET', '/api/customers/search'],
    ['GET', '/api/customers/search?username=%00'],
    ['GET', '/api/invoices?status=NOPE'],
    ['GET', '/api/invoices?size=201'],
    ['GET', '/api/invoices?size=0'],
    ['GET', '/api/invoices?page=-1'],
    ['GET', '/api/invoices?sort=password,desc'],
    ['GET', '/api/invoices?startDate=yesterday'],
    ['GET', '/api/invoices?correlationId=%00'],
    ['GET', '/api/invoices/abc'],
    ['GET', '/api/invoices/0'],
    ['GET', '/api/invoices/99999999999999999999'],
    ['PUT', '/api/invoices/1/status', {}],
    ['PUT', '/api/invoices/1/status', { invoiceStatus: 'NOPE' }],
    ['POST', '/api/customers/2/invoices', {}],
    ['POST', '/api/customers/2/invoices', { invoice: '<!DOCTYPE a><a/>' }],
    ['POST', '/api/customers/2/invoices', { invoice: '<a/>', callback: 'ftp://x' }],
    ['POST', '/api/customers/2/invoices', { invoice: '<a/>', fileName: '../a' }],
  ];
  for (const [method, path, body] of tries) {
    const answer = await call(method, path, body);
    assert.equal(answer.status, 400, `${method} ${path} ${JSON.stringify(answer.body)}`);
    assert.deepEqual(Object.keys(answer.body).sort(), ['apiPath', 'errorCode', 'errorMessage', 'errorTime']);
    assert.equal(answer.body['errorCode'], 'BAD_REQUEST');
  }
});

test('invoices are listed in the shape of Spring Data, the newest first', async () => {
  const correlationId = 'list-1';
  const numbers = [
    await stored({ correlationId }),
    await stored({ correlationId }),
    await stored({ correlationId, invoice: '<no/>' }),
  ];
  const { body } = await call('GET', `/api/invoices?correlationId=${correlationId}&page=0&size=2`);
  const { content, pageable, sort, ...page } = body as unknown as Record<string, unknown> & {
    content: { invoiceNumber: number; invoice: string }[];
  };
  assert.deepEqual(
    content.map(({ invoiceNumber }) => invoiceNumber),
    [numbers[2], numbers[1]],
  );
  assert.equal(content[1]?.invoice, documentOf(['1']));
  assert.deepEqual(page, {
    totalElements: 3,
    totalPages: 2,
    last: false,
    size: 2,
    number: 0,
    numberOfElements: 2,
    first: true,
    empty: false,
  });
  assert.deepEqual(sort, { sorted: false, unsorted: true, empty: true });
  assert.deepEqual(pageable, { pageNumber: 0, pageSize: 2, sort, offset: 0, paged: true, unpaged: false });
  const query = `/api/invoices?correlationId=${correlationId}&documents=false`;
  const list = async (more: string) =>
    (await call('GET', `${query}${more}`)).body['content'] as unknown as { invoiceNumber: number; invoice?: string }[];
  assert.deepEqual(
    (await list('&sort=invoiceNumber,asc')).map(({ invoiceNumber }) => invoiceNumber),
    numbers,
  );
  assert.deepEqual(
    (await list('&sort=invoiceStatus&sort=invoiceNumber,desc')).map(({ invoiceNumber }) => invoiceNumber),
    [numbers[2], numbers[1], numbers[0]],
  );
  assert.equal((await list('&status=INTERNAL_INVOICE_INVALID')).length, 1);
  assert.equal((await list(''))[0]?.invoice, undefined);
  const today = String((await call('GET', `/api/invoices/${numbers[0]}`)).body['createdAt']).slice(0, 10);
  assert.equal((await list(`&startDate=${today}&endDate=${today}`)).length, 3);
  assert.equal((await list('&startDate=2099-01-01')).length, 0);
  assert.equal((await list('&endDate=2001-01-01T00:00:00')).length, 0);
});

test('one invoice shows its history and its transmissions', async () => {
  const { status, body } = await call('GET', `/api/invoices/${await stored()}`);
  assert.equal(status, 200);
  const history = body['history'] as unknown as { status: string; sequence: number; happenedAt: string }[];
  assert.deepEqual([history[0]?.status, history[0]?.sequence], ['INTERNAL_INVOICE_TOBE_SENT', 1]);
  assert.equal((body['transmissions'] as unknown as { state: string }[])[0]?.state, 'TOBE_SENT');
  assert.equal((await call('GET', '/api/invoices/123456')).status, 404);
});

test('where an invoice stands and what happened to it are told in words, and between whom it is', async () => {
  const number = await stored();
  const { body } = await call('GET', `/api/invoices/${number}`);
  const waits = 'Presa in carico e controllata: è in attesa di invio al Sistema di Interscambio';
  assert.equal((body['words'] as unknown as { it: string }).it, `${waits}.`);
  const trail = body['trail'] as unknown as { at: string; event: { it: string }; details: unknown[] }[];
  assert.deepEqual([trail.length, trail[0]?.event.it, trail[0]?.details], [1, waits, []]);
  const [document] = body['documents'] as unknown as Record<string, { nome?: string }>[];
  assert.ok(document?.['fornitore']?.nome && document['cliente']?.nome, JSON.stringify(document));
  const listed = await call('GET', `/api/invoices?documents=false&size=200`);
  const rows = listed.body['content'] as unknown as { invoiceNumber: number; words: { it: string } }[];
  assert.equal(rows.find(({ invoiceNumber }) => invoiceNumber === number)?.words.it, `${waits}.`);
});

test('a callback may be changed; a document and a customer may not', async () => {
  const number = await stored();
  const changed = await call('PUT', `/api/invoices/${number}`, { callback: 'http://x/y', invoice: documentOf(['1']) });
  assert.deepEqual([changed.status, changed.body['callback']], [200, 'http://x/y']);
  assert.equal((await call('PUT', `/api/invoices/${number}`, { callback: null })).body['callback'], undefined);
  assert.equal((await call('PUT', `/api/invoices/${number}`, { invoice: documentOf(['2']) })).status, 409);
  assert.equal((await call('PUT', `/api/invoices/${number}`, { customer: { customerId: 3 } })).status, 400);
  assert.equal((await call('PUT', `/api/invoices/${number}`, { callback: 'javascript:1' })).status, 400);
});

test('a status moves by the table or is refused with 409; every act is in the audit', async () => {
  const number = await stored();
  const moved = await call('PUT', `/api/invoices/${number}/status`, {
    status: 'INTERNAL_INVOICE_SENT',
    reason: 'by hand',
  });
  assert.deepEqual(
    [moved.status, moved.body['invoiceStatus'], moved.body['sequence']],
    [200, 'INTERNAL_INVOICE_SENT', 2],
  );
  const refused = await call('PUT', `/api/invoices/${number}/status`, { invoiceStatus: 'INTERNAL_INVOICE_TOBE_SENT' });
  assert.deepEqual([refused.status, refused.body['errorCode']], [409, 'CONFLICT']);
  const { rows } = await world.store.query<{ action: string; reason: string; done_by: string }>({
    text: 'SELECT action, reason, done_by FROM dbmanager.audit WHERE subject = $1',
    values: [`invoice ${number}`],
  });
  assert.deepEqual(rows, [{ action: 'invoice.status', reason: 'by hand', done_by: 'direct' }]);
});

test('what never went out may be deleted; what did must stay', async () => {
  const invalid = await stored({ invoice: '<no/>', idempotencyKey: 'again' });
  assert.equal((await call('DELETE', `/api/invoices/${invalid}`)).status, 200);
  assert.equal((await call('DELETE', `/api/invoices/${invalid}`)).status, 404);
  assert.equal((await call('GET', `/api/invoices/${invalid}`)).status, 404);
  const again = await stored({ invoice: documentOf(['1']), idempotencyKey: 'again' });
  assert.notEqual(again, invalid);
  for (const number of [again, await stored({ invoiceStatus: 'EXTERNAL_INVOICE' })]) {
    const refused = await call('DELETE', `/api/invoices/${number}`);
    assert.equal(refused.status, 409);
    assert.match(String(refused.body['errorMessage']), /cannot be deleted/);
  }
  assert.equal((await call('DELETE', '/api/customers/2')).status, 409);
});

test('an invoice posted here enters the saga and is found by its correlation id', async () => {
  const posted = await call(
    'POST',
    '/api/customers/2/invoices',
    { invoice: documentOf(['77']) },
    { 'x-correlation-id': 'posted-1' },
  );
  assert.deepEqual([posted.status, posted.body['statusCode']], [202, '202']);
  for (let tries = 0; ; tries++) {
    const { body } = await call('GET', '/api/invoices?correlationId=posted-1');
    if (Number(body['totalElements']) === 1) break;
    assert.ok(tries < 400, 'it was never stored');
    await sleep(50);
  }
  assert.equal((await call('POST', '/api/customers/4711/invoices', { invoice: '<a/>' })).status, 404);
});

test('what could not be carried on is refused before it is published, never after', async () => {
  const invoice = documentOf(['78']);
  const count = async () => (await publishedOn(world, 'incomingInvoice')).length;
  const before = await count();
  const path = '/api/customers/2/invoices';
  const bodies: [Record<string, string>, Record<string, string>?][] = [
    [{ correlationId: 'a\nb' }],
    [{ correlationId: '€' }],
    [{ correlationId: 'c'.repeat(201) }],
    [{ fileName: '😀'.repeat(255) }],
    [{ fileName: 'half\ud800.xml' }],
    [{ fileName: 'nul\u0000.xml' }],
    [{ callback: 'http://x/\u0000' }],
    [{ callback: 'http://x/\ud800' }],
    [{}, { 'idempotency-key': '' }],
    [{}, { 'idempotency-key': 'k'.repeat(256) }],
  ];
  for (const [fields, headers] of bodies) {
    const { status, body } = await call('POST', path, { invoice, ...fields }, headers);
    assert.deepEqual([status, body['errorCode']], [400, 'BAD_REQUEST'], JSON.stringify([fields, headers]));
  }
  assert.equal(await count(), before);
  const longest = { correlationId: '~'.repeat(200), fileName: `${'x'.repeat(251)}.xml` };
  assert.equal((await call('POST', path, { invoice, ...longest }, { 'idempotency-key': 'k'.repeat(255) })).status, 202);
});

test('a customer sees and deletes only what is its own', async () => {
  const own = await stored({ customer: { customerId: 3 }, invoice: '<no/>' });
  const other = await stored();
  const headers = as(customer3);
  assert.equal((await call('GET', `/api/invoices/${own}`, undefined, headers)).status, 200);
  assert.equal((await call('GET', `/api/invoices/${other}`, undefined, headers)).status, 404);
  assert.equal((await call('DELETE', `/api/invoices/${other}`, undefined, headers)).status, 404);
  assert.equal((await call('PUT', `/api/invoices/${other}`, { callback: 'http://x' }, headers)).status, 404);
  const list = (await call('GET', '/api/invoices', undefined, headers)).body['content'] as unknown as {
    customer: { customerId: number };
  }[];
  assert.ok(list.length > 0 && list.every(({ customer }) => customer.customerId === 3));
  assert.equal((await call('GET', '/api/invoices?customerId=2', undefined, headers)).body['totalElements'], 0);
  assert.equal((await call('GET', '/api/customers', undefined, headers)).body['totalElements'], 1);
  assert.equal((await call('GET', '/api/customers/search?username=test_user_1', undefined, headers)).status, 404);
  assert.equal((await call('PUT', '/api/customers/2', { email: 'a@b' }, headers)).status, 404);
  assert.equal((await call('PUT', '/api/customers/3', { email: 'own@x.it' }, headers)).status, 200);
  assert.equal((await call('POST', '/api/customers', { username: 'neu' }, headers)).status, 403);
  assert.equal((await call('POST', '/api/customers/2/invoices', { invoice: '<a/>' }, headers)).status, 404);
  assert.equal(
    (await call('PUT', `/api/invoices/${own}/status`, { invoiceStatus: 'INVOICE_ERROR' }, headers)).status,
    403,
  );
  assert.equal((await call('GET', '/api/report/invoices', undefined, headers)).status, 403);
  assert.equal((await call('DELETE', `/api/invoices/${own}`, undefined, headers)).status, 200);
});

test('a caller nobody vouches for is refused', async () => {
  assert.equal((await call('GET', '/api/invoices', undefined, { [callerHeader]: 'x.y' })).status, 401);
  assert.equal((await call('GET', '/api/invoices', undefined, as({ name: 'sdi', roles: ['SDI'] }))).status, 403);
});

test('the report goes through all invoices by number', async () => {
  const seen: number[] = [];
  for (let next: number | null = 0; next !== null;) {
    const { body } = await call('GET', `/api/report/invoices?after=${next}&size=4`);
    const { content, next: following } = body as unknown as {
      content: { invoiceNumber: number; username: string | null }[];
      next: number | null;
    };
    seen.push(...content.map(({ invoiceNumber }) => invoiceNumber));
    next = following;
  }
  assert.deepEqual(
    seen,
    [...new Set(seen)].sort((a, b) => a - b),
  );
  const { body } = await call('GET', '/api/invoices?size=1&documents=false');
  assert.equal(seen.length, body['totalElements']);
});

test('health, metrics and the API page answer', async () => {
  assert.equal((await call('GET', '/actuator/health')).body['status'], 'UP');
  assert.ok((await call('GET', '/v3/api-docs')).body['paths']);
});
