// fatturapa: what OpenSSL signs, in every form that it writes, opens and is judged valid; what SdI's samples hold, too.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { servers, sharedFolder } from '@staffetta/tools/servers/available.ts';
import { makeAuthority, makeHolder, type Holder } from '../signature/authority.fixture.ts';
import { Folder, runs } from '../signature/keys.fixture.ts';
import type { SignatureVerdict, VerifyOptions } from '../signature/signature-verdict.ts';
import { verifyCms } from '../signature/verify-cms.ts';
import { openFile } from './open-file.ts';
import type { OpenedDocument } from './opened-file.ts';

const xml = Buffer.from(`<?xml version="1.0" encoding="UTF-8"?>\r\n<fattura>${'Caffè '.repeat(3000)}</fattura>\n`);
const needed = { skip: servers.openssl.missing };
const root = makeAuthority({ name: 'Radice di prova' });
const maria = makeHolder({ name: 'MARIA ROSSI', by: root, key: 'RSA', usage: 0xc0 });
const luca = makeHolder({ name: 'LUCA BIANCHI', by: root, usage: 0xc0 });
/** OpenSSL signs now. */
const now = () => ({ at: new Date(), trustAnchors: [root.pem] });

let folder: Folder;
before(async () => {
  folder = await Folder.make();
  await folder.write('content', xml);
  for (const holder of [maria, luca]) {
    const key = holder.privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
    await folder.write(`${holder.name}.pem`, key + holder.pem);
  }
});
after(() => folder.remove());

async function signWithOpenssl(words: string, holder: Holder = maria, content = 'content'): Promise<Buffer> {
  const files = ['-signer', folder.of(`${holder.name}.pem`), '-in', folder.of(content), '-out', folder.of('signed')];
  const { ok, output } = await runs('openssl', 'cms', '-sign', '-nodetach', '-binary', ...files, ...words.split(' '));
  assert.ok(ok, output);
  return folder.read('signed');
}

function onlyDocument(file: Uint8Array): OpenedDocument {
  const { documents, findings } = openFile(file);
  assert.deepEqual(findings, []);
  const [document] = documents;
  assert.ok(document);
  return document;
}

function judged(document: OpenedDocument, options: VerifyOptions): SignatureVerdict[] {
  return document.signatures.map((found) => verifyCms(found, options));
}

const forms: readonly (readonly [words: string, layers: string])[] = [
  ['-outform DER -cades', 'p7m der'],
  ['-outform DER -cades -stream', 'p7m ber'],
  ['-outform PEM -cades', 'base64 p7m der'],
  ['-outform PEM -cades -stream', 'base64 p7m ber'],
  ['-outform DER -cades -md sha512', 'p7m der'],
  ['-outform DER -cades -keyopt rsa_padding_mode:pss', 'p7m der'],
];

for (const [words, layers] of forms) {
  test(`openssl cms -sign ${words}: opens to the content and is valid`, needed, async () => {
    const document = onlyDocument(await signWithOpenssl(words));
    assert.deepEqual(Buffer.from(document.xml), xml);
    const shown = document.layers.map((layer) => (layer.kind === 'p7m' ? `p7m ${layer.encoding}` : layer.kind));
    assert.equal(shown.join(' '), layers);
    const [verdict] = judged(document, now());
    assert.deepEqual([verdict?.valid, verdict?.findings], [true, []]);
    assert.equal(verdict?.signers[0]?.name, 'MARIA ROSSI');
  });
}

test('a signer named by key identifier is found; without signing-certificate there is a warning', needed, async () => {
  const document = onlyDocument(await signWithOpenssl('-outform DER -keyid'));
  assert.equal(document.signatures[0]?.signers[0]?.id.kind, 'key');
  const [verdict] = judged(document, now());
  assert.deepEqual([verdict?.valid, verdict?.findings.map(({ severity }) => severity)], [true, ['warning']]);
});

