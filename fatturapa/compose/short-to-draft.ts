// fatturapa: the shorter shape as a draft of the ordinary invoice; what needs reckoning is left for later, as wishes.
import type { DettaglioLinee } from '../schema/dati-beni-servizi.ts';
import type { DatiGenerali } from '../schema/dati-generali.ts';
import type { DocumentFinding } from '../finding.ts';
import { attachmentsOf } from './attachment-blocks.ts';
import { defaultsFor, type Defaults } from './defaults-for.ts';
import type { BodyDraft, Draft, Drafted, HeaderDraft, OrdinaryDraft } from './draft.ts';
import { errorAt } from './finding-at.ts';
import { linePrice, priceText, rateText } from './line-price.ts';
import { listOf } from './list-of.ts';
import { naturaLaws } from './natura-laws.ts';
import { cedenteOf, cessionarioOf, countryOf, recipientCodeFor } from './party-blocks.ts';
import { decimalOf } from './reckon-lines.ts';
import type { ShortInvoice, ShortLine, ShortReference } from './short-invoice.ts';
import type { FiscalProfile, ShortCustomer, ShortSeller, ShortSocialFund, ShortWithholding } from './short-party.ts';
import { paymentOf } from './short-payment.ts';
import { splitText } from './split-text.ts';
import { vatOfLine, type LineVat } from './vat-of-line.ts';

/** Documents that the customer makes about what it bought: supplier and customer change places. */
const selfBilled = new Set(['TD16', 'TD17', 'TD18', 'TD19', 'TD20', 'TD22', 'TD23', 'TD28', 'TD29']);

/** Whose document it is: as customer, the profile's own person (self-billing, self-consumption). */
function selfAsCustomer(profile: FiscalProfile): ShortCustomer {
  const { name, firstName, lastName, title, vatNumber, taxCode, address, recipientCode, pec } = profile;
  return {
    ...(name !== undefined && { name }),
    ...(firstName !== undefined && { firstName }),
    ...(lastName !== undefined && { lastName }),
    ...(title !== undefined && { title }),
    ...(taxCode !== undefined && { taxCode }),
    ...(recipientCode !== undefined && { recipientCode }),
    ...(pec !== undefined && { pec }),
    vatNumber,
    address,
  };
}

/** Finds who buys: who is named, else the profile's own person where the kind of document is one of self-billing. */
export function customerOf(invoice: ShortInvoice, profile: FiscalProfile | undefined): ShortCustomer | undefined {
  if (invoice.customer) return invoice.customer;
  const own = selfBilled.has(invoice.type ?? '') || invoice.type === 'TD21' || invoice.type === 'TD27';
  return own && profile ? selfAsCustomer(profile) : undefined;
}

/** The finding for a document that names nobody who buys. */
export function customerMissing(): DocumentFinding {
  return errorAt(
    '00200',
    '/customer',
    { it: 'Manca il cliente.', en: 'The customer is missing.' },
    {
      it: 'Aggiungere customer con denominazione, indirizzo e partita IVA o codice fiscale.',
      en: 'Add customer with name, address and VAT number or tax code.',
    },
  );
}

function headerOf(invoice: ShortInvoice, profile: FiscalProfile | undefined, findings: DocumentFinding[]): HeaderDraft {
  const customer = customerOf(invoice, profile);
  const path = invoice.customer ? '/customer' : '';
  if (!customer) findings.push(customerMissing());
  return {
    DatiTrasmissione: {
      FormatoTrasmissione: invoice.format,
      CodiceDestinatario: customer && (customer.recipientCode?.toUpperCase() ?? recipientCodeFor(countryOf(customer))),
      PECDestinatario: customer?.pec,
    },
    CedentePrestatore: invoice.supplier && cedenteOf(invoice.supplier, '/supplier', findings),
    CessionarioCommittente: customer && cessionarioOf(customer, path, findings),
  };
}

function lineOf(line: ShortLine, vat: LineVat, withheld: boolean): Draft<DettaglioLinee> {
  return {
    TipoCessionePrestazione: line.kind,
    CodiceArticolo: listOf(line.codes)?.map(({ type, value }) => ({ CodiceTipo: type, CodiceValore: value })),
    Descrizione: line.description,
    UnitaMisura: line.unit,
    DataInizioPeriodo: line.period?.from,
    DataFinePeriodo: line.period?.to,
    ...linePrice(line),
    AliquotaIVA: vat.rate,
    Ritenuta: withheld ? 'SI' : undefined,
    Natura: vat.nature,
    RiferimentoAmministrazione: line.reference,
    AltriDatiGestionali: listOf(line.otherData)?.map(({ type, text, number, date }) => ({
      TipoDato: type,
      RiferimentoTesto: text,
      RiferimentoNumero: priceText(number),
      RiferimentoData: date,
    })),
  };
}

function referencesOf(references: ShortInvoice['orders']): Draft<DatiGenerali>['DatiOrdineAcquisto'] {
  return listOf<ShortReference>(references)?.map(({ number, date, item, project, cup, cig, lines }) => ({
    RiferimentoNumeroLinea: listOf<number>(lines)?.map(String),
    IdDocumento: number,
    Data: date,
    NumItem: item,
    CodiceCommessaConvenzione: project,
    CodiceCUP: cup,
    CodiceCIG: cig,
  }));
}

