// platform: how appended rows are cut into statements.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeHeaders, encodeHeaders } from './postgres-log.ts';
import { chunksOf } from './postgres-publisher.ts';

const rows = (count: number, bytes: number): { value: Buffer }[] =>
  Array.from({ length: count }, () => ({ value: Buffer.alloc(bytes) }));

test('statements have a power of two of rows and keep their order', () => {
  const all = rows(300, 10);
  const chunks = chunksOf(all);
  assert.deepEqual(
    chunks.map((chunk) => chunk.length),
    [128, 128, 32, 8, 4],
  );
  assert.deepEqual(chunks.flat(), all);
});

test('large values go in statements of their own', () => {
  assert.deepEqual(
    chunksOf(rows(5, 3 * 1024 * 1024)).map((chunk) => chunk.length),
    [1, 1, 1, 1, 1],
  );
  assert.deepEqual(
    chunksOf(rows(1, 20 * 1024 * 1024)).map((chunk) => chunk.length),
    [1],
  );
});

test('headers come back as they were, also what JSON in the database cannot hold', () => {
  const headers = { text: 'perché', nothing: '', zero: 'a\0b', bytes: Buffer.from([0, 255, 1]), __proto__x: 'kept' };
  assert.deepEqual(decodeHeaders(JSON.parse(encodeHeaders(headers))), headers);
  assert.equal(JSON.parse(encodeHeaders({ half: 'x\ud800' })).half, 'x\ufffd');
});
