// dbmanager: which files are signed, which pass, which are refused.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { signatureNeed, type FileToJudge, type SigningRule } from './needs-signature.ts';

const rule: SigningRule = { signs: true, format: 'cades', private: false, refuses: true, bytesMax: 5_242_880 };

function file(
  versione: string | undefined,
  changes: Partial<FileToJudge> = {},
  signatures: unknown[] = [],
): FileToJudge {
  const envelope = versione === undefined ? {} : { envelope: { versione } };
  return { size: 7000, kind: 'xml', documents: [{ ...envelope, signatures }], ...changes };
}

test('an invoice to a public body is signed, in the format that is set', () => {
  assert.deepEqual(signatureNeed(file('FPA12'), rule), { format: 'cades' });
  assert.deepEqual(signatureNeed(file('FPA12'), { ...rule, format: 'xades' }), { format: 'xades' });
});

test('invoices to private parties are signed only where that is set', () => {
  for (const versione of ['FPR12', 'FSM10']) {
    assert.deepEqual(signatureNeed(file(versione), rule), {});
    assert.deepEqual(signatureNeed(file(versione), { ...rule, private: true }), { format: 'cades' });
  }
});

test('what is signed already passes, in an envelope or inside itself', () => {
  assert.deepEqual(signatureNeed(file('FPA12', {}, ['xades']), { ...rule, private: true }), {});
  assert.deepEqual(signatureNeed(file('FPA12', { kind: 'p7m' }, ['cades']), { ...rule, private: true }), {});
});

test('what could not be read is not signed', () => {
  assert.deepEqual(signatureNeed(file(undefined), { ...rule, private: true }), {});
  assert.deepEqual(signatureNeed({ size: 0, kind: 'xml', documents: [] }, { ...rule, private: true }), {});
});

test('without a key an invoice to a public body is refused, and says both ways out', () => {
  const { finding, format } = signatureNeed(file('FPA12'), { ...rule, signs: false });
  assert.equal(format, undefined);
  assert.deepEqual([finding?.code, finding?.severity], ['SIGNATURE_MISSING', 'error']);
  for (const text of [finding?.fix?.it, finding?.fix?.en]) assert.match(text ?? '', /SIGNER_PKCS12.*SIGNER_REMOTE_URL/);
  assert.match(finding?.fix?.it ?? '', /chiedere al gestore dell'hub/);
  assert.deepEqual(signatureNeed(file('FPR12'), { ...rule, signs: false, private: true }), {});
});

test('where documents are not checked it goes out as it is', () => {
  assert.deepEqual(signatureNeed(file('FPA12'), { ...rule, signs: false, refuses: false }), {});
});

test('a file that its signature would push over the limit of SdI is refused before', () => {
  const most = rule.bytesMax - 16_384;
  assert.deepEqual(signatureNeed(file('FPA12', { size: most }), rule), { format: 'cades' });
  assert.equal(signatureNeed(file('FPA12', { size: most + 1 }), rule).finding?.code, '00003');
});

test('an archive is never signed; an unsigned invoice to a public body in it is refused by its name', () => {
  const documents = [
    { name: 'a.xml', envelope: { versione: 'FPR12' }, signatures: [] },
    { name: 'b.xml.p7m', envelope: { versione: 'FPA12' }, signatures: ['cades'] },
  ];
  assert.deepEqual(signatureNeed({ size: 1, kind: 'zip', documents }, { ...rule, private: true }), {});
  const unsigned = [...documents, { name: 'c.xml', envelope: { versione: 'FPA12' }, signatures: [] }];
  const { finding } = signatureNeed({ size: 1, kind: 'zip', documents: unsigned }, rule);
  assert.deepEqual([finding?.code, finding?.value], ['SIGNATURE_MISSING', 'c.xml']);
});
