// fatturapa: sums, products and roundings are exact: they agree with big.js on every decimal that the schema allows.
import { Big } from 'big.js';
import fc from 'fast-check';
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { hundredths, roundedQuotient, Total, units } from './exact.ts';
import { figure } from './figures.ts';

/** Decimals as the schema writes them: up to eleven digits, two to eight decimals. */
const decimal = fc
  .tuple(fc.boolean(), fc.nat(99_999_999_999), fc.stringMatching(/^\d{2,8}$/))
  .map(([isNegative, whole, decimals]) => `${isNegative ? '-' : ''}${whole}.${decimals}`);

const inUnits = (value: Big) => BigInt(value.times(1e8).toFixed(0));

suite('reading', () => {
  test('units are the whole value', () => {
    fc.assert(fc.property(decimal, (text) => assert.equal(units(text), inUnits(new Big(text)))));
  });

  test('hundredths are the whole value or nothing', () => {
    fc.assert(
      fc.property(decimal, (text) => {
        const value = new Big(text).times(100);
        const isSafe = value.round(0).eq(value) && value.abs().lte(Number.MAX_SAFE_INTEGER);
        assert.ok(isSafe ? hundredths(text) === value.toNumber() : Number.isNaN(hundredths(text)));
      }),
    );
  });

  test('zeros behind the hundredths do not count', () => {
    fc.assert(
      fc.property(fc.integer({ min: -9e12, max: 9e12 }), fc.nat(6), (value, zeros) => {
        const text = `${new Big(value).div(100).toFixed(2)}${'0'.repeat(zeros)}`;
        assert.equal(hundredths(text) + 0, value);
      }),
    );
  });
});

suite('sums', () => {
  const signed = fc.tuple(decimal, fc.constantFrom(1 as const, -1 as const));

  test('have no rounding, in whatever mixture of decimals', () => {
    fc.assert(
      fc.property(fc.array(signed), (parts) => {
        const total = new Total();
        let expected = new Big(0);
        for (const [text, sign] of parts) {
          total.add(text, sign);
          expected = expected.plus(new Big(text).times(sign));
        }
        assert.equal(total.units, inUnits(expected));
      }),
    );
  });

  test('stay exact beyond what a number holds', () => {
    const total = new Total();
    for (let count = 0; count < 2000; count++) total.add('99999999999.99');
    assert.equal(total.units, 2000n * units('99999999999.99'));
    assert.equal(total.isWithin(1), false);
  });

  test('know how near to zero they are', () => {
    fc.assert(
      fc.property(decimal, decimal, fc.nat(1000), (one, other, tolerance) => {
        const total = new Total();
        total.add(one);
        total.add(other, -1);
        const isNear = new Big(one).minus(other).abs().times(100).lte(tolerance);
        assert.equal(total.isWithin(tolerance), isNear);
      }),
    );
  });
});

test('quotients round halves away from zero', () => {
  fc.assert(
    fc.property(fc.bigInt(-(10n ** 30n), 10n ** 30n), fc.bigInt(1n, 10n ** 12n), (value, divisor) => {
      const Exact = Big();
      Exact.DP = 40;
      const expected = new Exact(value.toString()).div(divisor.toString()).round(0, Big.roundHalfUp);
      assert.equal(roundedQuotient(value, divisor).toString(), expected.toFixed(0).replace('-0', '0'));
    }),
  );
});

test('figures in sentences say the whole value', () => {
  fc.assert(
    fc.property(decimal, (text) => {
      const { it, en } = figure(text);
      assert.ok(new Big(en).eq(text));
      assert.equal(it, en.replace('.', ','));
      assert.ok(new Big(figure(units(text)).en).eq(text));
    }),
  );
});
