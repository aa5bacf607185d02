// fatturapa: each way in which a CAdES signature fails has its SdI number, and a right one has none.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FoundSignature } from '../open/found-signature.ts';
import { openFile } from '../open/open-file.ts';
import { makeAuthority, makeHolder, makeRevocationList, type Holder } from './authority.fixture.ts';
import { objectIdentifier, sequence } from './der.ts';
import { makeEnvelope, makeSigner, wrapEnvelope, type SignerWish } from './envelope.fixture.ts';
import type { VerifyOptions } from './signature-verdict.ts';
import { verifyCms } from './verify-cms.ts';

const content = Buffer.from('<?xml version="1.0" encoding="UTF-8"?><fattura>Caffè</fattura>');
const signedAt = new Date('2026-03-01T10:00:00Z');
const at = new Date('2026-03-02T08:00:00Z');

const root = makeAuthority({ name: 'Radice di prova' });
const middle = makeAuthority({ name: 'Firma qualificata di prova', by: root, authority: { pathLength: 0 } });
const maria = makeHolder({ name: 'MARIA ROSSI', by: middle, usage: 0xc0 });
const luca = makeHolder({ name: 'LUCA BIANCHI', by: middle, key: 'RSA', usage: 0x40 });

function foundIn(envelope: Uint8Array): FoundSignature {
  const found = openFile(envelope).documents[0]?.signatures[0];
  assert.ok(found, 'the envelope opens');
  return found;
}

function judge(envelope: Uint8Array, options: Partial<VerifyOptions> = {}) {
  const verdict = verifyCms(foundIn(envelope), { at, ...options });
  const codes = verdict.findings.map(({ code, severity }) => `${code} ${severity}`);
  return { ...verdict, codes };
}

function signedBy(holder: Holder, wish: Partial<SignerWish> = {}, ...others: Holder[]): Buffer {
  const certificates = [holder, ...others].map(({ certificate }) => certificate);
  return makeEnvelope(content, { signers: [{ holder, ...wish }], certificates });
}

test('a right signature is valid, and says who signed when', () => {
  const { valid, findings, signers } = judge(signedBy(maria));
  assert.deepEqual({ valid, findings }, { valid: true, findings: [] });
  const serial = maria.serial.subarray(2).toString('hex').toUpperCase().replace(/^0/, '');
  const [from, to] = ['2020-01-01', '2040-01-01'].map((day) => new Date(day));
  const shown = { name: 'MARIA ROSSI', issuer: middle.name, serial, validFrom: from, validUntil: to, signedAt };
  assert.deepEqual(signers, [{ role: 'signer', valid: true, ...shown }]);
});

test('RSA, RSA-PSS and ECDSA count with SHA-256, SHA-384 and SHA-512', () => {
  for (const digest of ['sha256', 'sha384', 'sha512'] as const) {
    assert.deepEqual(judge(signedBy(maria, { digest })).codes, []);
    assert.deepEqual(judge(signedBy(luca, { digest })).codes, []);
    assert.deepEqual(judge(signedBy(luca, { digest, pss: true })).codes, []);
  }
});

test('00102: a content that was changed', () => {
  const envelope = signedBy(maria);
  const place = envelope.indexOf('fattura') + 9;
  envelope[place] = (envelope[place] ?? 0) ^ 1;
  const { codes, findings } = judge(envelope);
  assert.deepEqual(codes, ['00102 error']);
  assert.match(findings[0]?.message.it ?? '', /modificato dopo la firma di MARIA ROSSI/);
});

test('00102: a signature that is not of this certificate', () => {
  const other = makeHolder({ name: 'ALTRO', by: middle });
  const forged = makeEnvelope(content, { signers: [{ holder: { ...maria, privateKey: other.privateKey } }] });
  assert.deepEqual(judge(forged).codes, ['00102 error']);
});

test('00102: attributes with another digest, another content type, or none', () => {
  assert.deepEqual(judge(signedBy(maria, { digestOf: Buffer.from('altro') })).codes, ['00102 error']);
  assert.deepEqual(judge(signedBy(maria, { typed: '1.2.3' })).codes, ['00102 error']);
  assert.deepEqual(judge(signedBy(maria, { typed: null })).codes, ['00102 error']);
});

test('00102: a signing-certificate attribute that names another certificate; without one it is only a warning', () => {
  assert.deepEqual(judge(signedBy(maria, { names: luca }, luca)).codes, ['00102 error']);
  assert.deepEqual(judge(signedBy(maria, { names: null })).codes, ['00102 warning']);
});

test('00102: SHA-1, and an RSA key that is too short unless shorter ones are allowed', () => {
  assert.ok(judge(signedBy(maria, { digest: 'sha1' })).codes.includes('00102 error'));
  const short = signedBy(makeHolder({ name: 'CORTA', key: 'RSA-1024' }));
  assert.deepEqual(judge(short).codes, ['00102 error']);
  assert.deepEqual(judge(short, { rsaBitsMin: 1024 }).codes, []);
});

