// fatturapa: attached files stand in each format as they were sent, their base64 in one piece.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { attachmentsOf } from './attachment-blocks.ts';
import { composeDocument } from './compose-document.ts';
import { exampleDocument } from './document-schemas.ts';

test('one alone or several become blocks without the line breaks of their base64; none stays none', () => {
  const whole = { name: 'ore.pdf', format: 'PDF', description: 'Foglio ore', content: 'JVBE\r\nRi0x\n' };
  const first = {
    NomeAttachment: 'ore.pdf',
    FormatoAttachment: 'PDF',
    DescrizioneAttachment: 'Foglio ore',
    Attachment: 'JVBERi0x',
  };
  assert.deepEqual(attachmentsOf(whole), [first]);
  assert.equal(attachmentsOf([whole, { name: 'b', content: 'AQ==' }])?.[1]?.Attachment, 'AQ==');
  assert.equal(attachmentsOf(undefined), undefined);
});

test('the ordinary and the simplified format take the same attachments', () => {
  const { customer } = exampleDocument;
  const json = {
    customer,
    lines: [{ description: 'x', price: 1, vatRate: 22 }],
    attachments: { name: 'a', content: 'AQ==' },
  };
  const profile = { name: 'A', vatNumber: 'IT03123450672', taxRegime: 'RF01', address: customer.address } as const;
  const sending = { transmitter: { idPaese: 'IT', idCodice: '03123450672' }, progressive: '1', today: '2026-11-25' };
  const attached = (format: string) =>
    composeDocument({ ...json, format }, profile, sending).document?.FatturaElettronicaBody[0]?.Allegati;
  assert.equal(attached('FPR12')?.[0]?.Attachment, 'AQ==');
  assert.deepEqual(attached('FSM10'), attached('FPR12'));
});