/** What the customer keeps back: as the invoice says, else as the habit is where the customer is a business in Italy. */
function withholdingsOf(invoice: ShortInvoice, defaults: Defaults | undefined): readonly ShortWithholding[] {
  const given = listOf<ShortWithholding>(invoice.withholding);
  if (given) return given;
  const { customer } = invoice;
  const withholds = customer?.vatNumber !== undefined && countryOf(customer) === 'IT';
  return (withholds && listOf<ShortWithholding>(defaults?.withholding)) || [];
}

function ritenuteOf(withholdings: readonly ShortWithholding[], seller: ShortSeller | FiscalProfile | undefined) {
  const byDefault = seller?.lastName === undefined ? 'RT02' : 'RT01';
  return withholdings.map(({ type, rate, reason, amount }) => ({
    TipoRitenuta: type ?? byDefault,
    ImportoRitenuta: rateText(amount),
    AliquotaRitenuta: rateText(rate),
    CausalePagamento: reason,
  }));
}

function fundsOf(invoice: ShortInvoice, defaults: Defaults | undefined, withheld: boolean) {
  const funds = listOf<ShortSocialFund>(invoice.socialFund ?? defaults?.socialFund);
  return funds?.map((fund) => ({
    TipoCassa: fund.type,
    AlCassa: rateText(fund.rate),
    ImponibileCassa: rateText(fund.base),
    AliquotaIVA: rateText(fund.vatRate ?? (fund.nature === undefined ? undefined : 0)),
    // Whom the profile's habit withholds from does not always withhold: a private person does not (00415).
    Ritenuta: withheld && fund.withholding === true ? 'SI' : undefined,
    Natura: fund.nature,
  }));
}

function notesOf(invoice: ShortInvoice, defaults: Defaults | undefined): string[] | undefined {
  const notes = listOf<string>(invoice.notes ?? defaults?.notes);
  return notes?.flatMap((note) => splitText(note, 200));
}

function generalOf(
  invoice: ShortInvoice,
  profile: FiscalProfile | undefined,
  withholdings: readonly ShortWithholding[],
): Draft<DatiGenerali> {
  const defaults = defaultsFor(invoice, profile);
  const seller = invoice.supplier ?? profile;
  return {
    DatiGeneraliDocumento: {
      TipoDocumento: invoice.type,
      Divisa: invoice.currency,
      Data: invoice.date,
      Numero: invoice.number,
      DatiRitenuta: withholdings.length === 0 ? undefined : ritenuteOf(withholdings, seller),
      DatiCassaPrevidenziale: fundsOf(invoice, defaults, withholdings.length > 0),
      Causale: notesOf(invoice, defaults),
      Art73: invoice.art73 === true ? 'SI' : undefined,
    },
    DatiOrdineAcquisto: referencesOf(invoice.orders),
    DatiContratto: referencesOf(invoice.contracts),
    DatiConvenzione: referencesOf(invoice.agreements),
    DatiRicezione: referencesOf(invoice.receipts),
    DatiFattureCollegate: referencesOf(invoice.linkedInvoices),
    DatiDDT: listOf(invoice.deliveryNotes)?.map(({ number, date, lines }) => ({
      NumeroDDT: number,
      DataDDT: date,
      RiferimentoNumeroLinea: listOf<number>(lines)?.map(String),
    })),
  };
}

/** Natura → the law that its lines name, the first one first; else the usual one. */
function legalReferencesOf(vats: readonly LineVat[]): Map<string, string> {
  const laws = new Map(naturaLaws);
  for (const { nature, law } of vats.toReversed()) if (nature !== undefined && law !== undefined) laws.set(nature, law);
  return laws;
}

/**
 * Drafts an ordinary invoice.
 * @param invoice the shorter shape, judged before (`checkShape`)
 * @param profile who issues, where that is known
 * @param today the day in Italy, `YYYY-MM-DD`
 * @returns the draft, the wishes that need figures, and findings with JSON pointers
 */
export function draftOfShort(
  invoice: ShortInvoice,
  profile: FiscalProfile | undefined,
  today: string,
): Drafted<OrdinaryDraft> {
  const findings: DocumentFinding[] = [];
  const seller = invoice.supplier ?? profile;
  const defaults = defaultsFor(invoice, profile);
  const vats = invoice.lines.map((line, index) =>
    vatOfLine(line, defaults, seller?.taxRegime, `/lines/${index}`, findings),
  );
  const withholdings = withholdingsOf(invoice, defaults);
  const withheld = withholdings.length > 0;
  const { payments, instalments } = paymentOf(invoice, defaults, invoice.date ?? today);
  const body: BodyDraft = {
    DatiGenerali: generalOf(invoice, profile, withholdings),
    DatiBeniServizi: {
      DettaglioLinee: invoice.lines.map((line, index) => lineOf(line, vats[index] ?? {}, line.withholding ?? withheld)),
    },
    DatiPagamento: payments,
    Allegati: attachmentsOf(invoice.attachments),
  };
  const { stampDuty = 'auto' } = invoice;
  return {
    draft: { FatturaElettronicaHeader: headerOf(invoice, profile, findings), FatturaElettronicaBody: [body] },
    wishes: {
      stampDuty: stampDuty === 'auto' || stampDuty === 'none' ? stampDuty : decimalOf(stampDuty),
      chargeStampDuty: invoice.chargeStampDuty ?? defaults?.chargeStampDuty ?? false,
      withholdingShares: withholdings.map(({ share }) => (share === undefined ? undefined : decimalOf(share))),
      instalments,
      vatPayability: invoice.vatPayability ?? defaults?.vatPayability,
      legalReferences: legalReferencesOf(vats),
    },
    register: invoice.register ?? profile?.defaults?.register,
    findings,
  };
}
