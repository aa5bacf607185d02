// fatturapa: the total of a line as SdI reckons it, case by case.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { figure } from './figures.ts';
import { expectedTotal, isLineTotalRight, isRightWithDiscountOnLine, type LineFigures } from './line-total.ts';

function line(price: string, quantity: string | undefined, total: string, ...discounts: string[]): LineFigures {
  return {
    PrezzoUnitario: price,
    ...(quantity === undefined ? {} : { Quantita: quantity }),
    PrezzoTotale: total,
    ...(discounts.length > 0 ? { ScontoMaggiorazione: discounts.map(discount) } : {}),
  };
}

/** `SC 10.00%` or `MG 1.50`. */
function discount(text: string) {
  const [Tipo = '', figure = ''] = text.split(' ');
  return figure.endsWith('%') ? { Tipo, Percentuale: figure.slice(0, -1) } : { Tipo, Importo: figure };
}

const zeroAmount = { Tipo: 'SC', Percentuale: '10.00', Importo: '0.00' };

test('0.01 off is right, a hundred-millionth more is wrong', () => {
  assert.ok(isLineTotalRight(line('100.00', '2.00', '200.01')));
  assert.ok(isLineTotalRight(line('100.00', '2.00', '199.99')));
  assert.ok(!isLineTotalRight(line('100.00', '2.00', '200.02')));
  assert.ok(isLineTotalRight(line('100.00', '2.00', '200.01000000')));
  assert.ok(!isLineTotalRight(line('100.00', '2.00', '200.01000001')));
  assert.ok(!isLineTotalRight(line('100.00', '2.00', '199.98999999')));
});

test('without a quantity the line is one piece', () => {
  assert.ok(isLineTotalRight(line('12.34', undefined, '12.34')));
  assert.ok(!isLineTotalRight(line('12.34', undefined, '24.68')));
});

test('percentages follow one another on the unit price', () => {
  assert.ok(isLineTotalRight(line('100.00', '1.00', '81.00', 'SC 10.00%', 'SC 10.00%')));
  assert.ok(!isLineTotalRight(line('100.00', '1.00', '80.00', 'SC 10.00%', 'SC 10.00%')));
});

test('the order of amounts and percentages counts', () => {
  assert.ok(isLineTotalRight(line('100.00', '1.00', '85.50', 'SC 5.00', 'SC 10.00%')));
  assert.ok(isLineTotalRight(line('100.00', '1.00', '85.00', 'SC 10.00%', 'SC 5.00')));
});

test('an amount is per unit and wins over a percentage', () => {
  const both = {
    ...line('100.00', '3.00', '297.00'),
    ScontoMaggiorazione: [{ Tipo: 'SC', Percentuale: '50.00', Importo: '1.00' }],
  };
  assert.ok(isLineTotalRight(both));
});

test('an amount of zero leaves the word to the percentage', () => {
  const both = {
    ...line('100.00', '1.00', '90.00'),
    ScontoMaggiorazione: [zeroAmount],
  };
  assert.ok(isLineTotalRight(both));
});

test('a discount with a minus passes in either reading', () => {
  assert.ok(isLineTotalRight(line('100.00', '1.00', '90.00', 'SC -10.00')));
  assert.ok(isLineTotalRight(line('100.00', '1.00', '110.00', 'SC -10.00')));
  assert.ok(!isLineTotalRight(line('100.00', '1.00', '100.00', 'SC -10.00')));
});

test('the discounted price is rounded to eight decimals before it is multiplied', () => {
  // 0.00000005 less 10% is 0.000000045, rounded 0.00000005; by a million pieces 0.05 and not 0.045.
  assert.ok(isLineTotalRight(line('0.00000005', '1000000.00', '0.06', 'SC 10.00%')));
  assert.ok(!isLineTotalRight(line('0.00000005', '1000000.00', '0.03999999', 'SC 10.00%')));
});

test('what does not fit a number is still exact', () => {
  assert.ok(isLineTotalRight(line('99999999999.99', '1.00000000', '99999999999.99')));
  assert.ok(!isLineTotalRight(line('99999999999.99', '1.00000000', '99999999999.97')));
  assert.ok(isLineTotalRight(line('90000000000.01', '0.10', '9000000000.00')));
});

test('a discount meant for the whole line is recognised', () => {
  assert.ok(isRightWithDiscountOnLine(line('10.00', '5.00', '45.00', 'SC 5.00')));
  assert.ok(!isRightWithDiscountOnLine(line('10.00', '5.00', '44.00', 'SC 5.00')));
  assert.ok(!isRightWithDiscountOnLine(line('10.00', '5.00', '50.00')));
  const both = { ...line('10.00', '5.00', '40.00'), ScontoMaggiorazione: [discount('SC 5.00'), zeroAmount] };
  assert.ok(isRightWithDiscountOnLine(both));
  assert.ok(!isRightWithDiscountOnLine({ ...line('10.00', '5.00', '45.00'), ScontoMaggiorazione: [zeroAmount] }));
});

test('the right total has as many decimals as the stated one needs', () => {
  assert.equal(figure(expectedTotal(line('3.33333333', '3.00', '11.00'))).en, '10.00');
  assert.equal(figure(expectedTotal(line('3.33333333', '3.00', '11.00000001'))).en, '9.99999999');
  assert.equal(figure(expectedTotal(line('-0.125', '1.00', '0.00'))).en, '-0.13');
});
