// dbmanager: an invoice as a page, a print and its files, over real HTTP; to those who may see it and to nobody else.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, test } from 'node:test';
import { readSettings } from '@staffetta/platform/config/settings.ts';
import { callerHeader, signCaller, type Caller } from '@staffetta/platform/http/caller.ts';
import { uuidv7 } from '@staffetta/platform/ids.ts';
import type { Running } from '@staffetta/platform/service.ts';
import { testWorld, type TestWorld } from '@staffetta/platform/test-world.ts';
import { zipSync } from 'fflate';
import { settings } from './config.ts';
import { insertContents } from './contents.ts';
import { dbmanager } from './dbmanager.ts';
import { optionsOf, publishedOn } from './dbmanager.fixture.ts';
import { documentOf, incoming } from './events.fixture.ts';
import { judgingWith } from './judging.ts';
import { takeInvoices } from './on-incoming-invoice.ts';

let world: TestWorld;
let running: Running;
before(async () => {
  world = await testWorld();
  running = await dbmanager.start(world, readSettings(settings, { SHOW_CONCURRENCY: '1', SHOW_QUEUE_MAX: '1' }).values);
});
after(async () => {
  await running.stop();
  await world.end();
});

const attachment = Buffer.from('%PDF-1.4 relazione');
const attached = `<Allegati><NomeAttachment>perché "uno".pdf</NomeAttachment><Attachment>${attachment.toString('base64')}</Attachment></Allegati>`;
const invoice = documentOf(['A/1']).replace('</FatturaElettronicaBody>', `${attached}</FatturaElettronicaBody>`);

function get(path: string, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`http://127.0.0.1:${running.port}/api/invoices/${path}`, { headers });
}

async function bytesOf(answer: Response): Promise<Buffer> {
  return Buffer.from(await answer.arrayBuffer());
}

function as(caller: Caller): Record<string, string> {
  return { [callerHeader]: signCaller(world.callerSecret, caller, world.clock.now()) };
}

