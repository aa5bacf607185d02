// fatturapa: what really arrives is read, and what is wrong is told with its place and its repair.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DocumentFinding } from '../finding.ts';
import { ordinary } from '../schema/ordinary.ts';
import { simplified } from '../schema/simplified.ts';
import { chanceOf, printDocument, rightDocument } from '../verdicts/random-document.fixture.ts';
import { readDocument } from './read-document.ts';

const namespace = ordinary.namespace;

/** A small right invoice; the parts that tests turn are parameters. */
function invoice({
  prefix = 'p',
  versione = 'FPR12',
  code = '0000000',
  date = '2026-11-22',
  name = 'Rossi & C.',
  extra = '',
} = {}): string {
  const root = prefix === '' ? 'FatturaElettronica' : `${prefix}:FatturaElettronica`;
  const xmlns = prefix === '' ? 'xmlns' : `xmlns:${prefix}`;
  return `<${root} versione="${versione}" ${xmlns}="${namespace}">
<FatturaElettronicaHeader>
<DatiTrasmissione><IdTrasmittente><IdPaese>IT</IdPaese><IdCodice>01234567897</IdCodice></IdTrasmittente><ProgressivoInvio>1</ProgressivoInvio>
<FormatoTrasmissione>FPR12</FormatoTrasmissione><CodiceDestinatario>${code}</CodiceDestinatario></DatiTrasmissione>
<CedentePrestatore><DatiAnagrafici><IdFiscaleIVA><IdPaese>IT</IdPaese><IdCodice>01234567897</IdCodice></IdFiscaleIVA>
<Anagrafica><Denominazione>${name.replaceAll('&', '&amp;')}</Denominazione></Anagrafica><RegimeFiscale>RF01</RegimeFiscale></DatiAnagrafici>
<Sede><Indirizzo>Via Roma 1</Indirizzo><CAP>00100</CAP><Comune>Roma</Comune><Nazione>IT</Nazione></Sede></CedentePrestatore>
<CessionarioCommittente><DatiAnagrafici><CodiceFiscale>01234567897</CodiceFiscale><Anagrafica><Denominazione>Bianchi</Denominazione></Anagrafica></DatiAnagrafici>
<Sede><Indirizzo>Via Po 2</Indirizzo><CAP>10100</CAP><Comune>Torino</Comune><Nazione>IT</Nazione></Sede></CessionarioCommittente>
</FatturaElettronicaHeader>
<FatturaElettronicaBody><DatiGenerali><DatiGeneraliDocumento><TipoDocumento>TD01</TipoDocumento><Divisa>EUR</Divisa><Data>${date}</Data><Numero>7</Numero></DatiGeneraliDocumento></DatiGenerali>
<DatiBeniServizi><DettaglioLinee><NumeroLinea>1</NumeroLinea><Descrizione>Lavoro</Descrizione><PrezzoUnitario>10.00</PrezzoUnitario><PrezzoTotale>10.00</PrezzoTotale><AliquotaIVA>22.00</AliquotaIVA></DettaglioLinee>
<DatiRiepilogo><AliquotaIVA>22.00</AliquotaIVA><ImponibileImporto>10.00</ImponibileImporto><Imposta>2.20</Imposta></DatiRiepilogo></DatiBeniServizi></FatturaElettronicaBody>
${extra}</${root}>`;
}

const declaration = '<?xml version="1.0" encoding="UTF-8"?>';

function findingsOf(xml: string | Uint8Array): DocumentFinding[] {
  return readDocument(typeof xml === 'string' ? Buffer.from(xml) : xml).findings;
}

function onlyFinding(xml: string | Uint8Array): DocumentFinding {
  const findings = findingsOf(xml);
  assert.equal(findings.length, 1, JSON.stringify(findings, null, 1));
  return findings[0]!;
}

function supplierOf(bytes: Uint8Array): string | undefined {
  const { right, findings } = readDocument(bytes);
  assert.ok(right?.kind === 'ordinary', JSON.stringify(findings));
  return right.document.FatturaElettronicaHeader.CedentePrestatore.DatiAnagrafici.Anagrafica.Denominazione;
}

test('any prefix will do, and a style sheet, comments and CRLF make no difference', () => {
  for (const prefix of ['p', 'ns2', 'b', 'v1.2']) assert.deepEqual(findingsOf(declaration + invoice({ prefix })), []);
  const dressed = `${declaration}\r\n<?xml-stylesheet type="text/xsl" href="fatturapa_v1.2.xsl"?>\r\n<!-- di prova -->${invoice().replaceAll('\n', '\r\n')}`;
  assert.deepEqual(findingsOf(dressed), []);
});

