// fatturapa: for whom a document is.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { recipientOf } from './recipient-of.ts';

function invoiceFor(buyer: string, code = 'ABC1234', pec = ''): Buffer {
  return Buffer.from(`<?xml version="1.0" encoding="UTF-8"?><p:FatturaElettronica versione="FPR12"
 xmlns:p="http://ivaservizi.agenziaentrate.gov.it/docs/xsd/fatture/v1.2"><FatturaElettronicaHeader><DatiTrasmissione>
<CodiceDestinatario>${code}</CodiceDestinatario>${pec && `<PECDestinatario>${pec}</PECDestinatario>`}</DatiTrasmissione>
<CessionarioCommittente><DatiAnagrafici>${buyer}</DatiAnagrafici></CessionarioCommittente></FatturaElettronicaHeader>
</p:FatturaElettronica>`);
}
const vat = (country: string, code: string) =>
  `<IdFiscaleIVA><IdPaese>${country}</IdPaese><IdCodice>${code}</IdCodice></IdFiscaleIVA>`;

test('VAT number with its country, tax code, recipient code and PEC are told, in one spelling', () => {
  const buyer = `${vat('IT', '07654321095')}<CodiceFiscale>rssmra80a01f205x</CodiceFiscale>`;
  assert.deepEqual(recipientOf(invoiceFor(buyer, 'ABC1234', 'Info@Pec.Example')), {
    vatNumber: 'IT07654321095',
    taxCode: 'RSSMRA80A01F205X',
    recipientCode: 'ABC1234',
    pec: 'info@pec.example',
  });
});

test('a foreign VAT number keeps its country, written once', () => {
  assert.deepEqual(recipientOf(invoiceFor(vat('AT', 'U12345678'), 'XXXXXXX')), { vatNumber: 'ATU12345678' });
  assert.deepEqual(recipientOf(invoiceFor(vat('DE', 'DE123456789'), 'XXXXXXX')), { vatNumber: 'DE123456789' });
});

test('codes that name nobody are left out, and an invoice that names nobody is an invoice all the same', () => {
  for (const code of ['0000000', 'XXXXXXX', '999999']) assert.deepEqual(recipientOf(invoiceFor('', code)), {});
});

test('a simplified invoice tells its buyer too', () => {
  const xml = `<p:FatturaElettronicaSemplificata versione="FSM10"
 xmlns:p="http://ivaservizi.agenziaentrate.gov.it/docs/xsd/fatture/v1.0"><FatturaElettronicaHeader><DatiTrasmissione>
<CodiceDestinatario>ABC1234</CodiceDestinatario></DatiTrasmissione><CessionarioCommittente><IdentificativiFiscali>
${vat('IT', '07654321095')}</IdentificativiFiscali></CessionarioCommittente></FatturaElettronicaHeader></p:FatturaElettronicaSemplificata>`;
  assert.deepEqual(recipientOf(Buffer.from(xml)), { vatNumber: 'IT07654321095', recipientCode: 'ABC1234' });
});

test('what is no invoice is for nobody', () => {
  assert.equal(recipientOf(Buffer.from('<a/>')), undefined);
  assert.equal(recipientOf(Buffer.from('ciao')), undefined);
  assert.equal(recipientOf(Buffer.alloc(0)), undefined);
});