async function stored(changes: Parameters<typeof incoming>[0]): Promise<{ number: number; invoiceId: string }> {
  const options = optionsOf({ validation: 'customer' });
  const event = incoming(changes);
  await takeInvoices(world, options, judgingWith(options, world.clock))([event], new AbortController().signal);
  const saved = (await publishedOn(world, 'savedInvoice')).find(({ causationId }) => causationId === event.eventId);
  return { number: Number(saved?.value['invoiceNumber']), invoiceId: String(saved?.value['invoiceId']) };
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

test('a page holds the invoice and its trail, runs nothing, and links the attachment', async () => {
  const { number } = await stored({ invoice });
  const answer = await get(`${number}/html`);
  assert.equal(answer.status, 200);
  assert.equal(answer.headers.get('content-type'), 'text/html; charset=utf-8');
  assert.match(answer.headers.get('content-security-policy') ?? '', /^default-src 'none'; style-src 'unsafe-inline'/);
  assert.equal(answer.headers.get('x-content-type-options'), 'nosniff');
  assert.match(answer.headers.get('content-disposition') ?? '', /^inline; filename="Fattura n\. A_1/);
  const page = await answer.text();
  for (const words of [
    'n. A/1 del 22/11/2025',
    '122,00 EUR',
    'href="attachments/1"',
    'in attesa di invio',
    'Nome del file',
  ]) {
    assert.ok(page.includes(words), words);
  }
  assert.match(await (await get(`${number}/html?lang=en`)).text(), /Invoice <|Invoice<\/span>/);
});

test('a print comes as PDF', async () => {
  const { number } = await stored({ invoice });
  const answer = await get(`${number}/pdf?lang=en`);
  assert.equal(answer.headers.get('content-type'), 'application/pdf');
  assert.equal((await bytesOf(answer)).subarray(0, 5).toString(), '%PDF-');
});

test('the original is byte for byte what came, with its name and its hash', async () => {
  const archive = Buffer.from(zipSync({ 'a.xml': Buffer.from(invoice), 'b.xml': Buffer.from(documentOf(['B/2'])) }));
  const { number } = await stored({
    invoiceStatus: 'EXTERNAL_INVOICE',
    file: archive.toString('base64'),
    fileName: 'lotto perché.zip',
  });
  const answer = await get(`${number}/original`);
  const bytes = await bytesOf(answer);
  assert.deepEqual(bytes, archive);
  assert.equal(answer.headers.get('content-type'), 'application/zip');
  assert.equal(
    answer.headers.get('content-disposition'),
    `attachment; filename="lotto perche.zip"; filename*=UTF-8''lotto%20perch%C3%A9.zip`,
  );
  assert.equal(answer.headers.get('x-content-sha256'), sha256(archive));
  const base64 = Buffer.from(sha256(archive), 'hex').toString('base64');
  assert.equal(answer.headers.get('content-digest'), `sha-256=:${base64}:`);
  assert.equal(answer.headers.get('digest'), `SHA-256=${base64}`);
  const second = await get(`${number}/xml?document=2`);
  assert.equal((await bytesOf(second)).toString(), documentOf(['B/2']));
  assert.match(second.headers.get('content-disposition') ?? '', /^attachment; filename="b\.xml"$/);
  assert.equal((await get(`${number}/xml?document=3`)).status, 404);
});

test('an attachment is a download under its own name, whatever it says it is', async () => {
  const { number } = await stored({ invoice });
  const answer = await get(`${number}/attachments/1`);
  assert.deepEqual(await bytesOf(answer), attachment);
  assert.equal(answer.headers.get('content-type'), 'application/pdf');
  assert.equal(answer.headers.get('x-content-type-options'), 'nosniff');
  assert.match(
    answer.headers.get('content-disposition') ?? '',
    /^attachment; .*filename\*=UTF-8''perch%C3%A9%20_uno_\.pdf$/,
  );
  assert.equal((await get(`${number}/attachments/2`)).status, 404);
  assert.equal((await get(`${number}/attachments/0`)).status, 400);
});

test('what was sent is fetched by its transmission', async () => {
  const { number } = await stored({ invoice });
  const whole = (await (await get(String(number))).json()) as {
    transmissions: { transmissionId: string; sha256: string; fileName: string }[];
  };
  const [transmission] = whole.transmissions;
  assert.ok(transmission);
  const answer = await get(`${number}/original?transmission=${transmission.transmissionId}`);
  assert.equal(sha256(await bytesOf(answer)), transmission.sha256);
  assert.match(answer.headers.get('content-disposition') ?? '', new RegExp(transmission.fileName));
  assert.equal((await get(`${number}/html?transmission=${transmission.transmissionId}`)).status, 200);
  assert.equal((await get(`${number}/original?transmission=${uuidv7()}`)).status, 404);
  assert.equal((await get(`${number}/original?transmission=x`)).status, 400);
});

test('of a document made of JSON, the original is the JSON and the XML is what was made of it', async () => {
  const { number, invoiceId } = await stored({ invoice });
  const bytes = Buffer.from('{"lines":[]}');
  const contentId = uuidv7();
  await insertContents(world.store, [{ contentId, sha256: createHash('sha256').update(bytes).digest(), bytes }]);
  await world.store.query({
    text: 'UPDATE dbmanager.invoice SET request_content_id = $1 WHERE invoice_id = $2',
    values: [contentId, invoiceId],
  });
  const answer = await get(`${number}/original`);
  assert.deepEqual(await bytesOf(answer), bytes);
  assert.equal(answer.headers.get('content-type'), 'application/json');
  assert.equal((await bytesOf(await get(`${number}/xml`))).toString(), invoice);
});

test('to a customer, what belongs to another does not exist', async () => {
  const { number } = await stored({ invoice });
  const stranger = as({ name: 'tre', roles: ['CUSTOMER'], customerId: 3 });
  const owner = as({ name: 'due', roles: ['CUSTOMER'], customerId: 2 });
  for (const path of ['html', 'pdf', 'xml', 'original', 'attachments/1']) {
    assert.equal((await get(`${number}/${path}`, stranger)).status, 404, path);
    assert.equal((await get(`${number}/${path}`, owner)).status, 200, path);
  }
  assert.equal((await get(`${number}/html`, as({ name: 'sdi', roles: ['SDI'] }))).status, 403);
});

test('what is no invoice, or has no such part, is said', async () => {
  const { number } = await stored({ invoiceStatus: 'EXTERNAL_INVOICE', invoice: '<a>niente</a>' });
  const refused = await get(`${number}/html`);
  assert.equal(refused.status, 409);
  assert.match(((await refused.json()) as { errorMessage: string }).errorMessage, /cannot be read.*00200/);
  assert.equal((await bytesOf(await get(`${number}/original`))).toString(), '<a>niente</a>');
  const { number: other } = await stored({ invoice });
  assert.equal((await get(`${other}/html?body=2`)).status, 404);
  assert.equal((await get(`${other}/html?lang=fr`)).status, 400);
  assert.equal((await get('999999/pdf')).status, 404);
});

test('only so many wait for a print: further ones are told to come back', async () => {
  const { number } = await stored({ invoice });
  const answers = await Promise.all(Array.from({ length: 12 }, () => get(`${number}/pdf`)));
  const statuses = answers.map(({ status }) => status);
  assert.ok(statuses.includes(200) && statuses.includes(429), statuses.join(' '));
  const refused = answers.find(({ status }) => status === 429);
  assert.ok(Number(refused?.headers.get('retry-after')) >= 1);
  await Promise.all(answers.map((answer) => answer.arrayBuffer()));
});
