// fatturapa: chapter 2.1 of the ordinary invoice, what holds for the whole document.
import { causalePagamento } from './codes/causale-pagamento.ts';
import { natura } from './codes/natura.ts';
import { si } from './codes/si.ts';
import { tipoCassa } from './codes/tipo-cassa.ts';
import { tipoDocumento } from './codes/tipo-documento.ts';
import { tipoRitenuta } from './codes/tipo-ritenuta.ts';
import { datiTrasporto } from './dati-trasporto.ts';
import { datiDDT, datiDocumentiCorrelati, datiSAL, fatturaPrincipale } from './documenti-correlati.ts';
import { any, block, one, optional, type BlockValue } from './schema.ts';
import { scontoMaggiorazione } from './sconto-maggiorazione.ts';
import { amount2, basicLatinText, currency, invoiceDate, latinText, rate } from './text-types.ts';

const datiRitenuta = block({
  TipoRitenuta: one(tipoRitenuta, 'Tipo di ritenuta', 'Kind of withholding'),
  ImportoRitenuta: one(amount2, 'Importo della ritenuta', 'Amount withheld'),
  AliquotaRitenuta: one(rate, 'Aliquota della ritenuta', 'Rate of the withholding'),
  CausalePagamento: one(
    causalePagamento,
    'Causale del pagamento, con i codici della Certificazione Unica',
    'Reason of the payment, by the codes of the yearly certificate',
  ),
});

const datiBollo = block({
  BolloVirtuale: one(si, 'Imposta di bollo assolta in modo virtuale', 'Stamp duty is paid without a stamp'),
  ImportoBollo: optional(amount2, "Importo dell'imposta di bollo", 'Amount of the stamp duty'),
});

const datiCassaPrevidenziale = block({
  TipoCassa: one(tipoCassa, 'Cassa previdenziale', 'Pension fund'),
  AlCassa: one(rate, 'Aliquota del contributo', 'Rate of the contribution'),
  ImportoContributoCassa: one(amount2, 'Importo del contributo', 'Amount of the contribution'),
  ImponibileCassa: optional(
    amount2,
    'Imponibile su cui si calcola il contributo',
    'Amount on which the contribution is computed',
  ),
  AliquotaIVA: one(rate, 'Aliquota IVA applicata al contributo', 'VAT rate on the contribution'),
  Ritenuta: optional(si, 'Il contributo è soggetto a ritenuta', 'The contribution bears withholding tax'),
  Natura: optional(
    natura,
    'Perché il contributo è senza IVA (con aliquota 0)',
    'Why the contribution bears no VAT (at rate 0)',
  ),
  RiferimentoAmministrazione: optional(
    basicLatinText(1, 20),
    'Riferimento per la contabilità del cliente',
    "Reference for the customer's books",
  ),
});

const datiGeneraliDocumento = block({
  TipoDocumento: one(tipoDocumento, 'Tipo di documento', 'Kind of document'),
  Divisa: one(currency, 'Valuta degli importi', 'Currency of the amounts'),
  Data: one(invoiceDate, 'Data del documento', 'Date of the document'),
  Numero: one(
    basicLatinText(1, 20),
    'Numero del documento (con almeno una cifra)',
    'Number of the document (with a digit at least)',
  ),
  DatiRitenuta: any(datiRitenuta, 'Ritenute di acconto e contributi trattenuti', 'Withholding taxes and contributions'),
  DatiBollo: optional(datiBollo, 'Imposta di bollo', 'Stamp duty'),
  DatiCassaPrevidenziale: any(
    datiCassaPrevidenziale,
    'Contributi a casse previdenziali',
    'Contributions to pension funds',
  ),
  ScontoMaggiorazione: any(
    scontoMaggiorazione,
    'Sconti e maggiorazioni sul totale',
    'Discounts and surcharges on the total',
  ),
  ImportoTotaleDocumento: optional(
    amount2,
    'Totale del documento, IVA e bollo compresi, al netto dello sconto',
    'Total of the document with VAT and stamp duty, after discount',
  ),
  Arrotondamento: optional(amount2, 'Arrotondamento sul totale del documento', 'Rounding of the total'),
  Causale: any(
    latinText(1, 200),
    'Causale del documento, anche in più parti',
    'What the document is for, in several parts if long',
  ),
  Art73: optional(
    si,
    "Documento emesso secondo il decreto dell'art. 73 DPR 633/72 (stesso numero ammesso più volte nell'anno)",
    'Document under the decree of art. 73 DPR 633/72 (the same number may occur again in a year)',
  ),
});

/** DatiGenerali, 2.1. */
export const datiGenerali = block({
  DatiGeneraliDocumento: one(datiGeneraliDocumento, 'Dati principali del documento', 'Main data of the document'),
  DatiOrdineAcquisto: any(datiDocumentiCorrelati, 'Ordini di acquisto', 'Purchase orders'),
  DatiContratto: any(datiDocumentiCorrelati, 'Contratti', 'Contracts'),
  DatiConvenzione: any(datiDocumentiCorrelati, 'Convenzioni', 'Framework agreements'),
  DatiRicezione: any(
    datiDocumentiCorrelati,
    'Ricevimento di beni o servizi presso il cliente',
    "Customer's receipts of goods or services",
  ),
  DatiFattureCollegate: any(
    datiDocumentiCorrelati,
    'Fatture già emesse a cui il documento si collega',
    'Earlier invoices that it is about',
  ),
  DatiSAL: any(datiSAL, 'Stati di avanzamento dei lavori', 'Stages of progress'),
  DatiDDT: any(datiDDT, 'Documenti di trasporto', 'Delivery notes'),
  DatiTrasporto: optional(datiTrasporto, 'Trasporto dei beni', 'Transport of the goods'),
  FatturaPrincipale: optional(
    fatturaPrincipale,
    'Fattura principale, nelle fatture accessorie degli autotrasportatori',
    'Main invoice, on ancillary invoices of hauliers',
  ),
});

/** A value of DatiGenerali. */
export type DatiGenerali = BlockValue<typeof datiGenerali.rows>;
