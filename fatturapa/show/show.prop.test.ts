// fatturapa: whatever a document says stays text, on every kind of page, and every drawing ends.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { columnWidths } from './column-widths.ts';
import { fullInvoice } from './full-invoice.fixture.ts';
import { htmlOf } from './html.ts';
import { sheetsOf } from './invoice-sheet.ts';
import type { LooseOrdinary } from './loose.ts';
import { pdfText } from './pdf-text.ts';
import { pdfOf } from './pdf.ts';
import { plainText } from './plain-text.ts';
import { textOf } from './text.ts';
import { wrapText } from './wrap-text.ts';

const nasty = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.constantFrom(
    '<script>alert(1)</script>',
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    'javascript:alert(1)',
    '</style><script>',
    '</title><script>',
    '<!--',
    ']]>',
    '&lt;script&gt;',
    '`${1}`',
    '\u001b[31mred\u001b]0;title\u0007',
    '\u202egnp.exe',
    '\ud800',
    'x'.repeat(3000),
    '9'.repeat(400),
  ),
);

/** The same document with every text replaced. */
function withTexts(value: unknown, next: () => string): unknown {
  if (typeof value === 'string') return next();
  if (Array.isArray(value)) return value.map((one) => withTexts(one, next));
  const entries = Object.entries(value as Record<string, unknown>);
  return Object.fromEntries(entries.map(([name, one]) => [name, withTexts(one, next)]));
}

const documents = fc.array(nasty, { minLength: 3, maxLength: 12 }).map((texts) => {
  let at = 0;
  return withTexts(fullInvoice, () => texts[at++ % texts.length]!) as LooseOrdinary;
});
const langs = fc.constantFrom('it' as const, 'en' as const);

/** The tags of a page in their order, with the names of their attributes but without values. */
function skeletonOf(page: string): string[] {
  const afterStyle = page.slice(page.indexOf('</style>'));
  return (afterStyle.match(/<[^>]*>/g) ?? []).map((tag) => tag.replaceAll(/"[^"]*"/g, '""'));
}

const allowedTags =
  /^<\/?(?:style|title|head|html|body|main|nav|ol|li|article|header|footer|section|div|span|p|h1|h2|h3|small|strong|dl|dt|dd|table|caption|thead|tbody|tr|th|td|a)(?: (?:class|id|lang|role|scope|tabindex|download|href|aria-label|aria-labelledby)="")*>$/;

test('no text of a document becomes markup, attribute, address or style', () => {
  fc.assert(
    fc.property(documents, langs, (document, lang) => {
      const sheets = sheetsOf({ kind: 'ordinary', document }, { lang });
      const page = htmlOf(sheets, { attachmentHref: (index) => `a/${index}` });
      for (const tag of skeletonOf(page)) assert.match(tag, allowedTags);
      for (const [, address] of page.matchAll(/href="([^"]*)"/g)) assert.match(address ?? '', /^(?:a\/\d+|#doc\d+)$/);
      assert.equal(page.match(/<\/style>/g)?.length, 1);
      assert.equal(page.match(/<\/title>/g)?.length, 1);
      assert.ok(page.isWellFormed());
    }),
    { numRuns: 60 },
  );
});

test('nothing that a terminal obeys comes out, and no line is wider than asked', () => {
  fc.assert(
    fc.property(documents, langs, fc.integer({ min: 40, max: 160 }), (document, lang, width) => {
      const text = textOf(sheetsOf({ kind: 'ordinary', document }, { lang }), { width });
      assert.doesNotMatch(text, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
      for (const line of text.split('\n')) assert.ok([...line].length <= width, line);
    }),
    { numRuns: 60 },
  );
});

test('a PDF comes of any texts', async () => {
  await fc.assert(
    fc.asyncProperty(documents, async (document) => {
      const bytes = await pdfOf(sheetsOf({ kind: 'ordinary', document }, { lang: 'it' }), { pagesMax: 40 });
      assert.equal(Buffer.from(bytes.subarray(0, 5)).toString('latin1'), '%PDF-');
    }),
    { numRuns: 15 },
  );
});

test('plain text is one line without controls, and stays as it is a second time', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const plain = plainText(text);
      assert.doesNotMatch(plain, /[\u0000-\u001f\u007f-\u009f\u2028-\u202e]/);
      assert.equal(plainText(plain), plain);
      assert.equal(pdfText(pdfText(text)), pdfText(text));
    }),
  );
});

test('wrapped lines keep every letter, in order, and fit unless a single letter is too wide', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 1, max: 30 }), (text, room) => {
      const lines = wrapText(text, room, () => 1);
      assert.equal(lines.join('').replaceAll(' ', ''), text.replaceAll(' ', ''));
      for (const line of lines) assert.ok([...line].length <= room);
    }),
  );
});

test('columns together take the whole width, and none is left out', () => {
  const column = fc.record({
    align: fc.constantFrom('start' as const, 'end' as const),
    share: fc.integer({ min: 1, max: 50 }),
    natural: fc.integer({ min: 0, max: 2000 }),
  });
  fc.assert(
    fc.property(
      fc.array(column, { minLength: 1, maxLength: 8 }),
      fc.integer({ min: 100, max: 600 }),
      (columns, total) => {
        const naturals = columns.map(({ natural }) => natural);
        const widths = columnWidths({ columns, naturals, total, least: 4 });
        const sum = widths.reduce((all, one) => all + one, 0);
        assert.ok(widths.every((width) => width >= 4));
        assert.ok(Math.abs(sum - total) < 0.001 || columns.every(({ align }) => align === 'end'), `${sum} of ${total}`);
        assert.ok(sum <= total + 0.001);
      },
    ),
  );
});
