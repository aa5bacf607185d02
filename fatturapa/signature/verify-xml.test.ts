// fatturapa: an XML signature counts only where it covers the document that is read, with a key that a certificate vouches for.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { test } from 'node:test';
import { makeAuthority, makeHolder, type Holder } from './authority.fixture.ts';
import { keyInMemory } from './key-object.ts';
import type { VerifyOptions } from './signature-verdict.ts';
import { verifyXml } from './verify-xml.ts';
import { signXades } from './xades.ts';
import {
  makeXmlSignature,
  names,
  transform,
  type ReferenceWish,
  type XmlSignatureWish,
} from './xml-signature.fixture.ts';

const at = new Date('2026-03-02T08:00:00Z');
const signedAt = '2026-03-01T10:00:00Z';
const root = makeAuthority({ name: 'Radice di prova' });
const maria = makeHolder({ name: 'MARIA ROSSI', by: root, usage: 0xc0 });
const luca = makeHolder({ name: 'LUCA BIANCHI', by: root, key: 'RSA', usage: 0x40 });

const declaration = '<?xml version="1.0" encoding="UTF-8"?>\n';
/** In exclusive canonical form already. */
const invoice = '<n:fattura xmlns:n="urn:n" Id="radice"><numero>7</numero><corpo Id="corpo">Caffè</corpo></n:fattura>';
const whole: ReferenceWish = { uri: '', form: invoice };

function withIn(signature: string, document = invoice): Buffer {
  return Buffer.from(declaration + document.replace(/(?=<\/n:fattura>$)/, () => signature));
}

function signed(wish: Partial<XmlSignatureWish> = {}): Buffer {
  return withIn(makeXmlSignature({ holder: maria, references: [whole], at: signedAt, ...wish }));
}

function judge(bytes: Uint8Array, options: Partial<VerifyOptions> = {}) {
  const verdict = verifyXml(bytes, { at, ...options });
  assert.ok(verdict, 'a signature was seen');
  return { ...verdict, codes: verdict.findings.map(({ code, severity }) => `${code} ${severity}`) };
}

function refusedFor(bytes: Uint8Array, why: RegExp): void {
  const { valid, codes, findings } = judge(bytes);
  assert.deepEqual([valid, codes], [false, ['00102 error']]);
  assert.match(findings[0]?.message.en ?? '', why);
}

test('a right signature is valid, and says who signed when', () => {
  for (const holder of [maria, luca]) {
    const { valid, findings, signers } = judge(signed({ holder }), { trustAnchors: [root.pem] });
    assert.deepEqual([valid, findings], [true, []]);
    const [signer] = signers;
    assert.deepEqual([signer?.name, signer?.signedAt, signer?.trusted], [holder.name, new Date(signedAt), true]);
  }
  assert.deepEqual(judge(signed({ holder: luca, method: names.rsaPss })).codes, []);
});

test('what this hub signs as XAdES is valid', async () => {
  const key = (holder: Holder) => keyInMemory(holder.privateKey, holder.certificate, [root.certificate]);
  for (const holder of [maria, luca]) {
    const bytes = await signXades(Buffer.from(declaration + invoice), key(holder), { at: new Date(signedAt) });
    const { valid, findings, signers } = judge(bytes, { trustAnchors: [root.pem] });
    assert.deepEqual([valid, findings, signers[0]?.name], [true, [], holder.name]);
  }
});

test('a document without a signature at its root has no verdict', () => {
  assert.equal(verifyXml(Buffer.from(declaration + invoice), { at }), undefined);
  assert.equal(verifyXml(Buffer.from('<a xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><b/></a>'), { at }), undefined);
  const deeper = invoice.replace('Caffè', () => makeXmlSignature({ holder: maria, references: [whole] }));
  assert.equal(verifyXml(Buffer.from(deeper), { at }), undefined);
});

test('00102: a document, a signature or a signing time that was changed', () => {
  const changes = { Caffè: 'Caffé', '<ds:SignatureValue>': '<ds:SignatureValue>AA', '2026-03-01T10': '2026-03-01T11' };
  for (const [from, to] of Object.entries(changes)) {
    const { codes } = judge(Buffer.from(signed().toString().replace(from, to)));
    assert.deepEqual([from, codes], [from, ['00102 error']]);
  }
});

