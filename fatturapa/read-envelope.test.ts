// fatturapa: what the envelope says, and how a file that is no FatturaPA is refused.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkDocument } from './check-document.ts';
import { fileKindOf } from './file-kind.ts';
import { documentBytesMax, readEnvelope } from './read-envelope.ts';

const namespace = 'http://ivaservizi.agenziaentrate.gov.it/docs/xsd/fatture/v1.2';
const simplifiedNamespace = 'http://ivaservizi.agenziaentrate.gov.it/docs/xsd/fatture/v1.0';

const header = `<FatturaElettronicaHeader><DatiTrasmissione><IdTrasmittente><IdPaese>IT</IdPaese><IdCodice>01234567890</IdCodice>
</IdTrasmittente><ProgressivoInvio>00001</ProgressivoInvio><CodiceDestinatario>0000000</CodiceDestinatario></DatiTrasmissione>
<CedentePrestatore><DatiAnagrafici><IdFiscaleIVA><IdPaese>IT</IdPaese><IdCodice>01234567897</IdCodice></IdFiscaleIVA>
<Anagrafica><Denominazione>Perché &amp; Figli</Denominazione></Anagrafica></DatiAnagrafici></CedentePrestatore>
<CessionarioCommittente><DatiAnagrafici><CodiceFiscale>RSSMRA80A01H501U</CodiceFiscale><Anagrafica><Nome>Maria</Nome>
<Cognome>Rossi</Cognome></Anagrafica></DatiAnagrafici></CessionarioCommittente></FatturaElettronicaHeader>`;

function body(number: string, total: string): string {
  return `<FatturaElettronicaBody><DatiGenerali><DatiGeneraliDocumento><TipoDocumento>TD01</TipoDocumento><Divisa>EUR</Divisa>
<Data> 2026-11-22 </Data><Numero>${number}</Numero><ImportoTotaleDocumento>${total}</ImportoTotaleDocumento>
</DatiGeneraliDocumento></DatiGenerali></FatturaElettronicaBody>`;
}

function document(declaration = '<?xml version="1.0" encoding="UTF-8"?>', prefix = 'p'): string {
  const name = prefix === '' ? 'FatturaElettronica' : `${prefix}:FatturaElettronica`;
  const xmlns = prefix === '' ? 'xmlns' : `xmlns:${prefix}`;
  return `${declaration}<${name} versione="FPR12" ${xmlns}="${namespace}">${header}${body('7', '122.00')}${body('8', '1.50')}</${name}>`;
}

function envelopeOf(bytes: Uint8Array) {
  const reading = readEnvelope(bytes);
  assert.ok(reading.ok, JSON.stringify(reading));
  return reading.envelope;
}

function findingOf(text: string | Uint8Array) {
  const reading = readEnvelope(typeof text === 'string' ? Buffer.from(text) : text);
  assert.ok(!reading.ok);
  assert.equal(reading.findings.length, 1);
  return reading.findings[0]!;
}

test('parties, transmitter and every body of a lot are read', () => {
  assert.deepEqual(envelopeOf(Buffer.from(document())), {
    format: 'ordinary',
    versione: 'FPR12',
    progressivoInvio: '00001',
    codiceDestinatario: '0000000',
    transmitter: { idPaese: 'IT', idCodice: '01234567890' },
    supplier: { name: 'Perché & Figli', idPaese: 'IT', idCodice: '01234567897' },
    customer: { name: 'Maria Rossi', codiceFiscale: 'RSSMRA80A01H501U' },
    bodies: [
      { tipoDocumento: 'TD01', divisa: 'EUR', data: '2026-11-22', numero: '7', importoTotaleDocumento: '122.00' },
      { tipoDocumento: 'TD01', divisa: 'EUR', data: '2026-11-22', numero: '8', importoTotaleDocumento: '1.50' },
    ],
  });
});

test('the namespace counts, not its prefix', () => {
  for (const prefix of ['', 'p', 'ns2', 'v1.0'])
    assert.equal(envelopeOf(Buffer.from(document(undefined, prefix))).bodies.length, 2);
});

test('a simplified invoice keeps its parties elsewhere', () => {
  const xml = `<n:FatturaElettronicaSemplificata versione="FSM10" xmlns:n="${simplifiedNamespace}"><FatturaElettronicaHeader>
<CedentePrestatore><IdFiscaleIVA><IdPaese>IT</IdPaese><IdCodice>1</IdCodice></IdFiscaleIVA><Nome>A</Nome><Cognome>B</Cognome>
</CedentePrestatore><CessionarioCommittente><IdentificativiFiscali><CodiceFiscale>X</CodiceFiscale></IdentificativiFiscali>
<AltriDatiIdentificativi><Denominazione>C</Denominazione></AltriDatiIdentificativi></CessionarioCommittente>
</FatturaElettronicaHeader></n:FatturaElettronicaSemplificata>`;
  const envelope = envelopeOf(Buffer.from(xml));
  assert.equal(envelope.format, 'simplified');
  assert.deepEqual(envelope.supplier, { name: 'A B', idPaese: 'IT', idCodice: '1' });
  assert.deepEqual(envelope.customer, { name: 'C', codiceFiscale: 'X' });
});

test('UTF-8 is read with and without byte order mark', () => {
  assert.equal(envelopeOf(Buffer.from(`\ufeff${document()}`)).supplier.name, 'Perché & Figli');
  assert.equal(envelopeOf(Buffer.from(document(''))).supplier.name, 'Perché & Figli');
});

