// platform: the last line of defence takes out what no log may hold, leaves JSON and everything else as it was.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { hideSecret, scrubLine } from './hidden-values.ts';

const scrub = (said: string): string => (JSON.parse(scrubLine(JSON.stringify({ said }))) as { said: string }).said;

for (const [what, said, left] of [
  ['a login in a URL', 'to postgres://me:pw@host:5432/x', 'to postgres://******@host:5432/x'],
  ['a mail address', 'from fatture@pec.example.it now', 'from (address) now'],
  ['a VAT number in a file name', 'IT01234567897_00001.xml', '(tax number)_00001.xml'],
  ['a bare VAT number', 'P.IVA 01234567897.', 'P.IVA (tax number).'],
  ['a codice fiscale', 'of RSSMRA80A01H501U, born', 'of (tax code), born'],
  ['a bearer token', 'authorization: Bearer abcdef123456', 'authorization: Bearer ******'],
  ['a JSON web token', 'token eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.', 'token eyJ******'],
  ['XML and all after it', 'at <Nome>Rossi</Nome> "and" more', 'at (markup)'],
  ['XML that was cut', 'at <p:FatturaElettronica versione="FPR12"><Nome>Ros', 'at (markup)'],
] as const) {
  test(`${what} is taken out`, () => {
    assert.equal(scrub(said), left);
  });
}

test('what only looks like it stays: places, ids, numbers of JSON, stack traces', () => {
  const line = JSON.stringify({
    time: '2026-11-25T10:00:00.000Z',
    level: 30,
    place: 'savedInvoice.DLT-3@15',
    offset: 12345678901,
    sdiId: '12345678901',
    correlationId: '20261125001',
    invoiceId: '019ab3c4-1111-7abc-8def-0123456789ab',
    stack: 'Error: x\n    at new Promise (<anonymous>)\n    at f (file:///a/node_modules/@scope/b.js:1:2)',
    mailbox: 'fa…@pec.example.it#9f2c',
  });
  assert.equal(scrubLine(line), line);
});

test('secrets of settings are taken out: whole, in lists, in URLs, in JSON; words that are none stay', () => {
  hideSecret('shop:key-of-shop-1:CUSTOMER:2,till:key-of-till-2:ARUBA');
  hideSecret('smtp://user:p%40ssw0rd-x@smtp.example.it:465');
  hideSecret('[{"address":"a@b.it","imapUrl":"imaps://u:geheim-123@imap.b.it"}]');
  hideSecret('correct"horse\\battery');
  assert.equal(scrub('key-of-shop-1 of CUSTOMER, key-of-till-2'), '****** of CUSTOMER, ******');
  assert.equal(scrub('p@ssw0rd-x p%40ssw0rd-x geheim-123'), '****** ****** ******');
  assert.equal(scrub('correct"horse\\battery'), '******');
  assert.equal(scrub('smtp.example.it refused'), 'smtp.example.it refused');
});

test('whatever is said, the line stays JSON, and scrubbing again changes nothing', () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.oneof(
          fc.string({ unit: 'grapheme' }),
          fc.constantFrom('<a>', '</b', '"', '\\', 'IT', '01234567897', '@x.it', 'Bearer ', '://a:b'),
        ),
      ),
      (parts) => {
        const once = scrubLine(JSON.stringify({ said: parts.join('') }));
        JSON.parse(once);
        assert.equal(scrubLine(once), once);
      },
    ),
  );
});
