// fatturapa: what xmlsec1 signs is valid, and on each signed sample we say what xmlsec1 says.
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { servers, sharedFolder } from '@staffetta/tools/servers/available.ts';
import { makeHolder } from './authority.fixture.ts';
import { Folder, runs } from './keys.fixture.ts';
import { verifyXml } from './verify-xml.ts';

const needed = { skip: servers.xmlsec.missing };
const holders = { RSA: makeHolder({ name: 'MARIA ROSSI', key: 'RSA' }), EC: makeHolder({ name: 'LUCA BIANCHI' }) };
const at = new Date('2026-03-02T08:00:00Z');

let folder: Folder;
before(async () => {
  folder = await Folder.make();
});
after(() => folder.remove());

const dsig = 'http://www.w3.org/2000/09/xmldsig#';
const canonicals = [
  'http://www.w3.org/TR/2001/REC-xml-c14n-20010315',
  'http://www.w3.org/2006/12/xml-c14n11',
  'http://www.w3.org/2001/10/xml-exc-c14n#',
  'http://www.w3.org/2001/10/xml-exc-c14n#WithComments',
];
const filter =
  '<dsig:Transform Algorithm="http://www.w3.org/2002/06/xmldsig-filter2"><XPath xmlns="http://www.w3.org/2002/06/xmldsig-filter2" ' +
  'Filter="subtract">/descendant::dsig:Signature</XPath></dsig:Transform>';
const removals = [`<dsig:Transform Algorithm="${dsig}enveloped-signature"/>`, filter];

/** As awkward as honest documents are. */
function template(method: string, canonical: string, removal: string): string {
  return `<?xml version="1.0" encoding="windows-1252"?>\r\n<?xml-stylesheet type="text/xsl" href="a.xsl"?>
<!-- prima --><p:fattura xmlns:p="urn:p" xmlns="urn:d" xmlns:unused="urn:u" b="2" p:a="1" a='"&lt;'>
  <numero xml:lang="it">Caff\u00e8 &amp; <![CDATA[<altro>]]>\r\n</numero><vuoto xmlns=""/><!-- dentro -->
<dsig:Signature xmlns:dsig="${dsig}"><dsig:SignedInfo>
<dsig:CanonicalizationMethod Algorithm="${canonical}"/><!-- qui --><dsig:SignatureMethod Algorithm="${method}"/>
<dsig:Reference URI=""><dsig:Transforms>${removal}<dsig:Transform Algorithm="${canonical}"/></dsig:Transforms>
<dsig:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha512"/><dsig:DigestValue/></dsig:Reference>
</dsig:SignedInfo><dsig:SignatureValue/><dsig:KeyInfo><dsig:X509Data><dsig:X509Certificate/></dsig:X509Data></dsig:KeyInfo>
</dsig:Signature></p:fattura>\n<?dopo?>`;
}

async function signWithXmlsec(kind: keyof typeof holders, canonical: string, removal: string): Promise<Buffer> {
  const holder = holders[kind];
  const method = `http://www.w3.org/2001/04/xmldsig-more#${kind === 'RSA' ? 'rsa' : 'ecdsa'}-sha256`;
  const key = await folder.write('key.pem', holder.privateKey.export({ format: 'pem', type: 'pkcs8' }));
  const certificate = await folder.write('certificate.pem', holder.pem);
  const file = await folder.write('template.xml', Buffer.from(template(method, canonical, removal), 'latin1'));
  const words = ['--sign', '--privkey-pem', `${key},${certificate}`, '--output', folder.of('signed.xml'), file];
  const { ok, output } = await runs('xmlsec1', ...words);
  assert.ok(ok, output);
  return folder.read('signed.xml');
}

for (const kind of ['RSA', 'EC'] as const) {
  test(
    `what xmlsec1 signs with ${kind} agrees in every canonical form, and no longer once changed`,
    needed,
    async () => {
      for (const canonical of canonicals) {
        for (const removal of removals) {
          const bytes = await signWithXmlsec(kind, canonical, removal);
          const codes = (file: Buffer) =>
            verifyXml(file, { at })?.findings.map(({ code, severity }) => `${code} ${severity}`);
          // Plain XML-DSig: neither time nor certificate is under the signature.
          assert.deepEqual([canonical, codes(bytes)], [canonical, ['00102 warning', '00103 error']]);
          const changed = Buffer.from(bytes.toString('latin1').replace('Caff', 'Coff'), 'latin1');
          assert.ok(codes(changed)?.includes('00102 error'));
        }
      }
    },
  );
}

const samples = join(sharedFolder(), 'sdi/samples');
const signedSamples = servers.shared.missing
  ? []
  : globSync('{invoices,notifications}/**/*.xml', { cwd: samples }).filter((name) =>
      readFileSync(join(samples, name)).includes('SignatureValue'),
    );

/** The test system's certificate of 2014 has 1024 bits. */
const lenient = { at, rsaBitsMin: 1024 };

function holds(bytes: Uint8Array): boolean {
  const { findings = [] } = verifyXml(bytes, lenient) ?? {};
  return !findings.some(({ code, severity }) => code === '00102' && severity === 'error');
}

test("the signatures of SdI's own notices hold, and fall with one letter", { skip: servers.shared.missing }, () => {
  const intact = [
    'v2/IT01234567890_11111_NE_001.xml',
    'v2/IT01234567890_11111_AT_001.xml',
    'v4/IT01234567890_11111_DT_001.xml',
  ];
  for (const name of intact) {
    const text = readFileSync(join(samples, 'notifications/govway', name), 'utf8');
    assert.ok(holds(Buffer.from(text)), name);
    assert.ok(!holds(Buffer.from(text.replace('<MessageId>', '<MessageId>9'))), name);
    const [signer] = verifyXml(Buffer.from(text), lenient)?.signers ?? [];
    assert.equal(signer?.name, 'Sistema Interscambio Fattura PA');
  }
});

const both = { skip: servers.shared.missing || servers.xmlsec.missing };
test('on each signed sample we say of the mathematics what xmlsec1 says', both, async () => {
  assert.ok(signedSamples.length > 20);
  const ids = ['SignedProperties', 'KeyInfo'].flatMap((name) => ['--id-attr:Id', name]);
  for (const name of signedSamples) {
    const file = join(samples, name);
    const { ok } = await runs('xmlsec1', '--verify', '--insecure', ...ids, '--enabled-key-data', 'x509', file);
    assert.deepEqual([name, holds(readFileSync(file))], [name, ok]);
  }
});
