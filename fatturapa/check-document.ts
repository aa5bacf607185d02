// fatturapa: the one judgement on a file: its envelopes, its format, SdI's checks by their numbers, its signatures.
import { boundFindings } from './bound-findings.ts';
import { checkRules } from './check/check-rules.ts';
import { fileNameFindings } from './check/file-name-findings.ts';
import { repeatedInArchive } from './check/repeated-in-archive.ts';
import type { RuleContext } from './check/rule.ts';
import { encodingFinding, markFinding } from './encoding-finding.ts';
import { envelopeOf, type Envelope } from './envelope.ts';
import type { FileKind } from './file-kind.ts';
import type { DocumentFinding } from './finding.ts';
import { openFile } from './open/open-file.ts';
import type { OpenedDocument, OpenedFile, OpenLimits } from './open/opened-file.ts';
import { locate } from './read/locate.ts';
import { readDocument, type AnyDocument, type DocumentReading } from './read/read-document.ts';
import type { SignatureVerdict, VerifyOptions } from './signature/signature-verdict.ts';
import { verifyCms } from './signature/verify-cms.ts';
import { verifyXml } from './signature/verify-xml.ts';

/** What is asked of the judgement. */
export interface CheckOptions {
  /** `internal`: it will go to SdI. `external`: a supplier's invoice that SdI let through already. */
  readonly kind: 'internal' | 'external';
  /** `document` judges the document; `customer` reads what it can and finds nothing (the contract's first version). */
  readonly validation: 'document' | 'customer';
  /** When SdI would get the file, or when it came; now by default. */
  readonly at?: Date;
  /** How bad the revenue agency's dummy VAT number 01234567890 is; an error by default. */
  readonly dummyTaxIds?: RuleContext['dummyTaxIds'];
  /** The name that the file was handed in with; where it promises another kind of file, that is a warning. */
  readonly name?: string;
  /** The name under which the file goes to SdI; without it 00001 is not asked. */
  readonly fileName?: string;
  /** Where they are to differ from those of `openFile`. */
  readonly limits?: Partial<OpenLimits>;
  /** How strictly signatures are judged; without trust anchors the certification authority is not asked for. */
  readonly signatures?: Omit<VerifyOptions, 'at'>;
  /** The most findings a file may have; 200 by default. */
  readonly findingsMax?: number;
}

/** One document of the file. */
export interface CheckedDocument {
  /** The name in the archive. */
  readonly name?: string;
  /** The innermost bytes. */
  readonly xml: Uint8Array;
  /** What could be read of it; absent where it is no invoice. */
  readonly envelope?: Envelope;
  /** The whole document where its format is right. */
  readonly right?: AnyDocument;
  /** The judgement on each signature, outermost first. */
  readonly signatures: readonly SignatureVerdict[];
}

/** The judgement: `valid` where no finding is an error. */
export interface DocumentCheck {
  readonly valid: boolean;
  readonly fileKind: FileKind;
  readonly findings: DocumentFinding[];
  /** One, but for archives. */
  readonly documents: readonly CheckedDocument[];
  /** Of the first document. */
  readonly envelope?: Envelope;
}

const findingsMaxByDefault = 200;
const romeDay = new Intl.DateTimeFormat('en-CA', { timeZone: 'Europe/Rome' });

/** What holds for the whole file while its documents are judged. */
interface Judgement {
  readonly options: CheckOptions;
  readonly at: Date;
  readonly context: RuleContext;
}

interface JudgedDocument {
  readonly document: CheckedDocument;
  readonly findings: readonly DocumentFinding[];
}

function isError(finding: DocumentFinding): boolean {
  return finding.severity === 'error';
}

function startsWithMark(bytes: Uint8Array): boolean {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
}

function byPlace(a: DocumentFinding, b: DocumentFinding): number {
  return (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0);
}

/** Rules run where the format is right, as at SdI: past a 00200 it looks no further. */
function ruleFindings({ right, text }: DocumentReading, context: RuleContext): DocumentFinding[] {
  if (!right) return [];
  const found = checkRules(right.document, right.document.versione, context);
  if (found.length === 0) return [];
  const places = locate(
    text,
    found.flatMap(({ path }) => (path === undefined ? [] : [path])),
  );
  return found.map((finding) => ({ ...finding, ...places.get(finding.path ?? '') })).sort(byPlace);
}

