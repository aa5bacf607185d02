// fatturapa: a signature cannot hide from its verifier behind the spelling of its namespace.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkDocument } from '../check-document.ts';
import { cleanDocuments } from '../check/clean-documents.fixture.ts';
import { writeDocument } from '../write/write-document.ts';
import { openPkcs12 } from './pkcs12.ts';
import { makeTrialSigner } from './self-signed.ts';
import { signXades } from './xades.ts';

const at = new Date('2026-11-25T09:00:00Z');

async function signed(): Promise<string> {
  const from = new Date('2026-11-01T00:00:00Z');
  const signer = await makeTrialSigner({ commonName: 'Prova', from, days: 365, password: 'prova' });
  const document = writeDocument(cleanDocuments.publicBody.document);
  return (await signXades(document, openPkcs12(signer, 'prova'), { at })).toString();
}

test('a changed document is 00102, also where the namespace of the signature is written with references', async () => {
  const changed = (await signed()).replace(/<Numero>[^<]*</, '<Numero>999<');
  for (const text of [changed, changed.replaceAll('xmldsig#', 'xmldsig&#35;')]) {
    const { valid, findings, documents } = checkDocument(Buffer.from(text), {
      kind: 'internal',
      validation: 'document',
      at,
    });
    assert.equal(valid, false);
    assert.ok(
      findings.some(({ code }) => code === '00102'),
      JSON.stringify(findings),
    );
    assert.equal(documents[0]?.signatures.length, 1);
  }
});
