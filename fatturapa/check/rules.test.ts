// fatturapa: each check by its number: a clean document with one thing wrong gives exactly that code, in that place.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { documentRules, ordinaryBodyRules, simplifiedBodyRules } from './all-rules.ts';
import { checkRules } from './check-rules.ts';
import { changed, cleanDocuments, context, type Changes, type CleanName } from './clean-documents.fixture.ts';
import type { Explanation, Format } from './rule.ts';

interface Case {
  readonly code: string;
  /** What is wrong, as it stands in the test's title. */
  readonly that: string;
  readonly of: CleanName;
  readonly changes?: Changes;
  /** The paths of all findings, in their order. */
  readonly at: readonly string[];
  /** Words of the first finding's message and fix, in Italian. */
  readonly says: RegExp;
  readonly fix?: RegExp;
}

const header = 'FatturaElettronicaHeader';
const sent = `${header}/DatiTrasmissione`;
const supplier = `${header}/CedentePrestatore/DatiAnagrafici`;
const customer = `${header}/CessionarioCommittente/DatiAnagrafici`;
const body = 'FatturaElettronicaBody[1]';
const general = `${body}/DatiGenerali/DatiGeneraliDocumento`;
const lines = `${body}/DatiBeniServizi/DettaglioLinee`;
const summary = `${body}/DatiBeniServizi/DatiRiepilogo`;
const rows = `${body}/DatiBeniServizi`;
const payment = `${body}/DatiPagamento[1]/DettaglioPagamento[1]`;
const simplifiedSupplier = `${header}/CedentePrestatore`;
const simplifiedCustomer = `${header}/CessionarioCommittente/IdentificativiFiscali`;

const rome = { IdPaese: 'IT', IdCodice: '12345678903' };
const berlin = { IdPaese: 'DE', IdCodice: '123456789' };

const documentCases: readonly Case[] = [
  {
    code: '00300',
    that: 'a transmitter with a wrong check digit',
    of: 'goods',
    changes: { [`${sent}/IdTrasmittente/IdCodice`]: '12345678901' },
    at: [`${sent}/IdTrasmittente/IdCodice`],
    says: /di 12345678901 non torna.* sarebbe 12345678903/,
  },
  {
    code: '00313',
    that: 'XXXXXXX for an Italian customer',
    of: 'goods',
    changes: { [`${sent}/CodiceDestinatario`]: 'XXXXXXX' },
    at: [`${sent}/CodiceDestinatario`],
    says: /solo per clienti esteri/,
  },
  {
    code: '00330',
    that: "a mailbox of SdI as the recipient's",
    of: 'goods',
    changes: { [`${sent}/PECDestinatario`]: 'Sdi01@PEC.fatturapa.it' },
    at: [`${sent}/PECDestinatario`],
    says: /casella del Sistema di Interscambio/,
  },
  {
    code: '00427',
    that: 'a code of six characters to a private party',
    of: 'goods',
    changes: { [`${sent}/CodiceDestinatario`]: 'UFABC1' },
    at: [`${sent}/CodiceDestinatario`],
    says: /Con FPR12 il codice ha 7 caratteri; UFABC1 ne ha 6/,
    fix: /0000000/,
  },
  {
    code: '00427',
    that: 'a code of seven characters to a public body',
    of: 'publicBody',
    changes: { [`${sent}/CodiceDestinatario`]: '0000000' },
    at: [`${sent}/CodiceDestinatario`],
    says: /Con FPA12 il codice ha 6 caratteri/,
    fix: /indicepa/,
  },
  {
    code: '00428',
    that: 'a versione that is not FormatoTrasmissione',
    of: 'goods',
    changes: { versione: 'FPA12' },
    at: [`${sent}/FormatoTrasmissione`],
    says: /FormatoTrasmissione è FPR12, versione è FPA12/,
  },
  {
    code: '00301',
    that: 'a supplier with a wrong VAT number',
    of: 'goods',
    changes: { [`${supplier}/IdFiscaleIVA/IdCodice`]: '12345678900' },
    at: [`${supplier}/IdFiscaleIVA/IdCodice`],
    says: /partita IVA del fornitore non è valida\. La cifra di controllo/,
  },
  {
    code: '00302',
    that: 'a supplier with a wrong tax code',
    of: 'fee',
    changes: { [`${supplier}/CodiceFiscale`]: 'RSSMRA80A01H501X' },
    at: [`${supplier}/CodiceFiscale`],
    says: /sarebbe RSSMRA80A01H501U/,
  },
  {
    code: '00303',
    that: 'a representative with a wrong VAT number',
    of: 'represented',
    changes: { [`${header}/RappresentanteFiscale/DatiAnagrafici/IdFiscaleIVA/IdCodice`]: 'IT01558670319' },
    at: [`${header}/RappresentanteFiscale/DatiAnagrafici/IdFiscaleIVA/IdCodice`],
    says: /ripete la sigla del paese.* solo 01558670319/,
  },
  {
    code: '00304',
    that: 'a representative with a wrong tax code',
    of: 'represented',
    changes: { [`${header}/RappresentanteFiscale/DatiAnagrafici/CodiceFiscale`]: '0155867031' },
    at: [`${header}/RappresentanteFiscale/DatiAnagrafici/CodiceFiscale`],
    says: /ha 10 caratteri/,
  },
  {
    code: '00305',
    that: 'a customer with a wrong VAT number',
    of: 'goods',
    changes: { [`${customer}/IdFiscaleIVA/IdCodice`]: '00000000000' },
    at: [`${customer}/IdFiscaleIVA/IdCodice`],
    says: /comincia con sette zeri/,
  },
  {
    code: '00306',
    that: 'a customer with a wrong tax code',
    of: 'publicBody',
    changes: { [`${customer}/CodiceFiscale`]: '80012345677' },
    at: [`${customer}/CodiceFiscale`],
    says: /sarebbe 80012345676/,
  },
  {
    code: '00417',
    that: 'a customer without VAT number and tax code',
    of: 'publicBody',
    changes: { [`${customer}/CodiceFiscale`]: undefined },
    at: [`${customer}/IdFiscaleIVA`],
    says: /né partita IVA né codice fiscale/,
  },
  {
    code: '00476',
    that: 'a foreign supplier of a foreign customer',
    of: 'export',
    changes: { [`${supplier}/IdFiscaleIVA`]: { IdPaese: 'FR', IdCodice: '12345678901' } },
    at: [`${customer}/IdFiscaleIVA/IdPaese`],
    says: /del fornitore è FR, quello del cliente DE/,
  },
  {
    code: '00409',
    that: 'the same number twice in a lot',
    of: 'lot',
    changes: { 'FatturaElettronicaBody[2]/DatiGenerali/DatiGeneraliDocumento/Numero': '12' },
    at: ['FatturaElettronicaBody[2]/DatiGenerali/DatiGeneraliDocumento/Numero'],
    says: /Il documento 12 del 2026 è già al posto 1 del lotto e si ripete al posto 2/,
  },
  {
    code: 'COUNTRY_UNKNOWN',
    that: 'a country that does not exist',
    of: 'export',
    changes: { [`${customer}/IdFiscaleIVA/IdPaese`]: 'UK' },
    at: [`${customer}/IdFiscaleIVA/IdPaese`],
    says: /sigla del paese non esiste/,
  },
  {
    code: 'FOREIGN_RECIPIENT_CODE',
    that: 'a foreign customer with code 0000000',
    of: 'export',
    changes: { [`${sent}/CodiceDestinatario`]: '0000000' },
    at: [`${sent}/CodiceDestinatario`],
    says: /Il cliente è estero/,
    fix: /XXXXXXX/,
  },
  {
    code: 'FOREIGN_RECIPIENT_CODE',
    that: 'a customer of San Marino with code XXXXXXX',
    of: 'sanMarino',
    changes: { [`${sent}/CodiceDestinatario`]: 'XXXXXXX' },
    at: [`${sent}/CodiceDestinatario`],
    says: /Il cliente è estero/,
    fix: /2R4GTO8/,
  },
];

