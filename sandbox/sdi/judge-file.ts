// sandbox: SdI's eyes: what it finds wrong with a file, and what it learns of it.
import { hash } from 'node:crypto';
import { checkDocument, type CheckedDocument, type DocumentCheck } from '@staffetta/fatturapa/check-document.ts';
import { viewOfOrdinary, viewOfSimplified, type DocumentView } from '@staffetta/fatturapa/check/document-view.ts';
import { identityOf } from '@staffetta/fatturapa/check/general-rules.ts';
import { explain } from '@staffetta/fatturapa/check/sdi-codes.ts';
import { fileKindOf } from '@staffetta/fatturapa/file-kind.ts';
import { parseFileName } from '@staffetta/fatturapa/file-name.ts';
import type { DocumentFinding } from '@staffetta/fatturapa/finding.ts';
import type { NoticeFamily } from '@staffetta/fatturapa/notices/notice-kinds.ts';
import { fileStem } from '@staffetta/fatturapa/notices/notice-name.ts';
import { openFile } from '@staffetta/fatturapa/open/open-file.ts';
import type { AnyDocument } from '@staffetta/fatturapa/read/read-document.ts';
import { outcomeIn, type Outcome } from './sdi-outcome.ts';
import type { SdiBody, SdiError } from './sdi-records.ts';

/** What SdI knows of earlier files. */
export interface EarlierFiles {
  hasName(name: string): boolean;
  hasHash(hash: string): boolean;
  hasInvoice(key: string): boolean;
}

/** One file as SdI sees it: a single one, or one of an archive. */
export interface JudgedFile {
  readonly name: string;
  /** The exact bytes; of a file of an archive as it was packed. */
  readonly bytes: Uint8Array;
  readonly hash: string;
  readonly family: NoticeFamily;
  readonly format?: string;
  readonly recipientCode?: string;
  readonly pec?: string;
  readonly supplier?: string;
  readonly bodies: readonly SdiBody[];
  /** What each body's free text asks for, in their order; empty where the format is not right. */
  readonly wishes: readonly (Outcome | undefined)[];
  readonly errors: readonly SdiError[];
}

/** A file with its envelopes off. */
export interface JudgedArrival {
  /** Whether it is a zip whose files are answered one by one. */
  readonly isArchive: boolean;
  readonly files: readonly JudgedFile[];
}

const fileBytesMax = 5_242_880;
const errorsMax = 200;
const nameMax = 255;

/** What the code says, in SdI's place. */
export function errorOf(code: string): SdiError {
  const known = explain(code);
  return {
    code,
    description: known?.says.it ?? `Errore ${code}`,
    suggestion: known?.fix.it ?? 'Correggere il file e inviarlo di nuovo con un altro nome.',
  };
}

/** SdI has numbers only; what our reader calls by a word of its own is a file that cannot be opened. */
function errorFrom({ code, message, fix, path, line }: DocumentFinding): SdiError {
  const number = /^\d{5}$/.test(code) ? code : '00106';
  const where = path === undefined ? '' : ` (${path}${line === undefined ? '' : `, riga ${line}`})`;
  return { code: number, description: `${message.it}${where}`, suggestion: fix?.it ?? errorOf(number).suggestion };
}

function errorsFrom(findings: readonly DocumentFinding[]): SdiError[] {
  return findings.filter(({ severity }) => severity === 'error').map(errorFrom);
}

function bare(name: string, bytes: Uint8Array, errors: readonly SdiError[]): JudgedFile {
  return { name, bytes, hash: hash('sha256', bytes, 'hex'), family: 'B2B', bodies: [], wishes: [], errors };
}

function viewOf(right: AnyDocument): DocumentView {
  return right.kind === 'ordinary' ? viewOfOrdinary(right.document) : viewOfSimplified(right.document);
}

function supplierOf({ supplier }: DocumentView): string {
  const { IdFiscaleIVA: id, CodiceFiscale } = supplier;
  return (id ? `${id.IdPaese}${id.IdCodice.trim()}` : (CodiceFiscale ?? '')).toUpperCase();
}

