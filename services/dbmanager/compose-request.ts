// dbmanager: makes a file of a JSON document for its customer and has it judged; its number and its name come later.
import type { Composed } from '@staffetta/fatturapa/compose/compose-document.ts';
import { idFiscaleOf } from '@staffetta/fatturapa/compose/party-blocks.ts';
import { pointerOf } from '@staffetta/fatturapa/compose/pointer-of-path.ts';
import type { FiscalProfile } from '@staffetta/fatturapa/compose/short-party.ts';
import { dummyVatNumber } from '@staffetta/fatturapa/check/tax-id.ts';
import type { Judgement } from '@staffetta/fatturapa/check-aside.ts';
import { composeAtOnce, type ComposeResult, type ComposeWish } from '@staffetta/fatturapa/compose-aside.ts';
import { parseTransmitter, type Transmitter } from '@staffetta/fatturapa/file-name.ts';
import type { DocumentFinding } from '@staffetta/fatturapa/finding.ts';
import { storableFindings } from '@staffetta/fatturapa/storable-findings.ts';
import { toRomeWallTime } from '@staffetta/platform/clock.ts';
import type { DbmanagerOptions } from './config.ts';
import type { Issuer } from './fiscal-profiles.ts';
import type { Judging } from './judging.ts';
import { mainRegister } from './register-format.ts';

/** A file made of JSON, valid but for the number that it waits for. */
export type ComposedFile = Composed & {
  readonly document: NonNullable<Composed['document']>;
  /** The file with its placeholders, as it was judged. */
  readonly draft: Buffer;
};

/** What became of a JSON document: the file if it is right, and the judgement either way. */
export interface JudgedJson {
  readonly file: ComposedFile | undefined;
  readonly check: Judgement;
}

/** Stands for the file's own number until it has its name. */
const progressiveToCome = '00000';

/**
 * Says who hands a customer's files to SdI: its profile's transmitter, else the hub's; where the hub's is nobody's (the example of the
 * revenue agency, which is the setting's default) the customer itself.
 */
function transmitterOf(issuer: Issuer | undefined, byDefault: Transmitter): Transmitter {
  const named = parseTransmitter(issuer?.transmitter ?? '');
  if (named || byDefault.idCodice !== dummyVatNumber || !issuer?.profile) return named ?? byDefault;
  return ownTransmitter(issuer.profile) ?? byDefault;
}

/** The transmitter's id is its tax code; a company's is mostly its VAT number. */
function ownTransmitter({ taxCode, vatNumber, address }: FiscalProfile): Transmitter | undefined {
  const { IdPaese = '', IdCodice = '' } = idFiscaleOf(vatNumber, address.country ?? 'IT');
  const byTaxCode = IdPaese === 'IT' && taxCode !== undefined ? parseTransmitter(`IT${taxCode}`) : undefined;
  return byTaxCode ?? parseTransmitter(`${IdPaese}${IdCodice}`);
}

const registersNamedMax = 10;

function registerUnknown(register: string, known: readonly string[], isByProfile: boolean): DocumentFinding {
  const name = register.slice(0, 40);
  const names = `${known.slice(0, registersNamedMax).join(', ')}${known.length > registersNamedMax ? ', …' : ''}`;
  return {
    code: 'REGISTER_UNKNOWN',
    severity: 'error',
    ...(!isByProfile && { path: '/register' }),
    value: name,
    message: isByProfile
      ? {
          it: `Il sezionale «${name}», che il profilo fiscale prevede per i documenti che non ne indicano uno, non esiste per questo cliente.`,
          en: `This customer has no register "${name}", which its fiscal profile names for documents that name none.`,
        }
      : {
          it: `Il sezionale «${name}» non esiste per questo cliente.`,
          en: `This customer has no register "${name}".`,
        },
    fix: {
      it: `${isByProfile ? 'Correggere defaults.register nel profilo, o indicare nel documento (register) uno dei sezionali esistenti' : 'Usare uno dei sezionali esistenti'} (${names}); un sezionale nuovo si crea con PUT /api/customers/{customerId}/registers/{name}.`,
      en: `${isByProfile ? "Correct the profile's defaults.register, or name in the document (register) one that exists" : 'Use one that exists'} (${names}); a new register is made with PUT /api/customers/{customerId}/registers/{name}.`,
    },
  };
}

function registerFindings(
  { open }: Pick<Composed, 'open'>,
  issuer: Issuer | undefined,
  json: Readonly<Record<string, unknown>>,
): DocumentFinding[] {
  const known = [mainRegister, ...Object.keys(issuer?.registers ?? {}).filter((name) => name !== mainRegister)];
  const register = open[0]?.register;
  if (register === undefined || known.includes(register)) return [];
  return [registerUnknown(register, known, json['register'] !== register)];
}

