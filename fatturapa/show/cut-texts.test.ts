// fatturapa: no text of a document, nor many that are joined, fills a sheet by itself; what is cut says where the rest is.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fullInvoice } from './full-invoice.fixture.ts';
import { sheetsOf } from './invoice-sheet.ts';
import type { LooseOrdinary } from './loose.ts';
import { pdfOf } from './pdf.ts';
import type { Lang, Sheet } from './sheet.ts';

const huge = 'x'.repeat(200_000);

/** The same document with every text made huge. */
function hugeTexts(value: unknown): unknown {
  if (typeof value === 'string') return huge;
  if (Array.isArray(value)) return value.map(hugeTexts);
  return Object.fromEntries(
    Object.entries(value as Record<string, unknown>).map(([name, one]) => [name, hugeTexts(one)]),
  );
}

/** Each text of a sheet with the name of what it stands in. */
function textsOf(value: unknown, name = ''): [name: string, text: string][] {
  if (typeof value === 'string') return [[name, value]];
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([key, one]) => textsOf(one, Array.isArray(value) ? name : key));
}

function sheetWith(line: object, lang: Lang, textMax?: number): Sheet {
  const document = { FatturaElettronicaBody: [{ DatiBeniServizi: { DettaglioLinee: [line] } }] };
  const [sheet] = sheetsOf({ kind: 'ordinary', document }, { lang, ...(textMax === undefined ? {} : { textMax }) });
  assert.ok(sheet);
  return sheet;
}

function lineOf(sheet: Sheet): { text: string; more?: readonly string[] } {
  const section = sheet.sections.find(({ id }) => id === 'lines');
  assert.ok(section?.kind === 'table');
  return section.rows[0]?.[1] ?? { text: '' };
}

test('wherever a huge text stands, it is cut', () => {
  const document = hugeTexts(fullInvoice) as LooseOrdinary;
  const trail = {
    fileName: huge,
    signatures: [{ it: huge, en: huge }],
    steps: [{ at: huge, event: { it: huge, en: huge } }],
  };
  for (const sheet of sheetsOf({ kind: 'ordinary', document }, { lang: 'it', trail })) {
    for (const [name, text] of textsOf(sheet)) assert.ok(text.length < 5000, `${name}: ${text.length}`);
  }
});

test('the cut says in the language of the sheet that the XML has the rest', () => {
  const line = { NumeroLinea: '1', Descrizione: huge };
  assert.match(lineOf(sheetWith(line, 'it')).text, /^x{4000}… \[testo interrotto: il resto è nel file XML\]$/);
  assert.match(lineOf(sheetWith(line, 'en', 10)).text, /^x{10}… \[the text is cut here: the XML file has the rest\]$/);
});

test('many short texts that are shown as one are cut too', () => {
  const CodiceArticolo = Array.from({ length: 50_000 }, () => ({ CodiceTipo: 'EAN', CodiceValore: '8001234567890' }));
  const { more = [] } = lineOf(sheetWith({ NumeroLinea: '1', Descrizione: 'a', CodiceArticolo }, 'it'));
  assert.ok(more[0]!.length < 5000);
});

test('the longest texts of a right document are whole, and no character is cut in two', () => {
  const Descrizione = 'à'.repeat(1000);
  assert.equal(lineOf(sheetWith({ Descrizione }, 'it')).text, Descrizione);
  const { text } = lineOf(sheetWith({ Descrizione: '😀😀😀' }, 'it', 3));
  assert.ok(text.isWellFormed() && text.startsWith('😀…'), text);
});

test('one text cannot fill a print', async () => {
  const bytes = await pdfOf([sheetWith({ NumeroLinea: '1', Descrizione: huge.repeat(20) }, 'it')]);
  const pages = Buffer.from(bytes)
    .toString('latin1')
    .match(/\/Type \/Page\b/g);
  assert.ok(pages && pages.length <= 4, `${pages?.length} pages`);
});
