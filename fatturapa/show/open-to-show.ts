// fatturapa: takes the envelopes off a file and reads each document in it, ready to be shown.
import type { DocumentFinding, Sentence } from '../finding.ts';
import { openFile } from '../open/open-file.ts';
import type { OpenedDocument, OpenLimits } from '../open/opened-file.ts';
import { readDocument } from '../read/read-document.ts';
import { verifyCms } from '../signature/verify-cms.ts';
import { verifyXml } from '../signature/verify-xml.ts';
import { shownOf, type ShownDocument } from './loose.ts';
import { signatureNotes } from './signature-notes.ts';

/** One document of a file. */
export interface DocumentToShow {
  /** As the file or the archive names it. */
  readonly name: string | undefined;
  /** The innermost bytes, as they are. */
  readonly xml: Uint8Array;
  /** Undefined where the document is no invoice; the findings say why. */
  readonly shown: ShownDocument | undefined;
  readonly signatures: readonly Sentence[];
  readonly findings: readonly DocumentFinding[];
}

/** A file opened for showing. */
export interface FileToShow {
  readonly documents: readonly DocumentToShow[];
  /** About the file as a whole. */
  readonly findings: readonly DocumentFinding[];
}

/** What is known about the file. */
export interface OpenToShowOptions {
  readonly name?: string;
  /** When it was received: signatures are judged as of then. */
  readonly at: Date;
  /** Certificates of trusted authorities in PEM; without any, trust is not judged. */
  readonly trustAnchors?: readonly string[];
  readonly limits?: Partial<OpenLimits>;
}

/** The file of an archive, which its findings name. */
function fileOf({ name, layers }: OpenedDocument): { file?: string } {
  return name !== undefined && layers.some(({ kind }) => kind === 'zip') ? { file: name } : {};
}

function toShow(opened: OpenedDocument, { at, trustAnchors }: OpenToShowOptions): DocumentToShow {
  const rules = { at, ...(trustAnchors ? { trustAnchors } : {}) };
  const reading = readDocument(opened.xml);
  const inside = reading.signed ? verifyXml(opened.xml, rules) : undefined;
  const verdicts = [...opened.signatures.map((found) => verifyCms(found, rules)), ...(inside ? [inside] : [])];
  return {
    name: opened.name,
    xml: opened.xml,
    shown: shownOf(reading),
    signatures: signatureNotes(verdicts),
    findings: [...opened.findings, ...reading.findings].map((finding) => ({ ...finding, ...fileOf(opened) })),
  };
}

/**
 * Opens a file for showing: XML, p7m or zip. Nothing throws; what cannot be opened or read is a finding.
 * @param bytes the whole file
 * @param options its name, when it came, and limits
 */
export function openToShow(bytes: Uint8Array, options: OpenToShowOptions): FileToShow {
  const { name, limits } = options;
  const file = openFile(bytes, { ...(name === undefined ? {} : { name }), ...(limits ? { limits } : {}) });
  return { documents: file.documents.map((document) => toShow(document, options)), findings: file.findings };
}
