// fatturapa: a XAdES signature holds for xmlsec1, leaves the document as it was, and falls with any change.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { servers, sharedFolder } from '@staffetta/tools/servers/available.ts';
import { SignedXml } from 'xml-crypto';
import { DOMParser } from '@xmldom/xmldom';
import { XmlNotSignable } from './signable-xml.ts';
import { Folder, keyKinds, madeKey, runs, type MadeKey } from './keys.fixture.ts';
import { signXades } from './xades.ts';

const at = new Date('2026-11-22T09:15:30.500Z');
const needed = { skip: servers.xmlsec.missing };
const root = 'http://ivaservizi.agenziaentrate.gov.it/docs/xsd/fatture/v1.2';
const plain = `<?xml version="1.0" encoding="UTF-8"?>
<p:FatturaElettronica xmlns:p="${root}" versione="FPA12"><Header>Caffè &amp; C.</Header></p:FatturaElettronica>
`;

let folder: Folder;
let key: MadeKey;
before(async () => {
  folder = await Folder.make();
  key = madeKey('RSA');
});
after(() => folder.remove());

async function xmlsecVerify(signed: Uint8Array | string, { certificatePem } = key) {
  const file = await folder.write('signed.xml', signed);
  const anchor = await folder.write('anchor.pem', certificatePem);
  const ids = ['--id-attr:Id', 'http://uri.etsi.org/01903/v1.3.2#:SignedProperties'];
  return runs('xmlsec1', '--verify', '--trusted-pem', anchor, ...ids, file);
}

/** The document without its signature, as the enveloped transform sees it. */
function without(signed: Buffer): string {
  return signed.toString().replace(/<ds:Signature [\s\S]*<\/ds:Signature>/, '');
}

for (const kind of keyKinds) {
  test(`xmlsec1 verifies a signature made with ${kind}, both references`, needed, async () => {
    const own = madeKey(kind);
    const { ok, output } = await xmlsecVerify(await signXades(Buffer.from(plain), own, { at }), own);
    assert.ok(ok, output);
    assert.match(output, /SignedInfo References \(ok\/all\): 2\/2/);
  });
}

const documents = {
  'a style sheet, comments and text around the root': `<?xml version="1.0"?>\n<?xml-stylesheet href="a.xsl" type="text/xsl"?>\n<!-- before -->\n<a><b/></a>\n<!-- after </a> --><?end?>\n`,
  'CRLF, tabs and character references': `<?xml version="1.0"?>\r\n<a x="1\t2\r\n3&#10;&#13;4 ">\r\n\t<b>&#13;&#x41;&gt;]]&gt;</b>\r\n</a>\r\n`,
  'namespaces declared where they are not used, used where they are not declared, and taken back':
    '<a xmlns="urn:1" xmlns:u="urn:2" xmlns:v="urn:3"><u:b v:z="1" b="2" a="3" u:a="4"><c xmlns=""><d xmlns="urn:1"/></c></u:b><u:e xmlns:u="urn:2"/><u:f xmlns:u="urn:4"/></a>',
  'CDATA, quotes and letters beyond the first plane':
    '<a q="&quot;\'&lt;&gt;&amp;"><![CDATA[<x>&amp;]]]]><![CDATA[>]]> \u{1F600} \u00e8 "\'</a>',
  'xml:lang and an unprefixed child': '<p:a xmlns:p="urn:p" xml:lang="it"><b xml:space="preserve"> </b></p:a>',
};
for (const [what, text] of Object.entries(documents)) {
  test(`a document with ${what} verifies, and all but the signature is as it was`, needed, async () => {
    const signed = await signXades(Buffer.from(text), key, { at });
    const { ok, output } = await xmlsecVerify(signed);
    assert.ok(ok, output);
    assert.equal(without(signed), text);
  });
}

test('the signature is the last child of the root', async () => {
  const signed = await signXades(Buffer.from(plain), key, { at });
  assert.match(signed.toString(), /<\/Header><ds:Signature [\s\S]*<\/ds:Signature><\/p:FatturaElettronica>\n$/);
});

test('a changed amount, time or certificate is noticed', needed, async () => {
  const signed = (await signXades(Buffer.from(plain), key, { at })).toString();
  const changes = [
    signed.replace('Caffè', 'Caffe'),
    signed.replace('versione="FPA12"', 'versione="FPR12"'),
    signed.replace('09:15:30Z', '09:15:31Z'),
    signed.replace('</p:Fattura', '<Allegati/></p:Fattura'),
  ];
  for (const changed of changes) assert.ok(!(await xmlsecVerify(changed)).ok, changed);
  assert.ok(!(await xmlsecVerify(signed, madeKey('RSA'))).ok);
});

test('signing time and certificate stand in the signed properties', async () => {
  const signed = (await signXades(Buffer.from(plain), key, { at })).toString();
  assert.match(signed, /<xades:SigningTime>2026-11-22T09:15:30Z<\/xades:SigningTime>/);
  assert.match(signed, /<xades:SigningCertificateV2><xades:Cert><xades:CertDigest>/);
});

test('a document in windows-1252 comes out in UTF-8 and says so', needed, async () => {
  const latin = Buffer.from(plain.replace('UTF-8', 'windows-1252'), 'latin1');
  const signed = await signXades(latin, key, { at });
  assert.equal(without(signed), plain);
  assert.ok((await xmlsecVerify(signed)).ok);
});

test('xml-crypto verifies it too', async () => {
  const signed = (await signXades(Buffer.from(plain), key, { at })).toString();
  const verifier = new SignedXml({ publicCert: key.certificatePem });
  const dom = new DOMParser().parseFromString(signed, 'text/xml');
  const [node] = Array.from(dom.getElementsByTagName('ds:Signature'));
  verifier.loadSignature(String(node));
  assert.ok(verifier.checkSignature(signed));
});

const samples = join(sharedFolder(), 'sdi/samples/invoices');
test(
  'the sample invoices verify once they are signed',
  { skip: servers.shared.missing || servers.xmlsec.missing },
  async () => {
    const files = readdirSync(samples, { recursive: true, encoding: 'utf8' }).filter((name) => /\.xml$/i.test(name));
    assert.ok(files.length > 20);
    for (const name of files) {
      const document = readFileSync(join(samples, name));
      if (document.includes('xmldsig#') || document[0] !== 0x3c) continue;
      const { ok, output } = await xmlsecVerify(await signXades(document, key, { at }));
      assert.ok(ok, `${name}: ${output}`);
    }
  },
);

for (const [what, text] of Object.entries({
  'a DOCTYPE': '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
  'no end tag': '<a/>',
  'no XML': 'PK',
  'an open element': '<a><b></a>',
  'elements without end': '<a>'.repeat(5000),
  'a signature already': `<a><Signature xmlns="http://www.w3.org/2000/09/xmldsig#"/></a>`,
})) {
  test(`a document with ${what} is refused in words`, async () => {
    await assert.rejects(signXades(Buffer.from(text), key, { at }), XmlNotSignable);
  });
}