function isModelShape(document: Readonly<Record<string, unknown>>): boolean {
  return 'FatturaElettronicaHeader' in document || 'FatturaElettronicaBody' in document || 'versione' in document;
}

/** Pointers count from the request's body, as all places of its findings do. */
function inBody(pointer: string): string {
  return pointer === '/' ? '/document' : `/document${pointer}`;
}

/**
 * Finds the place in the request's body that made a place of the XML what it is.
 * @param path of a finding about the XML
 * @param json the document as it was sent
 * @returns a JSON pointer; the path itself where the JSON has no such place, as for what comes from the profile
 */
export function placeInJson(path: string, json: Readonly<Record<string, unknown>>): string {
  const pointer = pointerOf(path, isModelShape(json) ? 'ordinary' : 'short');
  return pointer === undefined ? path : inBody(pointer);
}

/** Findings about the made XML, told by the places of the JSON: lines and columns of a file that nobody has would only confuse. */
function aboutJson(findings: readonly DocumentFinding[], json: Readonly<Record<string, unknown>>): DocumentFinding[] {
  return findings.map(({ line: _line, column: _column, path, ...finding }) => ({
    ...finding,
    ...(path !== undefined && { path: placeInJson(path, json) }),
  }));
}

function fromComposing(findings: readonly DocumentFinding[]): DocumentFinding[] {
  return findings.map(({ path, ...finding }) => ({ ...finding, ...(path !== undefined && { path: inBody(path) }) }));
}

function isWrong(findings: readonly DocumentFinding[]): boolean {
  return findings.some(({ severity }) => severity === 'error');
}

function refused(findings: readonly DocumentFinding[]): JudgedJson {
  const check = { valid: false, fileKind: 'xml', findings: storableFindings(findings), documents: [] } as const;
  return { file: undefined, check };
}

/** A placeholder is nobody's number: it is neither shown nor stored, and keeps no number from anybody. */
function withoutPlaceholders(check: Judgement, open: Composed['open']): Judgement {
  if (!check.envelope || open.length === 0) return check;
  const waiting = new Set(open.map(({ body }) => body));
  const bodies = check.envelope.bodies.map((body, index) => {
    const { numero: _numero, ...rest } = body;
    return waiting.has(index) ? rest : body;
  });
  const envelope = { ...check.envelope, bodies };
  return { ...check, envelope, documents: check.documents.map((document) => ({ ...document, envelope })) };
}

/** A JSON document as it was sent. */
export interface SentJson {
  readonly json: Readonly<Record<string, unknown>>;
  /** The same as text, where it may be large: then it is worked on aside. */
  readonly text?: string | undefined;
  /** Only the judgement is wanted, not the file. */
  readonly judgedOnly?: boolean;
}

async function workOn(
  { json, text, judgedOnly = false }: SentJson,
  wish: Omit<ComposeWish, 'check'>,
  judging: Judging,
): Promise<ComposeResult> {
  const { aside } = judging;
  if (aside && text !== undefined && text.length > aside.aboveBytes) {
    return aside.run({ ...wish, text, keeps: !judgedOnly });
  }
  const made = composeAtOnce(json, wish);
  return made.draft ? { ...made, judged: await judging(made.draft, 'internal') } : made;
}

/**
 * Makes a file of a JSON document and judges it with a placeholder for its number. What is wrong keeps it from taking one.
 * @param sent the document
 * @param issuer its customer's profile and registers, where there is such a customer
 * @param options who names files by default
 * @param at the instant; its day in Rome is the date of documents that give none
 * @param judging how files are judged, and large documents worked on
 */
export async function composeRequest(
  sent: SentJson,
  issuer: Issuer | undefined,
  options: Pick<DbmanagerOptions, 'transmitter'>,
  at: Date,
  judging: Judging,
): Promise<JudgedJson> {
  const compose = {
    today: toRomeWallTime(at).slice(0, 10),
    transmitter: transmitterOf(issuer, options.transmitter),
    progressive: progressiveToCome,
  };
  const wish = { profile: issuer?.profile ?? undefined, compose };
  const { composed, draft, judged } = await workOn(sent, wish, judging);
  const made = fromComposing([...composed.findings, ...registerFindings(composed, issuer, sent.json)]);
  if (!judged || isWrong(made)) return refused(made);
  const about = aboutJson(judged.findings, sent.json);
  if (!judged.valid) return refused([...made, ...about]);
  const check = { ...withoutPlaceholders(judged, composed.open), findings: [...storableFindings(made), ...about] };
  const { document } = composed;
  return { file: document && draft && { ...composed, document, draft: bufferOf(draft) }, check };
}

/** What comes from another thread is no Buffer any more. */
function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
