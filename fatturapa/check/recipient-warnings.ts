// fatturapa: warnings on countries and on how foreign customers are reached, which SdI lets through.
import { isCountry } from './countries.ts';
import { transmissionAt, type DocumentView } from './document-view.ts';
import { everyFormat, type Found, type Rule } from './rule.ts';

const codeOfNobody = '0000000';
const codeAbroad = 'XXXXXXX';
const codeOfSanMarino = '2R4GTO8';

function* wrongForeignCode({ transmission, customer, isCustomerRepresented }: DocumentView): Iterable<Found> {
  const country = customer.IdFiscaleIVA?.IdPaese;
  const { CodiceDestinatario: value, PECDestinatario } = transmission;
  if (country === undefined || country === 'IT' || isCustomerRepresented) return;
  if (PECDestinatario !== undefined || customer.CodiceFiscale !== undefined) return;
  const path = `${transmissionAt}/CodiceDestinatario`;
  if (country === 'SM') {
    if (value === codeOfNobody || value === codeAbroad) yield { path, value, fix: sanMarinoFix };
  } else if (value === codeOfNobody) yield { path, value };
}

const sanMarinoFix = {
  it: `Per un cliente di San Marino scrivere ${codeOfSanMarino} in CodiceDestinatario.`,
  en: `For a customer of San Marino write ${codeOfSanMarino} in CodiceDestinatario.`,
};

/** Warnings on the header. */
export const recipientWarnings: readonly Rule<DocumentView>[] = [
  {
    code: 'COUNTRY_UNKNOWN',
    formats: everyFormat,
    severity: 'warning',
    where: 'IdFiscaleIVA/IdPaese',
    says: { it: 'La sigla del paese non esiste.', en: 'There is no country with this code.' },
    fix: {
      it: 'Usare la sigla ISO 3166 di due lettere, per esempio DE, FR, GB.',
      en: 'Use the ISO 3166 code of two letters, for example DE, FR, GB.',
    },
    *find(view): Iterable<Found> {
      for (const { at, IdFiscaleIVA } of [view.supplier, view.customer]) {
        if (IdFiscaleIVA === undefined || isCountry(IdFiscaleIVA.IdPaese)) continue;
        yield { path: `${at}/IdFiscaleIVA/IdPaese`, value: IdFiscaleIVA.IdPaese };
      }
    },
  },
  {
    code: 'FOREIGN_RECIPIENT_CODE',
    formats: ['FPR12', 'FSM10'],
    severity: 'warning',
    where: 'DatiTrasmissione/CodiceDestinatario',
    says: {
      it: 'Il cliente è estero, ma il codice destinatario non lo dice.',
      en: 'The customer is foreign, but the recipient code does not say so.',
    },
    fix: {
      it: `Per clienti esteri senza canale italiano scrivere ${codeAbroad} in CodiceDestinatario.`,
      en: `For foreign customers without an Italian channel write ${codeAbroad} in CodiceDestinatario.`,
    },
    find: wrongForeignCode,
  },
];
