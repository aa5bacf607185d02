// hub: the report of `send` says of each file what it is and where it stands, of those that need somebody why and what to do.
import { invoiceStatuses } from '@staffetta/flow/statuses.ts';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Sent } from './sent-file.ts';
import { sentLines } from './tell-sent.ts';

const delivered: Sent = {
  file: 'a.xml',
  correlationId: 'c',
  status: 'INTERNAL_INVOICE_DELIVERED',
  invoiceNumber: 1,
  words: { it: 'Consegnata al destinatario.', en: 'Delivered.' },
  documents: [{ numero: '101', data: '2026-11-20', totale: '549.00' }],
};

test('what went well is two lines; the sum counts each kind in words', () => {
  assert.deepEqual(sentLines([delivered, { ...delivered, file: 'b.xml', invoiceNumber: 2 }], 'it'), [
    'a.xml',
    '  Fattura 1: n. 101 del 20/11/2026, 549,00',
    '  Consegnata al destinatario.',
    '',
    'b.xml',
    '  Fattura 2: n. 101 del 20/11/2026, 549,00',
    '  Consegnata al destinatario.',
    '',
    '2 file, di cui:',
    '  2  consegnati al destinatario',
    'npm run staffetta -- status 1 racconta tutto di una fattura.',
  ]);
});

test('a discard is told by what SdI found, with the way; a doubt is counted as such', () => {
  const message = { it: 'Totale errato.', en: 'The total is wrong.' };
  const discarded: Sent = {
    ...delivered,
    status: 'INTERNAL_INVOICE_DISCARDED',
    words: { it: 'Scartata da SdI.', en: 'Refused by SdI.' },
    findings: [{ code: '00423', severity: 'error', message }],
    why: 'error 00423',
  };
  const before = { code: '00002', severity: 'warning', message: { it: 'Già inviato.', en: 'Sent before.' } } as const;
  const doubtful: Sent = {
    ...discarded,
    status: 'INTERNAL_INVOICE_SENT',
    detail: 'DECISION_NEEDED',
    findings: [before],
  };
  const lines = sentLines([discarded, doubtful], 'en');
  assert.deepEqual(lines.slice(2, 4), ['  Refused by SdI.', '  Error 00423: The total is wrong.']);
  assert.match(lines[4] ?? '', /What to do: .*within 5 days.*resend 1 FILE\./);
  assert.ok(lines.includes('  1  in doubt: a decision is needed'));
  assert.ok(lines.includes('  Warning 00002: Sent before.'));
  assert.equal(lines.filter((line) => line.includes('error 00423')).length, 0);
});

test('what the checks found is told with its remedy; a warning alone is none of it', () => {
  const message = { it: 'Manca la natura.', en: 'The nature is missing.' };
  const findings = [
    { code: 'W', severity: 'warning', message },
    { code: '00400', severity: 'error', line: 3, message, fix: { it: 'Indicarla.', en: 'Give it.' } },
  ] as const;
  const invalid = sentLines([{ ...delivered, status: 'INTERNAL_INVOICE_INVALID', findings, words: message }], 'it');
  assert.deepEqual(invalid.slice(3, 5), ['  Errore 00400 (riga 3): Manca la natura.', '    Rimedio: Indicarla.']);
  assert.deepEqual(sentLines([{ ...delivered, findings }], 'it').slice(0, 9), sentLines([delivered], 'it').slice(0, 9));
});

test('a file that was not taken says why in the language asked for, else as the gateway said it', () => {
  const refused: Sent = { file: 'a', correlationId: '', status: 'REFUSED', why: 'It is no JSON.' };
  const told = { it: 'Non è JSON.', en: 'It is no JSON.' };
  assert.deepEqual(sentLines([{ ...refused, told }], 'it').slice(1, 3), [
    '  Non è stato preso in carico.',
    '  Non è JSON.',
  ]);
  assert.equal(sentLines([refused], 'it')[2], '  It is no JSON.');
});

test('where SdI is still waited for the report says so', () => {
  const waits = { ...delivered, status: 'INTERNAL_INVOICE_SENT' } as const;
  assert.match(sentLines([waits], 'it').join('\n'), /SdI non ha ancora risposto a tutte/);
  assert.doesNotMatch(sentLines([delivered], 'it').join('\n'), /non ha ancora risposto/);
});

test('no status shows its constant, and no document steers the terminal', () => {
  for (const status of [...invoiceStatuses, 'ACCEPTED', 'REFUSED', 'NOT_POSTED'] as const) {
    const text = sentLines([{ ...delivered, status, why: 'x\u001b[2J', file: 'a\u202e' }], 'it').join('\n');
    assert.doesNotMatch(text, /[A-Z]_[A-Z]|[\u001b\u202e]/);
  }
});
