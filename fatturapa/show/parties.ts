// fatturapa: the parties of a document as boxes: name, address, identifiers and what else identifies them.
import type { Card, CardsSection, Fact } from './sheet.ts';
import type { Loose, LooseOrdinary, LooseSimplified } from './loose.ts';
import type { FatturaElettronicaHeader } from '../schema/ordinary.ts';
import { factsOf, joined, labelled, type Voice } from './voice.ts';
import type { Word } from './words.ts';

type Header = Loose<FatturaElettronicaHeader>;
type Supplier = NonNullable<Header['CedentePrestatore']>;
type Address = NonNullable<Supplier['Sede']>;
type TaxId = Loose<{ IdPaese: string; IdCodice: string }>;
type Name = Loose<{ Denominazione: string; Nome: string; Cognome: string; Titolo: string; CodEORI: string }>;
type CompanyRegister = NonNullable<Supplier['IscrizioneREA']>;

/** Country and code written together, as on paper. */
export function taxIdOf(voice: Voice, id: TaxId | undefined): string {
  return voice.text(`${id?.IdPaese ?? ''}${id?.IdCodice ?? ''}`);
}

/** The firm's name, or the person's with title. */
export function nameOf(voice: Voice, name: Name | undefined): string {
  const person = joined([voice.text(name?.Titolo), voice.text(name?.Nome), voice.text(name?.Cognome)]);
  return voice.text(name?.Denominazione) || person;
}

/** The address in two lines: street, then town and country. */
export function addressLines(voice: Voice, address: Address | undefined): string[] {
  if (!address) return [];
  const { Indirizzo, NumeroCivico, CAP, Comune, Provincia, Nazione } = address;
  const province = voice.text(Provincia);
  const town = joined([voice.text(CAP), voice.text(Comune), province && `(${province})`, voice.text(Nazione)]);
  return [joined([voice.text(Indirizzo), voice.text(NumeroCivico)], ', '), town].filter((line) => line !== '');
}

interface Identity {
  readonly title: Word;
  readonly name: Name | undefined;
  readonly vatNumber?: TaxId | undefined;
  readonly taxCode?: string | undefined;
  readonly address?: Address | undefined;
}

function cardOf(voice: Voice, who: Identity, more: readonly (readonly [Word, string])[] = []): Card {
  return {
    title: voice.say(who.title),
    name: nameOf(voice, who.name) || voice.say('nameless'),
    lines: addressLines(voice, who.address),
    facts: factsOf(voice, [
      ['vatNumber', taxIdOf(voice, who.vatNumber)],
      ['taxCode', voice.text(who.taxCode)],
      ['eori', voice.text(who.name?.CodEORI)],
      ...more,
    ]),
  };
}

function registerText(voice: Voice, person: Supplier['DatiAnagrafici']): string {
  const province = voice.text(person?.ProvinciaAlbo);
  const number = voice.text(person?.NumeroIscrizioneAlbo);
  const parts = [
    voice.text(person?.AlboProfessionale),
    province && `(${province})`,
    number && `${voice.say('number')} ${number}`,
    voice.date(person?.DataIscrizioneAlbo),
  ];
  return joined(parts);
}

function companyRows(voice: Voice, company: CompanyRegister | undefined): [Word, string][] {
  return [
    ['companyRegister', joined([voice.text(company?.Ufficio), voice.text(company?.NumeroREA)])],
    ['shareCapital', voice.amount(company?.CapitaleSociale)],
    ['shareholders', voice.code('shareholders', company?.SocioUnico)],
    ['liquidation', voice.code('liquidation', company?.StatoLiquidazione)],
  ];
}

function establishmentRow(voice: Voice, address: Address | undefined): [Word, string] {
  return ['establishment', joined(addressLines(voice, address), ', ')];
}

function representativeText(voice: Voice, who: (Name & { readonly IdFiscaleIVA?: TaxId | undefined }) | undefined) {
  return joined([nameOf(voice, who), taxIdOf(voice, who?.IdFiscaleIVA)], ', ');
}

function supplierCard(voice: Voice, supplier: Supplier | undefined): Card {
  const person = supplier?.DatiAnagrafici;
  const identity: Identity = {
    title: 'supplier',
    name: person?.Anagrafica,
    vatNumber: person?.IdFiscaleIVA,
    taxCode: person?.CodiceFiscale,
    address: supplier?.Sede,
  };
  return cardOf(voice, identity, [
    ['regime', voice.code('regime', person?.RegimeFiscale)],
    ['register', registerText(voice, person)],
    establishmentRow(voice, supplier?.StabileOrganizzazione),
    ...companyRows(voice, supplier?.IscrizioneREA),
    ['phone', voice.text(supplier?.Contatti?.Telefono)],
    ['fax', voice.text(supplier?.Contatti?.Fax)],
    ['email', voice.text(supplier?.Contatti?.Email)],
    ['administration', voice.text(supplier?.RiferimentoAmministrazione)],
  ]);
}

