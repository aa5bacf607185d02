// fatturapa: chapter 2.2 of the ordinary invoice, the lines and the summary by VAT rate.
import { esigibilitaIVA } from './codes/esigibilita-iva.ts';
import { natura } from './codes/natura.ts';
import { si } from './codes/si.ts';
import { tipoCessionePrestazione } from './codes/tipo-cessione-prestazione.ts';
import { any, block, one, optional, some, type BlockValue } from './schema.ts';
import { scontoMaggiorazione } from './sconto-maggiorazione.ts';
import {
  amount2,
  amount8,
  anyText,
  basicLatinText,
  date,
  latinText,
  quantity,
  rate,
  wholeNumber,
} from './text-types.ts';

const codiceArticolo = block({
  CodiceTipo: one(
    basicLatinText(1, 35),
    'Tipo di codice, per esempio EAN o CARB',
    'Kind of code, for example EAN or CARB',
  ),
  CodiceValore: one(anyText(1, 35, 'replace'), 'Il codice', 'The code'),
});

const altriDatiGestionali = block({
  TipoDato: one(basicLatinText(1, 10), 'Che informazione è, per esempio INTENTO', 'What it is, for example INTENTO'),
  RiferimentoTesto: optional(latinText(1, 60), 'Valore come testo', 'Its value as text'),
  RiferimentoNumero: optional(amount8, 'Valore come numero', 'Its value as a number'),
  RiferimentoData: optional(date, 'Valore come data', 'Its value as a date'),
});

const dettaglioLinee = block({
  NumeroLinea: one(wholeNumber(1, 4), 'Numero della linea', 'Number of the line'),
  TipoCessionePrestazione: optional(
    tipoCessionePrestazione,
    'Se la linea è uno sconto, un premio, un abbuono o una spesa accessoria',
    'Whether the line is a discount, a bonus, an allowance or an ancillary cost',
  ),
  CodiceArticolo: any(codiceArticolo, "Codici dell'articolo", 'Codes of the article'),
  Descrizione: one(latinText(1, 1000), 'Natura e qualità del bene o servizio', 'What is sold'),
  Quantita: optional(quantity, 'Quantità', 'Quantity'),
  UnitaMisura: optional(basicLatinText(1, 10), 'Unità di misura', 'Unit of the quantity'),
  DataInizioPeriodo: optional(
    date,
    'Inizio del periodo a cui si riferisce la linea',
    'First day of the period of the line',
  ),
  DataFinePeriodo: optional(date, 'Fine del periodo a cui si riferisce la linea', 'Last day of the period of the line'),
  PrezzoUnitario: one(amount8, 'Prezzo unitario, IVA esclusa', 'Price of a unit without VAT'),
  ScontoMaggiorazione: any(
    scontoMaggiorazione,
    "Sconti e maggiorazioni sul prezzo unitario, nell'ordine",
    'Discounts and surcharges on the unit price, in order',
  ),
  PrezzoTotale: one(
    amount8,
    'Prezzo unitario, dopo sconti e maggiorazioni, per la quantità; IVA esclusa',
    'Unit price after discounts and surcharges, times the quantity, without VAT',
  ),
  AliquotaIVA: one(rate, 'Aliquota IVA', 'VAT rate'),
  Ritenuta: optional(si, 'La linea è soggetta a ritenuta', 'The line bears withholding tax'),
  Natura: optional(natura, 'Perché la linea è senza IVA (con aliquota 0)', 'Why the line bears no VAT (at rate 0)'),
  RiferimentoAmministrazione: optional(
    basicLatinText(1, 20),
    'Riferimento per la contabilità del cliente',
    "Reference for the customer's books",
  ),
  AltriDatiGestionali: any(altriDatiGestionali, 'Altre informazioni sulla linea', 'More about the line'),
});

const datiRiepilogo = block({
  AliquotaIVA: one(rate, 'Aliquota IVA', 'VAT rate'),
  Natura: optional(natura, "Perché non c'è IVA (con aliquota 0)", 'Why there is no VAT (at rate 0)'),
  SpeseAccessorie: optional(amount2, 'Spese accessorie comprese nelle linee', 'Ancillary costs within the lines'),
  Arrotondamento: optional(amount8, "Arrotondamento dell'imponibile", 'Rounding of the taxable amount'),
  ImponibileImporto: one(
    amount2,
    "Imponibile dell'aliquota, oppure importo senza IVA",
    'Taxable amount at this rate, or amount without VAT',
  ),
  Imposta: one(amount2, "Imposta: imponibile per l'aliquota", 'Tax: taxable amount times the rate'),
  EsigibilitaIVA: optional(esigibilitaIVA, "Quando l'IVA diventa esigibile", 'When the VAT falls due'),
  RiferimentoNormativo: optional(
    latinText(1, 100),
    "Norma per cui non c'è IVA, obbligatoria con Natura",
    'Law by which there is no VAT, needed with Natura',
  ),
});

/** DatiBeniServizi, 2.2. */
export const datiBeniServizi = block({
  DettaglioLinee: some(dettaglioLinee, 'Linee del documento', 'Lines of the document'),
  DatiRiepilogo: some(
    datiRiepilogo,
    'Riepilogo per aliquota IVA e natura',
    'Summary by VAT rate and reason of exemption',
  ),
});

/** A value of DettaglioLinee. */
export type DettaglioLinee = BlockValue<typeof dettaglioLinee.rows>;
/** A value of DatiRiepilogo. */
export type DatiRiepilogo = BlockValue<typeof datiRiepilogo.rows>;
