// fatturapa: a line's total as it is reckoned is right for the check of 00423, whatever its decimals and discounts.
import fc from 'fast-check';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isLineTotalRight } from '../check/line-total.ts';
import { amount2, amount8, exact } from './figures.ts';
import { priceOfLine } from './reckon-lines.ts';

const scaled = (min: number, max: number) =>
  fc
    .tuple(fc.integer({ min, max }), fc.constantFrom(2, 3, 8))
    .map(([value, decimals]) => amount8(exact(value).div(10 ** decimals)));

const discount = fc.record(
  {
    Tipo: fc.constantFrom('SC', 'MG'),
    Percentuale: fc.integer({ min: 0, max: 10_000 }).map((value) => amount2(exact(value).div(100))),
    Importo: fc.oneof(fc.constantFrom('0.00', '0.00000000'), scaled(0, 1_000_000)),
  },
  { requiredKeys: ['Tipo'] },
);

test('whatever figures of discounts stand, what is reckoned is what SdI expects', () => {
  const line = fc.record(
    {
      PrezzoUnitario: scaled(-1_000_000_000, 1_000_000_000),
      Quantita: scaled(0, 2_000_000_000),
      ScontoMaggiorazione: fc.array(discount, { maxLength: 4 }),
    },
    { requiredKeys: ['PrezzoUnitario'] },
  );
  fc.assert(
    fc.property(line, (one) => {
      assert.ok(isLineTotalRight({ ...one, PrezzoTotale: amount2(priceOfLine(one)) }), JSON.stringify(one));
    }),
    { numRuns: 1000 },
  );
});

test('a discounted price is rounded to eight decimals before millions of pieces multiply the rest', () => {
  const line = {
    PrezzoUnitario: '0.00000005',
    Quantita: '100000000.00',
    ScontoMaggiorazione: [{ Tipo: 'SC', Percentuale: '10.00' }],
  };
  // A tenth less is 0.000000045, which is 0.00000005: 5.00 and not 4.50.
  assert.equal(amount2(priceOfLine(line)), '5.00');
});
