// fatturapa: a signer's chain is the certificates above it, the nearest first, and nothing else.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chainAbove } from './chain-above.ts';
import { madeKey } from './keys.fixture.ts';

const root = madeKey('EC', { commonName: 'Radice', issues: true });
const middle = madeKey('RSA', { commonName: 'Autorità', issues: true, by: root });
const signer = madeKey('EC', { commonName: 'Rossi', by: middle });
const stranger = madeKey('EC', { commonName: 'Altro' });

function shown(chain: readonly Uint8Array[]): string[] {
  return chain.map((der) => Buffer.from(der).toString('hex'));
}

test('the chain goes up to the root, whatever lies beside it and in whatever order', () => {
  const nonsense = new Uint8Array([1, 2, 3]);
  const others = [stranger.certificate, root.certificate, nonsense, signer.certificate, middle.certificate];
  assert.deepEqual(shown(chainAbove(signer.certificate, others)), shown([middle.certificate, root.certificate]));
});

test('it ends where the next one is missing, and at a certificate that signs itself', () => {
  assert.deepEqual(chainAbove(signer.certificate, [root.certificate]), []);
  assert.deepEqual(chainAbove(root.certificate, [root.certificate, middle.certificate]), []);
});