const generalCases: readonly Case[] = [
  {
    code: '00403',
    that: 'a date after today',
    of: 'export',
    changes: { [`${general}/Data`]: '2026-04-01' },
    at: [`${general}/Data`],
    says: /È il 01\/04\/2026, oggi è il 31\/03\/2026\./,
  },
  {
    code: '00425',
    that: 'a number without any digit',
    of: 'export',
    changes: { [`${general}/Numero`]: 'FATTURA/A' },
    at: [`${general}/Numero`],
    says: /non contiene cifre/,
  },
  {
    code: '00471',
    that: 'an invoice to oneself',
    of: 'goods',
    changes: { [`${customer}/IdFiscaleIVA`]: rome },
    at: [`${general}/TipoDocumento`],
    says: /stesso soggetto/,
    fix: /TD27/,
  },
  {
    code: '00471',
    that: 'an invoice to oneself, told by tax code',
    of: 'fee',
    changes: { [`${customer}/IdFiscaleIVA`]: undefined, [`${customer}/CodiceFiscale`]: 'RSSMRA80A01H501U' },
    at: [`${general}/TipoDocumento`],
    says: /stesso soggetto/,
  },
  {
    code: '00471',
    that: "an invoice to a tax code that is the supplier's VAT number",
    of: 'goods',
    changes: {
      [`${supplier}/CodiceFiscale`]: undefined,
      [`${customer}/IdFiscaleIVA`]: undefined,
      [`${customer}/CodiceFiscale`]: '12345678903',
    },
    at: [`${general}/TipoDocumento`],
    says: /stesso soggetto/,
  },
  {
    code: '00472',
    that: 'an exceeded ceiling with another customer',
    of: 'exceededCeiling',
    changes: { [`${customer}/IdFiscaleIVA/IdCodice`]: '02065431708' },
    at: [`${general}/TipoDocumento`],
    says: /devono essere lo stesso soggetto/,
  },
  {
    code: '00473',
    that: 'services from abroad by an Italian supplier',
    of: 'servicesFromAbroad',
    changes: { [`${supplier}/IdFiscaleIVA`]: rome },
    at: [`${general}/TipoDocumento`],
    says: /Il documento è TD17 e IdPaese del fornitore è IT/,
    fix: /TD16/,
  },
  {
    code: '00473',
    that: 'paper purchases from San Marino by an Italian supplier',
    of: 'servicesFromAbroad',
    changes: { [`${general}/TipoDocumento`]: 'TD28', [`${supplier}/IdFiscaleIVA`]: rome },
    at: [`${general}/TipoDocumento`],
    says: /TD28 e IdPaese del fornitore è IT/,
    fix: /SM/,
  },
  {
    code: 'SAN_MARINO_SUPPLIER',
    that: 'paper purchases from San Marino by a German supplier',
    of: 'servicesFromAbroad',
    changes: { [`${general}/TipoDocumento`]: 'TD28' },
    at: [`${general}/TipoDocumento`],
    says: /riguarda acquisti da San Marino.*IdPaese del fornitore è DE/,
    fix: /TD17/,
  },
  {
    code: '00473',
    that: 'a report of a missing invoice by a foreign supplier',
    of: 'servicesFromAbroad',
    changes: { [`${general}/TipoDocumento`]: 'TD29' },
    at: [`${general}/TipoDocumento`],
    says: /TD29 e IdPaese del fornitore è DE/,
    fix: /fornitore italiano/,
  },
  {
    code: '00475',
    that: 'a self-invoice without the VAT number of its issuer',
    of: 'servicesFromAbroad',
    changes: { [`${customer}/IdFiscaleIVA`]: undefined, [`${customer}/CodiceFiscale`]: '02065431708' },
    at: [`${general}/TipoDocumento`],
    says: /serve la partita IVA del cliente/,
  },
  {
    code: 'ISSUER_VAT_MISSING',
    that: 'paper purchases from San Marino without the VAT number of their issuer',
    of: 'servicesFromAbroad',
    changes: {
      [`${general}/TipoDocumento`]: 'TD28',
      [`${supplier}/IdFiscaleIVA/IdPaese`]: 'SM',
      [`${customer}/IdFiscaleIVA`]: undefined,
      [`${customer}/CodiceFiscale`]: '02065431708',
    },
    at: [`${general}/TipoDocumento`],
    says: /senza partita IVA/,
    fix: /00475/,
  },
  {
    code: 'ISSUER_VAT_MISSING',
    that: 'a report of a missing invoice without the VAT number of its issuer',
    of: 'goods',
    changes: {
      [`${general}/TipoDocumento`]: 'TD29',
      [`${customer}/IdFiscaleIVA`]: undefined,
      [`${customer}/CodiceFiscale`]: '02065431708',
    },
    at: [`${general}/TipoDocumento`],
    says: /senza partita IVA/,
  },
  {
    code: '00411',
    that: 'a line with withholding and no DatiRitenuta',
    of: 'export',
    changes: { [`${lines}[1]/Ritenuta`]: 'SI' },
    at: [`${general}/DatiRitenuta[1]`],
    says: /La linea 1 ha Ritenuta = SI/,
  },
  {
    code: '00413',
    that: 'a fund at rate zero without Natura',
    of: 'flatRate',
    changes: { [`${general}/DatiCassaPrevidenziale[1]/Natura`]: undefined },
    at: [`${general}/DatiCassaPrevidenziale[1]/Natura`],
    says: /aliquota IVA zero e nessuna natura/,
  },
  {
    code: '00414',
    that: 'a fund with a rate and a Natura',
    of: 'fee',
    changes: { [`${general}/DatiCassaPrevidenziale[1]/Natura`]: 'N4' },
    at: [`${general}/DatiCassaPrevidenziale[1]/Natura`],
    says: /La natura è N4, ma l'aliquota indicata è 22%\./,
  },
  {
    code: '00415',
    that: 'a fund with withholding and no DatiRitenuta',
    of: 'flatRate',
    changes: { [`${general}/DatiCassaPrevidenziale[1]/Ritenuta`]: 'SI' },
    at: [`${general}/DatiRitenuta[1]`],
    says: /contributo alla cassa è soggetto a ritenuta/,
  },
  {
    code: '00418',
    that: 'a credit note dated before its invoice',
    of: 'creditNote',
    changes: { [`${body}/DatiGenerali/DatiFattureCollegate[1]/Data`]: '2026-03-03' },
    at: [`${body}/DatiGenerali/DatiFattureCollegate[1]/Data`],
    says: /Il documento è del 02\/03\/2026, la fattura collegata del 03\/03\/2026/,
  },
  {
    code: '00437',
    that: 'a discount on the document without any figure',
    of: 'represented',
    changes: { [`${general}/ScontoMaggiorazione[1]/Percentuale`]: undefined },
    at: [`${general}/ScontoMaggiorazione[1]/Percentuale`],
    says: /sul documento non ha né percentuale né importo/,
  },
];

