// receiver: what its settings mean under each profile, and what stops the start.
import { readSettings } from '@staffetta/platform/config/settings.ts';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { receiverOptions, settings, type ReceiverOptions } from './config.ts';

function options(environment: Record<string, string>, profile: 'dev' | 'production' = 'dev'): ReceiverOptions {
  return receiverOptions(readSettings(settings, environment).values, profile);
}

test('profile dev allows http and private addresses, production none of them', () => {
  const dev = options({});
  assert.ok(dev.policy.allowHttp && dev.policy.allowPrivate);
  const production = options({}, 'production');
  assert.ok(!production.policy.allowHttp && !production.policy.allowPrivate);
});

test('a setting wins over the profile, both ways', () => {
  assert.ok(options({ CALLBACK_ALLOW_PRIVATE: 'true' }, 'production').policy.allowPrivate);
  assert.ok(!options({ CALLBACK_ALLOW_HTTP: 'false' }).policy.allowHttp);
});

test('a request may be twice as long as a document', () => {
  assert.ok(options({}).bodyBytesMax > 2 * 5_242_880);
  assert.ok(options({ DOCUMENT_BYTES_MAX: '1MiB' }).bodyBytesMax < 3 * 1_048_576);
});

test('API keys are read by host; one that cannot be read stops the start without being shown', () => {
  assert.deepEqual(
    [...options({ CALLBACK_API_KEYS: 'A.it=k=1, b.it:81=k2' }).apiKeys],
    [
      ['a.it', 'k=1'],
      ['b.it:81', 'k2'],
    ],
  );
  const hidesKey = (error: Error): boolean => /entry 2/.test(error.message) && !/hush/.test(error.message);
  assert.throws(() => options({ CALLBACK_API_KEYS: 'a.it=k, hush' }), hidesKey);
  assert.throws(() => options({ CALLBACK_API_KEY_HEADER: 'not a header' }), /CALLBACK_API_KEY_HEADER/);
  assert.throws(() => options({ CALLBACK_SCHEDULE: ',' }), /CALLBACK_SCHEDULE/);
});

test('signatures of notices are judged only against certificates that can be read', () => {
  assert.deepEqual(options({}).notices, { mode: 'off', trust: [] });
  for (const [environment, words] of [
    [{ NOTICE_SIGNATURES: 'warn' }, /needs NOTICE_TRUST/],
    [{ NOTICE_SIGNATURES: 'require', NOTICE_TRUST: '/nowhere.pem' }, /NOTICE_TRUST=.*cannot be read/],
    [{ NOTICE_SIGNATURES: 'perhaps' }, /NOTICE_SIGNATURES/],
  ] as const) {
    assert.throws(() => options({ ...environment }), words);
  }
});
