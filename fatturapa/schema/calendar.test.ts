// fatturapa: which texts are dates and times.
import fc from 'fast-check';
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { isDate, isDateTime, isInvoiceDate } from './calendar.ts';

suite('a date', () => {
  test('has the days of its month', () => {
    for (const text of ['2025-01-31', '2025-04-30', '2024-02-29', '2000-02-29', '12344-02-29', '-0004-02-29']) {
      assert.ok(isDate(text), text);
    }
    for (const text of ['2025-04-31', '2025-02-29', '1900-02-29', '12345-02-29', '-0001-02-29', '2025-02-30']) {
      assert.ok(!isDate(text), text);
    }
  });

  test('may have a time zone up to fourteen hours', () => {
    for (const zone of ['Z', '+00:00', '-00:00', '+13:59', '+14:00', '-14:00']) {
      assert.ok(isDate(`2025-03-31${zone}`), zone);
      assert.ok(isDate(`2024-02-29${zone}`), zone);
    }
    for (const zone of ['z', ' Z', '+14:01', '+15:00', '+1:00', '+0100', '+12:60', 'ZZ']) {
      assert.ok(!isDate(`2025-03-31${zone}`), zone);
    }
  });

  test('has a year of four digits or more, but never 0000 and no needless zero', () => {
    for (const text of ['0001-01-01', '-0001-01-01', '10000-01-01', '999999999-12-31']) assert.ok(isDate(text), text);
    for (const text of ['0000-01-01', '-0000-01-01', '25-01-01', '02025-01-01', '+2025-01-01']) {
      assert.ok(!isDate(text), text);
    }
  });

  test('is written with two digits of month and day, and nothing else', () => {
    for (const text of ['', '2025-1-01', '2025-01-1', '20250101', '2025-01-01T00:00:00', '31/03/2025', ' 2025-01-01']) {
      assert.ok(!isDate(text), text);
    }
  });
});

suite('the date of an invoice', () => {
  test('is from 1970 on', () => {
    for (const text of ['1970-01-01', '2025-12-31', '2024-02-29', '10000-01-01']) assert.ok(isInvoiceDate(text), text);
    for (const text of ['1969-12-31', '0001-01-01', '-2025-01-01', '2025-02-29']) assert.ok(!isInvoiceDate(text), text);
  });

  test('with a zone is from 1970 on only where no zone on earth says otherwise', () => {
    for (const text of ['1970-01-02Z', '1970-01-02+09:59', '1970-01-03+14:00']) assert.ok(isInvoiceDate(text), text);
    for (const text of ['1970-01-01Z', '1970-01-01-14:00', '1970-01-02+10:00']) assert.ok(!isInvoiceDate(text), text);
  });
});

suite('a time', () => {
  test('has seconds, perhaps their fraction, perhaps a zone', () => {
    for (const text of ['T09:30:00', 'T23:59:59', 'T00:00:00.123456789', 'T09:30:00Z', 'T09:30:00.5+01:00']) {
      assert.ok(isDateTime(`2025-03-31${text}`), text);
    }
    for (const text of [
      '',
      'T',
      'T09:30',
      'T9:30:00',
      ' 09:30:00',
      't09:30:00',
      'T09:30:00.',
      'T09:30:60',
      'T09:60:00',
    ]) {
      assert.ok(!isDateTime(`2025-03-31${text}`), text);
    }
  });

  test('may be 24:00:00, the end of the day, and not a moment later', () => {
    assert.ok(isDateTime('2025-03-31T24:00:00'));
    assert.ok(isDateTime('2025-03-31T24:00:00.000Z'));
    assert.ok(!isDateTime('2025-03-31T24:00:00.001'));
    assert.ok(!isDateTime('2025-03-31T24:00:01'));
    assert.ok(!isDateTime('2025-03-31T24:01:00'));
  });

  test('stands on a day that exists', () => {
    assert.ok(!isDateTime('2025-02-29T09:30:00'));
  });
});

test('each day of the calendar is a date, and the day after the last of its month is none', () => {
  const days = fc.date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true });
  fc.assert(
    fc.property(days, (day) => {
      const text = day.toISOString().slice(0, 10);
      assert.ok(isDate(text), text);
      assert.ok(isDateTime(day.toISOString()), text);
      const lastDay = new Date(Date.UTC(day.getUTCFullYear(), day.getUTCMonth() + 1, 0));
      lastDay.setUTCFullYear(day.getUTCFullYear(), day.getUTCMonth() + 1, 0);
      const after = `${text.slice(0, 8)}${lastDay.getUTCDate() + 1}`;
      assert.ok(!isDate(after), after);
    }),
  );
});