const lineCases: readonly Case[] = [
  {
    code: '00400',
    that: 'a line at rate zero without Natura',
    of: 'export',
    changes: { [`${lines}[1]/Natura`]: undefined },
    at: [`${lines}[1]/Natura`],
    says: /È la linea 1/,
    fix: /N4 esente/,
  },
  {
    code: '00401',
    that: 'a line with a rate and a Natura',
    of: 'goods',
    changes: { [`${lines}[2]/Natura`]: 'N4' },
    at: [`${lines}[2]/Natura`],
    says: /La linea 2 ha natura N4 e aliquota 22%/,
  },
  {
    code: '00423',
    that: 'a line that is not price times quantity',
    of: 'goods',
    changes: { [`${lines}[1]/PrezzoTotale`]: '200.02' },
    at: [`${lines}[1]/PrezzoTotale`],
    says: /Linea 1: 100,00 × 2,00 fa 200,00, non 200,02/,
    fix: /Scrivere 200\.00 in PrezzoTotale/,
  },
  {
    code: '00423',
    that: 'a discount meant for the whole line',
    of: 'goods',
    changes: {
      [`${lines}[1]/ScontoMaggiorazione`]: [{ Tipo: 'SC', Importo: '1.00' }],
      [`${lines}[1]/PrezzoTotale`]: '199.00',
    },
    at: [`${lines}[1]/PrezzoTotale`],
    says: /con gli sconti fa 198,00, non 199,00/,
    fix: /vale per ogni unità/,
  },
  {
    code: '00424',
    that: 'a rate as a fraction',
    of: 'publicBody',
    changes: {
      [`${lines}[1]/AliquotaIVA`]: '0.22',
      [`${summary}[1]/AliquotaIVA`]: '0.22',
      [`${summary}[1]/Imposta`]: '0.22',
      [`${general}/ImportoTotaleDocumento`]: '100.22',
    },
    at: [`${lines}[1]/AliquotaIVA`, `${summary}[1]/AliquotaIVA`],
    says: /non è scritta in percentuale/,
    fix: /Scrivere 22\.00/,
  },
  {
    code: '00438',
    that: 'a discount on a line without any figure',
    of: 'goods',
    changes: { [`${lines}[1]/ScontoMaggiorazione`]: [{ Tipo: 'SC' }] },
    at: [`${lines}[1]/ScontoMaggiorazione[1]/Percentuale`],
    says: /di una linea non ha né percentuale né importo/,
  },
  {
    code: '00445',
    that: 'a generic Natura in line and summary',
    of: 'export',
    changes: { [`${lines}[1]/Natura`]: 'N3', [`${summary}[1]/Natura`]: 'N3' },
    at: [`${lines}[1]/Natura`, `${summary}[1]/Natura`],
    says: /generici N2, N3 e N6/,
    fix: /N3\.1–N3\.6/,
  },
  {
    code: '00474',
    that: 'a line at rate zero in an exceeded ceiling',
    of: 'exceededCeiling',
    changes: {
      [`${lines}[1]/AliquotaIVA`]: '0.00',
      [`${lines}[1]/Natura`]: 'N4',
      [`${summary}[1]`]: { AliquotaIVA: '0.00', Natura: 'N4', ImponibileImporto: '100.00', Imposta: '0.00' },
      [`${general}/ImportoTotaleDocumento`]: '100.00',
    },
    at: [`${lines}[1]/AliquotaIVA`],
    says: /splafonamento/,
  },
];

