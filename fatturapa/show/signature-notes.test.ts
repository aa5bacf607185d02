// fatturapa: a sheet says who signed and whether it holds, and claims no more than was verified.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SignatureVerdict } from '../signature/signature-verdict.ts';
import { signatureNotes } from './signature-notes.ts';

const signer = { role: 'signer', valid: true, name: 'Anna Neri', signedAt: new Date('2026-11-22T09:15:00Z') } as const;
const verdict: SignatureVerdict = { form: 'CAdES', valid: true, signers: [signer], findings: [] };
const message = { it: 'testo', en: 'text' };

test('a signature is dated by the clock of Rome, and untested trust is said', () => {
  const [note] = signatureNotes([verdict]);
  assert.match(note?.it ?? '', /^Firma CAdES di Anna Neri del 22\/11\/2026 10:15: la firma è integra; l’ente/);
  assert.match(
    note?.en ?? '',
    /^Signature \(CAdES\) by Anna Neri of 22 Nov 2026 10:15: the signature is intact; the authority/,
  );
});

test('only a chain to a trusted authority makes a signature valid', () => {
  const [note] = signatureNotes([{ ...verdict, signers: [{ ...signer, trusted: true }] }]);
  assert.match(note?.en ?? '', /: the signature is valid\.$/);
});

test('broken and merely expired are told apart, with the findings behind them', () => {
  const bad = (code: string): SignatureVerdict => {
    const findings = [{ code, severity: 'error' as const, message }];
    return { ...verdict, valid: false, signers: [{ ...signer, valid: false }], findings };
  };
  assert.match(signatureNotes([bad('00102')])[0]?.it ?? '', /NON è valida/);
  assert.match(signatureNotes([bad('00100')])[0]?.it ?? '', /integra, ma il certificato era scaduto/);
  assert.equal(signatureNotes([bad('00102')])[1]?.en, '00102: text');
});

test('nobody signed, nothing is said', () => {
  assert.deepEqual(signatureNotes([]), []);
});
