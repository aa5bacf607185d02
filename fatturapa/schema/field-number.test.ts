// fatturapa: elements have the numbers of the official layout.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fieldNumber } from './field-number.ts';
import { ordinary } from './ordinary.ts';
import { simplified } from './simplified.ts';

test('an element has the number that accountants know', () => {
  const numbers = {
    'FatturaElettronicaHeader/DatiTrasmissione/CodiceDestinatario': '1.1.4',
    'FatturaElettronicaHeader/CedentePrestatore/DatiAnagrafici/RegimeFiscale': '1.2.1.8',
    'FatturaElettronicaHeader/SoggettoEmittente': '1.6',
    'FatturaElettronicaBody/DatiGenerali/DatiGeneraliDocumento/DatiBollo': '2.1.1.6',
    'FatturaElettronicaBody/DatiGenerali/DatiTrasporto/DataOraConsegna': '2.1.9.13',
    'FatturaElettronicaBody/DatiBeniServizi/DettaglioLinee/Natura': '2.2.1.14',
    'FatturaElettronicaBody/DatiBeniServizi/DatiRiepilogo/EsigibilitaIVA': '2.2.2.7',
    'FatturaElettronicaBody/DatiPagamento/DettaglioPagamento/IBAN': '2.4.2.13',
    'FatturaElettronicaBody/Allegati/Attachment': '2.5.5',
  };
  for (const [path, number] of Object.entries(numbers)) assert.equal(fieldNumber(ordinary, path), number, path);
  assert.equal(fieldNumber(simplified, 'FatturaElettronicaBody/DatiBeniServizi/DatiIVA/Aliquota'), '2.2.3.2');
});

test('which one of several it is does not change its number', () => {
  const path = 'FatturaElettronicaBody[3]/DatiBeniServizi/DettaglioLinee[12]/PrezzoTotale';
  assert.equal(fieldNumber(ordinary, path), '2.2.1.11');
});

test('what is no element has no number', () => {
  for (const path of ['', 'Fattura', 'FatturaElettronicaHeader/SoggettoEmittente/Altro', 'toString', '/']) {
    assert.equal(fieldNumber(ordinary, path), undefined, path);
  }
});