const summaryCases: readonly Case[] = [
  {
    code: '00419',
    that: 'a rate that is not in the summary',
    of: 'publicBody',
    changes: {
      [`${lines}[2]`]: { NumeroLinea: '2', PrezzoUnitario: '0.00', PrezzoTotale: '0.00', AliquotaIVA: '5.00' },
    },
    at: [`${summary}[2]`],
    says: /L'aliquota 5%, usata dalla linea 2, non ha un DatiRiepilogo/,
    fix: /AliquotaIVA 5\.00/,
  },
  {
    code: '00420',
    that: 'split payment with reverse charge',
    of: 'represented',
    changes: { [`${summary}[1]/EsigibilitaIVA`]: 'S' },
    at: [`${summary}[1]/EsigibilitaIVA`],
    says: /non stanno insieme/,
  },
  {
    code: '00421',
    that: 'VAT that is not rate times taxable amount',
    of: 'publicBody',
    changes: { [`${summary}[1]/Imposta`]: '22.02', [`${general}/ImportoTotaleDocumento`]: '122.02' },
    at: [`${summary}[1]/Imposta`],
    says: /Con aliquota 22% su 100,00 l'imposta è 22,00, non 22,02/,
    fix: /Scrivere 22\.00 in Imposta/,
  },
  {
    code: '00422',
    that: 'a taxable amount that is not the sum of its rows',
    of: 'creditNote',
    changes: {
      [`${summary}[1]/ImponibileImporto`]: '150.00',
      [`${summary}[1]/Imposta`]: '33.00',
      [`${general}/ImportoTotaleDocumento`]: '183.00',
    },
    at: [`${summary}[1]/ImponibileImporto`],
    says: /All'aliquota 22% le linee fanno 100,00, ma nel riepilogo c'è 150,00\./,
    fix: /Portare a 100\.00/,
  },
  {
    code: '00422',
    that: 'a taxable amount that leaves the fund out',
    of: 'fee',
    changes: {
      [`${summary}[1]/ImponibileImporto`]: '1000.00',
      [`${summary}[1]/Imposta`]: '220.00',
      [`${general}/ImportoTotaleDocumento`]: undefined,
      [`${payment}/ImportoPagamento`]: '1020.00',
    },
    at: [`${summary}[1]/ImponibileImporto`],
    says: /le linee \(1000,00\) e la cassa \(40,00\) fanno 1040,00, ma nel riepilogo c'è 1000,00\./,
  },
  {
    code: '00429',
    that: 'a summary at rate zero without Natura',
    of: 'export',
    changes: { [`${summary}[1]/Natura`]: undefined },
    at: [`${summary}[1]/Natura`],
    says: /Un riepilogo con aliquota IVA zero non ha la natura/,
  },
  {
    code: '00430',
    that: 'a summary with a rate and a Natura',
    of: 'creditNote',
    changes: { [`${summary}[1]/Natura`]: 'N4' },
    at: [`${summary}[1]/Natura`],
    says: /La natura è N4, ma l'aliquota indicata è 22%\./,
  },
  {
    code: '00443',
    that: 'a rate of the summary that nothing uses',
    of: 'creditNote',
    changes: { [`${summary}[2]`]: { AliquotaIVA: '10.00', ImponibileImporto: '0.00', Imposta: '0.00' } },
    at: [`${summary}[2]/AliquotaIVA`],
    says: /Nessuna linea e nessun contributo alla cassa ha l'aliquota 10%/,
  },
  {
    code: '00444',
    that: 'a Natura of a line that the summary lacks',
    of: 'flatRate',
    changes: {
      [`${lines}[3]`]: {
        NumeroLinea: '3',
        PrezzoUnitario: '0.00',
        PrezzoTotale: '0.00',
        AliquotaIVA: '0.00',
        Natura: 'N4',
      },
    },
    at: [`${summary}[3]`],
    says: /La natura N4, usata dalla linea 3, manca dal riepilogo/,
  },
  {
    code: '00444',
    that: 'a Natura of the summary that no line has',
    of: 'flatRate',
    changes: { [`${summary}[3]`]: { AliquotaIVA: '0.00', Natura: 'N5', ImponibileImporto: '0.00', Imposta: '0.00' } },
    at: [`${summary}[3]/Natura`],
    says: /Nel riepilogo c'è la natura N5/,
  },
];

