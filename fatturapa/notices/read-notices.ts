// fatturapa: finds the notices and the documents in a file: plain, signed (p7m) or several in an archive.
import type { DocumentFinding } from '../finding.ts';
import { openFile, type OpenOptions } from '../open/open-file.ts';
import type { OpenedDocument } from '../open/opened-file.ts';
import { rootOf } from '../read/xml-tree.ts';
import { readText } from '../read-text.ts';
import { ordinary } from '../schema/ordinary.ts';
import { simplified } from '../schema/simplified.ts';
import { schemaOfRoot } from './notice-schemas.ts';
import type { Notice } from './notice.ts';
import { readNotice } from './read-notice.ts';

/** A notice and the file that it was. */
export interface FoundNotice {
  readonly notice: Notice;
  /** The file with its name, its envelopes and their signatures; `xml` are the notice's exact bytes. */
  readonly file: OpenedDocument;
}

/** What a file held. */
export interface NoticesReading {
  readonly notices: readonly FoundNotice[];
  /** Everything that is no notice: invoices, or what cannot be told; the archive of an attestation (AT) brings the invoice along. */
  readonly documents: readonly OpenedDocument[];
  /** About envelopes and notices; `file` names the one of an archive. */
  readonly findings: readonly DocumentFinding[];
}

/**
 * Whether a file's root is that of a notice.
 * @param xml without envelopes
 */
export function isNotice(xml: Uint8Array): boolean {
  const file = readText(xml);
  const root = file.ok ? rootOf(file.text) : undefined;
  return root !== undefined && schemaOfRoot(root.local, root.uri) !== undefined;
}

const invoiceRoots: ReadonlySet<string> = new Set([ordinary.root, simplified.root]);

/**
 * Whether a file's root is that of a FatturaPA invoice, of any version: no notice has such a root.
 * @param xml without envelopes
 */
export function isInvoice(xml: Uint8Array): boolean {
  const file = readText(xml);
  const root = file.ok ? rootOf(file.text) : undefined;
  return root !== undefined && invoiceRoots.has(root.local);
}

/**
 * Says of findings which file of an archive they are about.
 * @param findings about one document
 * @param document the document; out of no archive, the findings stay as they are
 */
export function namedFindings(
  findings: readonly DocumentFinding[],
  { name, layers }: OpenedDocument,
): DocumentFinding[] {
  const isInArchive = layers.some(({ kind }) => kind === 'zip');
  return findings.map((finding) => (isInArchive && name !== undefined ? { file: name, ...finding } : finding));
}

/**
 * Reads every notice of a file. Nothing throws; signatures are parsed, not verified.
 * @param bytes an XML, a p7m (DER, BER, base64) or a zip of either
 * @param options the file's name and limits, as for `openFile`
 */
export function readNotices(bytes: Uint8Array, options: OpenOptions = {}): NoticesReading {
  const opened = openFile(bytes, options);
  const notices: FoundNotice[] = [];
  const documents: OpenedDocument[] = [];
  const findings: DocumentFinding[] = [...opened.findings];
  for (const file of opened.documents) {
    findings.push(...namedFindings(file.findings, file));
    if (!isNotice(file.xml)) {
      documents.push(file);
      continue;
    }
    const reading = readNotice(file.xml);
    findings.push(...namedFindings(reading.findings, file));
    if (reading.notice) notices.push({ notice: reading.notice, file });
  }
  return { notices, documents, findings };
}
