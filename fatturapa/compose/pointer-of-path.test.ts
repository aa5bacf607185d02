// fatturapa: a finding about the made XML points to the place in the JSON that people wrote.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pointerOf } from './pointer-of-path.ts';

test('places of the XML lead to the fields of the shorter shape', () => {
  const places = {
    'FatturaElettronicaHeader/CessionarioCommittente/DatiAnagrafici/IdFiscaleIVA/IdCodice': '/customer/vatNumber',
    'FatturaElettronicaHeader/CessionarioCommittente/DatiAnagrafici/Anagrafica/Cognome': '/customer/lastName',
    'FatturaElettronicaHeader/CessionarioCommittente/DatiAnagrafici/Anagrafica/Nome': '/customer/firstName',
    'FatturaElettronicaHeader/DatiTrasmissione/CodiceDestinatario': '/customer/recipientCode',
    'FatturaElettronicaBody[1]/DatiBeniServizi/DettaglioLinee[3]/Natura': '/lines/2/nature',
    'FatturaElettronicaBody[1]/DatiBeniServizi/DettaglioLinee[12]': '/lines/11',
    'FatturaElettronicaBody[1]/DatiBeniServizi[2]/Natura': '/lines/1',
    'FatturaElettronicaBody[1]/DatiGenerali/DatiGeneraliDocumento/Data': '/date',
    'FatturaElettronicaBody[1]/DatiGenerali/DatiGeneraliDocumento/BolloVirtuale': '/stampDuty',
    'FatturaElettronicaBody[1]/DatiGenerali/DatiFatturaRettificata/DataFR': '/linkedInvoices',
    'FatturaElettronicaBody[1]/DatiPagamento[1]/DettaglioPagamento[1]/IBAN': '/payment/iban',
  };
  for (const [path, pointer] of Object.entries(places)) assert.equal(pointerOf(path, 'short'), pointer, path);
});

test('what the sender did not write has no place', () => {
  assert.equal(pointerOf('FatturaElettronicaHeader/CedentePrestatore/Sede/CAP', 'short'), undefined);
});

test("in the model's own shape places are counted from nought", () => {
  assert.equal(
    pointerOf('FatturaElettronicaBody[2]/DatiBeniServizi/DettaglioLinee[3]/Natura', 'ordinary'),
    '/FatturaElettronicaBody/1/DatiBeniServizi/DettaglioLinee/2/Natura',
  );
});