test('UTF-8 with and without mark, UTF-16, windows-1252 and ISO-8859-1 are read for what they say', () => {
  const name = 'Perché Sàrl';
  assert.equal(supplierOf(Buffer.from(declaration + invoice({ name }))), name);
  assert.equal(supplierOf(Buffer.from(`\ufeff${declaration}${invoice({ name })}`)), name);
  const declared = (encoding: string) => `<?xml version="1.0" encoding="${encoding}"?>${invoice({ name })}`;
  for (const encoding of ['windows-1252', 'ISO-8859-1', 'ISO-8859-15']) {
    assert.equal(supplierOf(Buffer.from(declared(encoding), 'latin1')), name);
  }
  const wide = Buffer.from(`\ufeff${declared('UTF-16')}`, 'utf16le');
  assert.equal(supplierOf(wide), name);
  assert.equal(supplierOf(Buffer.from(wide).swap16()), name);
});

test('a byte that is a quote in windows-1252 is a control in ISO-8859-1, which the schema takes, and is told', () => {
  const file = (encoding: string) =>
    Buffer.from(`<?xml version="1.0" encoding="${encoding}"?>${invoice({ name: 'L\u0092Orto' })}`, 'latin1');
  const latin = readDocument(file('ISO-8859-1'));
  assert.deepEqual([latin.findings, latin.doubt], [[], 'controls']);
  assert.match(onlyFinding(file('windows-1252')).message.it, /U\+2019/);
});

test('blanks around a date are no error', () => {
  assert.deepEqual(findingsOf(invoice({ date: ' 2026-11-22\n' })), []);
});

test('an old namespace is 00200 and named as old', () => {
  const finding = onlyFinding(invoice().replace(namespace, 'http://www.fatturapa.gov.it/sdi/fatturapa/v1.1'));
  assert.equal(finding.code, '00200');
  assert.match(finding.message.it, /vecchio formato 1\.1/);
});

test('a namespace by default is told once, with the way out', () => {
  const finding = onlyFinding(invoice({ prefix: '' }));
  assert.equal(finding.path, 'FatturaElettronicaHeader');
  assert.match(finding.fix?.it ?? '', /<p:FatturaElettronica/);
});

test('a lower-case recipient code is told with its place, its value and the right one', () => {
  const finding = onlyFinding(invoice({ code: 'abc1234' }));
  const { path, line, column, value, code, fix } = finding;
  assert.deepEqual(
    { path, line, column, value, code },
    {
      path: 'FatturaElettronicaHeader/DatiTrasmissione/CodiceDestinatario',
      line: 4,
      column: 49,
      value: 'abc1234',
      code: '00200',
    },
  );
  assert.equal(fix?.it, 'Scrivere ABC1234.');
});

test('a typographic apostrophe is named with what to write in its place', () => {
  const finding = onlyFinding(invoice({ name: 'L’Orto' }));
  assert.match(finding.message.it, /apostrofo tipografico ’ \(U\+2019\)/);
  assert.equal(finding.fix?.it, "Scrivere ' al posto di ’.");
});

test('every odd character of a text is named at once', () => {
  const { message, fix } = onlyFinding(invoice({ name: 'l’uomo – 5 € “x”' }));
  assert.equal(
    fix?.it,
    `Scrivere ' al posto di ’; scrivere - al posto di –; scrivere EUR al posto di €; scrivere " al posto di “; scrivere " al posto di ”.`,
  );
  assert.match(
    message.it,
    /’ \(U\+2019\), la lineetta – \(U\+2013\), il simbolo dell'euro € \(U\+20AC\), .* e le virgolette tipografiche ” \(U\+201D\)/,
  );
  assert.match(onlyFinding(invoice({ name: 'абвгдежзиклм' })).message.en, /and 4 others/);
});

test('a comma in an amount, a missing decimal and an Italian date are told with the right value', () => {
  const wrong = invoice({ date: '22/11/2026' })
    .replace('<PrezzoUnitario>10.00<', '<PrezzoUnitario>1.234,50<')
    .replace('<Imposta>2.20<', '<Imposta>2.2<');
  assert.deepEqual(
    findingsOf(wrong).map(({ value, fix }) => [value, fix?.en]),
    [
      ['22/11/2026', 'Write 2026-11-22.'],
      ['1.234,50', 'Write 1234.50.'],
      ['2.2', 'Write 2.20.'],
    ],
  );
});

