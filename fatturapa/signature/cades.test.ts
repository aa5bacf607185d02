// fatturapa: a CAdES signature holds for OpenSSL, carries what SdI asks for, and falls with any changed byte.
import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import { after, before, test } from 'node:test';
import { servers } from '@staffetta/tools/servers/available.ts';
import { signCades } from './cades.ts';
import { Folder, keyKinds, madeKey, opensslVerify, runs, type MadeKey } from './keys.fixture.ts';

const at = new Date('2026-11-22T09:15:30.500Z');
const content = Buffer.from('<?xml version="1.0" encoding="UTF-8"?>\r\n<fattura>Caffè</fattura>\n');
const needed = { skip: servers.openssl.missing };

let folder: Folder;
let key: MadeKey;
before(async () => {
  folder = await Folder.make();
  key = madeKey('RSA');
});
after(() => folder.remove());

for (const kind of keyKinds) {
  test(
    `OpenSSL verifies a signature made with ${kind}, signing-certificate-v2 included, and finds the content in it`,
    needed,
    async () => {
      const own = madeKey(kind);
      const verdict = await opensslVerify(folder, await signCades(content, own, { at }), own.certificatePem);
      assert.ok(verdict.ok, verdict.output);
      assert.deepEqual(verdict.content, content);
    },
  );
}

test('a changed byte of the content or of the signature is noticed', needed, async () => {
  const signed = await signCades(content, key, { at });
  const places = { content: signed.indexOf(content) + 60, signature: signed.length - 5 };
  for (const [what, place] of Object.entries(places)) {
    const changed = Buffer.from(signed);
    changed[place] = (changed[place] ?? 0) ^ 1;
    const verdict = await opensslVerify(folder, changed, key.certificatePem);
    assert.ok(!verdict.ok, `changed ${what} passed`);
  }
});

test("somebody else's certificate does not verify it", needed, async () => {
  const other = madeKey('RSA');
  assert.ok(!(await opensslVerify(folder, await signCades(content, key, { at }), other.certificatePem)).ok);
});

test('the content lies in the file in one piece, as it was', async () => {
  assert.ok((await signCades(content, key, { at })).includes(content));
});

test(
  'the signed attributes are the four that SdI asks for, with the signing time to the second in UTC',
  needed,
  async () => {
    const file = await folder.write('shown.p7m', await signCades(content, key, { at }));
    const { output } = await runs('openssl', 'cms', '-cmsout', '-print', '-inform', 'DER', '-in', file);
    const names = [...output.matchAll(/object: (\S+) \(/g)].map(([, name]) => name);
    assert.deepEqual(names, ['contentType', 'signingTime', 'messageDigest', 'id-smime-aa-signingCertificateV2']);
    assert.match(output, /UTCTIME:Nov 22 09:15:30 2026 GMT/);
    assert.match(output, /digestAlgorithm: \s*algorithm: sha256/);
  },
);

test('OpenSSL reads and writes it again as the very same bytes: it is DER', needed, async () => {
  const signed = await signCades(content, key, { at });
  const file = await folder.write('der.p7m', signed);
  const out = folder.of('again.p7m');
  const { ok, output } = await runs(
    'openssl',
    'cms',
    '-cmsout',
    '-inform',
    'DER',
    '-outform',
    'DER',
    '-in',
    file,
    '-out',
    out,
  );
  assert.ok(ok, output);
  assert.deepEqual(await folder.read('again.p7m'), signed);
});

test('a signature after 2049 carries a GeneralizedTime', async () => {
  const signed = await signCades(content, key, { at: new Date('2050-01-02T03:04:05Z') });
  assert.ok(signed.includes('20500102030405Z'));
});

test('certificates of the chain go into the envelope as they are', async () => {
  const above = madeKey('EC');
  const signed = await signCades(content, { ...key, chain: [above.certificate] }, { at });
  assert.ok(signed.includes(Buffer.from(above.certificate)) && signed.includes(Buffer.from(key.certificate)));
});

test("the signer's certificate is named by its SHA-256", async () => {
  const signed = await signCades(content, key, { at });
  assert.ok(signed.includes(hash('sha256', key.certificate, 'buffer')));
});