test('windows-1252 and ISO-8859-1 are read where they are declared', () => {
  for (const encoding of ['windows-1252', 'ISO-8859-1']) {
    const bytes = Buffer.from(document(`<?xml version="1.0" encoding="${encoding}"?>`), 'latin1');
    assert.equal(envelopeOf(bytes).supplier.name, 'Perché & Figli');
  }
  const bytes = Buffer.from(document('<?xml version="1.0" encoding="windows-1252"?>').replace('é', '\u0080'), 'latin1');
  assert.equal(envelopeOf(bytes).supplier.name, 'Perch€ & Figli');
});

test('a declared single-byte encoding over UTF-8 bytes is refused on the way out and only noted on the way in', () => {
  const bytes = Buffer.from(document('<?xml version="1.0" encoding="ISO-8859-1"?>'));
  assert.equal(checkDocument(bytes, { kind: 'internal', validation: 'document' }).valid, false);
  const received = checkDocument(bytes, { kind: 'external', validation: 'document' });
  assert.equal(received.valid, true);
  assert.equal(received.findings[0]?.severity, 'warning');
});

test('bytes that are not what they are declared are refused with their place', () => {
  const finding = findingOf(Buffer.from(document(), 'latin1'));
  assert.equal(finding.code, '00200');
  assert.deepEqual([finding.line, finding.column], [4, 33]);
  assert.match(findingOf(document('<?xml version="1.0" encoding="UTF-7"?>')).message.en, /utf-7/);
  assert.match(findingOf(Buffer.from(`\ufeff${document()}`, 'utf16le')).message.en, /UTF-16/);
});

test('a DOCTYPE is refused, whatever it declares', () => {
  const bomb = `<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><x>&b;</x>`;
  assert.match(findingOf(bomb).message.en, /DOCTYPE/);
  assert.match(findingOf(`<!DOCTYPE x SYSTEM "file:///etc/passwd"><x/>`).message.en, /DOCTYPE/);
});

test('what is not well-formed is refused with line and column', () => {
  const finding = findingOf(
    `<p:FatturaElettronica versione="FPR12" xmlns:p="${namespace}">\n<a></b></p:FatturaElettronica>`,
  );
  assert.deepEqual([finding.code, finding.line], ['00200', 2]);
  assert.ok((finding.column ?? 0) > 1);
  assert.ok(finding.fix?.it && finding.message.it);
  const tries = [
    '',
    ' ',
    'hello',
    '<a>',
    '<a/><b/>',
    '<a b="1" b="2"/>',
    '<q:a/>',
    '<a>&x;</a>',
    '<a>\u0001</a>',
    document().slice(0, -9),
  ];
  for (const text of tries) assert.equal(findingOf(text).code, '00200', text.slice(0, 30));
});

test('another root or another namespace is no invoice', () => {
  assert.match(findingOf('<invoice/>').message.en, /<invoice>/);
  assert.match(findingOf(document().replaceAll('fatture/v1.2', 'fatture/v9')).message.en, /no invoice/);
  assert.match(
    findingOf(document().replaceAll('/docs/xsd/fatture/v1.2', '/sdi/fatturapa/v1.1')).message.it,
    /non è una fattura/,
  );
});

test('depth and size are bounded', () => {
  const open = `<p:FatturaElettronica xmlns:p="${namespace}">`;
  assert.match(findingOf(open + '<a>'.repeat(10_000)).message.en, /deep/);
  assert.equal(findingOf(Buffer.alloc(documentBytesMax + 1, 32)).code, '00003');
});

test('a field longer than the schema allows is cut, not kept', () => {
  const reading = envelopeOf(Buffer.from(document().replace('>7<', `>${'7'.repeat(100_000)}<`)));
  assert.equal(reading.bodies[0]?.numero?.length, 500);
});

test('signed files and archives are recognised by their first bytes and pass unopened', () => {
  const der = Buffer.from('3082010006092a864886f70d010702a0820000', 'hex');
  const ber = Buffer.from('308006092a864886f70d010702a0800000', 'hex');
  const long = Buffer.concat([der, Buffer.alloc(60, 7)]);
  assert.deepEqual([der, ber].map(fileKindOf), ['p7m', 'p7m']);
  assert.equal(fileKindOf(Buffer.from(long.toString('base64'))), 'p7m');
  assert.equal(fileKindOf(Buffer.from(`-----BEGIN PKCS7-----\n${long.toString('base64')}`)), 'p7m');
  assert.equal(fileKindOf(Buffer.from('PK\u0003\u0004....')), 'zip');
  for (const text of ['', 'MIIhello', '<a/>', 'PK', '0\u0082']) assert.equal(fileKindOf(Buffer.from(text)), 'xml');
  assert.deepEqual(checkDocument(der, { kind: 'internal', validation: 'document' }), {
    valid: true,
    fileKind: 'p7m',
    findings: [],
  });
});

test('with only the customer to check, any bytes pass and what can be read is read', () => {
  const dummy = checkDocument(Buffer.from('<xml…>'), { kind: 'internal', validation: 'customer' });
  assert.deepEqual(dummy, { valid: true, fileKind: 'xml', findings: [] });
  assert.equal(
    checkDocument(Buffer.from(document()), { kind: 'internal', validation: 'customer' }).envelope?.bodies.length,
    2,
  );
});
