// fatturapa: figures of JSON are exact: what floats add is gone, what was written stays.
import fc from 'fast-check';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { amount2, amount8, cents, fitsDecimals, readFigure } from './figures.ts';

test('a float that only looks like a decimal is that decimal', () => {
  assert.equal(readFigure(0.1 + 0.2)?.toFixed(), '0.3');
  assert.equal(readFigure(1.005)?.toFixed(), '1.005');
  assert.equal(readFigure(100 / 3)?.toFixed(), '33.33333333');
  assert.equal(readFigure(1e-7)?.toFixed(), '0.0000001');
  assert.equal(readFigure(1e-300)?.toFixed(), '0');
});

test('a text keeps its digits, with one point and nothing else', () => {
  assert.equal(readFigure(' 1234.50 ')?.toFixed(), '1234.5');
  assert.equal(readFigure('+2')?.toFixed(), '2');
  for (const wrong of ['1,50', '1.234,50', '1e3', '', ' ', '0x10', 'NaN', '1.', '.5', '1234567890123456']) {
    assert.equal(readFigure(wrong), undefined, wrong);
  }
  for (const wrong of [Number.NaN, Infinity, 1e21]) assert.equal(readFigure(wrong), undefined);
});

test('any sum of cents done in floats is read as the cents that were meant', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -1_000_000, max: 1_000_000 }), { maxLength: 50 }), (all) => {
      const float = all.reduce((total, one) => total + one / 100, 0);
      const meant = all.reduce((total, one) => total + one, 0);
      const read = readFigure(float);
      assert.ok(read && fitsDecimals(read, 2));
      assert.equal(amount2(read), amount2(readFigure(meant)!.div(100)));
    }),
  );
});

test('half a cent goes up, away from zero', () => {
  assert.equal(cents(readFigure('1.005')!).toFixed(), '1.01');
  assert.equal(cents(readFigure('-1.005')!).toFixed(), '-1.01');
  assert.equal(cents(readFigure('2.675')!).toFixed(), '2.68');
});

test('what is written again is the same decimal with two to eight places', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(10n ** 18n), max: 10n ** 18n }), (units) => {
      const sign = units < 0n ? '-' : '';
      const digits = String(units < 0n ? -units : units).padStart(9, '0');
      const read = readFigure(`${sign}${digits.slice(0, -8)}.${digits.slice(-8)}`);
      assert.ok(read);
      const text = amount8(read);
      assert.match(text, /^-?\d+\.\d{2,8}$/);
      assert.ok(readFigure(text)?.eq(read));
    }),
  );
});
