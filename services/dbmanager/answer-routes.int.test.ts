// dbmanager: the path by which a public body answers: what it takes, whom it lets, and what GET shows afterwards.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { readSettings } from '@staffetta/platform/config/settings.ts';
import { callerHeader, signCaller, type Caller } from '@staffetta/platform/http/caller.ts';
import type { Running } from '@staffetta/platform/service.ts';
import { testWorld, type TestWorld } from '@staffetta/platform/test-world.ts';
import { settings } from './config.ts';
import { optionsOf } from './dbmanager.fixture.ts';
import { dbmanager } from './dbmanager.ts';
import { takeInvoices } from './on-incoming-invoice.ts';
import { receivedEvent } from './received.fixture.ts';

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

async function call(method: string, path: string, body?: unknown, caller?: Caller) {
  const signed = caller && { [callerHeader]: signCaller(world.callerSecret, caller, world.clock.now()) };
  const answer = await fetch(`http://127.0.0.1:${running.port}${path}`, {
    method,
    headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...signed },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  return { status: answer.status, body: (await answer.json()) as Json };
}

const customer = (customerId: number): Caller => ({ name: `c${customerId}`, roles: ['CUSTOMER'], customerId });

let ids = 0;
async function received(): Promise<number> {
  ids += 1;
  const sketch = { sdiId: `8000${ids}`, fileName: `IT01234567897_R000${ids}.xml`, numbers: [`R${ids}`] };
  const event = receivedEvent(sketch);
  await takeInvoices(world, optionsOf())([event], new AbortController().signal);
  const { rows } = await world.store.query<{ number: number }>({
    text: 'SELECT invoice_number AS number FROM dbmanager.invoice WHERE invoice_id = $1',
    values: [event.message.invoiceId],
  });
  return rows[0]!.number;
}

const esito = (number: number, body: Json, caller?: Caller) =>
  call('POST', `/api/invoices/${number}/esito`, body, caller);

test('a refusal needs its reason, and a reason must be one that SdI can be told', async () => {
  const number = await received();
  for (const body of [
    { esito: 'EC02' },
    { esito: 'rifiutata', descrizione: '  ' },
    { esito: 'rifiutata', descrizione: 'x'.repeat(256) },
    { esito: 'rifiutata', descrizione: 'a\u0001b' },
    { esito: 'forse' },
    { esito: 'EC01', documento: { numero: 'R9', anno: 2025 } },
  ]) {
    const answer = await esito(number, body);
    assert.equal(answer.status, 400, JSON.stringify([body, answer.body]));
  }
});

test('the customer answers its own invoice, and GET shows the answer, the clock and the notices in words', async () => {
  const number = await received();
  assert.equal((await esito(number, { esito: 'accettata' }, customer(3))).status, 404);
  const before = (await call('GET', `/api/invoices/${number}`)).body;
  const [deadline] = before['deadlines'] as { kind: string; due: string }[];
  assert.equal(deadline?.kind, 'ANSWER_DUE');
  assert.equal((before['received'] as Json)['mayBeAnswered'], true);
  const answer = await esito(number, { esito: 'rifiutata', descrizione: 'CIG mancante', documento: null }, customer(2));
  assert.equal(answer.status, 202, JSON.stringify(answer.body));
  const { body } = await call('GET', `/api/invoices/${number}`, undefined, customer(2));
  assert.deepEqual([body['invoiceStatus'], body['detail']], ['EXTERNAL_INVOICE', 'REFUSAL_SENT']);
  const [given] = body['answers'] as Json[];
  assert.deepEqual([given?.['esito'], given?.['descrizione'], given?.['mail']], ['EC02', 'CIG mancante', 'TOBE_SENT']);
  const notices = body['notices'] as { kind: string; words: { it: string[] } }[];
  assert.deepEqual(notices.map(({ kind }) => kind).toSorted(), ['EC', 'MT']);
  assert.ok(notices.every(({ words }) => words.it.length > 0));
  assert.deepEqual(body['deadlines'], []);
});

test('an answer that stands is a conflict that says so', async () => {
  const number = await received();
  assert.equal((await esito(number, { esito: 'EC01' })).status, 202);
  const again = await esito(number, { esito: 'EC01' });
  assert.equal(again.status, 409);
  assert.match(String(again.body['errorMessage']), /stands already/);
  assert.equal((await esito(999_999, { esito: 'EC01' })).status, 404);
});

test('one document of a file is named by number and year', async () => {
  const number = await received();
  const answer = await esito(number, { esito: 'EC01', documento: { numero: `R${ids}`, anno: 2025, posizione: 1 } });
  assert.equal(answer.status, 202, JSON.stringify(answer.body));
});

test('a slip in a field’s name answers nothing: what was meant for one document is not said of the whole lot', async () => {
  const number = await received();
  for (const body of [
    { esito: 'EC01', document: { numero: `R${ids}`, anno: 2025 } },
    { esito: 'EC01', documento: { numero: `R${ids}`, anno: 2025, place: 1 } },
  ]) {
    const answer = await esito(number, body);
    assert.equal(answer.status, 400, JSON.stringify(answer.body));
    assert.match(String(answer.body['errorMessage']), /(?:document|place) is no field of this request/);
  }
  assert.equal((await call('GET', `/api/invoices/${number}`)).body['answers'], undefined);
});

test('the page of a received invoice tells the answer', async () => {
  const number = await received();
  await esito(number, { esito: 'EC01' });
  const page = await fetch(`http://127.0.0.1:${running.port}/api/invoices/${number}/html`);
  const html = await page.text();
  assert.match(html, /L’ente l’ha accettata/);
  assert.match(html, /Metadati di invio/);
});
