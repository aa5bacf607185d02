// gateway: tests of the API keys.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { readApiKeys } from './setting-keys.ts';

const none = { apiKeys: undefined, apiKeysFile: undefined };
const wrong = (words: RegExp) => ({ code: 'SETTING_WRONG', message: words });

describe('API keys', () => {
  test('profile dev knows the two keys of the contract', () => {
    const keys = readApiKeys('dev', none);
    assert.deepEqual(keys.holderOf('sdi-secret-token')?.caller, { name: 'sdi', roles: ['SDI'] });
    assert.deepEqual(keys.holderOf('aruba-secret-token')?.caller, { name: 'aruba', roles: ['ARUBA'] });
    assert.equal(keys.size, 2);
  });

  test('a key is compared exactly, case included', () => {
    const keys = readApiKeys('dev', none);
    assert.equal(keys.holderOf('SDI-secret-token'), undefined);
    assert.equal(keys.holderOf('sdi-secret-token '), undefined);
    assert.equal(keys.holderOf(''), undefined);
  });

  test('a customer key is bound to its customer', () => {
    const keys = readApiKeys('production', { ...none, apiKeys: ' acme:k1:CUSTOMER:2 , erp:k2:ARUBA,' });
    assert.deepEqual(keys.holderOf('k1')?.caller, { name: 'acme', roles: ['CUSTOMER'], customerId: 2 });
    assert.deepEqual(keys.holderOf('k2')?.caller, { name: 'erp', roles: ['ARUBA'] });
    assert.equal(keys.holderOf('sdi-secret-token'), undefined);
  });

  test('a key may be given as its SHA-256', () => {
    const digest = createHash('sha256').update('secret').digest('hex');
    const keys = readApiKeys('production', { ...none, apiKeys: `erp:sha256=${digest}:ARUBA` });
    assert.equal(keys.holderOf('secret')?.caller.name, 'erp');
    assert.equal(keys.holderOf(`sha256=${digest}`), undefined);
  });

  test('a file holds one key a line, with comments', (t) => {
    const dir = mkdtempSync(join(tmpdir(), 'staffetta-keys-'));
    t.after(() => rmSync(dir, { recursive: true }));
    const file = join(dir, 'keys');
    writeFileSync(file, '# our keys\n\nerp:k#2:ARUBA # the ERP\r\nacme:k1:CUSTOMER:4\n');
    const keys = readApiKeys('production', { apiKeys: undefined, apiKeysFile: file });
    assert.equal(keys.holderOf('k#2')?.caller.name, 'erp');
    assert.equal(keys.holderOf('k1')?.caller.customerId, 4);
    writeFileSync(file, 'erp:k2:ARUBA\nbroken\n');
    assert.throws(() => readApiKeys('production', { apiKeys: undefined, apiKeysFile: file }), wrong(/line 2/));
  });

  test('production refuses to start without a key and with a development key', () => {
    assert.throws(() => readApiKeys('production', none), wrong(/needs at least one key in STAFFETTA_API_KEYS/));
    const known = { ...none, apiKeys: 'ok:good:ARUBA,erp:aruba-secret-token:CUSTOMER:2' };
    assert.throws(() => readApiKeys('production', known), wrong(/"erp" is a development key/));
  });

  test('a wrong entry is named without showing the key', () => {
    for (const [text, words] of [
      ['a:hidden', /key 1: it has not the right parts/],
      ['ok:fine:SDI,a:hidden:ADMIN', /key 2: its role is none of ours/],
      ['a:hidden:CUSTOMER', /needs the customer id/],
      ['a:hidden:CUSTOMER:0', /needs the customer id/],
      ['a:hidden:CUSTOMER:-1', /needs the customer id/],
      ['a:hidden:ARUBA:2', /only a CUSTOMER key has a customer id/],
      ['a:hid den:SDI', /printable ASCII/],
      ['a:sha256=hidden:SDI', /64 hexadecimal digits/],
      ['a:hidden:SDI,b:hidden:ARUBA', /"b" and "a" have the same key/],
    ] as const) {
      const act = () => readApiKeys('dev', { ...none, apiKeys: text });
      assert.throws(act, wrong(words), text);
      assert.throws(act, (error: Error) => !error.message.includes('hidden'), text);
    }
    const gone = { apiKeys: undefined, apiKeysFile: '/nowhere/keys' };
    assert.throws(() => readApiKeys('dev', gone), wrong(/STAFFETTA_API_KEYS_FILE cannot be read/));
  });
});
