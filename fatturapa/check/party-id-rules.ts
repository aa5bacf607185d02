// fatturapa: the checks on the tax ids of supplier, customer and representatives.
import type { DocumentView, TaxSubject } from './document-view.ts';
import { everyFormat, ordinaryFormats, type Found, type Rule, type RuleContext } from './rule.ts';
import { isFiscalCode, isVatNumber } from './tax-id.ts';
import { taxIdCase } from './tax-id-case.ts';

// Only Italian numbers have a form that can be judged here. The schema keeps blanks around an IdCodice and SdI lets them pass.
function* wrongVatNumber(subject: TaxSubject, context: RuleContext): Iterable<Found> {
  const id = subject.IdFiscaleIVA;
  if (id === undefined || id.IdPaese !== 'IT' || isVatNumber(id.IdCodice.trim())) return;
  yield taxIdCase(`${subject.at}/IdFiscaleIVA/IdCodice`, id.IdCodice.trim(), 'vatNumber', context);
}

function* wrongFiscalCode(subject: TaxSubject, context: RuleContext): Iterable<Found> {
  const code = subject.CodiceFiscale;
  if (code === undefined || isFiscalCode(code)) return;
  yield taxIdCase(`${subject.at}/CodiceFiscale`, code, 'fiscalCode', context);
}

/** The checks on tax ids: form and check digits; whether a number was ever given is SdI's to know. */
export const partyIdRules: readonly Rule<DocumentView>[] = [
  {
    code: '00301',
    formats: everyFormat,
    severity: 'error',
    where: 'CedentePrestatore/…/IdFiscaleIVA/IdCodice',
    says: { it: 'La partita IVA del fornitore non è valida.', en: "The supplier's VAT number is not valid." },
    fix: {
      it: 'Indicare la partita IVA del fornitore, 11 cifre senza «IT».',
      en: 'Give the VAT number of the supplier, 11 digits without "IT".',
    },
    find: (view, context) => wrongVatNumber(view.supplier, context),
  },
  {
    code: '00302',
    formats: everyFormat,
    severity: 'error',
    where: 'CedentePrestatore/…/CodiceFiscale',
    says: { it: 'Il codice fiscale del fornitore non è valido.', en: "The supplier's tax code is not valid." },
    fix: {
      it: 'Correggere il codice fiscale del fornitore, o toglierlo se basta la partita IVA.',
      en: 'Correct the tax code of the supplier, or leave it out where the VAT number is enough.',
    },
    find: (view, context) => wrongFiscalCode(view.supplier, context),
  },
  {
    code: '00303',
    formats: everyFormat,
    severity: 'error',
    where: 'RappresentanteFiscale/…/IdFiscaleIVA/IdCodice',
    says: {
      it: 'La partita IVA del rappresentante fiscale non è valida.',
      en: "The tax representative's VAT number is not valid.",
    },
    fix: {
      it: 'Indicare la partita IVA italiana del rappresentante fiscale, 11 cifre senza «IT».',
      en: 'Give the Italian VAT number of the tax representative, 11 digits without "IT".',
    },
    *find(view, context): Iterable<Found> {
      for (const subject of view.representatives) yield* wrongVatNumber(subject, context);
    },
  },
  {
    code: '00304',
    formats: ordinaryFormats,
    severity: 'error',
    where: 'RappresentanteFiscale/DatiAnagrafici/CodiceFiscale',
    says: {
      it: 'Il codice fiscale del rappresentante fiscale non è valido.',
      en: "The tax representative's tax code is not valid.",
    },
    fix: {
      it: 'Correggere il codice fiscale del rappresentante fiscale, o toglierlo.',
      en: 'Correct the tax code of the tax representative, or leave it out.',
    },
    *find(view, context): Iterable<Found> {
      for (const subject of view.representatives) yield* wrongFiscalCode(subject, context);
    },
  },
  {
    code: '00305',
    formats: everyFormat,
    severity: 'error',
    where: 'CessionarioCommittente/…/IdFiscaleIVA/IdCodice',
    says: { it: 'La partita IVA del cliente non è valida.', en: "The customer's VAT number is not valid." },
    fix: {
      it: 'Indicare la partita IVA del cliente, 11 cifre senza «IT»; se il cliente non ne ha una, togliere IdFiscaleIVA e indicare CodiceFiscale.',
      en: 'Give the VAT number of the customer, 11 digits without "IT"; if there is none, drop IdFiscaleIVA and give CodiceFiscale.',
    },
    find: (view, context) => wrongVatNumber(view.customer, context),
  },
  {
    code: '00306',
    formats: everyFormat,
    severity: 'error',
    where: 'CessionarioCommittente/…/CodiceFiscale',
    says: { it: 'Il codice fiscale del cliente non è valido.', en: "The customer's tax code is not valid." },
    fix: {
      it: 'Correggere il codice fiscale del cliente; di un cliente estero non va indicato.',
      en: 'Correct the tax code of the customer; foreign customers have none.',
    },
    find: (view, context) => wrongFiscalCode(view.customer, context),
  },
  {
    code: '00417',
    formats: everyFormat,
    severity: 'error',
    where: 'CessionarioCommittente/…/IdFiscaleIVA, CodiceFiscale',
    says: {
      it: 'Il cliente non ha né partita IVA né codice fiscale.',
      en: 'The customer has neither a VAT number nor a tax code.',
    },
    fix: {
      it: 'Indicare IdFiscaleIVA se il cliente ha una partita IVA (anche estera), altrimenti CodiceFiscale.',
      en: 'Give IdFiscaleIVA if the customer has a VAT number (also a foreign one), else CodiceFiscale.',
    },
    *find({ customer }): Iterable<Found> {
      if (customer.IdFiscaleIVA === undefined && customer.CodiceFiscale === undefined) {
        yield { path: `${customer.at}/IdFiscaleIVA` };
      }
    },
  },
  {
    code: '00476',
    formats: everyFormat,
    severity: 'error',
    where: 'CedentePrestatore/…/IdPaese, CessionarioCommittente/…/IdPaese',
    says: {
      it: 'Né il fornitore né il cliente ha una partita IVA italiana: uno dei due deve averla.',
      en: 'Neither supplier nor customer has an Italian VAT number: one of them must have it.',
    },
    fix: {
      it: "Correggere IdPaese: nelle fatture emesse è IT quello del fornitore, nelle autofatture per acquisti dall'estero quello del cliente.",
      en: "Correct IdPaese: in issued invoices the supplier's is IT, in self-invoices for purchases from abroad the customer's.",
    },
    *find({ supplier, customer }): Iterable<Found> {
      const [ofSupplier, ofCustomer] = [supplier.IdFiscaleIVA?.IdPaese, customer.IdFiscaleIVA?.IdPaese];
      if (ofSupplier === undefined || ofCustomer === undefined) return;
      if (ofSupplier === 'IT' || ofCustomer === 'IT') return;
      const because = {
        it: `IdPaese del fornitore è ${ofSupplier}, quello del cliente ${ofCustomer}.`,
        en: `The supplier's IdPaese is ${ofSupplier}, the customer's ${ofCustomer}.`,
      };
      yield { path: `${customer.at}/IdFiscaleIVA/IdPaese`, value: ofCustomer, because };
    },
  },
];
