// fatturapa: the shorter shape of an invoice, as people like to write it; everything that can be reckoned is left out.
import { esigibilitaIVA } from '../schema/codes/esigibilita-iva.ts';
import { formatoTrasmissione } from '../schema/codes/formato-trasmissione.ts';
import { natura } from '../schema/codes/natura.ts';
import { simplifiedFormatoTrasmissione } from '../schema/codes/simplified-formato-trasmissione.ts';
import { tipoCessionePrestazione } from '../schema/codes/tipo-cessione-prestazione.ts';
import { tipoDocumento } from '../schema/codes/tipo-documento.ts';
import {
  as,
  code,
  day,
  figure,
  flag,
  formed,
  list,
  may,
  need,
  object,
  oneOrList,
  percentage,
  text,
  whole,
  wordOrAmount,
  type ShapeValue,
} from './shape.ts';
import { customer, payment, seller, socialFund, withholding } from './short-party.ts';

/** How many references to other documents there may be. */
export const listMax = 10_000;

/** NumeroLinea has four digits, and one line is kept for stamp duty. */
const linesMax = 9998;

const discount = object(
  {
    percent: may(percentage('part of the price', 'percentuale (Percentuale)')),
    amount: may(figure('amount per unit, not per line', 'importo per unità (Importo)', { min: 0 })),
    surcharge: may(flag('a surcharge instead', 'maggiorazione (Tipo MG)')),
  },
  'a discount on the unit price',
  'sconto sul prezzo unitario (ScontoMaggiorazione)',
);

const productCode = object(
  {
    type: need(text(35, 'whose code it is, as EAN', 'tipo di codice (CodiceTipo)')),
    value: need(text(35, 'the code', 'valore del codice (CodiceValore)')),
  },
  'code of what is sold',
  "codice dell'articolo (CodiceArticolo)",
);

const otherData = object(
  {
    type: need(text(10, 'what kind of datum', 'tipo di dato (TipoDato)')),
    text: may(text(60, 'as a text', 'riferimento in testo (RiferimentoTesto)')),
    number: may(figure('as a figure', 'riferimento numerico (RiferimentoNumero)')),
    date: may(day('as a day', 'riferimento data (RiferimentoData)')),
  },
  'a datum that the parties agreed upon',
  'altri dati gestionali (AltriDatiGestionali)',
);

const line = object(
  {
    description: need(text(1000, 'what is sold', 'descrizione (Descrizione)')),
    quantity: may(figure('how much; left out: one, unsaid', 'quantità (Quantita)', { min: 0 })),
    unit: may(text(10, 'unit of measure', 'unità di misura (UnitaMisura)')),
    price: need(figure('price of a unit without VAT', 'prezzo unitario senza IVA (PrezzoUnitario)')),
    vatRate: may(percentage("VAT rate; the profile's where left out", 'aliquota IVA (AliquotaIVA)')),
    nature: may(code(natura.codes, 'why without VAT', 'natura (Natura)')),
    legalReference: may(text(100, 'law that says so', 'riferimento normativo (RiferimentoNormativo)')),
    discounts: may(oneOrList(discount, 20, 'discounts, applied in their order', 'sconti (ScontoMaggiorazione)')),
    codes: may(oneOrList(productCode, 20, 'codes of what is sold', 'codici articolo (CodiceArticolo)')),
    period: may(
      object(
        {
          from: need(day('first day', 'data inizio periodo (DataInizioPeriodo)')),
          to: need(day('last day', 'data fine periodo (DataFinePeriodo)')),
        },
        'period of the supply',
        'periodo di riferimento',
      ),
    ),
    kind: may(
      code(
        tipoCessionePrestazione.codes,
        'discount, prize, rebate or ancillary cost',
        'tipo (TipoCessionePrestazione)',
      ),
    ),
    withholding: may(flag('bears the withholding; yes where there is one', 'soggetta a ritenuta (Ritenuta)')),
    reference: may(text(20, 'reference of the administration', 'riferimento amministrazione')),
    otherData: may(oneOrList(otherData, 100, 'further data', 'altri dati gestionali (AltriDatiGestionali)')),
  },
  'a line',
  'riga (DettaglioLinee)',
);

const reference = object(
  {
    number: need(text(20, 'number of the document', 'numero del documento (IdDocumento)')),
    date: may(day('its date', 'data (Data)')),
    item: may(text(20, 'its item', 'numero della voce (NumItem)')),
    project: may(text(100, 'code of the job', 'commessa o convenzione (CodiceCommessaConvenzione)')),
    cup: may(text(15, 'CUP', 'codice CUP (CodiceCUP)')),
    cig: may(text(15, 'CIG', 'codice CIG (CodiceCIG)')),
    lines: may(oneOrList(whole(1, 9999, 'line', 'riga'), 1000, 'lines it is about', 'righe (RiferimentoNumeroLinea)')),
  },
  'another document',
  'documento correlato',
);

