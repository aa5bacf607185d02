// signer: what is wrong with a key for good stops the start, what may pass by itself does not.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SigningKeyError } from '@staffetta/fatturapa/signature/signing-key.ts';
import { HubError } from '@staffetta/flow/errors.ts';
import { turnableClock } from '@staffetta/platform/clock.ts';
import { createLog } from '@staffetta/platform/telemetry/log.ts';
import { KeyHolder } from './key-holder.ts';

function holderOf(trouble: Error): KeyHolder {
  const face = { says: 'the token', triesAtStart: true, open: () => Promise.reject(trouble) };
  return new KeyHolder({ face, clock: turnableClock(), log: createLog('silent'), lookEveryMs: 60_000 });
}

test('a key on a curve that no verifier takes stops the start, wherever it lies', async () => {
  const holder = holderOf(new SigningKeyError('KEY_NOT_SUPPORTED', 'The key is on the curve secp256k1.'));
  await assert.rejects(holder.start(), { code: 'SETTING_WRONG', message: /the token: .*secp256k1/ });
});

test('a token that is away is looked for again', async () => {
  const holder = holderOf(new HubError('SIGNING_FAILED', 'No token.'));
  await holder.start();
  assert.match(holder.state.trouble?.message ?? '', /No token/);
  await holder.close();
});
