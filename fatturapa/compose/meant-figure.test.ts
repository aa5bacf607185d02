// fatturapa: figures in the writing of people are understood where they can mean one thing alone.
import fc from 'fast-check';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readFigure } from './figures.ts';
import { meantFigure } from './meant-figure.ts';
import { amount, figure, percentage } from './shape.ts';

const price = figure('price', 'prezzo');
const rate = percentage('rate', 'aliquota');
const money = amount('amount', 'importo', { min: 0 });

test('a comma, thousands and a sign of the unit are understood', () => {
  const writings = {
    '10,50': '10.50',
    ' 10,5 ': '10.5',
    '-10,50': '-10.50',
    '−10,50': '-10.50',
    '+3,1': '3.1',
    '1.234,50': '1234.50',
    '1.234.567,89': '1234567.89',
    '1,234.50': '1234.50',
    '1.234.567': '1234567',
    '1 234,50': '1234.50',
    '1\u00a0234': '1234',
    "1'234.50": '1234.50',
    '€ 10,50': '10.50',
    '10.50 EUR': '10.50',
    '0,125': '0.125',
    '1234,567': '1234.567',
  };
  for (const [text, meant] of Object.entries(writings)) assert.equal(meantFigure(text, price), meant, text);
  for (const [text, meant] of Object.entries({ '22%': '22', '22,5 %': '22.5', '4.00%': '4.00' })) {
    assert.equal(meantFigure(text, rate), meant, text);
  }
});

test('what can be read in two ways, or as no figure, is left alone', () => {
  for (const text of [
    '1,234',
    '12.34.56',
    '1.23,4.5',
    '10,',
    ',',
    '',
    '%',
    'dieci',
    '1e5',
    '1/2',
    '10-5',
    '--1',
    '22%',
  ]) {
    assert.equal(meantFigure(text, price), undefined, text);
  }
});

test('what the place does not take is not proposed', () => {
  assert.equal(meantFigure('10,505', money), undefined);
  assert.equal(meantFigure('-1,00', money), undefined);
  assert.equal(meantFigure('100,01%', rate), undefined);
  assert.equal(meantFigure('€ 22', rate), undefined);
  assert.equal(meantFigure('9'.repeat(5_000_000), price), undefined);
});

test('whatever is proposed is a figure that the place takes', () => {
  const text = fc.string({ unit: fc.constantFrom(..."0123456789.,-+ %€'’"), maxLength: 12 });
  fc.assert(
    fc.property(text, fc.constantFrom(price, rate, money), (one, shape) => {
      const meant = meantFigure(one, shape);
      if (meant === undefined) return;
      const value = readFigure(meant);
      assert.ok(value);
      assert.ok(value.round(shape.decimals).eq(value));
      assert.ok(shape.min === undefined || value.gte(shape.min));
    }),
  );
});