const deliveryNote = object(
  {
    number: need(text(20, 'its number', 'numero del DDT (NumeroDDT)')),
    date: need(day('its date', 'data del DDT (DataDDT)')),
    lines: may(oneOrList(whole(1, 9999, 'line', 'riga'), 1000, 'lines it is about', 'righe (RiferimentoNumeroLinea)')),
  },
  'delivery note',
  'documento di trasporto (DatiDDT)',
);

const attachment = object(
  {
    name: need(text(60, 'file name with its extension', 'nome del file (NomeAttachment)')),
    format: may(text(10, 'format, as PDF', 'formato (FormatoAttachment)')),
    description: may(text(100, 'what it is', 'descrizione (DescrizioneAttachment)')),
    content: need(
      formed(
        8_000_000,
        /^[A-Za-z0-9+/\s]+(?:=\s*){0,2}$/,
        'JVBERi0xLjQ=',
        'bytes in base64',
        'contenuto in base64 (Attachment)',
      ),
    ),
  },
  'attached file',
  'allegato (Allegati)',
);

const references = oneOrList(reference, listMax, 'documents', 'documenti');

/** The shorter shape. */
export const shortInvoice = object(
  {
    type: may(code(tipoDocumento.codes, 'kind of document, TD01 where left out', 'tipo documento (TipoDocumento)')),
    number: may(text(20, 'its number; left out: the next of the register', 'numero (Numero)')),
    date: may(day('its date; left out: today in Italy', 'data (Data)')),
    register: may(text(8, 'register that the number comes from', 'sezionale')),
    currency: may(formed(3, /^[A-Z]{3}$/, 'EUR', 'currency, EUR where left out', 'valuta (Divisa)')),
    format: may(
      code(
        { ...formatoTrasmissione.codes, ...simplifiedFormatoTrasmissione.codes },
        'left out: FPA12 for a code of six characters, else FPR12; FSM10 on request only',
        'formato (FormatoTrasmissione)',
      ),
    ),
    customer: may(
      as(customer, 'who buys; needed but for self-billing, where it is you', 'il cliente (CessionarioCommittente)'),
    ),
    supplier: may(as(seller, 'self-billing: the other party', 'in autofattura: la controparte (CedentePrestatore)')),
    lines: need(list(line, linesMax, 'lines', 'righe (DettaglioLinee)')),
    notes: may(oneOrList(text(1000, 'note', 'causale'), 50, 'notes', 'causale (Causale)')),
    orders: may(as(references, 'purchase orders', "ordini d'acquisto (DatiOrdineAcquisto)")),
    contracts: may(as(references, 'contracts', 'contratti (DatiContratto)')),
    agreements: may(as(references, 'framework agreements', 'convenzioni (DatiConvenzione)')),
    receipts: may(as(references, 'receipts of goods', 'ricezioni (DatiRicezione)')),
    linkedInvoices: may(as(references, 'invoices it is about', 'fatture collegate (DatiFattureCollegate)')),
    deliveryNotes: may(oneOrList(deliveryNote, listMax, 'delivery notes', 'documenti di trasporto (DatiDDT)')),
    payment: may(payment),
    withholding: may(oneOrList(withholding, 5, 'taxes withheld', 'ritenute (DatiRitenuta)')),
    socialFund: may(oneOrList(socialFund, 5, 'social funds', 'casse previdenziali (DatiCassaPrevidenziale)')),
    stampDuty: may(
      wordOrAmount(['auto', 'none'], 'auto (where due), none, or an amount', 'imposta di bollo (DatiBollo)'),
    ),
    chargeStampDuty: may(flag('charge it as a line of its own', 'addebitare il bollo al cliente con una riga')),
    vatPayability: may(code(esigibilitaIVA.codes, 'when VAT is due; S: split payment', 'esigibilità (EsigibilitaIVA)')),
    art73: may(flag('issued under art. 73 DPR 633/72', 'documento ex art. 73 DPR 633/72 (Art73)')),
    attachments: may(oneOrList(attachment, 100, 'attached files', 'allegati (Allegati)')),
  },
  'an invoice in the shorter shape',
  'fattura in forma breve',
);

export type ShortInvoice = ShapeValue<typeof shortInvoice>;
export type ShortLine = ShapeValue<typeof line>;
export type ShortDiscount = ShapeValue<typeof discount>;
export type ShortReference = ShapeValue<typeof reference>;
export type ShortAttachment = ShapeValue<typeof attachment>;
