// fatturapa: the total of a line is judged as big.js would judge it, whatever its decimals and discounts.
import { Big } from 'big.js';
import fc from 'fast-check';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isLineTotalRight, type LineFigures } from './line-total.ts';

const places = fc.constantFrom(2, 2, 2, 4, 8);
const scaled = (min: number, max: number) =>
  fc
    .tuple(fc.integer({ min, max }), places)
    .map(([value, decimals]) => new Big(value).div(10 ** decimals).toFixed(decimals));
const percent = fc.nat(10_000).map((value) => new Big(value).div(100).toFixed(2));
const discount = fc.record(
  { Tipo: fc.constantFrom('SC', 'MG'), Percentuale: percent, Importo: scaled(0, 1_000_000) },
  { requiredKeys: ['Tipo'] },
);

type Discount = NonNullable<LineFigures['ScontoMaggiorazione']>[number];

function discounted(price: Big, { Tipo, Percentuale, Importo }: Discount): Big {
  const isAmount = Importo !== undefined && !new Big(Importo).eq(0);
  const part = isAmount ? new Big(Importo) : price.times(Percentuale ?? '0').div(100);
  return Tipo === 'SC' ? price.minus(part) : price.plus(part);
}

/** What the line is, by big.js: price after discounts to eight decimals, times quantity. */
function productOf(price: string, quantity: string | undefined, discounts: readonly Discount[]): Big {
  return discounts
    .reduce(discounted, new Big(price))
    .round(8, Big.roundHalfUp)
    .times(quantity ?? '1');
}

test('a total is right within 0.01 of the exact product, and wrong beyond', () => {
  const line = fc.record({
    price: scaled(-1_000_000_000, 1_000_000_000),
    quantity: fc.option(scaled(0, 1_000_000), { nil: undefined }),
    discounts: fc.option(fc.array(discount, { minLength: 1, maxLength: 4 }), { nil: undefined }),
    // In hundred-millionths: around the tolerance, and far from it.
    off: fc.oneof(
      fc.integer({ min: -1_000_010, max: 1_000_010 }),
      fc.constantFrom(-1_000_001, -1_000_000, 1_000_000, 1_000_001),
    ),
    decimals: fc.constantFrom(2, 8),
  });
  fc.assert(
    fc.property(line, ({ price, quantity, discounts, off, decimals }) => {
      const product = productOf(price, quantity, discounts ?? []);
      const total = product.plus(new Big(off).div(1e8)).toFixed(decimals, Big.roundHalfUp);
      const isRight = product.minus(total).abs().lte('0.01');
      const figures = {
        PrezzoUnitario: price,
        Quantita: quantity,
        PrezzoTotale: total,
        ScontoMaggiorazione: discounts,
      };
      assert.equal(isLineTotalRight(figures), isRight);
    }),
    { numRuns: 500 },
  );
});
