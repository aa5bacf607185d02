// fatturapa: no file of any kind makes the reader of notices throw.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { readNotice } from './read-notice.ts';
import { readNotices } from './read-notices.ts';
import { tellNotice } from './tell-notice.ts';
import { writeNotice } from './write-notice.ts';

const notice = writeNotice({
  kind: 'NS',
  family: 'B2B',
  object: {
    IdentificativoSdI: '724999',
    NomeFile: 'IT01234567890_00022.xml',
    Hash: 'ef91',
    DataOraRicezione: '2018-06-16T18:34:00.000+02:00',
    ListaErrori: { Errore: [{ Codice: '00002', Descrizione: 'Nome file duplicato', Suggerimento: 'Cambiare nome' }] },
    MessageId: '1413856',
  },
});

test('a notice changed at any place is read or refused with a reason, and told without a control character', () => {
  const change = fc.record({
    at: fc.nat(notice.length),
    cut: fc.nat(12),
    put: fc.string({ maxLength: 8, unit: 'binary' }),
  });
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) => {
      let bytes = Buffer.from(notice);
      for (const { at, cut, put } of changes)
        bytes = Buffer.concat([bytes.subarray(0, at), Buffer.from(put), bytes.subarray(at + cut)]);
      const reading = readNotice(bytes);
      if (reading.notice) {
        for (const line of tellNotice(reading.notice, 'it')) assert.doesNotMatch(line, /[\u0000-\u001f\u007f-\u009f]/);
      } else assert.ok(reading.findings.some(({ severity }) => severity === 'error'));
    }),
    { numRuns: 500 },
  );
});

test('any bytes give an answer', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      const { notices, documents, findings } = readNotices(bytes);
      assert.ok(notices.length + documents.length + findings.length > 0);
    }),
  );
});
