// platform: only the gateway can vouch for a caller.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readCaller, signCaller } from './caller.ts';

const now = new Date('2026-11-22T10:00:00Z');
const caller = { name: 'shop', roles: ['CUSTOMER'], customerId: 2 } as const;

test('a signed caller comes back', () => {
  assert.deepEqual(readCaller('s', signCaller('s', caller, now), now), caller);
});

test('another secret, a changed payload, an old signature or nonsense are nobody', () => {
  const header = signCaller('s', caller, now);
  assert.equal(readCaller('t', header, now), undefined);
  assert.equal(readCaller('s', `x${header}`, now), undefined);
  assert.equal(readCaller('s', header, new Date(now.getTime() + 301_000)), undefined);
  assert.equal(readCaller('s', 'nonsense', now), undefined);
  assert.equal(readCaller('s', '', now), undefined);
});