test('a second signer beside the first is judged too', needed, async () => {
  await folder.write('first', await signWithOpenssl('-outform DER -cades'));
  const files = ['-signer', folder.of(`${luca.name}.pem`), '-in', folder.of('first'), '-out', folder.of('both')];
  const words = '-resign -nodetach -binary -inform DER -outform DER -cades'.split(' ');
  const { ok, output } = await runs('openssl', 'cms', ...words, ...files);
  assert.ok(ok, output);
  const [verdict] = judged(onlyDocument(await folder.read('both')), now());
  assert.deepEqual(verdict?.signers.map(({ name, valid }) => [name, valid]).sort(), [
    ['LUCA BIANCHI', true],
    ['MARIA ROSSI', true],
  ]);
});

test('a file signed twice, one envelope around the other, opens to the bottom', needed, async () => {
  await folder.write('inner', await signWithOpenssl('-outform DER -cades -stream'));
  const document = onlyDocument(await signWithOpenssl('-outform DER -cades', luca, 'inner'));
  assert.deepEqual(Buffer.from(document.xml), xml);
  const names = judged(document, now()).map(({ valid, signers }) => [valid, signers[0]?.name]);
  assert.deepEqual(names, [
    [true, 'LUCA BIANCHI'],
    [true, 'MARIA ROSSI'],
  ]);
});

test('00102: OpenSSL with SHA-1; 00103: OpenSSL without attributes', needed, async () => {
  const codes = async (words: string) =>
    judged(onlyDocument(await signWithOpenssl(words)), now())[0]
      ?.findings.filter(({ severity }) => severity === 'error')
      .map(({ code }) => code);
  assert.deepEqual(await codes('-outform DER -md sha1'), ['00102']);
  assert.deepEqual(await codes('-outform DER -noattr'), ['00103']);
});

const samples = join(sharedFolder(), 'sdi/samples/signed');
const sampleNeeded = { skip: servers.shared.missing };
const then = { at: new Date('2019-06-01T10:00:00Z') };

for (const name of [
  'fenet/IT02182030391_31.xml.p7m',
  'oca/IT01234567890_FPR03.xml.p7m',
  'oca/IT01234567890_FPR04.base64.xml.p7m',
]) {
  test(`${name}: valid when it was received, expired (00100) today`, sampleNeeded, () => {
    const document = onlyDocument(readFileSync(join(samples, name)));
    assert.match(Buffer.from(document.xml).toString(), /^\ufeff?<\?xml[^>]*\?>\s*<\w+:FatturaElettronica /);
    const [verdict] = judged(document, then);
    assert.deepEqual([verdict?.valid, verdict?.findings], [true, []]);
    const [today] = judged(document, { at: new Date('2026-11-25T10:00:00Z') });
    assert.deepEqual(
      today?.findings.map(({ code, severity }) => `${code} ${severity}`),
      ['00100 error'],
    );
  });
}

test('the tampered sample does not open: 00102, and it says that the file was taken for text', sampleNeeded, () => {
  const file = openFile(readFileSync(join(samples, 'fenet/IT02182030391_31_tampered.Base64.xml.p7m')));
  assert.deepEqual([file.kind, file.documents, file.findings.map(({ code }) => code)], ['p7m', [], ['00102']]);
});

test('a sample with one letter changed is 00102', sampleNeeded, () => {
  const bytes = readFileSync(join(samples, 'oca/IT01234567890_FPR03.xml.p7m'));
  bytes.write('9', bytes.indexOf('<Numero>') + 8);
  const [verdict] = judged(onlyDocument(bytes), then);
  assert.deepEqual(
    verdict?.findings.map(({ code }) => code),
    ['00102'],
  );
});

test('the invoice that a PEC mail brings opens from its base64 part', sampleNeeded, () => {
  const mail = readFileSync(join(samples, '../pec/oca/sdi-invio-file-p7m.eml'), 'latin1');
  const parts = mail.split(/\r?\n\r?\n/).filter((part) => /^MI[A-Za-z0-9+/]{60}/.test(part));
  const texts = parts.map((part) => Buffer.from(part.split(/\r?\n--/)[0] ?? ''));
  const documents = texts.flatMap((text) => openFile(text).documents);
  assert.ok(documents.some((document) => /FatturaElettronica/.test(Buffer.from(document.xml).toString())));
});
