// fatturapa: parties of the shorter shape as blocks of the model.
import type { CedentePrestatore } from '../schema/cedente-prestatore.ts';
import type { CessionarioCommittente } from '../schema/cessionario-committente.ts';
import type { DocumentFinding } from '../finding.ts';
import type { Draft } from './draft.ts';
import { amount2, readFigure, zero } from './figures.ts';
import { errorAt } from './finding-at.ts';
import type { FiscalProfile, ShortAddress, ShortCustomer, ShortSeller } from './short-party.ts';

type Sede = NonNullable<Draft<CessionarioCommittente>['Sede']>;
type IdFiscale = { IdPaese?: string; IdCodice?: string };
type Anagrafica = NonNullable<NonNullable<Draft<CessionarioCommittente>['DatiAnagrafici']>['Anagrafica']>;
type Party = Pick<
  ShortCustomer,
  'name' | 'firstName' | 'lastName' | 'title' | 'eori' | 'vatNumber' | 'taxCode' | 'address'
>;

/** The country of a party: its address', Italy where it says none. */
export function countryOf({ address }: Pick<Party, 'address'>): string {
  return address.country ?? 'IT';
}

/**
 * Reads a VAT number with its country.
 * @param vatNumber `IT01234567897`, or without the country
 * @param country whose it is where it does not say
 */
export function idFiscaleOf(vatNumber: string, country: string): IdFiscale {
  const text = vatNumber.toUpperCase();
  const [, itsOwn, rest] = /^([A-Z]{2})(\w+)$/.exec(text) ?? [];
  if (itsOwn !== undefined && rest !== undefined) return { IdPaese: itsOwn, IdCodice: rest };
  return { IdPaese: country, IdCodice: text };
}

/**
 * Makes the block of an address. Abroad there is no CAP and no province (domain: CAP 00000): the foreign postcode goes in front of the
 * town, as letters are addressed.
 * @param address the shorter shape
 * @param path its JSON pointer
 * @param findings where to say what is missing
 */
export function sedeOf(address: ShortAddress, path: string, findings: DocumentFinding[]): Sede {
  const { street, number, postcode, city, province, country = 'IT' } = address;
  const place = { Indirizzo: street, NumeroCivico: number };
  if (country === 'IT') {
    if (postcode === undefined) findings.push(postcodeMissing(path));
    return { ...place, CAP: postcode, Comune: city, Provincia: province, Nazione: country };
  }
  const town = postcode === undefined || postcode === '00000' ? city : `${postcode} ${city}`;
  return { ...place, CAP: '00000', Comune: town.length > 60 ? city : town, Nazione: country };
}

function postcodeMissing(path: string): DocumentFinding {
  return errorAt(
    '00200',
    `${path}/postcode`,
    { it: "Manca il CAP dell'indirizzo italiano.", en: 'The postcode of the Italian address is missing.' },
    { it: 'Aggiungere il CAP di cinque cifre.', en: 'Add the postcode of five digits.' },
  );
}

function anagraficaOf(party: Party, path: string, findings: DocumentFinding[]): Anagrafica {
  const { name, firstName, lastName, title, eori } = party;
  const isPerson = firstName !== undefined && lastName !== undefined && name === undefined;
  const isCompany = name !== undefined && firstName === undefined && lastName === undefined;
  if (!isPerson && !isCompany) findings.push(nameWrong(path));
  return { Denominazione: name, Nome: firstName, Cognome: lastName, Titolo: title, CodEORI: eori };
}

function nameWrong(path: string): DocumentFinding {
  return errorAt(
    '00200',
    `${path}/name`,
    {
      it: 'Serve la denominazione (name), oppure nome e cognome (firstName e lastName): una delle due cose.',
      en: 'Either a name is needed, or firstName and lastName: one or the other.',
    },
    {
      it: 'Per una società o un ente scrivere name; per una persona firstName e lastName.',
      en: 'Write name for a company or body; firstName and lastName for a person.',
    },
  );
}

/** A foreign customer without an id of its own still needs one in the XML; SdI does not check it (AdE: any code, usually zeros). */
const noForeignId = '0000000';

