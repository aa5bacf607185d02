// dbmanager: what is only asked about is judged as if it were sent, and leaves nothing behind.
import { readSettings } from '@staffetta/platform/config/settings.ts';
import type { Running } from '@staffetta/platform/service.ts';
import type { TestWorld } from '@staffetta/platform/test-world.ts';
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { settings } from './config.ts';
import { dbmanager } from './dbmanager.ts';
import { optionsOf, preparedWorld } from './dbmanager.fixture.ts';
import { documentOf, incoming } from './events.fixture.ts';
import { takeInvoices } from './on-incoming-invoice.ts';

let world: TestWorld;
let running: Running;
before(async () => {
  world = await preparedWorld();
  const environment = {
    DUPLICATE_CHECK: 'refuse',
    SIGNING: 'false',
    CHECK_ASIDE_BYTES: '50000',
    CHECK_WORKERS: '1',
    CHECK_QUEUE_MAX: '1',
  };
  running = await dbmanager.start(world, readSettings(settings, environment).values);
});
after(async () => {
  await running.stop();
  await world.end();
});

interface Answer {
  readonly status: number;
  readonly retryAfter?: string;
  readonly valid: boolean | undefined;
  readonly codes: readonly string[];
}

async function ask(body: object, customerId = 2): Promise<Answer> {
  const answer = await fetch(`http://127.0.0.1:${running.port}/api/customers/${customerId}/verifica`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const { valid, findings = [] } = (await answer.json()) as { valid?: boolean; findings?: { code: string }[] };
  const retryAfter = answer.headers.get('retry-after');
  const codes = findings.map(({ code }) => code);
  return { status: answer.status, valid, codes, ...(retryAfter !== null && { retryAfter }) };
}

function fileOf(text: string): { readonly file: string } {
  return { file: Buffer.from(text).toString('base64') };
}

async function rowsNow(): Promise<unknown> {
  const { rows } = await world.store.query({
    text: `SELECT (SELECT count(*) FROM dbmanager.invoice) AS invoices, (SELECT count(*) FROM dbmanager.issued_number) AS numbers`,
  });
  return rows[0];
}

test('what was sent is found in the archive: the same file, the same number; what was not sent is free, and stays so', async () => {
  const sent = documentOf(['E/1']);
  assert.deepEqual(await ask(fileOf(sent)), { status: 200, valid: true, codes: [] });
  await takeInvoices(world, optionsOf({ duplicateCheck: 'refuse' }))(
    [incoming({ invoice: sent })],
    new AbortController().signal,
  );
  const before = await rowsNow();
  assert.deepEqual(await ask(fileOf(sent)), { status: 200, valid: false, codes: ['00002'] });
  const another = sent.replace('Riparazione', 'Altro');
  assert.deepEqual(await ask(fileOf(another)), { status: 200, valid: false, codes: ['00404'] });
  for (let time = 0; time < 2; time++) {
    assert.deepEqual(await ask(fileOf(documentOf(['E/2']))), { status: 200, valid: true, codes: [] });
  }
  assert.deepEqual(await rowsNow(), before);
});

test('an invoice to a public body that cannot be signed here is told before it is sent', async () => {
  const toPublicBody = documentOf(['E/3']).replaceAll('FPR12', 'FPA12').replace('ABC1234', 'ABC123');
  assert.deepEqual(await ask(fileOf(toPublicBody)), {
    status: 200,
    valid: false,
    codes: ['CIG_CUP_MISSING', 'SIGNATURE_MISSING'],
  });
});

test('a JSON document with a number of its own is looked for too; its name, its customer and one document are needed', async () => {
  const lines = [{ description: 'Riparazione', price: '100.00', vatRate: '22.00' }];
  const customer = {
    name: 'Bianchi S.p.A.',
    vatNumber: 'IT07654321095',
    address: { street: 'Viale 7', postcode: '16121', city: 'Genova' },
  };
  const document = { customer, lines, number: 'E/9', date: '2025-11-22' };
  assert.deepEqual((await ask({ document })).valid, true);
  const signal = new AbortController().signal;
  const { invoice: _invoice, ...message } = incoming({ document }).message;
  await takeInvoices(world, optionsOf({ duplicateCheck: 'refuse' }))([{ ...incoming(), message }], signal);
  assert.deepEqual(await ask({ document }), { status: 200, valid: false, codes: ['00404'] });
  assert.deepEqual((await ask({ ...fileOf(documentOf(['E/4'])), fileName: 'E4.xml.p7m' })).codes, ['FILE_KIND']);
  assert.equal((await ask(fileOf(documentOf(['E/5'])), 999)).status, 404);
  assert.equal((await ask({})).status, 400);
  assert.equal((await ask({ document, ...fileOf('<a/>') })).status, 400);
});

test('of more large documents than may wait, JSON or file, some are 429 with Retry-After, and small ones are answered', async () => {
  const line = { description: 'Riparazione', price: '1.00', vatRate: '22.00' };
  const customer = {
    name: 'Bianchi S.p.A.',
    vatNumber: 'IT07654321095',
    address: { street: 'Viale 7', postcode: '16121', city: 'Genova' },
  };
  const json = { document: { customer, lines: Array.from({ length: 3000 }, () => line) } };
  const file = fileOf(documentOf(Array.from({ length: 300 }, (_, n) => `F/${n}`)));
  for (const large of [json, file]) {
    const asked = Array.from({ length: 5 }, () => ask(large));
    assert.deepEqual(await ask(fileOf(documentOf(['E/6']))), { status: 200, valid: true, codes: [] });
    const answers = (await Promise.all(asked)).toSorted((one, other) => one.status - other.status);
    assert.deepEqual(
      answers.map(({ status, valid, retryAfter }) => [status, valid, retryAfter]),
      [
        [200, true, undefined],
        [200, true, undefined],
        [429, undefined, '1'],
        [429, undefined, '1'],
        [429, undefined, '1'],
      ],
    );
  }
});
