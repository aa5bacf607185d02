// dbmanager: whatever an external invoice holds, it ends as a row: it is kept, never refused and never given up.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { uuidv7 } from '@staffetta/platform/ids.ts';
import type { TestWorld } from '@staffetta/platform/test-world.ts';
import fc from 'fast-check';
import { optionsOf, preparedWorld } from './dbmanager.fixture.ts';
import { documentOf, incoming } from './events.fixture.ts';
import { takeInvoices } from './on-incoming-invoice.ts';

let world: TestWorld;
before(async () => {
  world = await preparedWorld();
});
after(() => world.end());

/** Random, so that no compression makes an index entry small again. */
function ideographs(count: number): string {
  return Array.from({ length: count }, () => String.fromCharCode(0x4e00 + Math.floor(Math.random() * 0x5000))).join('');
}

const texts = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 700 }).map((text) => text.replaceAll(/[<&]/g, '')),
  fc.string({
    unit: fc.integer({ min: 0x4e00, max: 0x9fff }).map((code) => String.fromCharCode(code)),
    maxLength: 700,
  }),
  fc.integer({ min: 1, max: 700 }).map((count) => '😀'.repeat(count)),
  fc.constantFrom(
    '',
    '\u0000',
    '\ud800',
    'ﬃ'.repeat(500),
    '9'.repeat(3000),
    '0000-01-01',
    '9999-12-31',
    '-1e999',
    '2025-02-30',
  ),
);
const fields = [
  'IdPaese',
  'IdCodice',
  'Denominazione',
  'TipoDocumento',
  'Divisa',
  'Data',
  'Numero',
  'ImportoTotaleDocumento',
];

function withText(document: string, field: string, text: string): string {
  return document.replaceAll(new RegExp(`<${field}>[^<]*`, 'g'), () => `<${field}>${text}`);
}

async function stored(events: ReturnType<typeof incoming>[], validation: 'document' | 'customer'): Promise<void> {
  const failed = await takeInvoices(world, optionsOf({ validation }))(events, new AbortController().signal);
  assert.deepEqual(failed, []);
  const { rows } = await world.store.query<{ invoiceId: string }>({
    text: 'SELECT invoice_id AS "invoiceId" FROM dbmanager.invoice WHERE invoice_id = ANY($1::uuid[])',
    values: [events.map(({ message }) => message.invoiceId)],
  });
  assert.equal(rows.length, events.length);
}

for (const invoiceStatus of ['EXTERNAL_INVOICE', 'INTERNAL_INVOICE_NEW'] as const) {
  test(`the longest identifiers of other scripts are stored (${invoiceStatus})`, async () => {
    const long = fields.reduce((document, field) => withText(document, field, ideographs(500)), documentOf(['1']));
    const dated = withText(long, 'Data', '2025-11-22');
    for (const validation of ['document', 'customer'] as const) {
      await stored([incoming({ invoice: dated, invoiceStatus })], validation);
    }
  });
}

test('any text in any field is stored', async () => {
  const document = fc
    .array(fc.tuple(fc.constantFrom(...fields), texts), { minLength: 1, maxLength: fields.length })
    .map((changes) => changes.reduce((text, [field, value]) => withText(text, field, value), documentOf(['1', '2'])));
  await fc.assert(
    fc.asyncProperty(fc.array(document, { minLength: 20, maxLength: 20 }), (documents) =>
      stored(
        documents.map((invoice) => incoming({ invoice, invoiceStatus: 'EXTERNAL_INVOICE' })),
        'document',
      ),
    ),
    { numRuns: 10 },
  );
});

test('any bytes are stored', async () => {
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 2000 }),
    fc.string({ unit: 'binary' }).map((text) => Buffer.from(text)),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(bytes, { minLength: 1, maxLength: 20 }), (files) =>
      stored(
        files.map((file) =>
          incoming({ file: Buffer.from(file).toString('base64'), invoiceStatus: 'EXTERNAL_INVOICE' }),
        ),
        'document',
      ),
    ),
    { numRuns: 10 },
  );
});

test('a store that kept such documents before there were indexes is brought up to date', async () => {
  const migration = await readFile(new URL('./migrations/0004-issued-numbers.sql', import.meta.url), 'utf8');
  const invoiceId = uuidv7();
  await stored([incoming({ invoiceId })], 'document');
  await world.store.transaction(async (tx) => {
    const indexes = ['names', 'supplier', 'customer', 'number', 'issued'].map((name) => `dbmanager.document_${name}`);
    await tx.query({ text: `DROP INDEX ${indexes.join(', ')}` });
    await tx.query({ text: 'DROP FUNCTION dbmanager.name_words; DROP TABLE dbmanager.issued_number' });
    const columns = ['supplier_id', 'customer_id', 'number', 'supplier_name', 'customer_name'];
    // Rows enough that pages are full: a row that is changed there leaves its old form to be indexed, too.
    await tx.query({
      text: `INSERT INTO dbmanager.document (invoice_id, position) SELECT gen_random_uuid(), 1 FROM generate_series(1, 500)`,
    });
    await tx.query({
      text: `UPDATE dbmanager.document SET ${columns.map((column, place) => `${column} = $${place + 2}`).join(', ')}
        WHERE invoice_id = $1 OR number IS NULL`,
      values: [invoiceId, ...columns.map(() => ideographs(1000))],
    });
  });
  await world.store.transaction((tx) => tx.query({ text: migration }));
  const { rows } = await world.store.query<{ length: number }>({
    text: 'SELECT length(number) AS length FROM dbmanager.issued_number WHERE invoice_id = $1',
    values: [invoiceId],
  });
  assert.deepEqual(rows, [{ length: 60 }]);
});
