// dbmanager: a file's name reaches every client, and can end neither the header nor the name.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { contentDisposition } from './file-answer.ts';

test('a plain name stands once, another in its exact form too', () => {
  assert.equal(contentDisposition('IT01_1.xml'), 'attachment; filename="IT01_1.xml"');
  assert.equal(contentDisposition('a.pdf', true), 'inline; filename="a.pdf"');
  assert.equal(
    contentDisposition('perché (1).pdf'),
    `attachment; filename="perche (1).pdf"; filename*=UTF-8''perch%C3%A9%20%281%29.pdf`,
  );
  assert.equal(
    contentDisposition('a"b\\c%.pdf'),
    `attachment; filename="a_b_c_.pdf"; filename*=UTF-8''a%22b%5Cc%25.pdf`,
  );
});

test('no name breaks out of the header', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (name) => {
      const header = contentDisposition(name);
      assert.match(
        header,
        /^attachment; filename="[\x20-\x21\x23-\x24\x26-\x5b\x5d-\x7e]*"(; filename\*=UTF-8''[\w.~!*%-]*)?$/,
      );
    }),
  );
});
