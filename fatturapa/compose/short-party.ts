// fatturapa: the shorter shape of who sells and who buys, and of the profile from which a seller's own data come.
import { regimeFiscale } from '../schema/codes/regime-fiscale.ts';
import { causalePagamento } from '../schema/codes/causale-pagamento.ts';
import { condizioniPagamento } from '../schema/codes/condizioni-pagamento.ts';
import { esigibilitaIVA } from '../schema/codes/esigibilita-iva.ts';
import { modalitaPagamento } from '../schema/codes/modalita-pagamento.ts';
import { natura } from '../schema/codes/natura.ts';
import { socioUnico } from '../schema/codes/socio-unico.ts';
import { statoLiquidazione } from '../schema/codes/stato-liquidazione.ts';
import { tipoCassa } from '../schema/codes/tipo-cassa.ts';
import { tipoRitenuta } from '../schema/codes/tipo-ritenuta.ts';
import {
  amount,
  code,
  day,
  flag,
  formed,
  may,
  need,
  object,
  oneOrList,
  percentage,
  text,
  whole,
  type ShapeValue,
} from './shape.ts';

const country = formed(
  2,
  /^[A-Z]{2}$/,
  'IT',
  'country code (ISO 3166), IT where left out',
  'codice del Paese (Nazione)',
);

/** Where somebody is. */
export const address = object(
  {
    street: need(text(60, 'street, with or without the number', 'via e, se si vuole, numero civico (Indirizzo)')),
    number: may(text(8, 'house number', 'numero civico (NumeroCivico)')),
    postcode: may(text(20, 'postcode; needed in Italy', 'codice di avviamento postale (CAP)')),
    city: need(text(60, 'town', 'comune o città (Comune)')),
    province: may(
      formed(2, /^[A-Z]{2}$/, 'MI', 'province, two letters; Italy only', 'sigla della provincia (Provincia)'),
    ),
    country: may(country),
  },
  'address',
  'indirizzo (Sede)',
);

const partyFields = {
  name: may(text(80, 'name of a company or body; or firstName and lastName', 'denominazione (Denominazione)')),
  firstName: may(text(60, 'first name of a person', 'nome (Nome)')),
  lastName: may(text(60, 'last name of a person', 'cognome (Cognome)')),
  title: may(text(10, 'title of a person', 'titolo onorifico (Titolo)')),
  vatNumber: may(
    formed(
      30,
      /^(?:[A-Z]{2})?[A-Za-z0-9]{1,28}$/,
      'IT01234567897',
      'VAT number with its country; eleven digits alone are Italian',
      'partita IVA con il Paese (IdFiscaleIVA)',
    ),
  ),
  taxCode: may(
    formed(16, /^[A-Za-z0-9]{11,16}$/, 'RSSMRA80A01F205X', 'Italian tax code', 'codice fiscale (CodiceFiscale)'),
  ),
  eori: may(text(17, 'EORI code', 'codice EORI (CodEORI)')),
} as const;

const recipientCode = formed(
  7,
  /^[A-Za-z0-9]{6,7}$/,
  'ABC1234',
  'recipient code: seven characters, six for public bodies',
  'codice destinatario (CodiceDestinatario)',
);

const pec = formed(
  256,
  /^[^\s@]+@[^\s@]+\.[^\s@]+$/,
  'azienda@pec.example',
  'PEC address',
  'indirizzo PEC (PECDestinatario)',
);

/** Who buys. */
export const customer = object(
  {
    ...partyFields,
    address: need(address),
    recipientCode: may(recipientCode),
    pec: may(pec),
  },
  'who buys',
  'il cliente (CessionarioCommittente)',
);

const rea = object(
  {
    office: need(
      formed(2, /^[A-Z]{2}$/, 'MI', 'province of the register', 'ufficio del registro delle imprese (Ufficio)'),
    ),
    number: need(text(20, 'number in the register', 'numero REA (NumeroREA)')),
    shareCapital: may(amount('share capital', 'capitale sociale (CapitaleSociale)', { min: 0 })),
    soleShareholder: may(code(socioUnico.codes, 'one shareholder or several', 'socio unico (SocioUnico)')),
    liquidation: may(code(statoLiquidazione.codes, 'LN where left out', 'stato di liquidazione (StatoLiquidazione)')),
  },
  'entry in the register of companies',
  'iscrizione al registro delle imprese (IscrizioneREA)',
);

const contacts = object(
  {
    phone: may(text(12, 'telephone', 'telefono (Telefono)')),
    fax: may(text(12, 'fax', 'fax (Fax)')),
    email: may(text(256, 'e-mail', 'posta elettronica (Email)')),
  },
  'contacts',
  'contatti (Contatti)',
);

const sellerFields = {
  ...partyFields,
  address: need(address),
  taxRegime: need(code(regimeFiscale.codes, 'tax regime', 'regime fiscale (RegimeFiscale)')),
  rea: may(rea),
  contacts: may(contacts),
  reference: may(
    text(20, 'reference of the administration', 'riferimento amministrazione (RiferimentoAmministrazione)'),
  ),
} as const;

/** Who sells, where it is not the customer of the hub: the other party of a self-billed document. */
export const seller = object(sellerFields, 'who sells', 'chi emette o ha ceduto (CedentePrestatore)');

/** One part of a payment. */
const instalment = object(
  {
    due: may(day('day by which to pay', 'data di scadenza (DataScadenzaPagamento)')),
    days: may(whole(0, 3650, 'days from the date of the document', 'giorni dalla data del documento')),
    endOfMonth: may(flag('counted to the end of that month', 'fine mese')),
    percent: may(percentage('share of what is to be paid', 'quota percentuale')),
    amount: may(amount('amount; else an equal share', 'importo (ImportoPagamento)')),
  },
  'an instalment',
  'una rata (DettaglioPagamento)',
);

