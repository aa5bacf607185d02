// fatturapa: what a bookkeeper looks for stands on the sheet, in words and in the reader's language.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { servers, sharedFolder } from '@staffetta/tools/servers/available.ts';
import { readDocument } from '../read/read-document.ts';
import { fullInvoice, lotOf, shownInvoice, shownSimplified } from './full-invoice.fixture.ts';
import { htmlOf } from './html.ts';
import { sheetsOf } from './invoice-sheet.ts';
import { shownOf } from './loose.ts';
import type { Section, Sheet } from './sheet.ts';
import { textOf } from './text.ts';

function only(sheets: readonly Sheet[]): Sheet {
  assert.equal(sheets.length, 1);
  return sheets[0]!;
}

function sectionOf<K extends Section['kind']>(sheet: Sheet, id: string, kind: K): Extract<Section, { kind: K }> {
  const section = sheet.sections.find((one) => one.id === id);
  assert.equal(section?.kind, kind, `section ${id}`);
  return section as Extract<Section, { kind: K }>;
}

function rowsOf(sheet: Sheet, id: string): string[][] {
  return sectionOf(sheet, id, 'table').rows.map((row) => row.map(({ text, more = [] }) => [text, ...more].join(' | ')));
}

function factsOf(sheet: Sheet, id: string, kind: 'facts' | 'totals' = 'facts'): Record<string, string> {
  const section = sheet.sections.find((one) => one.id === id);
  assert.ok(section?.kind === kind, `section ${id}`);
  return Object.fromEntries(section.facts.map(({ label, value }) => [label, value]));
}

const italian = only(sheetsOf(shownInvoice, { lang: 'it' }));
const english = only(sheetsOf(shownInvoice, { lang: 'en' }));

test('the head names type, number, date, supplier and total', () => {
  assert.equal(italian.title, 'Parcella n. A/123 del 22/11/2026 - Ing. Mario Rossi');
  assert.deepEqual(italian.total, { label: 'Totale documento', value: '1.268,80 EUR', strong: true });
  assert.equal(english.reference, 'no. A/123 of 22 Nov 2026');
  assert.deepEqual([italian.isoDate, italian.position], ['2026-11-22', '']);
});

test('every party has its box, with its identifiers', () => {
  const { cards } = sectionOf(italian, 'parties', 'cards');
  assert.deepEqual(
    cards.map(({ name }) => name),
    ['Ing. Mario Rossi', 'Bianchi & Figli SpA', 'Rappresentante Srl', 'Studio Emittente'],
  );
  const facts = Object.fromEntries(cards[0]!.facts.map(({ label, value }) => [label, value]));
  assert.equal(facts['Partita IVA'], 'IT01234567897');
  assert.equal(facts['Iscrizione REA'], 'TO 998877');
  assert.equal(facts['Capitale sociale'], '10.000,00');
  assert.match(facts['Regime fiscale'] ?? '', /\(RF01\)$/);
  assert.match(facts['Albo professionale'] ?? '', /Ordine degli ingegneri \(TO\) n\. 123A 01\/03\/2005/);
  assert.deepEqual(cards[0]!.lines, ['Via Po, 7', '10121 Torino (TO) IT']);
  assert.deepEqual(cards[1]!.facts.at(-1)?.value, 'Tutore Srl, IT22222222220');
});

test('a line has its codes, period, discounts, Natura and other data', () => {
  assert.deepEqual(rowsOf(italian, 'lines'), [
    [
      '1',
      'Progettazione strutturale | EAN 8001234567890 | Periodo: dal 01/10/2026 al 31/10/2026 | Soggetta a ritenuta | ' +
        'Riferimento amministrazione: RIF-L | INTENTO: 08060120341234567-000001 · 10/01/2026',
      '1.250 ore',
      '0,80',
      '-10% | +2,50',
      '22%',
      '1.000,00',
    ],
    ['2', 'Spese anticipate | Spesa accessoria (AC)', '', '15,00', '', '0% | N1', '15,00'],
  ]);
});

test('the VAT summary says Natura and EsigibilitaIVA in words', () => {
  const [first, second] = rowsOf(italian, 'summary');
  assert.deepEqual(first, ['22%', '', 'Scissione dei pagamenti (split payment)', '1.040,00', '228,80']);
  assert.match(second?.[1] ?? '', /^Escluse.*\(N1\) \| Art\. 15 DPR 633\/72$/);
});

