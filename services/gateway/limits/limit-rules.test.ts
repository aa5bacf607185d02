// gateway: tests of the limits' rules, their headers, and of who has to wait after wrong credentials.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Identified } from '../identity/identity.ts';
import { limitHeaders } from './limit-headers.ts';
import { addressBlock, bucketsOf, type Asked, type LimitRules } from './limit-rules.ts';
import { takenFrom } from './rate-limit.ts';
import { createSignInGuard } from './sign-in-guard.ts';

const rules: LimitRules = {
  client: { perSecond: 10, burst: 20 },
  customer: { perSecond: 20, burst: 40 },
  address: { perSecond: 100, burst: 200 },
  expensive: { perSecond: 1, burst: 5 },
  signIn: { perSecond: 2, burst: 4 },
};

const platform: Identified = { id: 'key:a', how: 'key', caller: { name: 'erp', roles: ['ARUBA'] } };
const acme: Identified = { id: 'key:b', how: 'key', caller: { name: 'acme', roles: ['CUSTOMER'], customerId: 2 } };
const wrongKey = { refused: 'KEY_WRONG', why: '' } as const;

function namesOf(changes: Partial<Asked>, inForce = rules): string[] {
  const asked = { address: '192.0.2.1', found: undefined, isExpensive: false, isOpen: false, ...changes };
  return bucketsOf(inForce, asked).map(({ limit, name, rule }) => `${limit} ${name} ${rule.perSecond}`);
}

describe('limits of a request', () => {
  test('whoever did not sign in counts by address', () => {
    assert.deepEqual(namesOf({}), ['address 192.0.2.1 10', 'address-total 192.0.2.1 100']);
  });

  test('a wrong credential is a try to get in, but not where everybody may', () => {
    assert.ok(namesOf({ found: wrongKey }).includes('sign-in 192.0.2.1 2'));
    assert.ok(!namesOf({ found: wrongKey, isOpen: true }).includes('sign-in 192.0.2.1 2'));
    assert.ok(!namesOf({ found: { refused: 'KEYS_AWAY', why: '' } }).includes('sign-in 192.0.2.1 2'));
  });

  test('a credential counts by itself, for its customer, and for its address', () => {
    assert.deepEqual(namesOf({ found: platform }), ['key key:a 10', 'address-total 192.0.2.1 100']);
    assert.deepEqual(namesOf({ found: acme }), ['key key:b 10', 'customer 2 20', 'address-total 192.0.2.1 100']);
  });

  test('the rule of the credential wins over the common one', () => {
    assert.equal(namesOf({ found: { ...acme, rateRule: { perSecond: 7, burst: 7 } } })[0], 'key key:b 7');
  });

  test('what is expensive counts by customer, else by credential', () => {
    assert.ok(namesOf({ found: acme, isExpensive: true }).includes('expensive 2 1'));
    assert.ok(namesOf({ found: platform, isExpensive: true }).includes('expensive key:a 1'));
  });

  test('limits that are off do not count', () => {
    const off = { ...rules, customer: undefined, address: undefined, expensive: undefined, signIn: undefined };
    assert.deepEqual(namesOf({ found: acme, isExpensive: true }, off), ['key key:b 10']);
    assert.deepEqual(namesOf({ found: wrongKey }, off), ['address 192.0.2.1 10']);
  });

  test('of IPv6 the /64 counts', () => {
    for (const [address, block] of [
      ['192.0.2.1', '192.0.2.1'],
      ['::ffff:192.0.2.1', '192.0.2.1'],
      ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
      ['2001:db8:1:2::6', '2001:db8:1:2::/64'],
      ['2001:db8::6', '2001:db8:0:0::/64'],
      ['::1', '0:0:0:0::/64'],
      ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ] as const) {
      assert.equal(addressBlock(address), block, address);
    }
  });
});

test('the headers tell all limits that count, and what is left of the tightest', () => {
  const buckets = bucketsOf(rules, { address: 'x', found: acme, isExpensive: true, isOpen: false });
  const taken = takenFrom(buckets, [19, 39, 2.5, 199], true);
  assert.deepEqual(limitHeaders(buckets, taken), [
    'ratelimit-policy',
    '"key";q=20;w=2, "customer";q=40;w=2, "expensive";q=5;w=5, "address-total";q=200;w=2',
    'ratelimit',
    '"expensive";r=2;t=3',
    'x-ratelimit-limit',
    '5',
    'x-ratelimit-remaining',
    '2',
    'x-ratelimit-reset',
    '3',
  ]);
});

describe('who tried too many wrong credentials', () => {
  test('waits with the right one too, and then may', () => {
    let nowMs = 0;
    const guard = createSignInGuard(() => nowMs);
    guard.bar('a', 500);
    assert.equal(guard.waitMs('a', 'key:1'), 500);
    assert.equal(guard.waitMs('b', 'key:1'), 0, 'from elsewhere it counts');
    nowMs = 500;
    assert.equal(guard.waitMs('a', 'key:1'), 0);
  });

  test('keeps nobody out who signed in from there before', () => {
    const guard = createSignInGuard(() => 0);
    assert.equal(guard.waitMs('a', 'key:1'), 0);
    guard.bar('a', 500);
    assert.deepEqual([guard.waitMs('a', 'key:1'), guard.waitMs('a', 'key:2')], [0, 500]);
  });

  test('is forgotten in time, whoever floods it', () => {
    const guard = createSignInGuard(() => 0, 10);
    for (let index = 0; index < 1000; index += 1) guard.bar(`a${index}`, 500);
    for (let index = 0; index < 1000; index += 1) assert.equal(guard.waitMs('b', `key:${index}`), 0);
    guard.bar('b', 500);
    assert.equal(guard.waitMs('b', 'key:999'), 0);
    assert.equal(guard.waitMs('b', 'key:0'), 500);
  });
});
