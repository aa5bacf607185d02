// fatturapa: the checks on who may be supplier and customer of which type of document.
import type { Sentence } from '../finding.ts';
import { generalAt, type BodyView, type TaxId, type TaxSubject } from './document-view.ts';
import { everyFormat, ordinaryFormats, type Found, type Rule } from './rule.ts';

const typeAt = `${generalAt}/TipoDocumento`;

const ofTwoParties = new Set('TD01 TD02 TD03 TD06 TD07 TD16 TD17 TD18 TD19 TD20 TD24 TD25 TD28 TD29'.split(' '));
const ofOneParty = new Set(['TD21', 'TD27']);
const withVatCustomer = new Set('TD16 TD17 TD18 TD19 TD20 TD22 TD23'.split(' '));
/** Issued by the customer too; whether SdI asks for its VAT number is not told alike everywhere. */
const withVatCustomerExpected = new Set(['TD28', 'TD29']);
/** Tax codes that look like Italian VAT numbers: those of companies, which mostly are one and the same. */
const companyTaxCode = /^\d{11}$/;

function isSameId(one: TaxId, other: TaxId): boolean {
  return one.IdPaese === other.IdPaese && one.IdCodice.trim() === other.IdCodice.trim();
}

/** Equal numbers are one party; different ones prove nothing, for a company may have a tax code apart from its VAT number. */
function isVatNumberOf(code: string | undefined, { IdFiscaleIVA }: TaxSubject): true | undefined {
  if (code === undefined || !companyTaxCode.test(code) || IdFiscaleIVA?.IdPaese !== 'IT') return undefined;
  return IdFiscaleIVA.IdCodice.trim() === code || undefined;
}

/**
 * Whether two parties are one: by VAT number where both have one (members of a VAT group share it, and differ by tax code), else
 * by tax code, else by the tax code of the one and the VAT number of the other.
 * @returns undefined where their ids cannot be compared
 */
function areOne(supplier: TaxSubject, customer: TaxSubject): boolean | undefined {
  const { CodiceFiscale: codeOfSupplier } = supplier;
  const { CodiceFiscale: codeOfCustomer } = customer;
  const haveBothCodes = codeOfSupplier !== undefined && codeOfCustomer !== undefined;
  const haveSameCode = haveBothCodes ? codeOfSupplier === codeOfCustomer : undefined;
  if (supplier.IdFiscaleIVA && customer.IdFiscaleIVA) {
    return isSameId(supplier.IdFiscaleIVA, customer.IdFiscaleIVA) && haveSameCode !== false;
  }
  return haveSameCode ?? isVatNumberOf(codeOfCustomer, supplier) ?? isVatNumberOf(codeOfSupplier, customer);
}

const paperFromSanMarino: Sentence = {
  it: 'TD28 vale solo per acquisti da San Marino con fattura cartacea: IdPaese del fornitore è SM.',
  en: 'TD28 is only for purchases from San Marino with a paper invoice: the IdPaese of the supplier is SM.',
};

/** Where the supplier of a document must, or must not, come from: who is refused, and what to do. */
const originRules: Readonly<Record<string, { refuses: (country: string) => boolean; fix: Sentence }>> = {
  TD17: { refuses: isItaly, fix: foreignSupplier('TD17', "servizi acquistati dall'estero", 'services from abroad') },
  TD18: { refuses: isItaly, fix: foreignSupplier('TD18', 'acquisti intracomunitari di beni', 'goods from the EU') },
  TD19: {
    refuses: isItaly,
    fix: foreignSupplier('TD19', 'beni acquistati da soggetti esteri', 'goods from foreign suppliers'),
  },
  TD28: { refuses: isItaly, fix: paperFromSanMarino },
  TD29: {
    refuses: (country) => !isItaly(country),
    fix: {
      it: 'TD29 segnala la fattura omessa o irregolare di un fornitore italiano: IdPaese del fornitore è IT.',
      en: 'TD29 reports the missing or irregular invoice of an Italian supplier: the IdPaese of the supplier is IT.',
    },
  },
};

function isItaly(country: string): boolean {
  return country === 'IT';
}

function foreignSupplier(type: string, it: string, en: string): Sentence {
  return {
    it: `${type} è per ${it}: come cedente/prestatore va il fornitore estero, come cessionario/committente chi emette il documento. Per il reverse charge interno usare TD16.`,
    en: `${type} is for ${en}: the foreign party is the supplier, and whoever issues the document the customer. For domestic reverse charge use TD16.`,
  };
}