function buyerCard(voice: Voice, buyer: Header['CessionarioCommittente']): Card {
  const person = buyer?.DatiAnagrafici;
  const identity: Identity = {
    title: 'buyer',
    name: person?.Anagrafica,
    vatNumber: person?.IdFiscaleIVA,
    taxCode: person?.CodiceFiscale,
    address: buyer?.Sede,
  };
  return cardOf(voice, identity, [
    establishmentRow(voice, buyer?.StabileOrganizzazione),
    ['buyerRepresentative', representativeText(voice, buyer?.RappresentanteFiscale)],
  ]);
}

function otherCards(voice: Voice, header: Header | undefined): Card[] {
  const rows = [
    ['representative', header?.RappresentanteFiscale?.DatiAnagrafici],
    ['thirdParty', header?.TerzoIntermediarioOSoggettoEmittente?.DatiAnagrafici],
  ] as const;
  return rows.flatMap(([title, person]) => {
    if (!person) return [];
    const { Anagrafica: name, IdFiscaleIVA: vatNumber, CodiceFiscale: taxCode } = person;
    return [cardOf(voice, { title, name, vatNumber, taxCode })];
  });
}

function section(voice: Voice, cards: readonly Card[]): CardsSection {
  return { kind: 'cards', id: 'parties', title: voice.say('parties'), cards };
}

/**
 * Shows the parties of an ordinary document.
 * @param voice the language
 * @param header what all bodies share
 */
export function partiesOf(voice: Voice, header: LooseOrdinary['FatturaElettronicaHeader']): CardsSection {
  return section(voice, [
    supplierCard(voice, header?.CedentePrestatore),
    buyerCard(voice, header?.CessionarioCommittente),
    ...otherCards(voice, header),
  ]);
}

/**
 * Shows the parties of a simplified document, whose supplier is flat and whose buyer may be a mere number.
 * @param voice the language
 * @param header what all bodies share
 */
export function simplifiedPartiesOf(voice: Voice, header: LooseSimplified['FatturaElettronicaHeader']): CardsSection {
  const supplier = header?.CedentePrestatore;
  const buyer = header?.CessionarioCommittente;
  const facts = buyer?.AltriDatiIdentificativi;
  const seller: Identity = {
    title: 'supplier',
    name: supplier,
    vatNumber: supplier?.IdFiscaleIVA,
    taxCode: supplier?.CodiceFiscale,
    address: supplier?.Sede,
  };
  const client: Identity = {
    title: 'buyer',
    name: facts,
    vatNumber: buyer?.IdentificativiFiscali?.IdFiscaleIVA,
    taxCode: buyer?.IdentificativiFiscali?.CodiceFiscale,
    address: facts?.Sede,
  };
  return section(voice, [
    cardOf(voice, seller, [
      ['regime', voice.code('regime', supplier?.RegimeFiscale)],
      establishmentRow(voice, supplier?.StabileOrganizzazione),
      ['buyerRepresentative', representativeText(voice, supplier?.RappresentanteFiscale)],
      ...companyRows(voice, supplier?.IscrizioneREA),
    ]),
    cardOf(voice, client, [
      establishmentRow(voice, facts?.StabileOrganizzazione),
      ['buyerRepresentative', representativeText(voice, facts?.RappresentanteFiscale)],
    ]),
  ]);
}

/**
 * Shows a carrier in one line.
 * @param voice the language
 * @param carrier as DatiTrasporto has it
 */
export function carrierText(
  voice: Voice,
  carrier:
    | {
        readonly Anagrafica?: Name | undefined;
        readonly IdFiscaleIVA?: TaxId | undefined;
        readonly CodiceFiscale?: string | undefined;
      }
    | undefined,
): string {
  const taxCode = labelled(voice.say('taxCode'), voice.text(carrier?.CodiceFiscale));
  return joined([nameOf(voice, carrier?.Anagrafica), taxIdOf(voice, carrier?.IdFiscaleIVA), taxCode], ', ');
}

/**
 * Says who issued the document, where it is not the supplier.
 * @param voice the language
 * @param issuer SoggettoEmittente
 */
export function issuerFacts(voice: Voice, issuer: string | undefined): Fact[] {
  return factsOf(voice, [['issuer', voice.code('issuer', issuer)]]);
}