function bodiesOf(view: DocumentView): SdiBody[] {
  return view.bodies.map(({ DatiGenerali: { DatiGeneraliDocumento: general } }) => ({
    number: general.Numero,
    year: general.Data.slice(0, general.Data.indexOf('-', 1)),
    key: JSON.stringify([supplierOf(view), identityOf(general)]),
  }));
}

/** The simplified invoice has no Causale: there the descriptions of its rows are looked at. */
function wishesOf(right: AnyDocument): (Outcome | undefined)[] {
  if (right.kind === 'simplified') {
    const bodies = right.document.FatturaElettronicaBody;
    return bodies.map(({ DatiBeniServizi }) => outcomeIn(DatiBeniServizi.map(({ Descrizione }) => Descrizione)));
  }
  const bodies = right.document.FatturaElettronicaBody;
  return bodies.map(({ DatiGenerali }) => outcomeIn(DatiGenerali.DatiGeneraliDocumento.Causale ?? []));
}

function isSigned({ signatures }: CheckedDocument): boolean {
  return signatures.length > 0;
}

function documentErrors(document: CheckedDocument, bodies: readonly SdiBody[], earlier: EarlierFiles): SdiError[] {
  const isPublic = document.envelope?.versione === 'FPA12';
  const unsigned: SdiError = {
    code: '00102',
    description: 'File non integro: la fattura verso la Pubblica Amministrazione non è firmata.',
    suggestion: 'Firmare il file (CAdES o XAdES) e inviarlo con un altro nome.',
  };
  return [
    ...(isPublic && !isSigned(document) ? [unsigned] : []),
    ...(bodies.some(({ key }) => earlier.hasInvoice(key)) ? [errorOf('00404')] : []),
  ];
}

function repeatErrors(name: string, fileHash: string, earlier: EarlierFiles): SdiError[] {
  return earlier.hasName(name) || earlier.hasHash(fileHash) ? [errorOf('00002')] : [];
}

/** What is said of content that is not of the kind that the name promises. */
const kindCodes = { xml: '00200', p7m: '00102', zip: '00106' } as const;

/** SdI opens a file by its extension; our reader, who looks at the bytes alone, would not mind another one. */
function kindErrors(name: string, bytes: Uint8Array): SdiError[] {
  const promised = parseFileName(name)?.kind;
  if (promised === undefined || bytes.length === 0 || promised === fileKindOf(bytes)) return [];
  return [errorOf(kindCodes[promised])];
}

interface Part {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly document: CheckedDocument | undefined;
  readonly findings: readonly DocumentFinding[];
}

function judgedPart({ name, bytes, document, findings }: Part, earlier: EarlierFiles): JudgedFile {
  const file = bare(name, bytes, []);
  const repeats = repeatErrors(name, file.hash, earlier);
  const right = document?.right;
  const view = right && viewOf(right);
  const bodies = view ? bodiesOf(view) : [];
  const envelope = document?.envelope;
  const own = document ? documentErrors(document, bodies, earlier) : [];
  const early = repeats.length > 0 ? repeats : kindErrors(name, bytes);
  // A name or content that came before, or one that does not fit the other, ends it: SdI looks no further.
  const errors = early.length > 0 ? early : [...errorsFrom(findings), ...own];
  return {
    ...file,
    family: envelope?.versione === 'FPA12' ? 'PA' : 'B2B',
    ...(envelope?.versione !== undefined && { format: envelope.versione }),
    ...(envelope?.codiceDestinatario !== undefined && { recipientCode: envelope.codiceDestinatario }),
    ...(envelope?.pecDestinatario !== undefined && { pec: envelope.pecDestinatario }),
    ...(view && { supplier: supplierOf(view) }),
    bodies,
    wishes: right ? wishesOf(right) : [],
    errors: errors.slice(0, errorsMax),
  };
}

/** The bytes of each file of an archive as they were packed, by name. */
function packedBytes(bytes: Uint8Array): ReadonlyMap<string, Uint8Array> {
  const { documents } = openFile(bytes);
  return new Map(documents.map(({ name = '', entryBytes, xml }) => [name, entryBytes ?? xml]));
}

