// fatturapa: takes the envelopes off a file: base64, CMS signatures, archives, down to the documents inside.
import { fileKindOf } from '../file-kind.ts';
import type { DocumentFinding } from '../finding.ts';
import { openArchive } from './open-archive.ts';
import { openFinding } from './open-findings.ts';
import { openLimits } from './open-limits.ts';
import type { OpenedDocument, OpenedFile, OpenLimits } from './opened-file.ts';
import { unwrapDocument } from './unwrap-document.ts';

/** What is known about the file, and how far to go. */
export interface OpenOptions {
  /** As it was handed in. It never decides what the file is; where it promises something else, that is a finding. */
  readonly name?: string;
  /** Where they are to differ from `openLimits`. */
  readonly limits?: Partial<OpenLimits>;
}

type Contents = Pick<OpenedFile, 'documents' | 'findings'>;

const only = (document: OpenedDocument): Contents => ({ documents: [document], findings: [] });
const none = (finding: DocumentFinding): Contents => ({ documents: [], findings: [finding] });

function contentsOf(bytes: Uint8Array, name: string | undefined, limits: OpenLimits, bytesMax: number): Contents {
  if (bytes.length === 0) return none(openFinding('empty'));
  if (bytes.length > bytesMax) return none(openFinding('tooLarge', { bytes: bytes.length, max: bytesMax }));
  const unwrapped = unwrapDocument(bytes, name, [], limits);
  if (unwrapped.kind === 'document') return only(unwrapped.document);
  if (unwrapped.kind === 'refused') return none(unwrapped.finding);
  const isSigned = unwrapped.layers.some((layer) => layer.kind === 'p7m');
  if (isSigned) return none(openFinding('nestedArchive'));
  return openArchive(unwrapped.bytes, unwrapped.layers, limits);
}

/**
 * Opens a file by its content: plain XML in any encoding; CMS SignedData in DER or BER, also signed several times over; base64 or
 * PEM of these; zip archives of these. Signatures are parsed, not verified (see `verifyCms`, `verifyXml`). Nothing throws, the time
 * is linear in the file, the memory bounded by the limits.
 * @param bytes the whole file; documents are views of it where nothing had to be decoded
 * @param options its name, and limits other than `openLimits`
 * @returns the documents and what is wrong with the envelopes: 00003 too large, 00102 a signature envelope that cannot be read,
 *   00106 empty or damaged, 00001 and 00002 names in an archive, or a word of ours (`TOO_DEEP`, `ARCHIVE_LIMIT`,
 *   `TRAILING_BYTES`, `FILE_KIND`)
 */
export function openFile(bytes: Uint8Array, options: OpenOptions = {}): OpenedFile {
  const limits = { ...openLimits, ...options.limits };
  const kind = fileKindOf(bytes);
  const bytesMax = kind === 'zip' ? limits.archiveBytesMax : limits.documentBytesMax;
  return { kind, ...contentsOf(bytes, options.name, limits, bytesMax) };
}