test('instructions around the root are under the signature, comments are not', () => {
  const styled = `<?xml-stylesheet href="a.xsl"?>\n${invoice}`;
  const signature = makeXmlSignature({ holder: maria, references: [{ uri: '', form: styled }], at: signedAt });
  const text = withIn(signature).toString().replace('<n:fattura', '<?xml-stylesheet href="a.xsl"?><n:fattura');
  assert.deepEqual(judge(Buffer.from(text)).codes, []);
  assert.deepEqual(judge(Buffer.from(text.replace('a.xsl', 'b.xsl'))).codes, ['00102 error']);
  assert.deepEqual(judge(Buffer.from(text.replace('<numero>', '<!-- una nota --><numero>'))).codes, []);
});

test('the root may be named by its Id', () => {
  assert.deepEqual(judge(signed({ references: [{ uri: '#radice', form: invoice }] })).codes, []);
});

test('00102: a signature over a part of the document', () => {
  const part = { uri: '#corpo', form: '<corpo Id="corpo">Caffè</corpo>', transforms: transform(names.exclusive) };
  refusedFor(signed({ references: [part] }), /part of the document/);
  refusedFor(signed({ references: [whole, part] }), /part of the document/);
});

test('00102: the signed document moved aside and another put in its place', () => {
  // The signature stays right for the element that carries the Id; the root that is read is the attacker's.
  const reference = {
    uri: '#radice',
    form: invoice,
    transforms: transform(names.enveloped) + transform(names.exclusive),
  };
  const signature = makeXmlSignature({ holder: maria, references: [reference], at: signedAt });
  const kept = invoice.replace('</n:fattura>', () => `${signature}</n:fattura>`);
  const inside = `<x xmlns:n="urn:n">${kept}<numero>99</numero></x>`;
  assert.equal(verifyXml(Buffer.from(inside), { at }), undefined);
  const forged = `<n:fattura xmlns:n="urn:n"><numero>99</numero>${signature.replace('</ds:Signature>', () => `<ds:Object>${invoice}</ds:Object></ds:Signature>`)}</n:fattura>`;
  const { valid, codes } = judge(Buffer.from(forged));
  assert.deepEqual([valid, codes], [false, ['00102 error']]);
});

test('00102: an Id that stands twice', () => {
  const twice = invoice.replace('<numero>', '<numero Id="radice">');
  const references = [{ uri: '#radice', form: twice }];
  refusedFor(withIn(makeXmlSignature({ holder: maria, references, at: signedAt }), twice), /2 elements with the Id/);
  refusedFor(signed({ references: [{ uri: '#nessuno', form: invoice }] }), /0 elements with the Id/);
});

test('00102: no reference to the whole document, or two', () => {
  refusedFor(signed({ references: [] }), /does not cover the whole document/);
  refusedFor(signed({ references: [whole, { uri: '#radice', form: invoice }] }), /does not cover the whole document/);
  refusedFor(signed({ references: [whole, { uri: 'http://example.org/a.xml', form: '' }] }), /something outside/);
});

const subtract = (expression: string, means: string = names.dsig): string =>
  `<f:XPath xmlns:f="${names.filter2}" xmlns:s="${means}" Filter="subtract">${expression}</f:XPath>`;

test('all signatures may be left out, by the expressions that signing programs write', () => {
  const filtered = transform(names.filter2, subtract('/descendant::s:Signature')) + transform(names.exclusive);
  const xpath = `<ds:XPath xmlns:s="${names.dsig}">not(ancestor-or-self::s:Signature)</ds:XPath>`;
  const older = transform(names.xpath, xpath) + transform(names.exclusive);
  const [first, second] = [filtered, older].map((transforms, index) =>
    makeXmlSignature({
      holder: index === 0 ? maria : luca,
      references: [{ ...whole, transforms }],
      at: signedAt,
      id: `sp${index}`,
    }),
  );
  const { valid, findings, signers } = judge(withIn(`${first}${second}`));
  assert.deepEqual([valid, findings], [true, []]);
  assert.deepEqual(
    signers.map(({ name }) => name),
    ['MARIA ROSSI', 'LUCA BIANCHI'],
  );
});

