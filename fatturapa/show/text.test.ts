// fatturapa: an invoice in a terminal has its columns aligned.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { shownInvoice } from './full-invoice.fixture.ts';
import { sheetsOf } from './invoice-sheet.ts';
import { textOf } from './text.ts';

test('figures stand below each other, to the right', () => {
  const lines = textOf(sheetsOf(shownInvoice, { lang: 'it' }), { width: 120 }).split('\n');
  const first = lines.find((line) => line.startsWith('1 ') && line.includes('Progettazione'));
  const second = lines.find((line) => line.startsWith('2 ') && line.includes('Spese anticipate'));
  assert.ok(first?.endsWith('1.000,00') && second?.endsWith('15,00'));
  assert.equal(first?.length, second?.length);
});

test('it says what the sheet says, in the language asked for', () => {
  const text = textOf(sheetsOf(shownInvoice, { lang: 'en' }), { width: 100 });
  for (const words of ['VAT SUMMARY', '1,268.80 EUR', 'IT60 X054', '22 Dec 2026', 'Courtesy copy']) {
    assert.ok(text.includes(words), words);
  }
});
