// fatturapa: whatever the content, the envelope is DER, holds it unchanged, and its signature is the key's own.
import assert from 'node:assert/strict';
import { hash, verify } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { signCades } from './cades.ts';
import { publicKeyOf } from './certificate-facts.ts';
import { element, readElement, readElements, type DerElement } from './der.ts';
import { madeKey } from './keys.fixture.ts';

const key = madeKey('EC');

function child(of: DerElement | undefined, index: number): DerElement {
  const found = of && readElements(of.content).at(index);
  assert.ok(found);
  return found;
}

test('any content comes out of the envelope as it went in, under a digest and a signature that hold', async () => {
  const instants = fc.date({ min: new Date('1950-01-01'), max: new Date('9999-12-31'), noInvalidDate: true });
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 70_000, size: 'max' }), instants, async (content, at) => {
      const signed = await signCades(content, key, { at });
      const outer = readElement(signed);
      assert.equal(outer.whole.length, signed.length);
      const signedData = child(child(outer, 1), 0);
      assert.deepEqual(child(child(child(signedData, 2), 1), 0).content, Buffer.from(content));
      const signer = child(child(signedData, -1), 0);
      const attributes = child(signer, 3);
      assert.ok(attributes.content.includes(hash('sha256', content, 'buffer')));
      const toVerify = element(0x31, attributes.content);
      assert.ok(verify('sha256', toVerify, publicKeyOf(key.certificate), child(signer, -1).content));
    }),
    { numRuns: 60 },
  );
});