test('00102: transforms that could show one document to the signer and another to the reader', () => {
  const others = {
    'another expression': transform(names.filter2, subtract('/descendant::numero')),
    'another meaning of the prefix': transform(names.filter2, subtract('/descendant::s:Signature', 'urn:n')),
    'an intersection': transform(names.filter2, subtract('/descendant::s:Signature').replace('subtract', 'intersect')),
    'a style sheet': transform('http://www.w3.org/TR/1999/REC-xslt-19991116'),
    base64: transform('http://www.w3.org/2000/09/xmldsig#base64'),
    'the form first': transform(names.exclusive) + transform(names.enveloped),
  };
  for (const [what, transforms] of Object.entries(others)) {
    const { codes, findings } = judge(signed({ references: [{ ...whole, transforms }] }));
    assert.deepEqual([what, codes], [what, ['00102 error']]);
    assert.match(findings[0]?.message.en ?? '', /a form that is not allowed \(.*transform/, what);
  }
});

test('00102: HMAC with the public key, a bare key, or no certificate', () => {
  const publicKey = maria.certificate;
  const hmac = {
    method: 'http://www.w3.org/2001/04/xmldsig-more#hmac-sha256',
    value: (data: Buffer) => createHmac('sha256', publicKey).update(data).digest(),
  };
  assert.deepEqual(judge(signed(hmac)).codes, ['00102 error']);
  const keyValue = '<ds:KeyValue><ds:RSAKeyValue><ds:Modulus>AQAB</ds:Modulus></ds:RSAKeyValue></ds:KeyValue>';
  refusedFor(signed({ keyInfo: keyValue }), /certificate/);
  refusedFor(signed({ keyInfo: '' }), /certificate/);
});

test('00102: SHA-1 in the signature or in a digest', () => {
  assert.deepEqual(judge(signed({ holder: luca, method: `${names.dsig}rsa-sha1` })).codes, ['00102 error']);
  assert.deepEqual(judge(signed({ references: [{ ...whole, digestMethod: `${names.dsig}sha1` }] })).codes, [
    '00102 error',
  ]);
});

test('00102: a DOCTYPE, or no XML at all', () => {
  const bomb = signed().toString().replace('<n:fattura', '<!DOCTYPE n [<!ENTITY a "b">]><n:fattura');
  refusedFor(Buffer.from(bomb), /DOCTYPE/);
  refusedFor(signed().subarray(0, 900), /cannot be read as XML/);
  refusedFor(Buffer.from(signed().toString().replace('</numero>', '&a;</numero>')), /cannot be read as XML/);
});

test('00102: a certificate that the signature does not name', () => {
  const other = makeHolder({ name: 'ALTRA', by: root });
  const swapped = signed()
    .toString()
    .replace(maria.certificate.toString('base64'), other.certificate.toString('base64'));
  const { valid, codes } = judge(Buffer.from(swapped));
  assert.equal(valid, false);
  assert.ok(codes.includes('00102 error'));
});

test('00103: no signing time, or one that is not under the signature', () => {
  const bare = withIn(makeXmlSignature({ holder: maria, references: [whole] }));
  assert.deepEqual(judge(bare).codes, ['00102 warning', '00103 error']);
  assert.deepEqual(judge(signed({ uncovered: true })).codes, ['00102 warning', '00103 error']);
  assert.deepEqual(judge(signed({ at: 'ieri' })).codes, ['00103 error']);
});

test('a signing time without a zone is time in Rome', () => {
  const timeOf = (time: string) => judge(signed({ at: time })).signers[0]?.signedAt?.toISOString();
  assert.equal(timeOf('2026-01-15T10:00:00'), '2026-01-15T09:00:00.000Z');
  assert.equal(timeOf('2025-07-15T10:00:00.5'), '2025-07-15T08:00:00.000Z');
  assert.equal(timeOf('2026-01-15T10:00:00+02:00'), '2026-01-15T08:00:00.000Z');
});

test('00100, 00104, 00105, 00107 are as for CAdES', () => {
  const old = makeHolder({ name: 'SCADUTA', to: new Date('2026-03-01T20:00:00Z') });
  const young = makeHolder({ name: 'FUTURA', from: new Date('2026-03-01T20:00:00Z') });
  assert.deepEqual(judge(signed({ holder: old })).codes, ['00100 error']);
  assert.deepEqual(judge(signed({ holder: young })).codes, ['00107 error']);
  assert.deepEqual(judge(signed({ at: '2026-03-02T09:00:00Z' })).codes, ['00105 error']);
  assert.deepEqual(judge(signed(), { trustAnchors: [luca.pem] }).codes, ['00104 error']);
});
