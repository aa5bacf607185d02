// fatturapa: every code that SdI may answer is explained, and the archive's finding says it in the same words.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { archiveFinding } from './archive-finding.ts';
import { explain, sdiCodes } from './sdi-codes.ts';

const codesOfSdi =
  `00001 00002 00003 00100 00101 00102 00103 00104 00105 00106 00107 00200 00201 00300 00301 00302 00303 00304 00305
00306 00311 00312 00313 00320 00321 00322 00323 00324 00325 00326 00330 00398 00399 00400 00401 00403 00404 00409 00411 00413 00414
00415 00417 00418 00419 00420 00421 00422 00423 00424 00425 00427 00428 00429 00430 00437 00438 00443 00444 00445 00460 00471 00472
00473 00474 00475 00476`.split(/\s+/);

test('each code has words and a remedy in both languages', () => {
  for (const code of codesOfSdi) {
    const { says, fix } = explain(code) ?? {};
    for (const text of [says?.it, says?.en, fix?.it, fix?.en]) assert.match(text ?? '', /^\S.*\.$/, code);
  }
  assert.deepEqual([...new Set(sdiCodes.map(({ code }) => code).filter((code) => /^\d/.test(code)))], codesOfSdi);
});

test('what is no code of ours has no words', () => {
  assert.equal(explain('99999'), undefined);
  assert.equal(explain('__proto__'), undefined);
});

test('00404: the archive names the document that was there first', () => {
  const finding = archiveFinding({ number: '12', date: '2026-03-02', fileName: 'IT01234567897_00001.xml' }, 2);
  assert.equal(finding.code, '00404');
  assert.equal(finding.path, 'FatturaElettronicaBody[2]/DatiGenerali/DatiGeneraliDocumento/Numero');
  assert.match(
    finding.message.it,
    /già stato inviato.*Il documento 12 del 02\/03\/2026 è già in archivio, nel file IT01234567897_00001\.xml\./,
  );
  assert.match(archiveFinding({ number: '12', date: '2026-03-02' }, 1).message.en, /is in the archive already\.$/);
});
