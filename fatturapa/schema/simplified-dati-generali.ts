// fatturapa: chapter 2.1 of the simplified invoice, what holds for the whole document.
import { si } from './codes/si.ts';
import { simplifiedTipoDocumento } from './codes/simplified-tipo-documento.ts';
import { block, one, optional } from './schema.ts';
import { basicLatinText, currency, invoiceDate, latinText } from './text-types.ts';

const datiGeneraliDocumento = block({
  TipoDocumento: one(simplifiedTipoDocumento, 'Tipo di documento', 'Kind of document'),
  Divisa: one(currency, 'Valuta degli importi', 'Currency of the amounts'),
  Data: one(invoiceDate, 'Data del documento', 'Date of the document'),
  Numero: one(
    basicLatinText(1, 20),
    'Numero del documento (con almeno una cifra)',
    'Number of the document (with a digit at least)',
  ),
  BolloVirtuale: optional(si, 'Imposta di bollo assolta in modo virtuale', 'Stamp duty is paid without a stamp'),
});

const datiFatturaRettificata = block({
  NumeroFR: one(basicLatinText(1, 20), 'Numero della fattura rettificata', 'Number of the corrected invoice'),
  DataFR: one(invoiceDate, 'Data della fattura rettificata', 'Date of the corrected invoice'),
  ElementiRettificati: one(latinText(1, 1000), 'Che cosa viene rettificato', 'What is corrected'),
});

/** DatiGenerali, 2.1. */
export const simplifiedDatiGenerali = block({
  DatiGeneraliDocumento: one(datiGeneraliDocumento, 'Dati principali del documento', 'Main data of the document'),
  DatiFatturaRettificata: optional(
    datiFatturaRettificata,
    'Fattura che il documento rettifica',
    'Invoice that the document corrects',
  ),
});
