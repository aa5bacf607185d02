// fatturapa: a signed mail holds for OpenSSL, carries what was signed as it was, and falls with any changed byte.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { servers } from '@staffetta/tools/servers/available.ts';
import { Folder, keyKinds, madeKey, runs, type MadeKey } from '../signature/keys.fixture.ts';
import { signMail } from './sign-mail.ts';

const at = new Date('2026-11-22T09:15:30Z');
const needed = { skip: servers.openssl.missing };
const entity = Buffer.from(
  'Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nCaff=C3=A8\r\n--\r\n',
);

let folder: Folder;
before(async () => {
  folder = await Folder.make();
});
after(() => folder.remove());

async function opensslSays(mail: Buffer, key: MadeKey): Promise<{ ok: boolean; output: string; content: Buffer }> {
  const file = await folder.write('signed.eml', mail);
  const anchor = await folder.write('anchor.pem', key.certificatePem);
  const out = await folder.write('content.out', '');
  const words = ['cms', '-verify', '-cades', '-inform', 'SMIME', '-purpose', 'any', '-CAfile', anchor];
  const { ok, output } = await runs('openssl', ...words, '-in', file, '-out', out);
  return { ok, output, content: await folder.read('content.out') };
}

const asMail = (signed: Buffer): Buffer =>
  Buffer.concat([Buffer.from('From: posta-certificata@gestore.example\r\nMIME-Version: 1.0\r\n'), signed]);

for (const kind of keyKinds) {
  test(`OpenSSL verifies a mail signed with ${kind} and gives back the entity`, needed, async () => {
    const key = madeKey(kind);
    const verdict = await opensslSays(asMail(await signMail(entity, key, { at })), key);
    assert.ok(verdict.ok, verdict.output);
    assert.deepEqual(verdict.content, entity);
  });
}

test('a changed byte of the entity is noticed', needed, async () => {
  const key = madeKey('EC');
  const signed = asMail(await signMail(entity, key, { at }));
  const changed = Buffer.from(signed);
  changed[signed.indexOf('Caff')] = 0x54;
  assert.ok(!(await opensslSays(changed, key)).ok);
});

test('every kind of line end becomes CR LF, and so it is signed', async () => {
  const key = madeKey('EC');
  const signed = await signMail(Buffer.from('Content-Type: text/plain\n\nuno\rdue\r\ntre\n'), key, { at });
  assert.ok(signed.includes('\r\nContent-Type: text/plain\r\n\r\nuno\r\ndue\r\ntre\r\n\r\n--'));
  assert.ok(!/(?<!\r)\n|\r(?!\n)/.test(signed.toString('latin1')));
});

test('the header says how it is signed, and the same entity has the same boundary', async () => {
  const [one, other] = await Promise.all([
    signMail(entity, madeKey('EC'), { at }),
    signMail(entity, madeKey('RSA'), { at }),
  ]);
  const head = (signed: Buffer): string => signed.toString('latin1').split('\r\n\r\n')[0] ?? '';
  assert.match(
    head(one),
    /^Content-Type: multipart\/signed; protocol="application\/pkcs7-signature";\r\n micalg=sha-256;/,
  );
  assert.equal(head(one), head(other));
});

test('the certificates of the chain come along', async () => {
  const above = madeKey('EC');
  const signed = await signMail(entity, { ...madeKey('EC'), chain: [above.certificate] }, { at });
  const encoded = signed.toString('latin1').split('smime.p7s"\r\n\r\n')[1]?.split('\r\n--')[0] ?? '';
  assert.ok(Buffer.from(encoded, 'base64').includes(Buffer.from(above.certificate)));
});
