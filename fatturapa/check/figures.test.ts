// fatturapa: figures, dates and rates in sentences.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { date, dayOf, figure, rate } from './figures.ts';

test('figures keep two decimals at least and drop zeros', () => {
  assert.deepEqual(figure('1234.50000000'), { it: '1234,50', en: '1234.50' });
  assert.deepEqual(figure('-0000.12345'), { it: '-0,12345', en: '-0.12345' });
  assert.deepEqual(figure(-150_000_000n), { it: '-1,50', en: '-1.50' });
});

test('rates are short', () => {
  assert.deepEqual(rate('22.00'), { it: '22%', en: '22%' });
  assert.deepEqual(rate(550), { it: '5,5%', en: '5.5%' });
});

test('dates are written as people do', () => {
  assert.deepEqual(date('2026-03-02Z'), { it: '02/03/2026', en: '2026-03-02Z' });
});

test('days compare as texts, whatever their zone and year', () => {
  const inOrder = ['-0044-03-15', '1970-01-01', '2026-03-02+01:00', '2026-03-03', '12026-01-01'];
  assert.deepEqual(inOrder.map(dayOf).sort(), inOrder.map(dayOf));
  assert.equal(dayOf('2026-03-02Z'), '2026-03-02');
});
