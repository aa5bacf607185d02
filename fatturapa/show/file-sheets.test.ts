// fatturapa: attachments are numbered over a whole file, and each document of an archive has its own sheets.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { attachmentIn, sheetCounts, sheetsOfFile } from './file-sheets.ts';
import { lotOf, shownInvoice } from './full-invoice.fixture.ts';
import type { DocumentToShow, FileToShow } from './open-to-show.ts';

const note = { it: 'firmato', en: 'signed' };
function documentOf(name: string, shown: DocumentToShow['shown']): DocumentToShow {
  return { name, xml: Buffer.alloc(0), shown, signatures: [note], findings: [] };
}
const file: FileToShow = {
  documents: [documentOf('a.xml', lotOf(2)), documentOf('readme.xml', undefined), documentOf('b.xml', shownInvoice)],
  findings: [],
};

test('every body of every document has a sheet, with its own file name and signatures', () => {
  const sheets = sheetsOfFile(file, { lang: 'it', trail: { fileName: 'all.zip' } });
  assert.equal(sheets.length, 3);
  const names = sheets.map(({ sections }) => {
    const transmission = sections.find(({ id }) => id === 'transmission');
    return transmission?.kind === 'facts' ? transmission.facts[0]?.value : undefined;
  });
  assert.deepEqual(names, ['a.xml', 'a.xml', 'b.xml']);
  assert.equal(sheetsOfFile(file, { lang: 'it', document: 3 }).length, 1);
  assert.equal(sheetsOfFile(file, { lang: 'it', document: 1, body: 2 }).length, 1);
  assert.deepEqual(sheetsOfFile(file, { lang: 'it', document: 2 }), []);
});

test('the numbers on the sheets are those by which attachments are found', () => {
  const sheets = sheetsOfFile(file, { lang: 'it' });
  const listed = sheets.flatMap(({ sections }) =>
    sections.flatMap((section) => (section.kind === 'attachments' ? section.items.map(({ index }) => index) : [])),
  );
  assert.deepEqual(listed, [1, 2, 3]);
  for (const index of listed) assert.equal(attachmentIn(file, index)?.name, '_relazione.pdf');
  for (const index of [0, 4, -1, 1.5]) assert.equal(attachmentIn(file, index), undefined);
});

test('the sheets of each document are counted without laying them out', () => {
  assert.deepEqual(sheetCounts(file), [2, 0, 1]);
  const bodiless = documentOf('c.xml', { kind: 'ordinary', document: {} });
  assert.deepEqual(sheetCounts({ documents: [bodiless], findings: [] }), [1]);
});
