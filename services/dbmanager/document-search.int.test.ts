// dbmanager: invoices are found by what stands in their documents.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { TestWorld } from '@staffetta/platform/test-world.ts';
import { documentCondition, type DocumentSearch } from './document-conditions.ts';
import { optionsOf, preparedWorld } from './dbmanager.fixture.ts';
import { documentOf, incoming } from './events.fixture.ts';
import { takeInvoices } from './on-incoming-invoice.ts';
import type { InvoicesQuery } from './requests.ts';
import { searchInvoices } from './search-invoices.ts';

let world: TestWorld;
before(async () => {
  world = await preparedWorld();
  const lot = documentOf(['A/1', 'A/2']).replace('2025-11-22', '2025-01-10');
  const other = documentOf(['B/1'])
    .replace('Caffè &amp; C. S.r.l.', "Fratelli Dell'Orto s.n.c.")
    .replace('<TipoDocumento>TD01', '<TipoDocumento>TD24')
    .replace('Bianchi S.p.A.', 'Caffè Nero');
  const dollars = documentOf(['C/1']).replace('<Divisa>EUR', '<Divisa>USD').replace('122.00', '122.01');
  const untold = documentOf(['D/1'])
    .replace(/<ImportoTotaleDocumento>[^<]*<\/ImportoTotaleDocumento>/, '')
    .replace('<Data>2025-11-22', '<Data>2024-05-05')
    .replaceAll('100.00', '1000.00')
    .replace('<Imposta>22.00', '<Imposta>220.00');
  const events = [lot, other, dollars, untold].map((invoice) =>
    incoming({ invoice, invoiceStatus: 'EXTERNAL_INVOICE' }),
  );
  await takeInvoices(world, optionsOf())(events, new AbortController().signal);
});
after(() => world.end());

async function found(query: InvoicesQuery): Promise<string[]> {
  const limits = { pageSizeMax: 200, pageBytesMax: 0 };
  const { content, totalElements } = await searchInvoices(world.store, limits, query, undefined);
  const numbers = content.map(({ documents }) => documents?.[0]?.numero ?? '').sort();
  assert.equal(totalElements, numbers.length);
  return numbers;
}

const everything = ['A/1', 'B/1', 'C/1', 'D/1'];

const searches: readonly [title: string, query: InvoicesQuery, numbers: readonly string[]][] = [
  ['nothing asked', {}, everything],
  ['a number, of any body of a lot', { numero: 'A/2' }, ['A/1']],
  ['a number by half', { numero: 'A' }, []],
  ['a supplier by VAT number', { supplier: 'IT01234567897' }, everything],
  ['a supplier by VAT number without country, in blanks', { supplier: ' 01234567897 ' }, everything],
  ['a supplier by half a VAT number', { supplier: '0123456789' }, []],
  ['a supplier by words of the name', { supplier: 'orto fratelli' }, ['B/1']],
  ['a supplier by the beginning of a word', { supplier: 'CAFF' }, ['A/1', 'C/1', 'D/1']],
  ['a supplier by an abbreviation', { supplier: 'S.r.l.' }, ['A/1', 'C/1', 'D/1']],
  ["a supplier by a word of the buyer's name", { supplier: 'Bianchi' }, []],
  ['a buyer by name', { customer: 'Caffè' }, ['B/1']],
  ['a buyer by VAT number', { customer: '07654321095', supplier: 'orto' }, ['B/1']],
  ['signs that mean something in a text search', { supplier: `'&|!():*<-> \\` }, []],
  ['dates', { dataDa: '2025-01-01', dataA: '2025-01-10' }, ['A/1']],
  ['a date of one body and the number of another', { dataA: '2025-01-10', numero: 'A/2' }, []],
  ['a total, to the cent', { totaleMin: '122.005', totaleMax: '122.01' }, ['C/1']],
  ['a total that the document does not state', { totaleMin: '1220', totaleMax: '1220' }, ['D/1']],
  ['a type', { tipo: 'TD24' }, ['B/1']],
  ['a currency', { divisa: 'USD' }, ['C/1']],
];

for (const [title, query, numbers] of searches) {
  test(`by ${title}: ${numbers.length} found`, async () => {
    assert.deepEqual(await found(query), numbers);
  });
}

test('a day that does not exist is refused', async () => {
  await assert.rejects(found({ dataDa: '2025-02-30' }), { code: 'BODY_NOT_VALID', message: /dataDa/ });
});

test('each search has an index to go by', async () => {
  const wanted: [DocumentSearch, RegExp][] = [
    [{ number: 'A/1' }, /document_number/],
    [{ supplier: 'IT01234567897' }, /document_supplier/],
    [{ customer: 'IT01234567897' }, /document_customer/],
    [{ supplier: 'orto' }, /document_names/],
    [{ issuedFrom: '2025-01-01', issuedTo: '2025-01-02' }, /document_issued/],
  ];
  for (const [search, index] of wanted) {
    const values: unknown[] = [];
    const condition = documentCondition(search, (value) => `$${values.push(value)}`) ?? '';
    const plan = await world.store.transaction(async (tx) => {
      await tx.query({ text: 'SET LOCAL enable_seqscan = off' });
      const text = `EXPLAIN SELECT * FROM dbmanager.invoice i WHERE ${condition}`;
      return (await tx.query<Record<string, string>>({ text, values })).rows.map((row) => row['QUERY PLAN']).join('\n');
    });
    assert.match(plan, index);
  }
});