test('every format error is told, not only the first', () => {
  const wrong = invoice({ code: 'abc' })
    .replace('<Divisa>EUR</Divisa>', '<Divisa>euro</Divisa>')
    .replace('<Numero>7</Numero>', '')
    .replace('<RegimeFiscale>RF01</RegimeFiscale>', '<RegimeFiscale>RF03</RegimeFiscale>')
    .replace('<Comune>Torino</Comune>', '<comune>Torino</comune>');
  assert.deepEqual(
    findingsOf(wrong).map(({ path }) => path),
    [
      'FatturaElettronicaHeader/DatiTrasmissione/CodiceDestinatario',
      'FatturaElettronicaHeader/CedentePrestatore/DatiAnagrafici/RegimeFiscale',
      'FatturaElettronicaHeader/CessionarioCommittente/Sede/comune',
      'FatturaElettronicaHeader/CessionarioCommittente/Sede/Comune',
      'FatturaElettronicaBody[1]/DatiGenerali/DatiGeneraliDocumento/Divisa',
      'FatturaElettronicaBody[1]/DatiGenerali/DatiGeneraliDocumento/Numero',
    ],
  );
});

test('an element out of order is out of order, and not missing besides', () => {
  const wrong = invoice().replace(
    '<Divisa>EUR</Divisa><Data>2026-11-22</Data>',
    '<Data>2026-11-22</Data><Divisa>EUR</Divisa>',
  );
  const finding = onlyFinding(wrong);
  assert.match(finding.message.it, /Divisa è fuori posto: in DatiGeneraliDocumento deve stare prima di Data/);
});

test('a name for a firm and one for a person exclude each other', () => {
  const both = invoice().replace('</Denominazione>', '</Denominazione><Nome>Anna</Nome><Cognome>Rossi</Cognome>');
  assert.match(findingsOf(both)[0]?.message.it ?? '', /sia Denominazione sia Nome/);
  const half = invoice().replace('<Denominazione>Bianchi</Denominazione>', '<Nome>Anna</Nome>');
  assert.match(onlyFinding(half).message.it, /In Anagrafica manca Cognome/);
  const none = invoice().replace('<Denominazione>Bianchi</Denominazione>', '');
  assert.match(onlyFinding(none).message.it, /manca Denominazione oppure Nome \+ Cognome/);
});

test('past fifty format errors SdI stops: 00201', () => {
  const lines = '<Estranea/>'.repeat(70);
  const findings = findingsOf(invoice().replace('<DatiRiepilogo>', `${lines}<DatiRiepilogo>`));
  assert.equal(findings.length, 51);
  assert.deepEqual([findings[49]?.code, findings[50]?.code], ['00200', '00201']);
  assert.match(findings[50]?.message.it ?? '', /70 errori/);
});

test('what is no XML is told with line and column', () => {
  const cases: readonly (readonly [string, RegExp])[] = [
    [invoice().replace('</Sede>', ''), /</],
    [invoice().slice(0, 600), /troncato/],
    [invoice().replace('Rossi &amp; C.', 'Rossi & C.'), /&amp;/],
    [`${invoice()}<altro/>`, /più di un elemento radice/],
    ['', /non contiene elementi XML/],
    ['\u0000\u0001', /controllo/],
    [`<!DOCTYPE x [<!ENTITY a "aaaa">]>${invoice()}`, /DOCTYPE/],
  ];
  for (const [xml, message] of cases) {
    const finding = findingsOf(xml).at(-1);
    assert.equal(finding?.code, '00200');
    assert.match(finding?.message.it ?? '', message);
    assert.ok((finding?.line ?? 0) >= 1 && (finding?.column ?? 0) >= 1);
  }
});

test('elements nested without end are refused at the limit', () => {
  const finding = findingsOf('<a>'.repeat(100_000))[0];
  assert.equal(finding?.code, '00200');
});

test('a signature is seen at its place and nowhere else', () => {
  const signature = '<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:SignedInfo/></ds:Signature>';
  const signed = readDocument(Buffer.from(invoice({ extra: signature })));
  assert.deepEqual([signed.findings, signed.signed], [[], true]);
  assert.equal(findingsOf(invoice({ extra: signature + signature })).length, 1);
});

test('an empty country means Italy, the default of the schema', () => {
  const { right } = readDocument(
    Buffer.from(invoice().replace('<Comune>Roma</Comune><Nazione>IT</Nazione>', '<Comune>Roma</Comune><Nazione/>')),
  );
  assert.equal(
    right?.kind === 'ordinary' && right.document.FatturaElettronicaHeader.CedentePrestatore.Sede.Nazione,
    'IT',
  );
});

test('ordinary and simplified documents of every shape are read', () => {
  for (const schema of [ordinary, simplified]) {
    for (let seed = 0; seed < 100; seed++) {
      const { right } = readDocument(printDocument(rightDocument(chanceOf(seed), schema), schema, 'anyone'));
      assert.ok(right);
    }
  }
});
