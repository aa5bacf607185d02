// gateway: tests of how kept keys are written and read.
import fc from 'fast-check';
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { holdsKey, makeKey, readKey, stageOf } from './key-form.ts';

describe('the form of a kept key', () => {
  test('a key says where it was made, and its id can be read from it', () => {
    for (const [profile, stage] of [
      ['dev', 'test'],
      ['production', 'live'],
    ] as const) {
      const { key, keyId } = makeKey(stageOf(profile));
      assert.match(key, new RegExp(`^stf_${stage}_${keyId}_[0-9A-Za-z]{38}$`));
      assert.deepEqual(readKey(key), { kind: 'key', keyId, stage });
    }
  });

  test('no two keys are alike', () => {
    const made = Array.from({ length: 500 }, () => makeKey('live'));
    assert.equal(new Set(made.map(({ keyId }) => keyId)).size, 500);
    assert.equal(new Set(made.map(({ key }) => key.slice(-38))).size, 500);
  });

  test('one wrong character, one missing, two swapped: damaged, never another key', () => {
    const { key } = makeKey('test');
    const alphabet = fc.constantFrom(...'0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_- ');
    fc.assert(
      fc.property(fc.integer({ min: 4, max: key.length - 1 }), alphabet, (at, letter) => {
        fc.pre(key[at] !== letter);
        assert.equal(readKey(key.slice(0, at) + letter + key.slice(at + 1)).kind, 'damaged');
        assert.equal(readKey(key.slice(0, at)).kind, 'damaged');
        assert.equal(readKey(key.slice(0, at) + key.slice(at + 1)).kind, 'damaged');
        const swapped = key.slice(0, at - 1) + key[at] + key[at - 1] + key.slice(at + 1);
        if (swapped !== key) assert.notEqual(readKey(swapped).kind, 'key');
      }),
      { numRuns: 500 },
    );
  });

  test('the wrong letter case, blanks around it and a line end are damage; a stranger’s key is none of this form', () => {
    const { key } = makeKey('live');
    for (const text of [key.toUpperCase(), key.toLowerCase(), `${key} `, `${key}\n`, `${key}${key}`, 'stf_', 'STF_x']) {
      assert.equal(readKey(text).kind, 'damaged', text);
    }
    for (const text of ['', 'aruba-secret-token', ` ${key}`, 'sk_live_1', 'stf']) {
      assert.equal(readKey(text).kind, 'other', text);
    }
  });

  test('a key is seen within an address', () => {
    const { key } = makeKey('live');
    assert.equal(holdsKey(`/dbmanager/api/invoices?api_key=${key}`), true);
    assert.equal(holdsKey(`/x?a=${key.slice(0, 40)}`), true);
    assert.equal(holdsKey('/x?name=stf_live'), false);
  });
});