/** The checks on parties and type of document. */
export const documentTypeRules: readonly Rule<BodyView>[] = [
  {
    code: '00471',
    formats: everyFormat,
    severity: 'error',
    where: 'DatiGeneraliDocumento/TipoDocumento',
    says: {
      it: 'Fornitore e cliente sono lo stesso soggetto, e questo tipo di documento non lo ammette.',
      en: 'Supplier and customer are the same party, which this type of document does not allow.',
    },
    fix: {
      it: 'Correggere i dati del cliente. Nelle autofatture TD17, TD18 e TD19 il cedente/prestatore è il fornitore estero; autoconsumo e cessioni gratuite senza rivalsa vanno con TD27.',
      en: 'Correct the data of the customer. In self-invoices TD17, TD18 and TD19 the supplier is the foreign party; self-consumption and free supplies go with TD27.',
    },
    *find({ document, general }): Iterable<Found> {
      const value = general.TipoDocumento;
      if (ofTwoParties.has(value) && areOne(document.supplier, document.customer)) yield { path: typeAt, value };
    },
  },
  {
    code: '00472',
    formats: ordinaryFormats,
    severity: 'error',
    where: 'DatiGeneraliDocumento/TipoDocumento',
    says: {
      it: 'Con questo tipo di documento fornitore e cliente devono essere lo stesso soggetto.',
      en: 'With this type of document supplier and customer must be the same party.',
    },
    fix: {
      it: 'Per TD21 (splafonamento) e TD27 (autoconsumo o cessioni gratuite) indicare gli stessi dati in CedentePrestatore e CessionarioCommittente, oppure cambiare TipoDocumento.',
      en: 'For TD21 (exceeded ceiling) and TD27 (self-consumption, free supplies) give the same data in CedentePrestatore and CessionarioCommittente, or change TipoDocumento.',
    },
    *find({ document, general }): Iterable<Found> {
      const value = general.TipoDocumento;
      if (ofOneParty.has(value) && areOne(document.supplier, document.customer) === false) {
        yield { path: typeAt, value };
      }
    },
  },
  {
    code: '00473',
    formats: ordinaryFormats,
    severity: 'error',
    where: 'DatiGeneraliDocumento/TipoDocumento, CedentePrestatore/…/IdPaese',
    says: {
      it: 'Il paese del fornitore non è coerente con il tipo di documento.',
      en: "The supplier's country does not fit the type of document.",
    },
    fix: {
      it: 'TD17, TD18 e TD19 vogliono un fornitore estero, TD28 uno di San Marino (SM), TD29 uno italiano (IT).',
      en: 'TD17, TD18 and TD19 want a foreign supplier, TD28 one from San Marino (SM), TD29 an Italian one (IT).',
    },
    *find({ document, general }): Iterable<Found> {
      const country = document.supplier.IdFiscaleIVA?.IdPaese;
      const rule = originRules[general.TipoDocumento];
      if (rule === undefined || country === undefined || !rule.refuses(country)) return;
      const because = {
        it: `Il documento è ${general.TipoDocumento} e IdPaese del fornitore è ${country}.`,
        en: `The document is ${general.TipoDocumento} and the supplier's IdPaese is ${country}.`,
      };
      yield { path: typeAt, value: general.TipoDocumento, because, fix: rule.fix };
    },
  },
  {
    code: '00475',
    formats: ordinaryFormats,
    severity: 'error',
    where: 'CessionarioCommittente/DatiAnagrafici/IdFiscaleIVA',
    says: {
      it: 'Con questo tipo di documento serve la partita IVA del cliente.',
      en: "This type of document needs the customer's VAT number.",
    },
    fix: {
      it: "Indicare IdFiscaleIVA in CessionarioCommittente: è la partita IVA di chi emette l'autofattura o l'integrazione.",
      en: 'Give IdFiscaleIVA in CessionarioCommittente: it is the VAT number of whoever issues the self-invoice or integration.',
    },
    *find({ document, general }): Iterable<Found> {
      const value = general.TipoDocumento;
      if (withVatCustomer.has(value) && document.customer.IdFiscaleIVA === undefined) yield { path: typeAt, value };
    },
  },
  {
    code: 'SAN_MARINO_SUPPLIER',
    formats: ordinaryFormats,
    severity: 'warning',
    where: 'DatiGeneraliDocumento/TipoDocumento, CedentePrestatore/…/IdPaese',
    says: {
      it: 'TD28 riguarda acquisti da San Marino, ma il fornitore è di un altro paese.',
      en: 'TD28 is about purchases from San Marino, but the supplier is of another country.',
    },
    fix: {
      it: `${paperFromSanMarino.it} Per gli altri acquisti dall'estero usare TD17, TD18 o TD19.`,
      en: `${paperFromSanMarino.en} For other purchases from abroad use TD17, TD18 or TD19.`,
    },
    *find({ document, general }): Iterable<Found> {
      const country = document.supplier.IdFiscaleIVA?.IdPaese;
      // An Italian one is an error (00473).
      if (general.TipoDocumento !== 'TD28' || country === undefined || country === 'SM' || isItaly(country)) return;
      const because = { it: `IdPaese del fornitore è ${country}.`, en: `The supplier's IdPaese is ${country}.` };
      yield { path: typeAt, value: general.TipoDocumento, because };
    },
  },
  {
    code: 'ISSUER_VAT_MISSING',
    formats: ordinaryFormats,
    severity: 'warning',
    where: 'CessionarioCommittente/DatiAnagrafici/IdFiscaleIVA',
    says: {
      it: 'Il cliente, che emette questo tipo di documento, è indicato senza partita IVA.',
      en: 'The customer, who issues this type of document, is given without a VAT number.',
    },
    fix: {
      it: 'Indicare in CessionarioCommittente anche IdFiscaleIVA: TD28 e TD29 li emette un soggetto con partita IVA, e senza di essa SdI può scartarli (00475).',
      en: 'Give IdFiscaleIVA in CessionarioCommittente too: TD28 and TD29 are issued by a party with a VAT number, and without it SdI may refuse them (00475).',
    },
    *find({ document, general }): Iterable<Found> {
      const value = general.TipoDocumento;
      if (!withVatCustomerExpected.has(value) || document.customer.IdFiscaleIVA !== undefined) return;
      yield { path: typeAt, value };
    },
  },
];
