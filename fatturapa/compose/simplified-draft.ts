// fatturapa: the shorter shape as a draft of the simplified invoice (FSM10): amounts with the VAT inside.
import type { SimplifiedBody } from '../schema/simplified.ts';
import type { DocumentFinding } from '../finding.ts';
import { attachmentsOf } from './attachment-blocks.ts';
import { defaultsFor } from './defaults-for.ts';
import type { Draft, Drafted, OpenNumber, SimplifiedDraft, Wishes } from './draft.ts';
import { amount2, cents } from './figures.ts';
import { placeholderNumber } from './fill-body.ts';
import { linePrice } from './line-price.ts';
import { listOf } from './list-of.ts';
import { cedenteOf, cessionarioOf, countryOf, recipientCodeFor } from './party-blocks.ts';
import { decimalOf, partOf, priceOfLine } from './reckon-lines.ts';
import type { ShortInvoice, ShortLine } from './short-invoice.ts';
import type { FiscalProfile, ShortSeller } from './short-party.ts';
import { customerMissing, customerOf } from './short-to-draft.ts';
import { leftOutOfSimplified } from './simplified-left-out.ts';
import { bearsStampDuty, isStampDutyDue } from './stamp-duty.ts';
import { vatOfLine, type LineVat } from './vat-of-line.ts';

type Header = NonNullable<SimplifiedDraft['FatturaElettronicaHeader']>;
type Goods = NonNullable<Draft<SimplifiedBody>['DatiBeniServizi']>;

/** Kind of an ordinary document → the simplified one. */
const simplifiedTypes: Readonly<Record<string, string>> = { TD01: 'TD07', TD04: 'TD08', TD05: 'TD09' };

/** The simplified supplier has no inner block; the simplified customer needs its tax ids alone. */
function supplierOf(
  seller: ShortSeller | FiscalProfile,
  path: string,
  findings: DocumentFinding[],
): Header['CedentePrestatore'] {
  const { DatiAnagrafici: who = {}, Sede, IscrizioneREA } = cedenteOf(seller, path, findings);
  const { Denominazione, Nome, Cognome } = who.Anagrafica ?? {};
  const { IdFiscaleIVA, CodiceFiscale, RegimeFiscale } = who;
  return { IdFiscaleIVA, CodiceFiscale, Denominazione, Nome, Cognome, Sede, IscrizioneREA, RegimeFiscale };
}

function headerOf(invoice: ShortInvoice, profile: FiscalProfile | undefined, findings: DocumentFinding[]): Header {
  const seller = invoice.supplier ?? profile;
  const customer = customerOf(invoice, profile);
  if (!customer) findings.push(customerMissing());
  const block = customer && cessionarioOf(customer, invoice.customer ? '/customer' : '', findings);
  const { Denominazione, Nome, Cognome } = block?.DatiAnagrafici?.Anagrafica ?? {};
  const { IdFiscaleIVA, CodiceFiscale } = block?.DatiAnagrafici ?? {};
  return {
    DatiTrasmissione: {
      FormatoTrasmissione: 'FSM10',
      CodiceDestinatario: customer && (customer.recipientCode?.toUpperCase() ?? recipientCodeFor(countryOf(customer))),
      PECDestinatario: customer?.pec,
    },
    CedentePrestatore: seller && supplierOf(seller, invoice.supplier ? '/supplier' : '', findings),
    CessionarioCommittente: block && {
      IdentificativiFiscali: { IdFiscaleIVA, CodiceFiscale },
      AltriDatiIdentificativi: { Denominazione, Nome, Cognome, Sede: block.Sede },
    },
  };
}

function goodsOf(line: ShortLine, { rate, nature, law }: LineVat): Goods[number] {
  const net = priceOfLine(linePrice(line));
  const tax = cents(partOf(net, decimalOf(rate)));
  return {
    Descrizione: line.description,
    Importo: amount2(net.plus(tax)),
    DatiIVA: { Imposta: amount2(tax), Aliquota: rate },
    Natura: nature,
    RiferimentoNormativo: law,
  };
}

