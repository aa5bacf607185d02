// fatturapa: whatever bytes come, the judgement is an answer, and never a throw.
import fc from 'fast-check';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkDocument } from './check-document.ts';

const options = { kind: 'internal', validation: 'document' } as const;
const whole = Buffer.from(
  '<?xml version="1.0" encoding="UTF-8"?><p:FatturaElettronica versione="FPR12" ' +
    'xmlns:p="http://ivaservizi.agenziaentrate.gov.it/docs/xsd/fatture/v1.2"><FatturaElettronicaHeader/>' +
    '<FatturaElettronicaBody><DatiGenerali><DatiGeneraliDocumento><Numero>1à</Numero></DatiGeneraliDocumento></DatiGenerali>' +
    '</FatturaElettronicaBody></p:FatturaElettronica>',
);

function answers(bytes: Uint8Array): boolean {
  const check = checkDocument(bytes, options);
  assert.equal(check.valid, !check.findings.some((finding) => finding.severity === 'error'));
  return check.valid;
}

test('random bytes are answered', () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => void answers(bytes)));
});

test('a file cut anywhere is refused', () => {
  fc.assert(fc.property(fc.integer({ min: 0, max: whole.length - 1 }), (end) => !answers(whole.subarray(0, end))));
});

test('a file with one byte changed is answered', () => {
  fc.assert(
    fc.property(fc.nat(whole.length - 1), fc.nat(255), (at, byte) => {
      const changed = Buffer.from(whole);
      changed[at] = byte;
      answers(changed);
    }),
  );
});
