// fatturapa: what is left to pay is shown where the total tells, however it was put together, and not at all where it does not.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cleanDocuments } from '../check/clean-documents.fixture.ts';
import type { LooseBody } from './loose.ts';
import { totalsOf } from './totals.ts';
import { listOf, voiceOf } from './voice.ts';

type General = NonNullable<NonNullable<LooseBody['DatiGenerali']>['DatiGeneraliDocumento']>;

const italian = voiceOf('it');
const net = 'Netto a pagare (calcolato)';
const split = 'IVA in scissione dei pagamenti';

/** Label and value of each total of a clean document's first body with other general data. */
function totals(name: 'publicBody' | 'fee' | 'goods', change: Partial<General>): [string, string][] {
  const { document } = cleanDocuments[name];
  const [body = {}] = listOf<LooseBody>(document.FatturaElettronicaBody as readonly LooseBody[]);
  const DatiGeneraliDocumento = { ...body.DatiGenerali?.DatiGeneraliDocumento, ...change };
  const changed = { ...body, DatiGenerali: { ...body.DatiGenerali, DatiGeneraliDocumento } };
  const { section } = totalsOf(italian, changed);
  return section.flatMap(({ facts }) => facts.map(({ label, value }): [string, string] => [label, value]));
}

function valueOf(rows: readonly [string, string][], wanted: string): string | undefined {
  return rows.find(([label]) => label === wanted)?.[1];
}

test('split VAT is taken off a total that holds it, behind it', () => {
  assert.deepEqual(totals('publicBody', {}).slice(-3), [
    ['Totale documento', '122,00 EUR'],
    [split, '-22,00 EUR'],
    [net, '100,00 EUR'],
  ]);
});

test('a total that leaves split VAT out is what is paid: nothing more is taken off it', () => {
  assert.deepEqual(totals('publicBody', { ImportoTotaleDocumento: '100.00' }).slice(-2), [
    [split, '-22,00 EUR'],
    ['Totale documento', '100,00 EUR'],
  ]);
  const DatiRitenuta = [{ TipoRitenuta: 'RT02', ImportoRitenuta: '20.00' }];
  const withheld = totals('publicBody', { ImportoTotaleDocumento: '100.00', DatiRitenuta });
  assert.equal(valueOf(withheld, net), '80,00 EUR');
});

test('a total of which nobody can tell what it holds has no net, and split VAT is only named', () => {
  const far = totals('publicBody', { ImportoTotaleDocumento: '57.30' });
  assert.deepEqual([valueOf(far, split), valueOf(far, net)], ['22,00 EUR', undefined]);
  // 102 is 100 with the stamp and without the VAT, or 122 after a discount of 20.
  const ScontoMaggiorazione = [{ Tipo: 'SC', Importo: '20.00' }];
  const DatiBollo = { BolloVirtuale: 'SI' };
  const two = totals('publicBody', { ImportoTotaleDocumento: '102.00', ScontoMaggiorazione, DatiBollo });
  assert.equal(valueOf(two, net), undefined);
});

test('rounding is added where the total does not hold it yet', () => {
  assert.deepEqual(totals('goods', { Arrotondamento: '-0.40' }).slice(-3), [
    ['Totale documento', '349,00 EUR'],
    ['Arrotondamento', '-0,40 EUR'],
    [net, '348,60 EUR'],
  ]);
  const within = totals('goods', { Arrotondamento: '-0.40', ImportoTotaleDocumento: '348.60' });
  assert.deepEqual(within.slice(-2), [
    ['Arrotondamento', '-0,40 EUR'],
    ['Totale documento', '348,60 EUR'],
  ]);
});

test('withheld tax is taken off, but not a second time from a total that was reduced by it already', () => {
  assert.equal(valueOf(totals('fee', {}), net), '1.068,80 EUR');
  assert.equal(valueOf(totals('fee', { ImportoTotaleDocumento: undefined }), net), '1.068,80 EUR');
  assert.equal(valueOf(totals('fee', { ImportoTotaleDocumento: '1068.80' }), net), undefined);
  assert.equal(valueOf(totals('fee', { ImportoTotaleDocumento: '1269.00' }), net), '1.069,00 EUR');
});

test('discounts and surcharges on the whole document are within the total', () => {
  const ScontoMaggiorazione = [
    { Tipo: 'SC', Percentuale: '10.00' },
    { Tipo: 'MG', Importo: '1.08' },
  ];
  const rows = totals('fee', { ImportoTotaleDocumento: '1143.00', ScontoMaggiorazione });
  assert.equal(valueOf(rows, net), '943,00 EUR');
});

test('figures that are none make no net', () => {
  for (const change of [{ Arrotondamento: 'x' }, { ScontoMaggiorazione: [{}] }, { DatiBollo: { ImportoBollo: '-' } }]) {
    assert.equal(valueOf(totals('fee', change), net), undefined);
  }
});

test('surcharges without end are not reckoned with', () => {
  const ScontoMaggiorazione = Array.from({ length: 20_000 }, () => ({ Tipo: 'MG', Percentuale: '99999999.99' }));
  assert.equal(valueOf(totals('fee', { ScontoMaggiorazione }), net), undefined);
});
