// dbmanager: fiscal profiles and registers by REST: kept, judged, audited, and only one's own; then JSON documents go out.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { readSettings } from '@staffetta/platform/config/settings.ts';
import { callerHeader, signCaller, type Caller } from '@staffetta/platform/http/caller.ts';
import type { Running } from '@staffetta/platform/service.ts';
import { testWorld, type TestWorld } from '@staffetta/platform/test-world.ts';
import { settings } from './config.ts';
import { dbmanager } from './dbmanager.ts';

let world: TestWorld;
let running: Running;
before(async () => {
  world = await testWorld();
  running = await dbmanager.start(world, readSettings(settings, {}).values);
});
after(async () => {
  await running.stop();
  await world.end();
});

type Json = Record<string, unknown>;

async function call(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
  const answer = await fetch(`http://127.0.0.1:${running.port}${path}`, {
    method,
    headers: body === undefined ? headers : { 'content-type': 'application/json', ...headers },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  return { status: answer.status, body: (await answer.json()) as Json };
}

function as(caller: Caller): Record<string, string> {
  return { [callerHeader]: signCaller(world.callerSecret, caller, world.clock.now()) };
}

const customer3 = { name: 'tre', roles: ['CUSTOMER'], customerId: 3 } as const satisfies Caller;

const profile = {
  name: 'Officina dell\u2019Esempio S.r.l.',
  vatNumber: 'IT03123450672',
  taxRegime: 'RF01',
  address: { street: 'Corso Esempio 3', postcode: '64100', city: 'Teramo', province: 'TE' },
  rea: { office: 'TE', number: '123456', shareCapital: 10000, soleShareholder: 'SM' },
  recipientCode: 'ABC1234',
  pec: 'officina@pec.example',
  defaults: { vatRate: 22, payment: { days: 30, iban: 'IT60X0542811101000000123456' } },
};

async function refusal(changes: Json): Promise<string> {
  const answer = await call('PUT', '/api/customers/2/profile', { ...profile, ...changes });
  assert.equal(answer.status, 400, JSON.stringify(answer.body));
  assert.equal(answer.body['errorCode'], 'BAD_REQUEST');
  return String(answer.body['errorMessage']);
}

test('a profile is kept with texts as SdI takes them, and the act is in the audit', async () => {
  const put = await call('PUT', '/api/customers/2/profile', profile);
  assert.equal(put.status, 200, JSON.stringify(put.body));
  assert.equal(put.body['name'], "Officina dell'Esempio S.r.l.");
  assert.deepEqual((await call('GET', '/api/customers/2/profile')).body, put.body);
  const { rows } = await world.store.query<{ action: string; done_by: string }>({
    text: "SELECT action, done_by FROM dbmanager.audit WHERE subject = 'customer 2' AND action = 'customer.profile'",
  });
  assert.equal(rows.length, 1);
});

test('what SdI would refuse in every invoice is refused in the profile, with its place', async () => {
  assert.match(await refusal({ vatNumber: 'IT03123450671' }), /^body\/vatNumber: .*03123450672/);
  assert.match(await refusal({ taxCode: 'RSSMRA80A01F205Z' }), /^body\/taxCode: /);
  assert.match(await refusal({ taxRegime: 'RF03' }), /^body\/taxRegime: /);
  assert.match(await refusal({ address: { ...profile.address, postcode: '641' } }), /^body\/address\/postcode: /);
  assert.match(await refusal({ defaults: { payment: { iban: 'IT61X0542811101000000123456' } } }), /payment\/iban: /);
  assert.match(await refusal({ pec: 'sdi01@pec.fatturapa.it' }), /^body\/pec: /);
  assert.match(await refusal({ colour: 'red' }), /^body\/colour: There is no field/);
});

test('a refused profile is told all that is wrong with it at once, in both languages', async () => {
  const wrong = { ...profile, vatNumber: 'IT03123450671', taxCode: 'RSSMRA80A01F205Z' };
  const { status, body } = await call('PUT', '/api/customers/2/profile', wrong);
  const findings = body['findings'] as { path: string; message: { it: string; en: string } }[];
  assert.equal(status, 400);
  assert.deepEqual(findings.map(({ path }) => path).toSorted(), ['/taxCode', '/vatNumber']);
  for (const { message } of findings) assert.notEqual(message.it, message.en);
  assert.ok(!('findings' in (await call('PUT', '/api/customers/99/profile', profile)).body));
});

test("a customer reaches its own profile and nobody else's", async () => {
  assert.equal((await call('GET', '/api/customers/3/profile', undefined, as(customer3))).status, 200);
  assert.equal((await call('GET', '/api/customers/2/profile', undefined, as(customer3))).status, 404);
  assert.equal((await call('PUT', '/api/customers/2/profile', profile, as(customer3))).status, 404);
  assert.equal((await call('PUT', '/api/customers/2/registers/A', {}, as(customer3))).status, 404);
  assert.equal((await call('GET', '/api/customers/1/profile')).status, 404);
});

test('everybody has the main register; others are made, with format and start', async () => {
  const year = new Date().getFullYear();
  const main = await call('GET', '/api/customers/4/registers/main');
  assert.deepEqual([main.status, main.body['format'], main.body['next']], [200, '{n}/{year}', `1/${year}`]);
  const made = await call('PUT', '/api/customers/4/registers/PA', { format: '{n:4}/PA-{yy}', start: 42 });
  assert.equal(made.body['next'], `0042/PA-${String(year % 100)}`);
  assert.equal((await call('GET', '/api/customers/4/registers/XX')).status, 404);
  const all = (await call('GET', '/api/customers/4/registers')).body['content'] as { name: string }[];
  assert.deepEqual(all.map(({ name }) => name).toSorted(), ['PA', 'main']);
});

test('formats that cannot number, or number like another register, are refused', async () => {
  const refused = async (name: string, body: Json) => {
    const answer = await call('PUT', `/api/customers/4/registers/${name}`, body);
    assert.equal(answer.status, 400, JSON.stringify(answer.body));
    return String(answer.body['errorMessage']);
  };
  assert.match(await refused('B', { format: 'B/{year}' }), /\{n\} once/);
  assert.match(await refused('B', { format: '{n}/{year}' }), /register main/);
  assert.match(await refused('B', { format: '{n}/{month}' }), /only/);
  assert.match(await refused('B', { format: 'FATTURA ACQUISTI {n}' }), /20 characters/);
  for (const format of ['T{n} ', ' T{n}', 'T  {n}'])
    assert.match(await refused('B', { format }), /no blanks at its ends/);
  assert.match(await refused('troppolungo', {}), /params\/name/);
});

test('a start is refused once the year has given a number', async () => {
  const year = new Date().getFullYear();
  await world.store.query({
    text: `INSERT INTO dbmanager.fiscal_register (customer_id, name, year, last_number, given) VALUES (4, 'main', $1, 7, 7)`,
    values: [year],
  });
  const answer = await call('PUT', '/api/customers/4/registers/main', { start: 100 });
  assert.deepEqual([answer.status, answer.body['errorCode']], [409, 'CONFLICT']);
  assert.equal((await call('GET', '/api/customers/4/registers/main')).body['next'], `8/${year}`);
});

test('a check of a JSON document tells no number that only the store would give', async () => {
  const document = {
    customer: {
      name: 'Studio Neri',
      vatNumber: 'IT11223344554',
      address: { street: 'Viale 7', postcode: '20121', city: 'Milano', province: 'MI' },
    },
    lines: [{ description: 'Manutenzione', price: 10.5, vatRate: 22 }],
  };
  const numbersTold = async (more: Json) => {
    const { body } = await call('POST', '/api/customers/2/verifica', { document: { ...document, ...more } });
    assert.equal(body['valid'], true, JSON.stringify(body));
    return (body['documents'] as { numero?: string }[]).map(({ numero }) => numero);
  };
  assert.deepEqual(await numbersTold({}), [undefined]);
  assert.deepEqual(await numbersTold({ number: '7/A' }), ['7/A']);
});

test('a JSON document goes in by REST and comes back as XML; asked again, what was asked is no change', async () => {
  const document = {
    customer: {
      name: 'Studio Neri',
      vatNumber: 'IT11223344554',
      address: { street: 'Viale 7', postcode: '20121', city: 'Milano', province: 'MI' },
    },
    lines: [{ description: 'Manutenzione', quantity: 2, price: 10.5 }],
  };
  const wrong = await call('POST', '/api/customers/2/invoices', { document: { ...document, lines: [] } });
  assert.equal(wrong.status, 400);
  assert.match(String(wrong.body['errorMessage']), /^body\/document\/lines: /);
  assert.equal((await call('POST', '/api/customers/2/invoices', { document, invoice: '<a/>' })).status, 400);
  const correlation = { 'x-correlation-id': 'json-1' };
  assert.equal((await call('POST', '/api/customers/2/invoices', { document }, correlation)).status, 202);
  const found = await until(async () => {
    const page = await call('GET', '/api/invoices?correlationId=json-1');
    return (page.body['content'] as Json[])[0];
  });
  const invoice = (await call('GET', `/api/invoices/${String(found['invoiceNumber'])}`)).body;
  assert.equal(invoice['invoiceStatus'], 'INTERNAL_INVOICE_TOBE_SENT', JSON.stringify(invoice['findings']));
  assert.match(String(invoice['invoice']), /<PrezzoTotale>21.00<\/PrezzoTotale>/);
  const again = await call('PUT', `/api/invoices/${String(found['invoiceNumber'])}`, { document });
  assert.equal(again.status, 200, JSON.stringify(again.body));
  const other = { document: { ...document, currency: 'USD' } };
  assert.equal((await call('PUT', `/api/invoices/${String(found['invoiceNumber'])}`, other)).status, 409);
});

async function until<T>(look: () => Promise<T | undefined>): Promise<T> {
  for (let left = 200; left > 0; left--) {
    const seen = await look();
    if (seen !== undefined) return seen;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error('It did not come.');
}

test("no customer takes another one's VAT number by its profile; who reaches both may give it", async () => {
  const third = (await call('GET', '/api/customers/3/profile')).body;
  for (const vatNumber of ['IT03123450672', '03123450672']) {
    const put = await call('PUT', '/api/customers/3/profile', { ...profile, vatNumber }, as(customer3));
    assert.deepEqual([put.status, put.body['errorCode']], [409, 'CONFLICT']);
  }
  const own = await call('PUT', '/api/customers/3/profile', third, as(customer3));
  assert.equal(own.status, 200, JSON.stringify(own.body));
  assert.equal((await call('PUT', '/api/customers/3/profile', profile)).status, 200);
  assert.equal((await call('PUT', '/api/customers/3/profile', profile, as(customer3))).status, 200);
});