const warningCases: readonly Case[] = [
  {
    code: 'TOTAL_DIFFERS',
    that: 'a total that is not taxable amounts and VAT',
    of: 'creditNote',
    changes: { [`${general}/ImportoTotaleDocumento`]: '122.02' },
    at: [`${general}/ImportoTotaleDocumento`],
    says: /Imponibili e imposte fanno 122,00, il totale dice 122,02/,
  },
  {
    code: 'TOTAL_DIFFERS',
    that: 'a total after withholding',
    of: 'fee',
    changes: { [`${general}/ImportoTotaleDocumento`]: '1068.80' },
    at: [`${general}/ImportoTotaleDocumento`],
    says: /il totale dice 1068,80/,
    fix: /La ritenuta non si toglie.*scrivere 1268\.80/,
  },
  {
    code: 'PAYMENT_DIFFERS',
    that: 'a full payment of half the total',
    of: 'goods',
    changes: { [`${payment}/ImportoPagamento`]: '174.50' },
    at: [`${payment}/ImportoPagamento`],
    says: /I pagamenti fanno 174,50, il documento chiede 349,00/,
  },
  {
    code: 'CREDIT_NOTE_NEGATIVE',
    that: 'a credit note below zero',
    of: 'creditNote',
    changes: {
      [`${lines}[1]/PrezzoUnitario`]: '-100.00',
      [`${lines}[1]/PrezzoTotale`]: '-100.00',
      [`${summary}[1]/ImponibileImporto`]: '-100.00',
      [`${summary}[1]/Imposta`]: '-22.00',
      [`${general}/ImportoTotaleDocumento`]: '-122.00',
    },
    at: [`${summary}[1]/ImponibileImporto`],
    says: /diventa un debito/,
  },
  {
    code: 'INVOICE_NEGATIVE',
    that: 'an invoice below zero',
    of: 'publicBody',
    changes: {
      [`${lines}[1]/PrezzoUnitario`]: '-100.00',
      [`${lines}[1]/PrezzoTotale`]: '-100.00',
      [`${summary}[1]/ImponibileImporto`]: '-100.00',
      [`${summary}[1]/Imposta`]: '-22.00',
      [`${general}/ImportoTotaleDocumento`]: '-122.00',
    },
    at: [`${summary}[1]/ImponibileImporto`],
    says: /imponibile negativo/,
    fix: /TD04/,
  },
  {
    code: 'BOLLO_MISSING',
    that: 'an invoice of the flat-rate scheme without stamp duty',
    of: 'flatRate',
    changes: { [`${general}/DatiBollo`]: undefined },
    at: [`${general}/DatiBollo`],
    says: /oltre 77,47 euro.*fanno 520,00/,
  },
  {
    code: 'FLAT_RATE_VAT',
    that: 'VAT charged in the flat-rate scheme',
    of: 'lot',
    changes: {
      [`${supplier}/RegimeFiscale`]: 'RF19',
      'FatturaElettronicaBody[2]/DatiGenerali/DatiGeneraliDocumento/TipoDocumento': 'TD26',
    },
    at: [`${lines}[1]/AliquotaIVA`],
    says: /La linea 1 ha aliquota 22%/,
  },
  {
    code: 'IBAN_WRONG',
    that: 'an IBAN with two digits exchanged',
    of: 'goods',
    changes: { [`${payment}/IBAN`]: 'IT60X0542811101000000123465' },
    at: [`${payment}/IBAN`],
    says: /cifre di controllo non tornano/,
  },
  {
    code: 'DUE_DATE_EARLY',
    that: 'a transfer due before the invoice',
    of: 'goods',
    changes: { [`${payment}/DataScadenzaPagamento`]: '2025-04-30' },
    at: [`${payment}/DataScadenzaPagamento`],
    says: /Scade il 30\/04\/2025, il documento è del 02\/03\/2026/,
  },
  {
    code: 'CIG_CUP_MISSING',
    that: 'an invoice to a public body without CIG and CUP',
    of: 'publicBody',
    changes: { [`${body}/DatiGenerali/DatiOrdineAcquisto[1]/CodiceCIG`]: undefined },
    at: [`${body}/DatiGenerali/DatiOrdineAcquisto[1]/CodiceCIG`],
    says: /né CIG né CUP/,
  },
  {
    code: 'LINE_NUMBER_REPEATED',
    that: 'two lines with the same number',
    of: 'goods',
    changes: { [`${lines}[4]/NumeroLinea`]: '+02' },
    at: [`${lines}[4]/NumeroLinea`],
    says: /Il numero 2 è già della linea al posto 2/,
  },
  {
    code: 'ATTACHMENTS_LARGE',
    that: 'an attachment that leaves little room',
    of: 'goods',
    changes: { [`${body}/Allegati[1]/Attachment`]: 'A'.repeat(4_404_020) },
    at: [`${body}/Allegati[1]/Attachment`],
    says: /occupano 4,2 MB su 5,0 MB; il più grande è «ordine\.pdf» \(4,2 MB\)\./,
    fix: /00003/,
  },
  {
    code: 'ATTACHMENTS_LARGE',
    that: 'attachments that leave little room together',
    of: 'lot',
    changes: {
      [`${body}/Allegati`]: [{ NomeAttachment: 'a.pdf', Attachment: 'A'.repeat(2_000_000) }],
      'FatturaElettronicaBody[3]/Allegati': [{ NomeAttachment: 'b.pdf', Attachment: 'A'.repeat(2_400_000) }],
    },
    at: ['FatturaElettronicaBody[3]/Allegati[1]/Attachment'],
    says: /occupano 4,2 MB su 5,0 MB; il più grande è «b\.pdf» \(2,3 MB\)\./,
    fix: /00003/,
  },
  {
    code: 'ATTACHMENT_EMPTY',
    that: 'an attachment without content',
    of: 'goods',
    changes: { [`${body}/Allegati[1]/Attachment`]: ' ' },
    at: [`${body}/Allegati[1]/Attachment`],
    says: /È «ordine.pdf»/,
  },
  {
    code: 'ATTACHMENT_NAME',
    that: 'an attachment that names a folder',
    of: 'goods',
    changes: { [`${body}/Allegati[1]/NomeAttachment`]: '../ordine.pdf' },
    at: [`${body}/Allegati[1]/NomeAttachment`],
    says: /nome di un allegato/,
  },
];

