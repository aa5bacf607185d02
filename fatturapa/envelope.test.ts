// fatturapa: what a document comes to is known of every document whose amounts can be read.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { envelopeOf } from './envelope.ts';

function totalOf(format: 'ordinary' | 'simplified', body: object): string | undefined {
  return envelopeOf(format, { FatturaElettronicaBody: [body] }).bodies[0]?.totale;
}

function ordinary(rows: readonly (readonly [base: string, tax: string])[], total?: string): object {
  return {
    DatiGenerali: { DatiGeneraliDocumento: total === undefined ? {} : { ImportoTotaleDocumento: total } },
    DatiBeniServizi: { DatiRiepilogo: rows.map(([base, tax]) => ({ ImponibileImporto: base, Imposta: tax })) },
  };
}

test('the total that a document states is its total', () => {
  assert.equal(totalOf('ordinary', ordinary([['100.00', '22.00']], '124.00')), '124.00');
});

test('without one, taxable amounts and VAT are added exactly', () => {
  const rows = [
    ['0.10', '0.02'],
    ['0.20', '0.04'],
    ['99999999999.99', '-0.01'],
  ] as const;
  assert.equal(totalOf('ordinary', ordinary(rows)), '100000000000.34');
  assert.equal(totalOf('ordinary', ordinary([['-10.00', '-2.20']])), '-12.20');
});

test('a simplified invoice comes to the sum of its amounts', () => {
  assert.equal(totalOf('simplified', { DatiBeniServizi: [{ Importo: '12.30' }, { Importo: '0.045' }] }), '12.345');
});

test('where an amount is missing or no decimal, or there is none at all, no total is made up', () => {
  const broken = ['1,50', '', '1e9', '9'.repeat(400), 'NaN'];
  for (const amount of broken) assert.equal(totalOf('ordinary', ordinary([['1.00', amount]])), undefined, amount);
  for (const body of [{}, { DatiBeniServizi: 'x' }, { DatiBeniServizi: { DatiRiepilogo: [] } }, ordinary([])]) {
    assert.equal(totalOf('ordinary', body), undefined);
    assert.equal(totalOf('simplified', body), undefined);
  }
  assert.equal(totalOf('simplified', { DatiBeniServizi: [null, 'x', {}] }), undefined);
});
