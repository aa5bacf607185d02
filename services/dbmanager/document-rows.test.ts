// dbmanager: rows hold only what the database takes; the rest of a wild document is left out.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Envelope, EnvelopeBody } from '@staffetta/fatturapa/envelope.ts';
import { documentRows, documentSummaries, partyId } from './document-rows.ts';

function rowOf(body: EnvelopeBody) {
  const party = { name: 'A', idPaese: 'IT', idCodice: '1' };
  const envelope: Envelope = {
    format: 'ordinary',
    transmitter: {},
    supplier: party,
    customer: { codiceFiscale: 'X' },
    bodies: [body],
  };
  return documentRows('id', [{ envelope }], 'xml')[0]!;
}

test('a good body becomes a row', () => {
  const row = rowOf({
    tipoDocumento: 'TD01',
    divisa: 'EUR',
    data: '2026-11-22',
    numero: '7',
    totale: '-1.50',
  });
  assert.deepEqual(
    [row.position, row.issuedOn, row.total, row.supplierId, row.customerId],
    [1, '2026-11-22', '-1.50', 'IT1', 'X'],
  );
  assert.deepEqual(documentSummaries([row]), [{ numero: '7', data: '2026-11-22', totale: '-1.50' }]);
});

test('days that do not exist and numbers that are none are left out', () => {
  for (const data of ['2026-02-30', '0000-01-01', '22/11/2026', '2026-13-01', ''])
    assert.equal(rowOf({ data }).issuedOn, null, data);
  for (const total of ['1e9', 'NaN', '1,50', '', `${'9'.repeat(16)}.00`]) {
    assert.equal(rowOf({ totale: total }).total, null, total);
  }
  assert.deepEqual(documentSummaries([rowOf({})]), [{}]);
});

test('a zone behind a day is dropped', () => {
  assert.equal(rowOf({ data: '2014-12-18+01:00' }).issuedOn, '2014-12-18');
});

test('what could not be read has no rows', () => {
  assert.deepEqual(documentRows('id', [{}], 'xml'), []);
  assert.deepEqual(documentRows('id', [], 'xml'), []);
});

function envelopeWith(...numbers: string[]): Envelope {
  const bodies = numbers.map((numero) => ({ numero }));
  return { format: 'ordinary', transmitter: {}, supplier: {}, customer: {}, bodies };
}

test('all bodies of all documents of an archive have rows, counted through', () => {
  const rows = documentRows('id', [{ envelope: envelopeWith('1', '2') }, {}, { envelope: envelopeWith('3') }], 'xml');
  assert.deepEqual(
    rows.map(({ position, number }) => [position, number]),
    [
      [1, '1'],
      [2, '2'],
      [3, '3'],
    ],
  );
});

test('texts that no database holds are left out', () => {
  assert.equal(rowOf({ numero: 'a\u0000' }).number, null);
  assert.equal(rowOf({ divisa: '\ud800' }).currency, null);
});

test('what is searched by its whole is cut to what an index takes, between characters', () => {
  const party = { idPaese: '字'.repeat(500), idCodice: 'ﬃ'.repeat(500) };
  const envelope: Envelope = { format: 'ordinary', transmitter: {}, supplier: party, customer: party, bodies: [{}] };
  const [row] = documentRows('id', [{ envelope }], 'xml');
  assert.equal(row?.supplierId, '字'.repeat(60));
  assert.equal(row?.customerId, '字'.repeat(60));
  assert.equal(partyId({ codiceFiscale: 'ﬃ'.repeat(500) }), 'FFI'.repeat(20));
  assert.equal(rowOf({ numero: `${'7'.repeat(59)}😀` }).number, '7'.repeat(59));
});

test('the bodies of an archive know the file that holds them, those of any other file do not', () => {
  const documents = [
    { envelope: envelopeWith('1', '2'), name: 'IT1_a.xml' },
    { envelope: envelopeWith('3'), name: 'IT1_b.xml' },
  ];
  const partsOf = (kind: 'zip' | 'p7m') => documentRows('id', documents, kind).map(({ part }) => part);
  assert.deepEqual(partsOf('zip'), ['IT1_a.xml', 'IT1_a.xml', 'IT1_b.xml']);
  assert.deepEqual(partsOf('p7m'), [null, null, null]);
  assert.deepEqual(documentSummaries(documentRows('id', documents, 'zip')).at(-1)?.file, 'IT1_b.xml');
});
