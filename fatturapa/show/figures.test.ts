// fatturapa: amounts and dates are shown as people read them, digit by digit.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { writeAmount, writeDate, writeIban, writeMoment, writeQuantity, writeRate, writeSize } from './figures.ts';

test('an amount has its thousands grouped and at least two decimals', () => {
  const rows: [string, string, string][] = [
    ['0.00', '0,00', '0.00'],
    ['122.00', '122,00', '122.00'],
    ['1234.5', '1.234,50', '1,234.50'],
    ['-1234567.89', '-1.234.567,89', '-1,234,567.89'],
    ['99999999999.99', '99.999.999.999,99', '99,999,999,999.99'],
    ['0.12345678', '0,12345678', '0.12345678'],
    ['10.00000000', '10,00', '10.00'],
    ['+7', '7,00', '7.00'],
    ['000012.30', '12,30', '12.30'],
    ['-0.00', '0,00', '0.00'],
    ['0.10000000', '0,10', '0.10'],
  ];
  for (const [text, it, en] of rows) assert.deepEqual([writeAmount(text, 'it'), writeAmount(text, 'en')], [it, en]);
});

test('digits that a double would lose are kept', () => {
  assert.equal(writeAmount('12345678901234567890.12', 'it'), '12.345.678.901.234.567.890,12');
});

test('what is no number comes back as it is', () => {
  for (const text of ['', 'abc', '1,50', '1e3', '--1', '1.', '.5', '9'.repeat(5000)]) {
    assert.equal(writeAmount(text, 'it'), text);
  }
});

test('quantities and rates carry no needless noughts', () => {
  assert.equal(writeQuantity('5.00', 'it'), '5');
  assert.equal(writeQuantity('1200.50000000', 'it'), '1.200,5');
  assert.equal(writeRate('22.00', 'it'), '22%');
  assert.equal(writeRate('10.50', 'en'), '10.5%');
});

test('days and moments follow the language, and a zone stays visible', () => {
  assert.equal(writeDate('2026-11-22', 'it'), '22/11/2026');
  assert.equal(writeDate(' 2026-01-02 ', 'en'), '2 Jan 2026');
  assert.equal(writeDate('2026-11-22+01:00', 'it'), '22/11/2026 (+01:00)');
  assert.equal(writeDate('2026-13-22', 'en'), '2026-13-22');
  assert.equal(writeMoment('2026-11-22T10:15:30.123', 'it'), '22/11/2026 10:15:30');
  assert.equal(writeMoment('2026-11-22T10:15:30+01:00', 'en'), '22 Nov 2026 10:15:30 (+01:00)');
  assert.equal(writeMoment('2026-11-22', 'it'), '22/11/2026');
  assert.equal(writeMoment('ieri', 'it'), 'ieri');
});

test('sizes and accounts are written for people', () => {
  assert.deepEqual(
    [0, 1, 999, 1000, 12_345, 999_949, 999_950, 5_242_880].map((bytes) => writeSize(bytes, 'it')),
    ['0 byte', '1 byte', '999 byte', '1,0 kB', '12,3 kB', '999,9 kB', '1,0 MB', '5,2 MB'],
  );
  assert.equal(writeSize(2, 'en'), '2 bytes');
  assert.equal(writeIban('IT60X0542811101000000123456'), 'IT60 X054 2811 1010 0000 0123 456');
});