/** How the document is to be paid. */
export const payment = object(
  {
    terms: may(
      code(
        condizioniPagamento.codes,
        'TP01 with instalments, else TP02',
        'condizioni di pagamento (CondizioniPagamento)',
      ),
    ),
    method: may(code(modalitaPagamento.codes, 'MP05 (bank transfer) where left out', 'modalità (ModalitaPagamento)')),
    due: may(day('day by which to pay', 'data di scadenza (DataScadenzaPagamento)')),
    days: may(whole(0, 3650, 'days from the date of the document', 'giorni dalla data del documento')),
    endOfMonth: may(flag('counted to the end of that month', 'fine mese')),
    instalments: may(oneOrList(instalment, 120, 'instalments', 'rate')),
    iban: may(
      formed(34, /^[A-Z]{2}\d{2}[A-Z0-9 ]{11,38}$/, 'IT60X0542811101000000123456', 'IBAN', 'IBAN del beneficiario'),
    ),
    bank: may(text(80, 'bank', 'istituto finanziario (IstitutoFinanziario)')),
    bic: may(formed(11, /^[A-Z]{6}[A-Z2-9][A-NP-Z0-9](?:[A-Z0-9]{3})?$/, 'UNCRITMM', 'BIC', 'BIC')),
    beneficiary: may(text(200, 'who is paid', 'beneficiario (Beneficiario)')),
    reference: may(text(60, 'code that the payer states', 'codice pagamento (CodicePagamento)')),
  },
  'how to pay',
  'pagamento (DatiPagamento)',
);

/** Tax that the customer keeps back. */
export const withholding = object(
  {
    type: may(code(tipoRitenuta.codes, 'RT01 persons, RT02 companies', 'tipo di ritenuta (TipoRitenuta)')),
    rate: need(percentage('rate', 'aliquota della ritenuta (AliquotaRitenuta)')),
    reason: need(code(causalePagamento.codes, 'reason, as in form 770', 'causale del pagamento (CausalePagamento)')),
    share: may(percentage('share of the fee that bears it, 100 where left out', 'quota imponibile della ritenuta')),
    amount: may(amount('amount; computed where left out', 'importo della ritenuta (ImportoRitenuta)')),
  },
  'tax withheld by the customer',
  'ritenuta (DatiRitenuta)',
);

/** Contribution to a professional's social fund, charged to the customer. */
export const socialFund = object(
  {
    type: need(code(tipoCassa.codes, 'which fund', 'tipo di cassa previdenziale (TipoCassa)')),
    rate: need(percentage('rate of the contribution', 'aliquota della cassa (AlCassa)')),
    vatRate: may(percentage("VAT on it; the lines' own where left out", 'aliquota IVA')),
    nature: may(code(natura.codes, 'why without VAT', 'natura (Natura)')),
    base: may(amount('what it is reckoned on; computed where left out', 'imponibile della cassa (ImponibileCassa)')),
    withholding: may(flag('bears the withholding too', 'soggetta a ritenuta (Ritenuta)')),
  },
  'social fund',
  'cassa previdenziale (DatiCassaPrevidenziale)',
);

/** What an invoice says where its JSON does not. */
const defaults = object(
  {
    register: may(text(8, 'register that numbers come from', 'sezionale')),
    vatRate: may(percentage('VAT of lines', 'aliquota IVA delle righe')),
    nature: may(code(natura.codes, 'why lines bear no VAT', 'natura delle righe (Natura)')),
    legalReference: may(text(100, 'law that says so', 'riferimento normativo (RiferimentoNormativo)')),
    vatPayability: may(code(esigibilitaIVA.codes, 'when VAT is due', 'esigibilità (EsigibilitaIVA)')),
    notes: may(oneOrList(text(1000, 'note', 'causale'), 20, 'notes', 'causale (Causale)')),
    payment: may(payment),
    withholding: may(oneOrList(withholding, 5, 'taxes withheld', 'ritenute')),
    socialFund: may(oneOrList(socialFund, 5, 'social funds', 'casse previdenziali')),
    chargeStampDuty: may(
      flag('charge stamp duty to the customer as a line of its own', 'addebitare il bollo al cliente con una riga'),
    ),
  },
  'what an invoice says where its JSON does not',
  'valori predefiniti',
);

/** A customer of the hub as it stands on its own invoices. */
export const profile = object(
  {
    ...sellerFields,
    vatNumber: need(partyFields.vatNumber.shape),
    recipientCode: may(recipientCode),
    pec: may(pec),
    transmitter: may(
      formed(
        30,
        /^[A-Z]{2}[A-Za-z0-9]{2,28}$/,
        'IT01234567897',
        'country and tax id of who hands the files to SdI',
        'trasmittente (IdTrasmittente)',
      ),
    ),
    defaults: may(defaults),
  },
  'who issues: seller data and habits',
  'profilo fiscale',
);

export type ShortAddress = ShapeValue<typeof address>;
export type ShortCustomer = ShapeValue<typeof customer>;
export type ShortSeller = ShapeValue<typeof seller>;
export type ShortPayment = ShapeValue<typeof payment>;
export type ShortInstalment = ShapeValue<typeof instalment>;
export type ShortWithholding = ShapeValue<typeof withholding>;
export type ShortSocialFund = ShapeValue<typeof socialFund>;
export type FiscalProfile = ShapeValue<typeof profile>;
