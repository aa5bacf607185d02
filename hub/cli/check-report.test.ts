// hub: what `check` prints.
import type { DocumentFinding } from '@staffetta/fatturapa/finding.ts';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stripVTControlCharacters } from 'node:util';
import { reportOf, summaryOf } from './check-report.ts';

const finding: DocumentFinding = {
  code: '00400',
  severity: 'error',
  path: 'FatturaElettronicaBody[1]/DatiBeniServizi/DettaglioLinee[3]/Natura',
  line: 12,
  column: 7,
  value: '0.00',
  message: { it: 'Manca la natura.', en: 'The nature is missing.' },
  fix: { it: 'Indicare la natura.', en: 'Give the nature.' },
};
const warning: DocumentFinding = { code: 'IBAN_WRONG', severity: 'warning', message: { it: 'IBAN', en: 'IBAN' } };

function report(findings: DocumentFinding[], lang: 'it' | 'en', file = 'a.xml'): string {
  return stripVTControlCharacters(reportOf({ file, findings }, { lang }));
}

test('a finding is told like a compiler does, with the place, the value and the remedy under it', () => {
  assert.deepEqual(report([finding], 'it').split('\n'), [
    'a.xml: 1 errore',
    'a.xml:12:7: errore 00400: Manca la natura.',
    '    campo: FatturaElettronicaBody[1]/DatiBeniServizi/DettaglioLinee[3]/Natura',
    '    valore: "0.00"',
    '    rimedio: Indicare la natura.',
  ]);
  assert.match(report([finding, warning], 'en'), /^a\.xml: 1 error, 1 warning\na\.xml:12:7: error 00400: The nature/);
});

test('a right file is one line; a file of an archive is named behind it', () => {
  assert.equal(report([], 'it'), 'a.xml: corretto');
  assert.match(report([{ ...finding, file: 'b.xml' }], 'it', 'c.zip'), /^c\.zip\/b\.xml:12:7: errore/m);
});

test('a short report keeps errors before warnings, in their order, and says how many more there are', () => {
  const findings = [warning, finding, warning, { ...finding, code: '00401' }];
  const short = (lang: 'it' | 'en', findingsMax: number) =>
    stripVTControlCharacters(reportOf({ file: 'a.xml', findings }, { lang, findingsMax }));
  const codes = short('it', 3).match(/(?<=errore |avviso )\w+(?=:)/g);
  assert.deepEqual(codes, ['IBAN_WRONG', '00400', '00401']);
  assert.match(short('it', 3), /\n… e un altro rilievo: li elenca tutti il comando check\.$/);
  assert.match(short('en', 1), /\n… and 3 more: the command check lists all of them\.$/);
  assert.doesNotMatch(short('it', 4), /…/);
});

test('the sum counts files and findings', () => {
  const all = [
    { file: 'a', valid: true, findings: [] },
    { file: 'b', valid: true, findings: [warning] },
    { file: 'c', valid: false, findings: [finding, finding] },
  ];
  assert.equal(summaryOf(all, 'it'), '3 file: 2 senza errori, 1 con errori (2 errori, 1 avviso).');
  assert.equal(summaryOf(all.slice(0, 1), 'en'), '1 file: 1 without errors.');
});

test('what stands in a document does not steer the terminal', () => {
  const odd = { ...finding, value: 'a\u001b[2Jb\u009b', message: { it: 'x\u001b]0;y\u0007', en: '' }, path: '\u202e' };
  const text = reportOf({ file: 'a\u001b[31m', findings: [odd] }, { lang: 'it' });
  // Colours are ours; they are left out where this is no terminal.
  assert.doesNotMatch(stripVTControlCharacters(text).replaceAll('\n', ''), /[\u0000-\u001f\u007f-\u009f\u202e]/);
  assert.match(text, /a\ufffd\[2Jb/);
});
