// fatturapa: documents that stand twice in one archive, and those that only look so.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readDocument, type AnyDocument } from '../read/read-document.ts';
import { writeDocument } from '../write/write-document.ts';
import { changed, type Changes, type CleanName } from './clean-documents.fixture.ts';
import { repeatedInArchive, type ArchiveDocument } from './repeated-in-archive.ts';

const general = 'FatturaElettronicaBody[1]/DatiGenerali/DatiGeneraliDocumento';
const number = `${general}/Numero`;

function file(name: string, of: CleanName, changes: Changes = {}): ArchiveDocument {
  const { document, format } = changed(of, changes);
  const right = { kind: format === 'FSM10' ? 'simplified' : 'ordinary', document } as AnyDocument;
  return { name, xml: writeDocument(document), right };
}

const told = (...documents: ArchiveDocument[]) =>
  repeatedInArchive(documents).map(({ code, file, path }) => [code, file, path]);

test('00002: the same bytes under two names, told once and with both names', () => {
  const first = file('a.xml', 'lot');
  assert.deepEqual(told(first, { ...first, name: 'b.xml' }), [['00002', 'b.xml', undefined]]);
  const [finding] = repeatedInArchive([first, { ...first, name: 'b.xml' }]);
  assert.match(finding?.message.it ?? '', /b\.xml è identico, byte per byte, al file a\.xml\.$/);
});

test('00002: bytes that are no invoice are compared too', () => {
  const xml = Buffer.from('<a/>');
  assert.deepEqual(told({ name: 'a.xml', xml }, { name: 'b.xml', xml }), [['00002', 'b.xml', undefined]]);
});

test('00404: the same number of the same supplier and year in two files, with both names and its place', () => {
  const again = file('b.xml', 'goods', { [`${general}/Data`]: '2026-01-15' });
  const [finding, ...others] = repeatedInArchive([file('a.xml', 'goods'), again]);
  assert.deepEqual(others, []);
  assert.deepEqual([finding?.code, finding?.severity, finding?.file], ['00404', 'error', 'b.xml']);
  assert.deepEqual([finding?.path, finding?.value], [number, '12']);
  assert.match(finding?.message.it ?? '', /il numero 12 del 15\/01\/2026 in b\.xml è già in a\.xml\.$/);
  const before = Buffer.from(again.xml).toString().split('<Numero>')[0] ?? '';
  assert.deepEqual(
    [finding?.line, finding?.column],
    [before.split('\n').length, before.length - before.lastIndexOf('\n')],
  );
});

test('00404: a body of a lot, and each later file', () => {
  const second = 'FatturaElettronicaBody[2]/DatiGenerali/DatiGeneraliDocumento/Numero';
  const lot = file('lot.xml', 'lot', { [number]: '11' });
  const later = file('c.xml', 'goods', { [number]: '13', [`${general}/Causale`]: ['x'] });
  assert.deepEqual(told(file('a.xml', 'goods', { [number]: '13' }), lot, later), [
    ['00404', 'lot.xml', second],
    ['00404', 'c.xml', number],
  ]);
});

test('blanks and letter case of a VAT number do not tell suppliers apart', () => {
  const code = 'FatturaElettronicaHeader/CedentePrestatore/DatiAnagrafici/IdFiscaleIVA/IdCodice';
  const blank = file('b.xml', 'goods', { [code]: ' 12345678903' });
  assert.deepEqual(told(file('a.xml', 'goods'), blank), [['00404', 'b.xml', number]]);
  const foreign = (name: string, id: string) => file(name, 'servicesFromAbroad', { [code]: id });
  assert.deepEqual(told(foreign('a.xml', 'ABC'), foreign('b.xml', 'abc')), [['00404', 'b.xml', number]]);
});

test('a simplified invoice may not have the number of an ordinary one', () => {
  assert.deepEqual(told(file('a.xml', 'goods'), file('b.xml', 'simplified')), [['00404', 'b.xml', number]]);
});

test('another year, another supplier and a credit note may have the same number', () => {
  const documents = [
    file('a.xml', 'goods'),
    file('b.xml', 'goods', { [`${general}/Data`]: '2025-12-31' }),
    file('c.xml', 'fee', {
      'FatturaElettronicaHeader/CedentePrestatore/DatiAnagrafici/IdFiscaleIVA/IdCodice': '02065431708',
    }),
    file('d.xml', 'creditNote'),
  ];
  assert.deepEqual(told(...documents), []);
});

test('a number twice in one lot is not told here, in whichever place of the archive the lot is', () => {
  const lot = file('lot.xml', 'lot', { 'FatturaElettronicaBody[2]/DatiGenerali/DatiGeneraliDocumento/Numero': '12' });
  assert.deepEqual(told(lot, file('b.xml', 'export', { [number]: '99' })), []);
  assert.deepEqual(told(file('a.xml', 'goods'), lot), [['00404', 'lot.xml', number]]);
});

test('one document alone has no twin, and what was read is found again', () => {
  const one = file('a.xml', 'goods');
  assert.deepEqual(told(one), []);
  const { right } = readDocument(one.xml);
  assert.ok(right);
  assert.equal(
    repeatedInArchive([one, { name: 'b.xml', xml: Buffer.concat([one.xml, Buffer.from('\n')]), right }]).length,
    1,
  );
});