function customerId(customer: ShortCustomer, path: string, findings: DocumentFinding[]): IdFiscale | undefined {
  const country = countryOf(customer);
  if (customer.vatNumber !== undefined) return idFiscaleOf(customer.vatNumber, country);
  if (customer.taxCode !== undefined) return undefined;
  if (country !== 'IT') return { IdPaese: country, IdCodice: noForeignId };
  findings.push(
    errorAt(
      '00417',
      `${path}/vatNumber`,
      {
        it: 'Il cliente non ha né partita IVA né codice fiscale.',
        en: 'The customer has neither a VAT number nor a tax code.',
      },
      {
        it: 'Indicare vatNumber (partita IVA) oppure taxCode (codice fiscale).',
        en: 'Give vatNumber or taxCode.',
      },
    ),
  );
  return undefined;
}

/**
 * Makes the block of who buys.
 * @param customer the shorter shape
 * @param path its JSON pointer
 * @param findings where to say what is missing
 */
export function cessionarioOf(
  customer: ShortCustomer,
  path: string,
  findings: DocumentFinding[],
): Draft<CessionarioCommittente> {
  return {
    DatiAnagrafici: {
      IdFiscaleIVA: customerId(customer, path, findings),
      CodiceFiscale: customer.taxCode?.toUpperCase(),
      Anagrafica: anagraficaOf(customer, path, findings),
    },
    Sede: sedeOf(customer.address, `${path}/address`, findings),
  };
}

function reaOf(rea: ShortSeller['rea']): Draft<CedentePrestatore>['IscrizioneREA'] {
  if (!rea) return undefined;
  const capital = rea.shareCapital === undefined ? undefined : (readFigure(rea.shareCapital) ?? zero);
  return {
    Ufficio: rea.office,
    NumeroREA: rea.number,
    CapitaleSociale: capital && amount2(capital),
    SocioUnico: rea.soleShareholder,
    StatoLiquidazione: rea.liquidation ?? 'LN',
  };
}

/** Abroad there are sellers without a VAT number; in Italy none issues an invoice (IdFiscaleIVA is there once in the schema). */
function sellerIdMissing(path: string): DocumentFinding {
  return errorAt(
    '00200',
    `${path}/vatNumber`,
    { it: 'Manca la partita IVA del fornitore italiano.', en: 'The VAT number of the Italian supplier is missing.' },
    { it: 'Indicare vatNumber (partita IVA).', en: 'Give vatNumber.' },
  );
}

/**
 * Makes the block of who sells.
 * @param seller the profile of a customer of the hub, or the other party of a self-billed document
 * @param path its JSON pointer
 * @param findings where to say what is missing
 */
export function cedenteOf(
  seller: ShortSeller | FiscalProfile,
  path: string,
  findings: DocumentFinding[],
): Draft<CedentePrestatore> {
  const { vatNumber, taxCode, contacts } = seller;
  if (vatNumber === undefined && countryOf(seller) === 'IT') findings.push(sellerIdMissing(path));
  return {
    DatiAnagrafici: {
      IdFiscaleIVA: idFiscaleOf(vatNumber ?? noForeignId, countryOf(seller)),
      CodiceFiscale: taxCode?.toUpperCase(),
      Anagrafica: anagraficaOf(seller, path, findings),
      RegimeFiscale: seller.taxRegime,
    },
    Sede: sedeOf(seller.address, `${path}/address`, findings),
    IscrizioneREA: reaOf(seller.rea),
    Contatti: contacts && { Telefono: contacts.phone, Fax: contacts.fax, Email: contacts.email },
    RiferimentoAmministrazione: seller.reference,
  };
}

/** Country → the recipient code that everybody there has. */
const codesByCountry: Readonly<Record<string, string>> = { IT: '0000000', SM: '2R4GTO8' };

/**
 * Gives the recipient code where a document does not say one: 0000000 in Italy, San Marino's own, XXXXXXX everywhere else (00313).
 * @param country the customer's
 */
export function recipientCodeFor(country: string): string {
  return Object.hasOwn(codesByCountry, country) ? (codesByCountry[country] ?? 'XXXXXXX') : 'XXXXXXX';
}