test('totals are exact: what is computed says so, withheld tax and split VAT are held back', () => {
  assert.deepEqual(factsOf(italian, 'totals', 'totals'), {
    'Totale imponibile': '1.055,00 EUR',
    'Totale imposta': '228,80 EUR',
    'Imposta di bollo (assolta in modo virtuale)': '2,00 EUR',
    'Totale documento': '1.268,80 EUR',
    Arrotondamento: '-0,01 EUR',
    Ritenute: '-200,00 EUR',
    'IVA in scissione dei pagamenti': '-228,80 EUR',
    'Netto a pagare (calcolato)': '839,99 EUR',
  });
});

test('a total that the document leaves out is computed from the summary, and a broken figure is never added', () => {
  const [body = {}] = fullInvoice.FatturaElettronicaBody ?? [];
  const general = { ...body.DatiGenerali?.DatiGeneraliDocumento, ImportoTotaleDocumento: undefined };
  const changed = { ...body, DatiGenerali: { ...body.DatiGenerali, DatiGeneraliDocumento: general } };
  const document = { ...fullInvoice, FatturaElettronicaBody: [changed] };
  const sheet = only(sheetsOf({ kind: 'ordinary', document }, { lang: 'en' }));
  assert.deepEqual(sheet.total, {
    label: 'Taxable amount plus VAT (computed)',
    value: '1,283.80 EUR',
    strong: true,
  });
  const broken = { ...changed, DatiBeniServizi: { DatiRiepilogo: [{ ImponibileImporto: 'x', Imposta: '1.00' }] } };
  const shown = { kind: 'ordinary' as const, document: { ...fullInvoice, FatturaElettronicaBody: [broken] } };
  assert.equal(only(sheetsOf(shown, { lang: 'en' })).total, undefined);
});

test('payments show method in words, due date with its terms, grouped IBAN and amount', () => {
  const [[method = '', terms, due, account, amount] = []] = rowsOf(italian, 'payment');
  assert.match(
    method,
    /^Bonifico \(MP05\) \| Beneficiario: Mario Rossi \| Codice pagamento: PAG-1 \| Sconto per pagamento/,
  );
  assert.deepEqual([terms, due, amount], ['Pagamento a rate', '22/12/2026 | 30 giorni dal 22/11/2026', '840,00']);
  assert.equal(account, 'IBAN IT60 X054 2811 1010 0000 0123 456 | Banca di Prova | BIC: BPCVIT2S');
});

test('all references stand in one table: order with CIG and CUP, DDT, SAL, linked and main invoice', () => {
  const rows = rowsOf(italian, 'references');
  assert.deepEqual(rows[0], [
    'Ordine di acquisto',
    'ORD-9',
    '01/10/2026',
    '1, 2',
    '5',
    'COMM-7',
    'CUP1234567',
    'CIG7654321',
  ]);
  assert.deepEqual(
    rows.map(([kind, number]) => `${kind} ${number}`),
    [
      'Ordine di acquisto ORD-9',
      'Contratto CTR-1',
      'Convenzione CNV-1',
      'Ricezione RIC-1',
      'Fattura collegata FT-OLD',
      'Stato avanzamento lavori (SAL) Fase 3',
      'Documento di trasporto (DDT) DDT-55',
      'Fattura principale PRINC-1',
    ],
  );
});