function stampOf(invoice: ShortInvoice, vats: readonly LineVat[], type: string | undefined): string | undefined {
  const { stampDuty = 'auto' } = invoice;
  if (stampDuty === 'none') return undefined;
  if (stampDuty !== 'auto') return decimalOf(stampDuty).gt(0) ? 'SI' : undefined;
  const amounts = invoice.lines.map((line, index) => ({
    nature: vats[index]?.nature,
    amount: priceOfLine(linePrice(line)),
  }));
  return bearsStampDuty(type) && isStampDutyDue(amounts) ? 'SI' : undefined;
}

function correctedOf(
  invoice: ShortInvoice,
): NonNullable<Draft<SimplifiedBody>['DatiGenerali']>['DatiFatturaRettificata'] {
  const [linked] = listOf(invoice.linkedInvoices) ?? [];
  if (!linked) return undefined;
  return { NumeroFR: linked.number, DataFR: linked.date, ElementiRettificati: linked.item ?? 'Rettifica' };
}

const noWishes: Wishes = {
  stampDuty: 'none',
  chargeStampDuty: false,
  withholdingShares: [],
  instalments: [],
  vatPayability: undefined,
  legalReferences: new Map(),
};

/**
 * Drafts a simplified invoice.
 * @param invoice the shorter shape, judged before (`checkShape`); its prices are without VAT, as always in it
 * @param profile who issues
 * @returns the draft and findings with JSON pointers
 */
export function simplifiedDraftOfShort(
  invoice: ShortInvoice,
  profile: FiscalProfile | undefined,
): Drafted<SimplifiedDraft> {
  const findings = leftOutOfSimplified(invoice);
  const seller = invoice.supplier ?? profile;
  const defaults = defaultsFor(invoice, profile);
  const vats = invoice.lines.map((line, index) =>
    vatOfLine(line, defaults, seller?.taxRegime, `/lines/${index}`, findings),
  );
  const { type = 'TD01' } = invoice;
  const body: Draft<SimplifiedBody> = {
    DatiGenerali: {
      DatiGeneraliDocumento: {
        TipoDocumento: simplifiedTypes[type] ?? type,
        Divisa: invoice.currency,
        Data: invoice.date,
        Numero: invoice.number,
        BolloVirtuale: stampOf(invoice, vats, type),
      },
      DatiFatturaRettificata: correctedOf(invoice),
    },
    DatiBeniServizi: invoice.lines.map((line, index) => goodsOf(line, vats[index] ?? {})),
    Allegati: attachmentsOf(invoice.attachments),
  };
  return {
    draft: {
      versione: 'FSM10',
      FatturaElettronicaHeader: headerOf(invoice, profile, findings),
      FatturaElettronicaBody: [body],
    },
    wishes: noWishes,
    register: invoice.register ?? profile?.defaults?.register,
    findings,
  };
}

/**
 * Fills in what a simplified file leaves open: kind, currency, day; a placeholder where the number is still to come.
 * @param draft the file, changed in place
 * @param profile who sells, where the file does not say
 * @param today the day in Italy, `YYYY-MM-DD`
 * @param register where numbers come from
 * @param findings where to say what is missing
 */
export function fillSimplified(
  draft: SimplifiedDraft,
  profile: FiscalProfile | undefined,
  today: string,
  register: string | undefined,
  findings: DocumentFinding[],
): OpenNumber[] {
  const header = (draft.FatturaElettronicaHeader ??= {});
  if (profile) header.CedentePrestatore ??= supplierOf(profile, '', findings);
  return (draft.FatturaElettronicaBody ?? []).flatMap((body, index) => {
    const general = ((body.DatiGenerali ??= {}).DatiGeneraliDocumento ??= {});
    general.TipoDocumento ??= 'TD07';
    general.Divisa ??= 'EUR';
    const date = (general.Data ??= today);
    if (general.Numero !== undefined) return [];
    general.Numero = placeholderNumber(index);
    return [{ body: index, register, date }];
  });
}
