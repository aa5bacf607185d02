// fatturapa: notices are found in plain files, signed ones and archives, with what lies beside them.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { zipSync } from 'fflate';
import { wrapEnvelope } from '../signature/envelope.fixture.ts';
import { readNotices } from './read-notices.ts';
import { writeNotice } from './write-notice.ts';

const attestation = writeNotice({
  kind: 'AT',
  family: 'PA',
  object: {
    IdentificativoSdI: '111',
    NomeFile: 'IT01234567890_11111.xml.p7m',
    DataOraRicezione: '2025-04-01T12:00:00',
    Destinatario: { Codice: 'AAAAAA', Descrizione: 'Ente' },
    MessageId: '5',
    HashFileOriginale: 'AB12',
  },
});
const invoice = Buffer.from(
  '<p:FatturaElettronica xmlns:p="http://ivaservizi.agenziaentrate.gov.it/docs/xsd/fatture/v1.2"/>',
);

test('the archive of an attestation gives the notice and the invoice', () => {
  const signed = wrapEnvelope(invoice, [], []);
  const zip = zipSync({ 'IT01234567890_11111.xml.p7m': signed, 'IT01234567890_11111_AT_001.xml': attestation });
  const { notices, documents, findings } = readNotices(zip, { name: 'IT01234567890_11111_AT_001.zip' });
  assert.deepEqual(findings, []);
  assert.deepEqual(
    documents.map(({ name, xml }) => [name, Buffer.from(xml).equals(invoice)]),
    [['IT01234567890_11111.xml.p7m', true]],
  );
  assert.equal(notices.length, 1);
  const [{ notice, file } = assert.fail()] = notices;
  assert.ok(notice.kind === 'AT');
  assert.deepEqual(
    [notice.fileName, notice.hash, file.name],
    ['IT01234567890_11111.xml.p7m', 'ab12', 'IT01234567890_11111_AT_001.xml'],
  );
  assert.ok(attestation.equals(file.xml));
});

test('a notice in a signature envelope, and in base64 of one, is found', () => {
  const signed = wrapEnvelope(attestation, [], []);
  for (const bytes of [signed, Buffer.from(signed.toString('base64'))]) {
    const { notices, documents } = readNotices(bytes, { name: 'IT01234567890_11111_AT_001.xml.p7m' });
    assert.deepEqual([notices[0]?.notice.kind, documents.length], ['AT', 0]);
    assert.ok(notices[0]?.file.layers.some(({ kind }) => kind === 'p7m'));
  }
});

test('a damaged notice of an archive is told by its name and keeps nobody else from being read', () => {
  const damaged = Buffer.from(attestation.toString().replace('<NomeFile>', '<Nome>').replace('</NomeFile>', '</Nome>'));
  const { notices, findings } = readNotices(zipSync({ 'a_AT_001.xml': damaged, 'b_AT_001.xml': attestation }));
  assert.deepEqual(
    notices.map(({ file }) => file.name),
    ['b_AT_001.xml'],
  );
  assert.deepEqual(
    findings.filter(({ severity }) => severity === 'error').map(({ file, code }) => [file, code]),
    [['a_AT_001.xml', 'NOTICE_INCOMPLETE']],
  );
});

test('what is no notice is handed back as a document, and what cannot be opened has its finding', () => {
  assert.deepEqual(readNotices(invoice).documents.length, 1);
  assert.deepEqual(readNotices(Buffer.from('Ciao')).documents.length, 1);
  const { notices, documents, findings } = readNotices(Buffer.alloc(0));
  assert.deepEqual([notices, documents, findings[0]?.code], [[], [], '00106']);
});
