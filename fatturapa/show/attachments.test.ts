// fatturapa: attachments come out as they went in, under a safe name and a type that runs nothing.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { attachmentTypeOf } from './attachment-type.ts';
import { attachmentOf, safeFileName } from './attachments.ts';
import { lotOf, shownInvoice } from './full-invoice.fixture.ts';

test('an attachment is found by its number over all bodies', () => {
  const found = attachmentOf(lotOf(3), 3);
  assert.equal(found?.name, '_relazione.pdf');
  assert.equal(found?.type, 'application/pdf');
  assert.equal(Buffer.from(found?.bytes ?? []).toString(), '%PDF-1.4 relazione');
  for (const index of [0, -1, 2, 1.5, Number.NaN]) assert.equal(attachmentOf(shownInvoice, index), undefined);
});

test('the type is told by the bytes, and nothing that a browser runs is named as such', () => {
  const rows: [string, string][] = [
    ['%PDF-1.7', 'application/pdf'],
    ['\x89PNG\r\n\x1a\n', 'image/png'],
    ['PK\x03\x04', 'application/zip'],
    ['solo testo', 'text/plain'],
    ['<html><script>', 'application/octet-stream'],
    ['  <svg onload=x>', 'application/octet-stream'],
    ['<?xml version="1.0"?>', 'application/octet-stream'],
    ['\x00\x01', 'application/octet-stream'],
    ['', 'application/octet-stream'],
  ];
  for (const [start, type] of rows) assert.equal(attachmentTypeOf(Buffer.from(start, 'latin1')), type);
});

test('a name has no folders, controls, device names or endless length', () => {
  const rows: [string | undefined, string][] = [
    ['relazione.pdf', 'relazione.pdf'],
    ['../../etc/passwd', '_.._etc_passwd'],
    ['C:\\temp\\a.exe', 'C_temp_a.exe'],
    ['a\u0000b\r\nc', 'a_b c'],
    ['...', 'allegato-4'],
    [undefined, 'allegato-4'],
    ['NUL.txt', '_NUL.txt'],
    ['gnp\u202eexe', 'gnp_exe'],
  ];
  for (const [name, safe] of rows) assert.equal(safeFileName(name, 4), safe);
  assert.equal(safeFileName(`${'x'.repeat(500)}.pdf`, 1).length, 120);
});
