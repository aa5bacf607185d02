// fatturapa: judges a fiscal profile by what it is for: a trial invoice is made with it, and what SdI would refuse in it is refused here.
import type { RuleContext } from '../check/rule.ts';
import { checkDocument } from '../check-document.ts';
import { parseTransmitter } from '../file-name.ts';
import type { DocumentFinding } from '../finding.ts';
import { writeDocument } from '../write/write-document.ts';
import { adaptTexts } from './adapt-text.ts';
import { checkShape } from './check-shape.ts';
import { composeDocument } from './compose-document.ts';
import { idFiscaleOf } from './party-blocks.ts';
import { profile as profileShape, type FiscalProfile } from './short-party.ts';

/** A profile that can issue documents, or what keeps it from that. */
export type ProfileCheck =
  | { readonly ok: true; readonly profile: FiscalProfile; readonly findings: DocumentFinding[] }
  | { readonly ok: false; readonly findings: DocumentFinding[] };

/** Place in the trial invoice → pointer into the profile; the first that fits wins. */
const places: readonly (readonly [RegExp, string])[] = [
  [/IdTrasmittente/, '/transmitter'],
  [/CodiceDestinatario$/, '/recipientCode'],
  [/PECDestinatario$/, '/pec'],
  [/CedentePrestatore\/.*IdFiscaleIVA/, '/vatNumber'],
  [/CedentePrestatore\/.*CodiceFiscale$/, '/taxCode'],
  [/CedentePrestatore\/.*Denominazione$/, '/name'],
  [/CedentePrestatore\/.*Cognome$/, '/lastName'],
  [/CedentePrestatore\/.*Nome$/, '/firstName'],
  [/CedentePrestatore\/.*Titolo$/, '/title'],
  [/CedentePrestatore\/.*CodEORI$/, '/eori'],
  [/CedentePrestatore\/.*RegimeFiscale$/, '/taxRegime'],
  [/CedentePrestatore\/Sede\/Indirizzo$/, '/address/street'],
  [/CedentePrestatore\/Sede\/NumeroCivico$/, '/address/number'],
  [/CedentePrestatore\/Sede\/CAP$/, '/address/postcode'],
  [/CedentePrestatore\/Sede\/Comune$/, '/address/city'],
  [/CedentePrestatore\/Sede\/Provincia$/, '/address/province'],
  [/CedentePrestatore\/Sede/, '/address'],
  [/CedentePrestatore\/IscrizioneREA/, '/rea'],
  [/CedentePrestatore\/Contatti\/Telefono$/, '/contacts/phone'],
  [/CedentePrestatore\/Contatti\/Fax$/, '/contacts/fax'],
  [/CedentePrestatore\/Contatti\/Email$/, '/contacts/email'],
  [/RiferimentoAmministrazione$/, '/reference'],
  [/DatiPagamento.*IBAN$/, '/defaults/payment/iban'],
  [/DatiPagamento/, '/defaults/payment'],
  [/DatiCassaPrevidenziale/, '/defaults/socialFund'],
  [/DatiRitenuta/, '/defaults/withholding'],
  [/Causale/, '/defaults/notes'],
  [/Natura$/, '/defaults/nature'],
  [/AliquotaIVA$/, '/defaults/vatRate'],
];

/** Warnings that are mistakes where they would be repeated with every invoice. */
const refusedWarnings = new Set(['IBAN_WRONG']);

const trialBuyers = ['IT11223344554', 'IT03123450672'] as const;

function trialOf(profile: FiscalProfile) {
  const { defaults, recipientCode, pec } = profile;
  const silent = defaults?.vatRate === undefined && defaults?.nature === undefined;
  const exempt = profile.taxRegime === 'RF19' || profile.taxRegime === 'RF02';
  return {
    number: '1',
    customer: {
      name: 'Prova',
      vatNumber: profile.vatNumber.endsWith(trialBuyers[0].slice(2)) ? trialBuyers[1] : trialBuyers[0],
      address: { street: 'Via Prova 1', postcode: '00184', city: 'Roma', province: 'RM' },
      ...(recipientCode !== undefined && { recipientCode }),
      ...(pec !== undefined && { pec }),
    },
    lines: [{ description: 'Prova', price: 100, ...(silent && !exempt && { vatRate: 22 }) }],
  };
}

function ownId({ transmitter, vatNumber, address }: FiscalProfile) {
  const { IdPaese = '', IdCodice = '' } = idFiscaleOf(vatNumber, address.country ?? 'IT');
  return parseTransmitter(transmitter ?? '') ?? { idPaese: IdPaese, idCodice: IdCodice };
}

function aboutProfile({ line: _line, column: _column, path = '', ...finding }: DocumentFinding): DocumentFinding {
  const place = places.find(([form]) => form.test(path));
  return { ...finding, severity: 'error', path: place?.[1] ?? path };
}

/** The trial's line says nothing of its own: what is wrong with it is a habit. */
function ofHabits({ path = '', ...finding }: DocumentFinding): DocumentFinding {
  return { ...finding, path: path.replace(/^\/lines\/\d+/, '/defaults') };
}

function trialFindings(profile: FiscalProfile, today: string, dummyTaxIds: RuleContext['dummyTaxIds']) {
  const sending = { transmitter: ownId(profile), progressive: '00001' };
  const trial = composeDocument(trialOf(profile), profile, { ...sending, today });
  if (!trial.document) return trial.findings.map(ofHabits);
  const at = new Date(`${today}T12:00:00Z`);
  const bytes = writeDocument(trial.document);
  const { findings } = checkDocument(bytes, { kind: 'internal', validation: 'document', at, dummyTaxIds });
  // The transmitter is the seller itself where nobody else is named: then the seller's own finding says it.
  const asked =
    profile.transmitter === undefined ? findings.filter(({ path }) => !path?.includes('IdTrasmittente')) : findings;
  return asked.filter(({ code, severity }) => severity === 'error' || refusedWarnings.has(code)).map(aboutProfile);
}

/**
 * Judges a profile: its shape, then a trial invoice made with it (check digits, forms of codes and addresses, account number, habits).
 * @param value any JSON value
 * @param today the day in Italy, `YYYY-MM-DD`
 * @param dummyTaxIds how bad the revenue agency's dummy VAT number is
 * @returns the profile with texts that SdI takes, and warnings; or the findings that keep it from issuing, with JSON pointers
 */
export function checkProfile(
  value: unknown,
  today: string,
  dummyTaxIds: RuleContext['dummyTaxIds'] = 'error',
): ProfileCheck {
  const shape = checkShape(value, profileShape);
  if (!shape.ok) return { ok: false, findings: shape.findings };
  const { value: profile, findings } = adaptTexts(shape.value as FiscalProfile);
  const wrong = findings.filter(({ severity }) => severity === 'error');
  const all = wrong.length > 0 ? wrong : trialFindings(profile, today, dummyTaxIds);
  return all.length > 0 ? { ok: false, findings: all } : { ok: true, profile, findings };
}