function signatureVerdicts(opened: OpenedDocument, reading: DocumentReading, { options, at }: Judgement) {
  const asked = { ...options.signatures, at };
  const verdicts = opened.signatures.map((signature) => verifyCms(signature, asked));
  const xades = reading.signed ? verifyXml(opened.xml, asked) : undefined;
  return xades ? [...verdicts, xades] : verdicts;
}

function judge(opened: OpenedDocument, judgement: Judgement): JudgedDocument {
  const { options, context } = judgement;
  const reading = readDocument(opened.xml);
  const signatures = signatureVerdicts(opened, reading, judgement);
  const outgoingMark = options.kind === 'internal' && startsWithMark(opened.xml);
  const findings = [
    ...opened.findings,
    ...(outgoingMark ? [markFinding()] : []),
    ...(reading.doubt ? [encodingFinding(reading.doubt, options.kind)] : []),
    ...reading.findings,
    ...ruleFindings(reading, context),
    ...signatures.flatMap((verdict) => verdict.findings),
  ];
  const { name } = opened;
  const document: CheckedDocument = {
    ...(name !== undefined && { name }),
    xml: opened.xml,
    ...(reading.kind && { envelope: envelopeOf(reading.kind, reading.partial) }),
    ...(reading.right && { right: reading.right }),
    signatures,
  };
  const isOfArchive = opened.layers.some((layer) => layer.kind === 'zip');
  return {
    document,
    findings: isOfArchive && name !== undefined ? findings.map((one) => ({ ...one, file: name })) : findings,
  };
}

/** SdI takes the files of an archive out and forwards each by its own name, so that these must be right, too. */
function nameFindings({ kind, fileName }: CheckOptions, { documents }: OpenedFile): DocumentFinding[] {
  const outer = fileName === undefined ? [] : fileNameFindings(fileName);
  if (kind === 'external') return outer;
  const entries = documents.flatMap(({ layers }) => layers.flatMap((one) => (one.kind === 'zip' ? [one.entry] : [])));
  return [...outer, ...entries.flatMap((file) => fileNameFindings(file).map((finding) => ({ ...finding, file })))];
}

/** What came from SdI was let through by it: there a repeat is only worth a word. */
function repeats(kind: CheckOptions['kind'], documents: readonly CheckedDocument[]): DocumentFinding[] {
  if (documents.length < 2) return [];
  const found = repeatedInArchive(documents);
  return kind === 'internal' ? found : found.map((finding) => ({ ...finding, severity: 'warning' }));
}

/**
 * Judges a file by its exact bytes.
 * @param bytes the file, as it came: XML, `.p7m`, `.zip`, told by content
 * @param options what it is for and how far to look
 * @returns the documents with their envelopes, and all findings: those of the file, then each document's in its order. Format errors
 *   (00200) end the judgement of their document's contents, as at SdI
 */
export function checkDocument(bytes: Uint8Array, options: CheckOptions): DocumentCheck {
  const at = options.at ?? new Date();
  const context: RuleContext = {
    today: romeDay.format(at),
    dummyTaxIds: options.dummyTaxIds ?? 'error',
  };
  const { name, limits } = options;
  const file = openFile(bytes, { ...(name !== undefined && { name }), ...(limits && { limits }) });
  const judged = file.documents.map((opened) => judge(opened, { options, at, context }));
  const documents = judged.map(({ document }) => document);
  const all = [
    ...file.findings,
    ...nameFindings(options, file),
    ...judged.flatMap(({ findings }) => findings),
    ...repeats(options.kind, documents),
  ];
  const findings =
    options.validation === 'customer' ? [] : boundFindings(all, options.findingsMax ?? findingsMaxByDefault);
  const envelope = documents[0]?.envelope;
  return {
    valid: !all.some(isError) || options.validation === 'customer',
    fileKind: file.kind,
    findings,
    documents,
    ...(envelope && { envelope }),
  };
}
