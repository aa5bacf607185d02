// platform: only the gateway can vouch for a caller.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { callerHeader, callerOf, needRole, readCaller, signCaller } from './caller.ts';

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

test('a call that did not come through the gateway is trusted only where a setting says so', () => {
  const rules = { callerSecret: 's', trustDirectCalls: false };
  assert.throws(() => callerOf({}, rules, now), { code: 'KEY_WRONG' });
  assert.equal(callerOf({}, { ...rules, trustDirectCalls: true }, now).name, 'direct');
  assert.throws(() => callerOf({ [callerHeader]: 'forged' }, { ...rules, trustDirectCalls: true }, now), {
    code: 'KEY_WRONG',
  });
  assert.equal(callerOf({ [callerHeader]: signCaller('s', caller, now) }, rules, now).name, 'shop');
});

test('a signature of another time tells of the clocks, and by how much they are apart', () => {
  const rules = { callerSecret: 's', trustDirectCalls: false };
  const at = (ms: number) =>
    callerOf({ [callerHeader]: signCaller('s', caller, now) }, rules, new Date(now.getTime() + ms));
  assert.equal(at(300_000).name, 'shop');
  assert.equal(at(-300_000).name, 'shop');
  assert.throws(() => at(420_000), { code: 'CLOCKS_APART', message: /vouched for this caller 7 min ago; 5 min are/ });
  assert.throws(() => at(-420_000), { code: 'CLOCKS_APART', message: /vouched for this caller in 7 min from now/ });
  const forged = { [callerHeader]: signCaller('t', caller, new Date(0)) };
  assert.throws(() => callerOf(forged, rules, now), { code: 'KEY_WRONG' }, 'its time is nobody’s word');
});

test('a role that is not there is refused', () => {
  assert.throws(() => needRole(caller, ['ARUBA']), { code: 'ROLE_WRONG' });
  needRole(caller, ['ARUBA', 'CUSTOMER']);
});
