// fatturapa: the page is one file that nothing of a document can break out of, and that everybody can read and print.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lotOf, shownInvoice } from './full-invoice.fixture.ts';
import { isSafeAddress } from './html-escape.ts';
import { htmlOf } from './html.ts';
import { sheetsOf } from './invoice-sheet.ts';

const page = htmlOf(sheetsOf(shownInvoice, { lang: 'it' }), { attachmentHref: (index) => `attachments/${index}` });

test('the page carries its policy and names no outside resource and no script', () => {
  assert.match(
    page,
    /<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline';/,
  );
  assert.doesNotMatch(page, /<script|<link|<img|<iframe|url\(|@import|src=|\son[a-z]+=/i);
});

test('language, landmarks, captions, scopes and headings are there, without a level left out', () => {
  assert.match(page, /<html lang="it">/);
  assert.match(page, /<main>/);
  assert.match(page, /<article lang="it" aria-labelledby="doc1">/);
  const tables = page.match(/<table>/g)?.length ?? 0;
  assert.ok(tables >= 6);
  assert.equal(page.match(/<caption class="unseen">[^<]+<\/caption>/g)?.length, tables);
  assert.equal(page.match(/<th(?: |>)/g)?.length, page.match(/<th scope="(?:col|row)"/g)?.length);
  const levels = [...page.matchAll(/<h(\d)/g)].map(([, level]) => Number(level));
  assert.equal(levels[0], 1);
  for (const [at, level] of levels.entries()) assert.ok(level <= (levels[at - 1] ?? 0) + 1);
});

test('ids are unique and every label points to one', () => {
  const lot = htmlOf(sheetsOf(lotOf(3), { lang: 'en' }));
  const ids = [...lot.matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id);
  assert.equal(new Set(ids).size, ids.length);
  for (const [, named = ''] of lot.matchAll(/aria-labelledby="([^"]+)"/g)) {
    for (const id of named.split(' ')) assert.ok(ids.includes(id), id);
  }
  for (const [, id] of lot.matchAll(/href="#([^"]+)"/g)) assert.ok(ids.includes(id), id);
});

test('attachments are linked where the caller says, as downloads under a safe name', () => {
  assert.match(page, /<a href="attachments\/1" download="_relazione\.pdf">/);
  const unlinked = htmlOf(sheetsOf(shownInvoice, { lang: 'it' }));
  assert.doesNotMatch(unlinked, /<a /);
});

test('only harmless addresses are linked', () => {
  const safe = ['attachments/1', '/api/x?y=1', './a', 'https://example.it/a', 'data:application/pdf;base64,JVBERg=='];
  const unsafe = [
    'javascript:alert(1)',
    'JaVaScRiPt:alert(1)',
    'java\nscript:alert(1)',
    ' javascript:alert(1)',
    'vbscript:x',
    'data:text/html;base64,PHNjcmlwdD4=',
    'data:image/svg+xml;base64,PHN2Zz4=',
    'data:text/html,<script>',
    'file:///etc/passwd',
    'blob:x',
    '\\\\server\\share',
    '',
  ];
  assert.deepEqual(
    safe.filter((address) => !isSafeAddress(address)),
    [],
  );
  assert.deepEqual(unsafe.filter(isSafeAddress), []);
  const tricked = htmlOf(sheetsOf(shownInvoice, { lang: 'it' }), { attachmentHref: () => 'javascript:alert(1)' });
  assert.doesNotMatch(tricked, /javascript:/i);
});

test('on paper: A4, repeated heads, a new page per document', () => {
  assert.match(page, /@page \{ size: A4;/);
  assert.match(page, /thead \{ display: table-header-group; \}/);
  assert.match(page, /article \+ article \{ break-before: page; \}/);
});

test('no sheets make a page that says so', () => {
  assert.match(htmlOf([]), /<h1>Nessun documento da mostrare<\/h1>/);
});
