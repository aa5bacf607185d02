// fatturapa: whatever is changed under a provider's signature, the mail is no longer verified; no bytes make the judgement throw.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import fc from 'fast-check';
import { makeHolder } from '../signature/authority.fixture.ts';
import { keyInMemory } from '../signature/key-object.ts';
import { canonicalLines } from './canonical-lines.ts';
import { mailLimits } from './mail-limits.ts';
import { attachment, daticert, mail, multipart } from './pec-mail.fixture.ts';
import { signMail } from './sign-mail.ts';
import { verifyMail } from './verify-mail.ts';
import { walkMail } from './walk-mail.ts';

const from = 'posta-certificata@gestore.example';
const at = new Date('2026-03-02T08:00:00Z');
const provider = makeHolder({ name: 'Gestore', emails: [from] });
const entity = mail(
  [],
  multipart('mixed', 'dentro', [
    { headers: ['Content-Type: text/plain'], body: 'Ricevuta\r\n' },
    attachment('daticert.xml', daticert({ type: 'accettazione' })),
  ]),
);

let mailed: Buffer;
before(async () => {
  const signed = await signMail(entity, keyInMemory(provider.privateKey, provider.certificate, []), { at });
  mailed = Buffer.concat([Buffer.from(`From: ${from}\r\nMIME-Version: 1.0\r\n`), signed]);
});

function resultOf(bytes: Buffer): string {
  return verifyMail(walkMail(bytes, mailLimits).root, from, { trust: [provider.pem], at }).result;
}

test('a mail with one changed byte under the signature is not verified', () => {
  assert.equal(resultOf(mailed), 'verified');
  const start = mailed.indexOf(entity);
  fc.assert(
    fc.property(fc.nat(entity.length - 1), fc.integer({ min: 1, max: 255 }), (place, flip) => {
      const changed = Buffer.from(mailed);
      changed[start + place] = (changed[start + place] ?? 0) ^ flip;
      assert.notEqual(resultOf(changed), 'verified');
    }),
    { numRuns: 500 },
  );
});

test('a mail with anything put in or left out under the signature is not verified', () => {
  const start = mailed.indexOf(entity);
  fc.assert(
    fc.property(
      fc.nat(entity.length - 1),
      fc.string({ minLength: 1, maxLength: 10, unit: 'binary-ascii' }),
      fc.nat(20),
      (place, put, cut) => {
        const [head, tail] = [mailed.subarray(0, start + place), mailed.subarray(start + place + cut)];
        const changed = Buffer.concat([head, Buffer.from(put, 'latin1'), tail]);
        const isSame = canonicalLines(changed).equals(canonicalLines(mailed));
        assert.ok(isSame || resultOf(changed) !== 'verified');
      },
    ),
    { numRuns: 500 },
  );
});

test('any bytes in place of the signature are answered for', () => {
  const start = mailed.indexOf('\r\n\r\n', mailed.indexOf('smime.p7s')) + 4;
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      const changed = Buffer.concat([mailed.subarray(0, start), Buffer.from(Buffer.from(bytes).toString('base64'))]);
      assert.notEqual(resultOf(changed), 'verified');
    }),
  );
});

test('a signed mail that is nothing but line ends takes no more than its length', () => {
  for (const line of ['\n', '\r', '\r\n', '\n\r']) {
    const body = Buffer.from(line.repeat(8_000_000 / line.length));
    const parts = [{ headers: ['Content-Type: text/plain'], body }, attachment('smime.p7s', 'firma')];
    const bytes = mail([`From: ${from}`, 'Subject: x'], multipart('signed', 'firma', parts));
    assert.equal(resultOf(bytes), 'unreadable');
  }
});

test('the canonical form is its own, and what text it is of can still be read', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom('\r', '\n', '\r\n', 'a', '\u00e8')), (pieces) => {
      const text = pieces.join('');
      const canonical = canonicalLines(Buffer.from(text));
      assert.equal(canonical.toString(), text.replaceAll(/\r\n|\r|\n/g, '\r\n'));
      assert.equal(canonicalLines(canonical), canonical);
    }),
  );
});
