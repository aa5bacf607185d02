// fatturapa: opens the files of a zip archive, each as a document of its own, within bounds for all of them together.
import type { SentenceDetails } from '../fill-sentence.ts';
import type { DocumentFinding } from '../finding.ts';
import { inflateEntry } from './inflate-entry.ts';
import { openFinding, type OpenReason } from './open-findings.ts';
import type { Layer, OpenedDocument, OpenLimits } from './opened-file.ts';
import { unwrapDocument } from './unwrap-document.ts';
import { readZipDirectory, type ZipEntry } from './zip-directory.ts';

/** What came out of an archive. */
export interface OpenedArchive {
  readonly documents: readonly OpenedDocument[];
  readonly findings: readonly DocumentFinding[];
}

const nameLengthMax = 255;
// Absolute, with a drive, upwards, with another system's separators, or with characters that no name has.
const unsafeName = /^\/|^[A-Za-z]:|\\|(?:^|\/)\.{1,2}(?:\/|$)|[\u0000-\u001f\u007f]/;

// What file managers put into archives on their own account.
const litter = /^__MACOSX\/|(?:^|\/)(?:\.DS_Store|Thumbs\.db|desktop\.ini)$/i;

interface Refusal {
  readonly reason: OpenReason;
  readonly details: SentenceDetails;
}

function withEntry(document: OpenedDocument, entryBytes: Uint8Array): OpenedDocument {
  return document.layers.at(-1)?.kind === 'zip' ? document : { ...document, entryBytes };
}

class ArchiveOpener {
  readonly #archive: Uint8Array;
  readonly #above: readonly Layer[];
  readonly #limits: OpenLimits;
  readonly #documents: OpenedDocument[] = [];
  readonly #findings: DocumentFinding[] = [];
  readonly #names = new Set<string>();
  #inflatedBytes = 0;

  constructor(archive: Uint8Array, above: readonly Layer[], limits: OpenLimits) {
    this.#archive = archive;
    this.#above = above;
    this.#limits = limits;
  }

  open(entries: readonly ZipEntry[]): OpenedArchive {
    for (const entry of entries.filter(({ isFolder, bytes }) => !isFolder || bytes > 0)) {
      const refusal = this.#refusalOf(entry);
      if (refusal) this.#findings.push(openFinding(refusal.reason, refusal.details, entry.name));
      else this.#openEntry(entry);
      if (refusal?.reason === 'inflated') break;
    }
    if (this.#documents.length + this.#findings.length === 0) this.#findings.push(openFinding('emptyArchive'));
    return { documents: this.#documents, findings: this.#findings };
  }

  /** Judged before anything is unpacked; the first reason counts. */
  #refusalOf(entry: ZipEntry): Refusal | undefined {
    const { name, bytes, packedBytes } = entry;
    const { documentBytesMax, ratioMax, inflatedBytesMax } = this.#limits;
    const key = name.toLowerCase();
    const isRepeated = this.#names.has(key);
    this.#names.add(key);
    const reasons: readonly (readonly [boolean, OpenReason, number])[] = [
      [litter.test(name), 'litter', 0],
      [name === '' || name.length > nameLengthMax || unsafeName.test(name), 'unsafeName', 0],
      [isRepeated, 'sameName', 0],
      [bytes === 0, 'empty', 0],
      [bytes > documentBytesMax, 'tooLarge', documentBytesMax],
      [bytes > packedBytes * ratioMax, 'ratio', ratioMax],
      [this.#inflatedBytes + bytes > inflatedBytesMax, 'inflated', inflatedBytesMax],
    ];
    const [, reason, max = 0] = reasons.find(([applies]) => applies) ?? [];
    return reason && { reason, details: { bytes, max } };
  }

  #openEntry(entry: ZipEntry): void {
    // Counted even where it turns out damaged: the work was done.
    this.#inflatedBytes += entry.bytes;
    const inflated = inflateEntry(this.#archive, entry);
    if (!inflated.ok) {
      this.#findings.push(openFinding(inflated.reason, { detail: inflated.detail }, entry.name));
      return;
    }
    const layers: Layer[] = [...this.#above, { kind: 'zip', entry: entry.name }];
    const unwrapped = unwrapDocument(inflated.bytes, entry.name, layers, this.#limits);
    if (unwrapped.kind === 'document') this.#documents.push(withEntry(unwrapped.document, inflated.bytes));
    else if (unwrapped.kind === 'refused') this.#findings.push(unwrapped.finding);
    else this.#findings.push(openFinding('nestedArchive', {}, entry.name));
  }
}

/**
 * Opens an archive. Nothing throws; what is unpacked at any time is bounded by the limits, whatever the archive says.
 * @param archive the bytes of the zip
 * @param above the layers that are already off
 * @param limits bytes, number of files, ratio
 */
export function openArchive(archive: Uint8Array, above: readonly Layer[], limits: OpenLimits): OpenedArchive {
  const directory = readZipDirectory(archive, limits.entriesMax);
  if (directory.ok) return new ArchiveOpener(archive, above, limits).open(directory.entries);
  const reason = directory.reason === 'entries' ? 'entries' : 'archive';
  return { documents: [], findings: [openFinding(reason, { detail: directory.detail, max: limits.entriesMax })] };
}