test('00102: nobody signed, or the certificate did not come along', () => {
  assert.deepEqual(judge(wrapEnvelope(content, [], [])).codes, ['00102 error']);
  assert.deepEqual(judge(makeEnvelope(content, { signers: [{ holder: maria }], certificates: [] })).codes, [
    '00102 error',
  ]);
});

test('00102: signers that cannot be read do not hide the content', () => {
  const found = foundIn(wrapEnvelope(content, [sequence(objectIdentifier('1.2.3'))], []));
  assert.deepEqual(Buffer.from(found.content), content);
  assert.equal(verifyCms(found, { at }).findings[0]?.code, '00102');
});

test('00103: a signature without signing time', () => {
  assert.deepEqual(judge(signedBy(maria, { at: null })).codes, ['00103 error']);
  assert.ok(judge(signedBy(maria, { bare: true })).codes.includes('00103 error'));
});

test('00105: a signing time after the reception, but for what clocks differ', () => {
  const minutes = (count: number) => new Date(at.getTime() + count * 60_000);
  const { codes, findings } = judge(signedBy(maria, { at: minutes(6) }));
  assert.deepEqual(codes, ['00105 error']);
  assert.match(
    findings[0]?.message.it ?? '',
    /02\/03\/2026 alle 09:06, successiva alla ricezione \(02\/03\/2026 alle 09:00\)/,
  );
  assert.match(findings[0]?.message.en ?? '', /2026-03-02 at 09:06 \(Rome\)/);
  assert.deepEqual(judge(signedBy(maria, { at: minutes(4) })).codes, []);
  assert.deepEqual(judge(signedBy(maria, { at: minutes(6) }), { clockToleranceMs: 600_000 }).codes, []);
});

test('00100: a certificate that expired before the reception, or before it was used', () => {
  const old = makeHolder({ name: 'SCADUTA', by: middle, to: new Date('2026-03-01T20:00:00Z') });
  assert.deepEqual(judge(signedBy(old)).codes, ['00100 error']);
  assert.deepEqual(judge(signedBy(old), { at: new Date('2026-03-01T19:00:00Z') }).codes, []);
  const late = judge(signedBy(old, { at: new Date('2026-03-01T21:00:00Z') }));
  assert.deepEqual(late.codes, ['00100 error']);
  assert.match(late.findings[0]?.message.it ?? '', /già scaduto/);
});

test('00107: a certificate that is not valid yet, cannot be read, or is not for signing', () => {
  const young = makeHolder({ name: 'FUTURA', by: middle, from: new Date('2026-03-01T20:00:00Z') });
  assert.deepEqual(judge(signedBy(young)).codes, ['00107 error']);
  const server = makeHolder({ name: 'SERVER', by: middle, usage: 0x20 });
  assert.deepEqual(judge(signedBy(server)).codes, ['00107 error']);
  assert.deepEqual(judge(signedBy(makeHolder({ name: 'STRANA', by: middle, strange: true }))).codes, ['00107 error']);
  const broken = [sequence(objectIdentifier('1.2.3'))];
  const unread = makeEnvelope(content, { signers: [{ holder: maria }], certificates: broken });
  assert.deepEqual(judge(unread).codes, ['00107 error']);
});

test('00104: no chain to a trusted authority; without trust anchors nobody asks', () => {
  const trustAnchors = [root.pem];
  assert.deepEqual(judge(signedBy(maria, {}, middle), { trustAnchors }).codes, []);
  assert.equal(judge(signedBy(maria, {}, middle), { trustAnchors }).signers[0]?.trusted, true);
  assert.deepEqual(judge(signedBy(maria), { trustAnchors }).codes, ['00104 error']);
  assert.deepEqual(judge(signedBy(maria), { trustAnchors: [middle.certificate] }).codes, []);
  assert.deepEqual(judge(signedBy(maria), { trustAnchors: [maria.pem] }).codes, []);
  assert.deepEqual(judge(signedBy(maria), { requireTrust: true }).codes, ['00104 error']);
  assert.deepEqual(judge(signedBy(maria), { trustAnchors, requireTrust: false }).codes, ['00104 warning']);
});

