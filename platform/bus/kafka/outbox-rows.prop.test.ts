// platform: headers come back from the outbox as they went in.
import fc from 'fast-check';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readHeaders, writeHeaders } from './outbox-rows.ts';

const value = fc.oneof(
  fc.string(),
  fc.uint8Array().map((bytes) => Buffer.from(bytes)),
);

test('text and binary headers survive the way through a row, whatever they hold', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), value, { noNullPrototype: true }), (headers) => {
      assert.deepEqual(readHeaders(writeHeaders(headers)), headers);
    }),
  );
});