const simplifiedCases: readonly Case[] = [
  {
    code: '00300',
    that: 'a transmitter with a wrong tax code',
    of: 'simplified',
    changes: { [`${sent}/IdTrasmittente/IdCodice`]: 'RSSMRA80A01H501A' },
    at: [`${sent}/IdTrasmittente/IdCodice`],
    says: /chi trasmette/,
  },
  {
    code: '00301',
    that: 'a supplier with a wrong VAT number',
    of: 'simplified',
    changes: { [`${simplifiedSupplier}/IdFiscaleIVA/IdCodice`]: '123' },
    at: [`${simplifiedSupplier}/IdFiscaleIVA/IdCodice`],
    says: /ha 3 caratteri/,
  },
  {
    code: '00302',
    that: 'a supplier with a wrong tax code',
    of: 'simplified',
    changes: { [`${simplifiedSupplier}/CodiceFiscale`]: '1234567890123456' },
    at: [`${simplifiedSupplier}/CodiceFiscale`],
    says: /non ha la forma/,
  },
  {
    code: '00303',
    that: 'a representative with a wrong VAT number',
    of: 'simplified',
    changes: {
      [`${simplifiedSupplier}/RappresentanteFiscale`]: {
        IdFiscaleIVA: { IdPaese: 'IT', IdCodice: '1' },
        Denominazione: 'Zeta',
      },
    },
    at: [`${simplifiedSupplier}/RappresentanteFiscale/IdFiscaleIVA/IdCodice`],
    says: /rappresentante fiscale/,
  },
  {
    code: '00305',
    that: 'a customer with a wrong VAT number',
    of: 'simplified',
    changes: { [`${simplifiedCustomer}/IdFiscaleIVA/IdCodice`]: '02065431709' },
    at: [`${simplifiedCustomer}/IdFiscaleIVA/IdCodice`],
    says: /sarebbe 02065431708/,
  },
  {
    code: '00306',
    that: 'a customer with a wrong tax code',
    of: 'simplified',
    changes: { [`${simplifiedCustomer}/CodiceFiscale`]: 'RSSMRA80Z01H501U' },
    at: [`${simplifiedCustomer}/CodiceFiscale`],
    says: /non ha la forma di un codice fiscale/,
  },
  {
    code: '00313',
    that: 'XXXXXXX for an Italian customer',
    of: 'simplified',
    changes: { [`${sent}/CodiceDestinatario`]: 'XXXXXXX' },
    at: [`${sent}/CodiceDestinatario`],
    says: /solo per clienti esteri/,
  },
  {
    code: '00330',
    that: "a mailbox of SdI as the recipient's",
    of: 'simplified',
    changes: { [`${sent}/PECDestinatario`]: 'sdi48@pec.fatturapa.it' },
    at: [`${sent}/PECDestinatario`],
    says: /casella del Sistema/,
  },
  {
    code: '00400',
    that: 'a row at rate zero without Natura',
    of: 'simplified',
    changes: { [`${rows}[2]/Natura`]: undefined },
    at: [`${rows}[2]/Natura`],
    says: /aliquota IVA zero non ha la natura/,
  },
  {
    code: '00401',
    that: 'a row with a rate and a Natura',
    of: 'simplified',
    changes: { [`${rows}[1]/Natura`]: 'N1' },
    at: [`${rows}[1]/Natura`],
    says: /La natura è N1, ma l'aliquota indicata è 10%\./,
  },
  {
    code: '00403',
    that: 'a date after today',
    of: 'simplified',
    changes: { [`${general}/Data`]: '12026-01-01' },
    at: [`${general}/Data`],
    says: /È il 01\/01\/12026/,
  },
  {
    code: '00409',
    that: 'the same number twice in a lot',
    of: 'simplified',
    changes: { 'FatturaElettronicaBody[2]': firstBody('simplified') },
    at: ['FatturaElettronicaBody[2]/DatiGenerali/DatiGeneraliDocumento/Numero'],
    says: /è già al posto 1 /,
  },
  {
    code: '00417',
    that: 'a customer without VAT number and tax code',
    of: 'simplified',
    changes: { [`${simplifiedCustomer}/IdFiscaleIVA`]: undefined },
    at: [`${simplifiedCustomer}/IdFiscaleIVA`],
    says: /né partita IVA né codice fiscale/,
  },
  {
    code: '00418',
    that: 'a credit note dated before its invoice',
    of: 'simplifiedCreditNote',
    changes: { [`${body}/DatiGenerali/DatiFatturaRettificata/DataFR`]: '2026-03-03' },
    at: [`${body}/DatiGenerali/DatiFatturaRettificata/DataFR`],
    says: /la fattura rettificata del 03\/03\/2026/,
  },
  {
    code: '00424',
    that: 'a rate as a fraction',
    of: 'simplified',
    changes: { [`${rows}[1]/DatiIVA/Aliquota`]: '0.10' },
    at: [`${rows}[1]/DatiIVA/Aliquota`],
    says: /percentuale/,
  },
  {
    code: '00425',
    that: 'a number without any digit',
    of: 'simplified',
    changes: { [`${general}/Numero`]: 'A' },
    at: [`${general}/Numero`],
    says: /non contiene cifre/,
  },
  {
    code: '00445',
    that: 'a generic Natura',
    of: 'simplified',
    changes: { [`${rows}[2]/Natura`]: 'N2' },
    at: [`${rows}[2]/Natura`],
    says: /generici/,
    fix: /N2\.1, N2\.2/,
  },
  {
    code: '00460',
    that: 'a total over 400 euro',
    of: 'simplified',
    changes: { [`${rows}[1]/Importo`]: '367.81' },
    at: [`${rows}[1]`],
    says: /Gli importi fanno 400,01, il limite è 400,00/,
  },
  {
    code: '00471',
    that: 'an invoice to oneself',
    of: 'simplified',
    changes: { [`${simplifiedCustomer}/IdFiscaleIVA`]: rome },
    at: [`${general}/TipoDocumento`],
    says: /stesso soggetto/,
  },
  {
    code: '00476',
    that: 'a foreign supplier of a foreign customer',
    of: 'simplified',
    changes: {
      [`${simplifiedSupplier}/IdFiscaleIVA`]: { IdPaese: 'FR', IdCodice: '1' },
      [`${simplifiedCustomer}/IdFiscaleIVA`]: berlin,
      [`${sent}/CodiceDestinatario`]: 'XXXXXXX',
    },
    at: [`${simplifiedCustomer}/IdFiscaleIVA/IdPaese`],
    says: /Né il fornitore né il cliente/,
  },
  {
    code: 'COUNTRY_UNKNOWN',
    that: 'a country that does not exist',
    of: 'simplified',
    changes: { [`${simplifiedCustomer}/IdFiscaleIVA/IdPaese`]: 'ZZ', [`${sent}/CodiceDestinatario`]: 'XXXXXXX' },
    at: [`${simplifiedCustomer}/IdFiscaleIVA/IdPaese`],
    says: /non esiste/,
  },
  {
    code: 'FOREIGN_RECIPIENT_CODE',
    that: 'a foreign customer with code 0000000',
    of: 'simplified',
    changes: { [`${simplifiedCustomer}/IdFiscaleIVA`]: berlin },
    at: [`${sent}/CodiceDestinatario`],
    says: /estero/,
  },
  {
    code: 'BOLLO_MISSING',
    that: 'exempt amounts without stamp duty',
    of: 'simplified',
    changes: { [`${rows}[2]/Natura`]: 'N4', [`${rows}[2]/Importo`]: '77.48' },
    at: [`${general}/BolloVirtuale`],
    says: /fanno 77,48/,
  },
  {
    code: 'ROW_WITHOUT_VAT',
    that: 'a row with a tax of zero and no Natura',
    of: 'simplified',
    changes: { [`${rows}[3]/DatiIVA/Imposta`]: '0.00' },
    at: [`${rows}[3]/Natura`],
    says: /né l'IVA né la natura/,
    fix: /N4 esente/,
  },
  {
    code: 'ROW_WITHOUT_VAT',
    that: 'rows with nothing about VAT at all',
    of: 'simplified',
    changes: { [`${rows}[1]/DatiIVA`]: {}, [`${rows}[3]/DatiIVA`]: {} },
    at: [`${rows}[1]/Natura`, `${rows}[3]/Natura`],
    says: /né l'IVA né la natura/,
  },
  {
    code: 'ROW_VAT_DIFFERS',
    that: 'a tax that is far from its rate',
    of: 'simplified',
    changes: {
      [`${rows}[3]`]: { Descrizione: 'x', Importo: '100.00', DatiIVA: { Imposta: '50.00', Aliquota: '22.00' } },
    },
    at: [`${rows}[3]/DatiIVA/Imposta`],
    says: /Con aliquota 22% l'imposta compresa in 100,00 è 18,03, non 50,00\./,
    fix: /Scrivere 18\.03 in Imposta/,
  },
  {
    code: 'ROW_VAT_DIFFERS',
    that: 'a tax reckoned as if the amount were net',
    of: 'simplified',
    changes: { [`${rows}[1]/DatiIVA/Imposta`]: '11.00' },
    at: [`${rows}[1]/DatiIVA/Imposta`],
    says: /Con aliquota 10% .* è 10,00, non 11,00/,
    fix: /al netto dell'IVA, aggiungerla/,
  },
  {
    code: 'ROW_VAT_DIFFERS',
    that: 'a tax at rate zero',
    of: 'simplified',
    changes: { [`${rows}[2]/DatiIVA/Imposta`]: '1.00' },
    at: [`${rows}[2]/DatiIVA/Imposta`],
    says: /Con aliquota 0% .* è 0,00, non 1,00/,
  },
  {
    code: 'ATTACHMENTS_LARGE',
    that: 'an attachment that leaves little room',
    of: 'simplified',
    changes: { [`${body}/Allegati`]: [{ NomeAttachment: 'scontrino.pdf', Attachment: 'A'.repeat(4_404_020) }] },
    at: [`${body}/Allegati[1]/Attachment`],
    says: /occupano 4,2 MB su 5,0 MB; il più grande è «scontrino\.pdf» \(4,2 MB\)\./,
    fix: /00003/,
  },
  {
    code: 'ATTACHMENT_EMPTY',
    that: 'an attachment without content',
    of: 'simplified',
    changes: { [`${body}/Allegati`]: [{ NomeAttachment: 'scontrino.pdf', Attachment: '' }] },
    at: [`${body}/Allegati[1]/Attachment`],
    says: /vuoto/,
  },
  {
    code: 'ATTACHMENT_NAME',
    that: 'an attachment without extension and format',
    of: 'simplified',
    changes: { [`${body}/Allegati`]: [{ NomeAttachment: 'scontrino', Attachment: 'JVBERi0xLjQK' }] },
    at: [`${body}/Allegati[1]/NomeAttachment`],
    says: /manca l'estensione/,
  },
];

