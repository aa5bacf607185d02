// fatturapa: the print says what the page says, repeats its heads, numbers its pages, and is the same each time.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inflateSync } from 'node:zlib';
import { fullInvoice, longInvoice, lotOf, shownInvoice } from './full-invoice.fixture.ts';
import { sheetsOf } from './invoice-sheet.ts';
import { pdfText } from './pdf-text.ts';
import { pdfOf } from './pdf.ts';
import type { Lang } from './sheet.ts';

/** What is written on each page, letter by letter, in the order of writing. */
function textsOf(bytes: Uint8Array): string[] {
  const raw = Buffer.from(bytes).toString('latin1');
  const pages: string[] = [];
  for (const [, stream = ''] of raw.matchAll(/FlateDecode\n>>\nstream\n([\s\S]*?)\nendstream/g)) {
    const content = inflateSync(Buffer.from(stream, 'latin1')).toString('latin1');
    if (!content.includes('BT')) continue;
    const lines = [...content.matchAll(/\[([^\]]*)\] TJ/g)].map(([, pieces = '']) =>
      [...pieces.matchAll(/<([0-9a-f]*)>/g)].map(([, hex = '']) => Buffer.from(hex, 'hex').toString('latin1')).join(''),
    );
    pages.push(lines.join('\n'));
  }
  return pages;
}

async function print(lang: Lang = 'it'): Promise<Uint8Array> {
  return pdfOf(sheetsOf(shownInvoice, { lang }));
}

test('the same document gives the same bytes', async () => {
  assert.deepEqual(await print(), await print());
});

test('the print holds parties, lines, summary, totals, payment and the courtesy line', async () => {
  const text = textsOf(await print()).join('\n');
  const wanted = [
    'Parcella',
    'n. A/123 del 22/11/2026',
    'Bianchi & Figli SpA',
    'Progettazione strutturale',
    '1.268,80 EUR',
    '839,99 EUR',
    'IBAN IT60 X054 2811 1010 0000 0123 456',
    'CIG7654321',
    '_relazione.pdf',
    'Copia di cortesia priva di valore fiscale',
    'Pagina 1 di ',
  ];
  for (const words of wanted) assert.ok(text.includes(words), words);
  assert.ok(
    textsOf(await print('en'))
      .join('\n')
      .includes('22 Nov 2026'),
  );
});

test('its metadata name document, supplier and language, dated as the document', async () => {
  const raw = Buffer.from(await print()).toString('latin1');
  const wanted = ['(Parcella n. A/123 del 22/11/2026 - Ing. Mario Rossi)', '(Ing. Mario Rossi)', '/Lang (it-IT)'];
  for (const words of [...wanted, '(D:20261122120000Z)']) assert.ok(raw.includes(words), words);
});

test('a table of two thousand lines goes on over pages and repeats its head on each', async () => {
  const pages = textsOf(await pdfOf(sheetsOf(longInvoice(2000), { lang: 'it' })));
  assert.ok(pages.length > 60, `${pages.length} pages`);
  const inside = pages.slice(1, -3);
  assert.ok(inside.every((page) => page.startsWith('N.\nDescrizione\n')));
  assert.equal(pages.join('\n').match(/^Progettazione strutturale$/gm)?.length, 2000);
  assert.ok(pages.every((page, at) => page.includes(`Pagina ${at + 1} di ${pages.length}`)));
});

test('a description that is longer than a page is printed to its end', async () => {
  const [body = {}] = fullInvoice.FatturaElettronicaBody ?? [];
  const words = Array.from({ length: 6000 }, (_, at) => `parola${at}`).join(' ');
  const DatiBeniServizi = { DettaglioLinee: [{ NumeroLinea: '1', Descrizione: words }] };
  const document = { ...fullInvoice, FatturaElettronicaBody: [{ ...body, DatiBeniServizi }] };
  const sheets = sheetsOf({ kind: 'ordinary', document }, { lang: 'it', textMax: words.length });
  const pages = textsOf(await pdfOf(sheets));
  const text = pages.join(' ').replaceAll(/\s+/g, ' ');
  assert.ok(text.includes('parola0 ') && text.includes('parola5999'));
});

test('a print ends at its limit of pages and says so', async () => {
  const pages = textsOf(await pdfOf(sheetsOf(lotOf(20), { lang: 'it' }), { pagesMax: 5 }));
  assert.equal(pages.length, 5);
  assert.ok(pages[4]!.includes('Qui si interrompe la stampa'));
});

test('letters that the fonts lack are replaced visibly, and a note says so', async () => {
  assert.equal(pdfText('caffè €5 “sì” – Łódź 漢 😀'), 'caffè €5 “sì” – [?]ód[?] [?] [?]');
  const document = {
    ...fullInvoice,
    FatturaElettronicaHeader: {
      CessionarioCommittente: { DatiAnagrafici: { Anagrafica: { Denominazione: 'Łódź SpA' } } },
    },
  };
  const text = textsOf(await pdfOf(sheetsOf({ kind: 'ordinary', document }, { lang: 'it' }))).join('\n');
  assert.ok(text.includes('[?]ód[?] SpA') && text.includes('sono sostituiti da [?]'));
  assert.ok(
    !textsOf(await print())
      .join('\n')
      .includes('sono sostituiti'),
  );
});

test('no sheets make a print that says so', async () => {
  assert.ok(
    textsOf(await pdfOf([]))
      .join('\n')
      .includes('Nessun documento da mostrare'),
  );
});
