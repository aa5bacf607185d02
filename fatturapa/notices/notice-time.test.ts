// fatturapa: times of notices become instants: with their zone, else by Rome's clocks.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { noticeTime } from './notice-time.ts';

for (const [text, instant, why] of [
  ['2018-06-16T18:34:00.000+02:00', '2018-06-16T16:34:00.000Z', 'a zone counts'],
  ['2013-06-06T12:00:00Z', '2013-06-06T12:00:00.000Z', 'Z is UTC'],
  ['2013-06-06T12:00:00', '2013-06-06T10:00:00.000Z', 'summer in Rome'],
  ['2014-01-06T12:00:00', '2014-01-06T11:00:00.000Z', 'winter in Rome'],
  [' 2014-01-06T12:00:00.1239 ', '2014-01-06T11:00:00.123Z', 'fractions are cut to milliseconds'],
  ['2025-03-30T02:30:00', '2025-03-30T01:30:00.000Z', 'the hour that March lacks is an hour on'],
  ['2025-10-26T02:30:00', '2025-10-26T01:30:00.000Z', 'of the hour that October has twice the later'],
  ['2025-10-26T01:59:59', '2025-10-25T23:59:59.000Z', 'just before that hour'],
  ['2025-10-26T03:00:00', '2025-10-26T02:00:00.000Z', 'just after that hour'],
  ['2024-12-31T24:00:00', '2024-12-31T23:00:00.000Z', 'the end of a day'],
] as const) {
  test(`${text}: ${why}`, () => assert.deepEqual(noticeTime(text), { text: text.trim(), instant }));
}

test('what is no time is kept as it stands, without an instant', () => {
  for (const text of ['', 'ieri', '2025-02-30T10:00:00', '2025-01-01', '2025-01-01T25:00:00', '99999-01-01T00:00:00']) {
    assert.deepEqual(noticeTime(text), { text });
  }
});