test('funds, withholding, discounts, cause, transport, vehicles, attachments and transmission are there', () => {
  assert.deepEqual(rowsOf(italian, 'funds')[0]?.slice(1), ['4%', '1.000,00', '22%', '40,00']);
  assert.match(rowsOf(italian, 'withholding')[0]?.join(' ') ?? '', /\(RT01\).*\(A\) 20% 200,00/);
  assert.deepEqual(factsOf(italian, 'documentDiscounts'), { Sconto: '-15,00' });
  assert.deepEqual(sectionOf(italian, 'cause', 'notes').notes, ['Progetto esecutivo', 'Seconda riga']);
  assert.equal(factsOf(italian, 'transport')['Peso lordo'], '1.050,5 kg');
  assert.equal(factsOf(italian, 'transport')['Ritiro'], '02/11/2026 08:30:00');
  assert.equal(factsOf(italian, 'vehicles')['Percorso o ore di utilizzo'], '120 km');
  assert.deepEqual(sectionOf(italian, 'attachments', 'attachments').items, [
    { index: 1, name: '_relazione.pdf', description: 'Relazione tecnica', type: 'PDF', size: '18 byte' },
  ]);
  assert.match(factsOf(italian, 'transmission')['Codice destinatario'] ?? '', /^0000000 \(nessun codice/);
  assert.equal(factsOf(italian, 'documentData')['Emesso da'], 'Terzo (TZ)');
});

test("what is known beyond the document stands at its end: file, SdI's id, signatures, every step", () => {
  const trail = {
    fileName: 'IT01234567897_00042.xml',
    sdiId: '987654',
    sha256: 'ab'.repeat(32),
    signatures: [{ it: 'Firmato da Mario Rossi', en: 'Signed by Mario Rossi' }],
    steps: [
      { at: '2026-11-22T10:15:30.123', event: { it: 'Inviata', en: 'Sent' } },
      { at: '2026-11-23T08:00:00', event: { it: 'Scartata', en: 'Refused' }, details: ['00423: PrezzoTotale'] },
    ],
  };
  const sheet = only(sheetsOf(shownInvoice, { lang: 'it', trail }));
  assert.equal(factsOf(sheet, 'transmission')['Identificativo SdI'], '987654');
  assert.deepEqual(sectionOf(sheet, 'signatures', 'notes').notes, ['Firmato da Mario Rossi']);
  assert.deepEqual(rowsOf(sheet, 'trail'), [
    ['22/11/2026 10:15:30', 'Inviata', ''],
    ['23/11/2026 08:00:00', 'Scartata', '00423: PrezzoTotale'],
  ]);
});

test('a simplified invoice is shown with its flat parties, gross amounts and what it corrects', () => {
  const sheet = only(sheetsOf(shownSimplified, { lang: 'it' }));
  assert.equal(sheet.supplier, 'Bar Centrale');
  assert.deepEqual(sheet.total, { label: 'Totale degli importi (calcolato)', value: '30,30 EUR', strong: true });
  assert.equal(factsOf(sheet, 'documentData')['Fattura rettificata'], '6, 20/11/2026');
  assert.deepEqual(rowsOf(sheet, 'lines')[0], ['Pranzo', '10%', '', '', '10,10']);
});

test('a lot has a sheet per body; one body can be asked for; too many are told of', () => {
  const sheets = sheetsOf(lotOf(3), { lang: 'it' });
  assert.deepEqual(
    sheets.map(({ position }) => position),
    ['Documento 1 di 3', 'Documento 2 di 3', 'Documento 3 di 3'],
  );
  assert.deepEqual(
    sheets.map((sheet) => sectionOf(sheet, 'attachments', 'attachments').items[0]?.index),
    [1, 2, 3],
  );
  assert.equal(only(sheetsOf(lotOf(3), { lang: 'it', body: 2 })).position, 'Documento 2 di 3');
  assert.deepEqual(sheetsOf(lotOf(3), { lang: 'it', body: 4 }), []);
  const few = sheetsOf(lotOf(3), { lang: 'it', bodiesMax: 2 });
  assert.equal(few.length, 2);
  assert.match(few[1]!.courtesy, /altri documenti/);
  assert.doesNotMatch(few[0]!.courtesy, /altri documenti/);
});

test('a document of which nothing could be read is still a sheet', () => {
  const sheet = only(sheetsOf({ kind: 'ordinary', document: {} }, { lang: 'it' }));
  assert.equal(sheet.type, 'Documento');
  assert.match(textOf([sheet]), /Senza denominazione/);
});

const folder = join(sharedFolder(), 'sdi/samples/invoices');

test('every sample that is an invoice can be shown, right or not', { skip: servers.shared.missing }, () => {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.xml'));
  let shown = 0;
  for (const file of files) {
    const document = shownOf(readDocument(readFileSync(join(folder, file))));
    if (!document) continue;
    for (const lang of ['it', 'en'] as const) {
      const sheets = sheetsOf(document, { lang });
      assert.ok(htmlOf(sheets).length > 5000 && textOf(sheets).length > 500, file);
    }
    shown++;
  }
  assert.ok(shown > 60, `${shown} of ${files.length}`);
});