function archiveParts(bytes: Uint8Array, { documents, findings }: DocumentCheck): Part[] {
  const packed = packedBytes(bytes);
  const opened = documents.map((document) => document.name ?? '');
  const refused = findings.flatMap(({ file, severity }) =>
    file !== undefined && severity === 'error' && !opened.includes(file) ? [file] : [],
  );
  return [...opened, ...new Set(refused)].map((name) => ({
    name: name.slice(0, nameMax),
    bytes: packed.get(name) ?? new Uint8Array(),
    document: documents.find((document) => document.name === name),
    findings: findings.filter(({ file }) => file === name),
  }));
}

/** Names and contents are used up within one archive, too. */
function judgedParts(parts: readonly Part[], earlier: EarlierFiles): JudgedFile[] {
  const stems = new Set<string>();
  return parts.map((part) => {
    const key = fileStem(part.name);
    const judged = judgedPart(part, {
      hasName: (name) => earlier.hasName(name) || stems.has(key),
      hasHash: (value) => earlier.hasHash(value),
      hasInvoice: (value) => earlier.hasInvoice(value),
    });
    stems.add(key);
    return judged;
  });
}

/** What is wrong before the file is opened; SdI then looks no further. */
function outerErrors(name: string, bytes: Uint8Array, earlier: EarlierFiles): SdiError[] {
  if (!parseFileName(name)) return [errorOf('00001')];
  if (bytes.length === 0) return [errorOf('00106')];
  if (bytes.length > fileBytesMax) return [errorOf('00003')];
  const repeats = repeatErrors(name, hash('sha256', bytes, 'hex'), earlier);
  return repeats.length > 0 ? repeats : kindErrors(name, bytes);
}

const noneEarlier: EarlierFiles = { hasName: () => false, hasHash: () => false, hasInvoice: () => false };

/**
 * Looks at an invoice that SdI hands on, without judging it. Nothing throws.
 * @param name under which it is handed on
 * @param bytes exactly
 * @param at when
 */
export function lookAtFile(name: string, bytes: Uint8Array, at: Date): JudgedFile {
  const check = checkDocument(bytes, { kind: 'external', validation: 'document', at, dummyTaxIds: 'warning' });
  const [document] = check.documents;
  return { ...judgedPart({ name, bytes, document, findings: [] }, noneEarlier), errors: [] };
}

/** Also what SdI does not look into gets a notice of its own family. */
function discardedWhole(name: string, bytes: Uint8Array, at: Date, errors: readonly SdiError[]): JudgedArrival {
  const isReadable = bytes.length > 0 && bytes.length <= fileBytesMax;
  const seen = isReadable ? lookAtFile(name, bytes, at) : bare(name, bytes, []);
  return { isArchive: false, files: [{ ...seen, errors }] };
}

/**
 * Judges a file as SdI does. Nothing throws.
 * @param name as it was sent
 * @param bytes exactly
 * @param at when it reached SdI
 * @param earlier what came before
 */
export function judgeFile(name: string, bytes: Uint8Array, at: Date, earlier: EarlierFiles): JudgedArrival {
  const refused = outerErrors(name, bytes, earlier);
  if (refused.length > 0) return discardedWhole(name, bytes, at, refused);
  // Dummy numbers of documentation pass: a newcomer's first invoice has one.
  const check = checkDocument(bytes, { kind: 'internal', validation: 'document', at, dummyTaxIds: 'warning' });
  const isZip = check.fileKind === 'zip';
  const whole = check.findings.filter(({ file, severity }) => file === undefined && severity === 'error');
  if (!isZip) {
    const [document] = check.documents;
    return { isArchive: false, files: [judgedPart({ name, bytes, document, findings: check.findings }, earlier)] };
  }
  if (whole.length > 0) return discardedWhole(name, bytes, at, errorsFrom(whole));
  return { isArchive: true, files: judgedParts(archiveParts(bytes, check), earlier) };
}
