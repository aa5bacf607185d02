// fatturapa: texts at the edges of the schema's types, for the tests of the types.

const words = (text: string): string[] => text.trim().split(/\s+/);

const dates = words(`
  2025-03-31 2025-02-29 2024-02-29 2025-04-31 1900-02-29 2000-02-29 0000-01-01 -0001-01-01 -0004-02-29 -0001-02-29
  0001-01-01 1969-12-31 1970-01-01 1970-01-02Z 10000-01-01 12344-02-29 12345-02-29 02025-01-01 2025-1-1 2025-13-01
  2025-00-01 2025-01-00 2025-01-32 25-01-01 2025-01-01+14:00 2025-01-01+14:01 2025-01-01+13:59 2025-01-01-14:00
  2025-01-01+15:00 2025-01-01z 2025-01-01-00:00 2025-01-01+12:60 2025-01-01+1:00 2025-01-01+0100 +2025-01-01 31/03/2025
  20250331 2025-03-31T09:30:00 2025-03-31T24:00:00 2025-03-31T24:00:00.00Z 2025-03-31T24:00:01 2025-03-31T24:01:00
  2025-03-31T23:59:60 2025-03-31T23:59:59.999 2025-03-31T23:59 2025-03-31T23:59:59. 2025-03-31T9:30:00
  2025-03-31t09:30:00 2025-03-31T09:30:00Z 2025-03-31T09:30:00+01:00 2025-03-31T09:30:00-14:01 2025-02-30T24:00:00
  2025-03-31T25:00:00
`);
const datesWithBlanks = ['2025-01-01 Z', '2025-03-31 09:30:00', ' 2025-03-31 ', '2025-03-31T09:30:00\n'];

const numbers = words(`
  1 0 -1 +1 +0 -0 007 0000000000000000000000000000000000000001 9999 10000 09999 999 1000 000 -000 + - 1. 1e2 +-1 --1
  9999999999999999999999999999999999999999 0x1 \u0661 1.00 1.0 1.000 -1.00 +1.00 0.00 -0.00 .00 1,00 1.234,50 1234.5
  12345.55 12345678901.00 123456789012.00 1234567890123.00 12345678901.12345678 12345678901.123456789 100.00 100.01
  099.99 101.00 999.99 0100.00 22.00 0.22 -100.00 \u0663.00
`);
const numbersWithBlanks = ['1 0', ' 1.00 ', '\n1.00\t', '1 .00', ' 7 '];

const addresses = words(`
  a@b a@b.it a.b@c.d.it .a@b a.@b a..b@c a@b. a@.b a@b..c "[]!#-a"@b "[]!#-"@b "a"@b "\\a"@b ""@b "[]!#-\u00e0"@b
  "[]!#-\u{1f600}"@b a@[1.2.3.4] a@[] a@[a]b] \u00e0@b.it a@b@c @ a@ @b a/b+c*d@c a=?@c a!b@c a:b@c a<b@c a-b@c-d.it
  a\`{|}~^_@c info@esempio.it a@bcd.e aaaaa@b. a@b.cde a@.bcdef @a.bcdef a@b.c.. a@..bcde a@@b.ccc @@b.cdef a@.....
  a@a.... aaa@bb.\u{1f600} \u{1f600}@\u{1f600}.\u{1f600}\u{1f600} \u{1f600}@\u{1f600}.\u{1f600}\u{1f600}\u{1f600}
  ${'a'.repeat(249)}@b.com ${'a'.repeat(250)}@b.com ${'a'.repeat(251)}@b.com ${'@'.repeat(200)}.
`);
const addressesWithBlanks = ['a b@c.it', ' a@b.it ', 'a@b.it\n', '"\\ "@b', '"[]!#- "@b', 'aa@a\nb.it', 'a@bb. '];

const codes = words(`
  IT it I1 ITA EUR eur RM 00187 0018 001871 0018A SI si TD01 TD07 N6 RF03 RSSMRA80A01H501U rssmra80a01h501u 01234567890
  0123456789 01234567890123456 ABCDEF ABCDEFG ABCDEFGH abcdef ABCDE 0000000 XXXXXXX 999999 IT60X0542811101000000123456
  it60x0542811101000000 IT60${'A'.repeat(10)} IT60${'A'.repeat(11)} IT60${'A'.repeat(30)} IT60${'A'.repeat(31)}
  BCITITMM BCITITMMXXX BCITITMMXX BCITIT0M BCITIT1M BCITIT2M BCITITMO BCITITM0
`);
const codesWithBlanks = [' 00187', '00187 ', 'SI ', ' SI', 'TD01\n'];

const letters = [...'\n\ta\u00e8\u20ac\u2019\u2026\u2013\u007f\u0080\u009f\u00a0\u00ff\u0100\u{1f600}'];
const phrases = ['', ' ', '  ', 'a\nb', ' a b ', 'a  b', ' Dott. ', 'Dott.', '<&>"'];

const lengths = [1, 2, 4, 5, 8, 9, 10, 11, 12, 13, 15, 16, 17, 18, 20, 21, 28, 29, 35, 36, 60, 61, 80, 81, 100, 101];
const lengthy = [...lengths, 200, 201, 1000, 1001].flatMap((length) =>
  ['a', '\u00e8', '\u{1f600}', ' '].map((letter) => letter.repeat(length)),
);

/** Texts that are just right or just wrong for one of the schema's types. */
export const edgeTexts: readonly string[] = [
  [dates, datesWithBlanks, numbers, numbersWithBlanks, addresses, addressesWithBlanks],
  [codes, codesWithBlanks, letters, phrases, lengthy],
].flat(2);
