// signer: one place of a key at most, a trial key in dev, none in production.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readSettings } from '@staffetta/platform/config/settings.ts';
import type { World } from '@staffetta/platform/service.ts';
import { keyPlaceOf, settings } from './config.ts';
import { chooseKey } from './keys/choose-key.ts';

const read = (environment: Record<string, string>) => readSettings(settings, environment).values;
const world = { profile: 'production' } as World;

test('without a setting dev makes a trial key and production has none', () => {
  assert.equal(keyPlaceOf(read({}), 'dev'), 'trial');
  assert.equal(keyPlaceOf(read({}), 'production'), 'none');
});

test('a place that is named is taken under either profile', () => {
  assert.equal(keyPlaceOf(read({ SIGNER_PKCS12: '/x.p12' }), 'dev'), 'pkcs12');
  assert.equal(keyPlaceOf(read({ SIGNER_PKCS11_MODULE: '/x.so' }), 'production'), 'pkcs11Module');
});

test('two places stop the start', () => {
  const both = read({ SIGNER_PKCS12: '/x.p12', SIGNER_REMOTE_URL: 'https://x' });
  assert.throws(() => keyPlaceOf(both, 'dev'), { name: 'SETTING_WRONG', message: /Only one of SIGNER_PKCS12/ });
});

test('in production the secret never travels in the clear, but to this machine', async () => {
  const clear = read({ SIGNER_REMOTE_URL: 'http://signing.example' });
  await assert.rejects(chooseKey(clear, world), { name: 'SETTING_WRONG', message: /SIGNER_REMOTE_URL must be https/ });
  assert.ok(await chooseKey(read({ SIGNER_REMOTE_URL: 'http://127.0.0.1:1' }), world));
  assert.ok(await chooseKey(read({ SIGNER_REMOTE_URL: 'https://signing.example/' }), world));
});