test('00104: who is no authority issues nothing, nor an authority beyond its path length or its time', () => {
  const trustAnchors = [root.pem];
  const byPerson = makeHolder({ name: 'FALSA', by: maria });
  assert.deepEqual(judge(signedBy(byPerson, {}, maria, middle), { trustAnchors }).codes, ['00104 error']);
  const below = makeAuthority({ name: 'Sotto', by: middle });
  const tooLow = makeHolder({ name: 'TROPPO GIÙ', by: below });
  assert.deepEqual(judge(signedBy(tooLow, {}, below, middle), { trustAnchors }).codes, ['00104 error']);
  const expired = makeAuthority({ name: 'Scaduta', by: root, to: new Date('2026-01-01T00:00:00Z') });
  const under = makeHolder({ name: 'SOTTO SCADUTA', by: expired });
  assert.deepEqual(judge(signedBy(under, {}, expired), { trustAnchors }).codes, ['00104 error']);
  const namesake = makeAuthority({ name: root.name });
  const impostor = makeHolder({ name: 'OMONIMA', by: namesake });
  assert.deepEqual(judge(signedBy(impostor, {}, namesake), { trustAnchors }).codes, ['00104 error']);
});

test('authorities that issue each other end the search for an anchor', () => {
  const one = makeAuthority({ name: 'Uno' });
  const two = makeAuthority({ name: 'Due', by: one });
  const oneByTwo = { ...makeAuthority({ name: 'Uno', by: two }), privateKey: one.privateKey };
  const person = makeHolder({ name: 'CERCHIO', by: two });
  assert.deepEqual(judge(signedBy(person, {}, two, one, oneByTwo), { trustAnchors: [root.pem] }).codes, [
    '00104 error',
  ]);
});

test('00101: a certificate on a revocation list that its issuer signed, from the day it was revoked', () => {
  const next = new Date('2026-04-01T00:00:00Z');
  const crls = [
    makeRevocationList(
      middle,
      [
        [luca, signedAt],
        [maria, signedAt],
      ],
      next,
    ),
  ];
  assert.deepEqual(judge(signedBy(maria, {}, middle), { crls }).codes, ['00101 error']);
  const later = [makeRevocationList(middle, [[maria, new Date('2026-03-05T00:00:00Z')]], next)];
  assert.deepEqual(judge(signedBy(maria, {}, middle), { crls: later }).codes, []);
  assert.deepEqual(judge(signedBy(maria, {}, middle), { crls: [makeRevocationList(middle, [], next)] }).codes, []);
  const pem = `-----BEGIN X509 CRL-----\n${crls[0]?.toString('base64')}\n-----END X509 CRL-----\n`;
  assert.deepEqual(judge(signedBy(maria), { crls: [pem], trustAnchors: [middle.pem] }).codes, ['00101 error']);
});

test('a revocation list that is forged or old is no proof that a certificate is good', () => {
  const next = new Date('2026-04-01T00:00:00Z');
  const forged = [makeRevocationList({ ...middle, privateKey: root.privateKey }, [[maria, signedAt]], next)];
  assert.deepEqual(judge(signedBy(maria, {}, middle), { crls: forged }).codes, ['00101 warning']);
  const stale = [makeRevocationList(middle, [], signedAt)];
  assert.deepEqual(judge(signedBy(maria, {}, middle), { crls: stale }).codes, ['00101 warning']);
});

const counterType = '1.2.840.113549.1.9.6';

function withCountersigner(signed: (signature: Uint8Array) => Uint8Array): FoundSignature {
  const certificates = [maria.certificate, luca.certificate];
  const found = foundIn(wrapEnvelope(content, [makeSigner({ holder: maria }, content)], certificates));
  const signers = found.signers.map((signer) => {
    const counter = makeSigner({ holder: luca }, signed(signer.signature), true);
    return { ...signer, unsigned: new Map([[counterType, [counter]]]) };
  });
  return { ...found, signers };
}

test('every signer is judged', () => {
  const wrong = makeSigner({ holder: luca, digestOf: Buffer.from('altro') }, content);
  const certificates = [maria.certificate, luca.certificate];
  const both = judge(wrapEnvelope(content, [makeSigner({ holder: maria }, content), wrong], certificates));
  const verdicts = new Map(both.signers.map(({ name, valid }) => [name, valid]));
  assert.deepEqual([verdicts.get('MARIA ROSSI'), verdicts.get('LUCA BIANCHI')], [true, false]);
  assert.deepEqual([both.valid, both.codes], [false, ['00102 error']]);
});

test('who signed a signature is judged by that signature', () => {
  const right = verifyCms(
    withCountersigner((signature) => signature),
    { at },
  );
  assert.deepEqual([right.valid, right.signers.map(({ role }) => role)], [true, ['signer', 'countersigner']]);
  const wrong = verifyCms(
    withCountersigner(() => content),
    { at },
  );
  assert.deepEqual([wrong.valid, wrong.signers.map(({ valid }) => valid)], [false, [true, false]]);
  assert.deepEqual(
    wrong.findings.map(({ code }) => code),
    ['00102'],
  );
});

test('names in UniversalString are read, and the signature with them', () => {
  const wide = makeHolder({ name: 'LARGA E LUNGA', by: middle, stringTag: 0x1c });
  const { valid, signers } = judge(signedBy(wide));
  assert.deepEqual([valid, signers[0]?.name], [true, 'LARGA E LUNGA']);
});
