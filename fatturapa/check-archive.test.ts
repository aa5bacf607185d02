// fatturapa: an archive is judged file by file, by the names in it, and for what stands in it twice.
import { zipSync } from 'fflate';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkDocument } from './check-document.ts';
import { cleanDocuments } from './check/clean-documents.fixture.ts';
import { writeDocument } from './write/write-document.ts';

const options = { kind: 'internal', validation: 'document', at: new Date('2026-11-25T09:00:00Z') } as const;
const goods = writeDocument(cleanDocuments.goods.document);
const other = Buffer.from(goods.toString().replace(/<Numero>[^<]*</, '<Numero>998<'));
const wrong = Buffer.from(
  other
    .toString()
    .replace(/<Numero>[^<]*</, '<Numero>999<')
    .replace(/<Imposta>[^<]*</, '<Imposta>0.01<'),
);

function told(files: Readonly<Record<string, Uint8Array>>, more: object = {}): string[] {
  const { findings } = checkDocument(zipSync(files), { ...options, ...more });
  return findings.filter(({ severity }) => severity === 'error').map(({ code, file }) => `${code} ${file}`);
}

test('right files under right names are right', () => {
  assert.deepEqual(told({ 'IT01234567897_00001.xml': goods, 'IT01234567897_00002.xml': other }), []);
});

test('a finding names the file that it is about', () => {
  const findings = told({ 'IT01234567897_00001.xml': goods, 'IT01234567897_00002.xml': wrong });
  assert.deepEqual(findings, ['00421 IT01234567897_00002.xml']);
});

test('a name that SdI would refuse is 00001 for that file alone, whatever the archive is called', () => {
  assert.deepEqual(told({ 'a.xml': goods, 'IT01234567897_00002.xml': other }), ['00001 a.xml']);
  const outer = checkDocument(zipSync({ 'IT01234567897_00001.xml': goods, 'IT01234567897_00002.xml': other }), {
    ...options,
    fileName: 'pippo.zip',
  });
  assert.deepEqual(
    outer.findings.map(({ code, file }) => [code, file]),
    [['00001', undefined]],
  );
});

test('the same file twice is 00002, the same number twice is 00404', () => {
  const twice = told({ 'IT01234567897_00001.xml': goods, 'IT01234567897_00002.xml': goods });
  assert.deepEqual(twice, ['00002 IT01234567897_00002.xml']);
  const changed = Buffer.from(goods.toString().replace('<Causale>', '<Causale>Altra ').concat('\n'));
  assert.deepEqual(told({ 'IT01234567897_00001.xml': goods, 'IT01234567897_00002.xml': changed }), [
    '00404 IT01234567897_00002.xml',
  ]);
});

test('what SdI let through is only annotated', () => {
  assert.deepEqual(told({ 'IT01234567897_00001.xml': goods, 'b.xml': goods }, { kind: 'external' }), []);
});