function firstBody(name: CleanName): unknown {
  return cleanDocuments[name].document.FatturaElettronicaBody[0];
}

const cases = [...documentCases, ...generalCases, ...lineCases, ...summaryCases, ...warningCases, ...simplifiedCases];

suite('clean documents have no findings', () => {
  for (const [name, { format, document }] of Object.entries(cleanDocuments)) {
    test(name, () => assert.deepEqual(checkRules(document, format, context), []));
  }
});

suite('one thing wrong gives its code alone', () => {
  for (const { code, that, of, changes = {}, at, says, fix } of cases) {
    test(`${code} ${cleanDocuments[of].format}: ${that}`, () => {
      const { format, document } = changed(of, changes);
      const findings = checkRules(document, format, context);
      assert.deepEqual(
        findings.map((finding) => [finding.code, finding.path]),
        at.map((path) => [code, path]),
      );
      const [first] = findings;
      assert.equal(first?.severity, /^\d/.test(code) ? 'error' : 'warning');
      assert.match(first?.message.it ?? '', says);
      if (fix) assert.match(first?.fix?.it ?? '', fix);
    });
  }
});

suite('the table of checks', () => {
  const rules: readonly Explanation[] = [...documentRules, ...ordinaryBodyRules];
  const simplifiedRules: readonly Explanation[] = [...documentRules, ...simplifiedBodyRules];
  const ofFormat = (format: Format) =>
    (format === 'FSM10' ? simplifiedRules : rules)
      .filter(({ formats }) => formats.includes(format))
      .map(({ code }) => code)
      .sort();

  test('has no code twice for a format', () => {
    for (const format of ['FPA12', 'FPR12', 'FSM10'] as const) {
      const codes = ofFormat(format);
      assert.deepEqual(codes, [...new Set(codes)]);
    }
  });

  test('has a case above for each row, ordinary and simplified', () => {
    const covered = (isSimplified: boolean) =>
      new Set(
        cases.filter(({ of }) => (cleanDocuments[of].format === 'FSM10') === isSimplified).map(({ code }) => code),
      );
    const missing = (codes: readonly string[], isSimplified: boolean) =>
      codes.filter((code) => !covered(isSimplified).has(code));
    assert.deepEqual(missing([...ofFormat('FPA12'), ...ofFormat('FPR12')], false), []);
    assert.deepEqual(missing(ofFormat('FSM10'), true), []);
  });

  test('says everything in both languages', () => {
    for (const { code, says, fix } of [...rules, ...simplifiedRules]) {
      for (const text of [says.it, says.en, fix.it, fix.en]) assert.match(text, /^[A-Z0-9È][\s\S]*\.$/u, code);
    }
  });
});
