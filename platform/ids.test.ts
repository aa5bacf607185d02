// platform: identifiers sort by time and never repeat.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { uuidv7 } from './ids.ts';

test('a hundred thousand ids are distinct, in order and of the right form', () => {
  const ids = Array.from({ length: 100_000 }, () => uuidv7());
  assert.equal(new Set(ids).size, ids.length);
  assert.deepEqual([...ids].sort(), ids);
  for (const id of ids.slice(0, 500))
    assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});

test('the first 48 bits are the time', () => {
  const before = Date.now();
  const ms = Number.parseInt(uuidv7().replaceAll('-', '').slice(0, 12), 16);
  // The counter may have overflowed into later milliseconds when many ids were made at once.
  assert.ok(ms >= before && ms < before + 60_000);
});
