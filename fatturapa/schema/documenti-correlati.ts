// fatturapa: chapters 2.1.2 to 2.1.8 and 2.1.10 of the ordinary invoice, the documents that it refers to.
import { block, any, one, optional } from './schema.ts';
import { basicLatinText, date, latinText, wholeNumber } from './text-types.ts';

const riferimentoNumeroLinea = any(
  wholeNumber(1, 4),
  'Linee della fattura a cui si riferisce; se manca, tutta la fattura',
  'Lines of the invoice that it is about; the whole invoice if it is left out',
);

/** DatiOrdineAcquisto, DatiContratto, DatiConvenzione, DatiRicezione and DatiFattureCollegate (DatiDocumentiCorrelatiType). */
export const datiDocumentiCorrelati = block({
  RiferimentoNumeroLinea: riferimentoNumeroLinea,
  IdDocumento: one(basicLatinText(1, 20), 'Numero del documento', 'Number of the document'),
  Data: optional(date, 'Data del documento', 'Date of the document'),
  NumItem: optional(basicLatinText(1, 20), 'Voce del documento', 'Item of the document'),
  CodiceCommessaConvenzione: optional(
    latinText(1, 100),
    'Codice della commessa o della convenzione',
    'Code of the job or the agreement',
  ),
  CodiceCUP: optional(
    basicLatinText(1, 15),
    'CUP, codice unico di progetto',
    'CUP, code of the public investment project',
  ),
  CodiceCIG: optional(basicLatinText(1, 15), 'CIG, codice identificativo della gara', 'CIG, code of the public tender'),
});

/** DatiSAL, 2.1.7: the stage that a contract has reached. */
export const datiSAL = block({
  RiferimentoFase: one(
    wholeNumber(1, 3),
    'Fase dello stato di avanzamento a cui si riferisce',
    'Stage of progress that it is about',
  ),
});

/** DatiDDT, 2.1.8: the delivery note of a deferred invoice. */
export const datiDDT = block({
  NumeroDDT: one(basicLatinText(1, 20), 'Numero del documento di trasporto', 'Number of the delivery note'),
  DataDDT: one(date, 'Data del documento di trasporto', 'Date of the delivery note'),
  RiferimentoNumeroLinea: riferimentoNumeroLinea,
});

/** FatturaPrincipale, 2.1.10: the main invoice, on those of carriers for the quarterly ancillary ones. */
export const fatturaPrincipale = block({
  NumeroFatturaPrincipale: one(basicLatinText(1, 20), 'Numero della fattura principale', 'Number of the main invoice'),
  DataFatturaPrincipale: one(date, 'Data della fattura principale', 'Date of the main invoice'),
});
