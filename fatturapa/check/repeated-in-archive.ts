// fatturapa: what stands twice in one archive: SdI forwards its files singly, and would refuse the second (00002, 00404).
import { hash } from 'node:crypto';
import type { DocumentFinding, Sentence } from '../finding.ts';
import { readText } from '../read-text.ts';
import { locate } from '../read/locate.ts';
import type { AnyDocument } from '../read/read-document.ts';
import { generalAt, viewOfOrdinary, viewOfSimplified, type DocumentView, type General } from './document-view.ts';
import { date } from './figures.ts';
import { identityOf } from './general-rules.ts';

/** A document of an archive, as `checkDocument` gives it. */
export interface ArchiveDocument {
  /** Its file's name in the archive. */
  readonly name?: string;
  /** The innermost bytes. */
  readonly xml: Uint8Array;
  /** Present where its format is right. */
  readonly right?: AnyDocument;
}

const fix: Sentence = {
  it: "Togliere dall'archivio uno dei due file; se sono documenti diversi, dare a ciascuno un numero suo.",
  en: 'Take one of the two files out of the archive; if they are different documents, give each a number of its own.',
};

function viewOf(right: AnyDocument): DocumentView {
  return right.kind === 'ordinary' ? viewOfOrdinary(right.document) : viewOfSimplified(right.document);
}

function supplierOf({ supplier }: DocumentView): string {
  const { IdFiscaleIVA: id, CodiceFiscale } = supplier;
  return (id ? `${id.IdPaese}${id.IdCodice.trim()}` : (CodiceFiscale ?? '')).toUpperCase();
}

function sameBytes(name: string, first: string): DocumentFinding {
  return {
    code: '00002',
    severity: 'error',
    file: name,
    message: {
      it: `L'archivio contiene due volte lo stesso documento: ${name} è identico, byte per byte, al file ${first}.`,
      en: `The archive holds the same document twice: ${name} is identical, byte by byte, to the file ${first}.`,
    },
    fix: { ...fix },
  };
}

function sameNumber(name: string, first: string, { Numero, Data }: General, place: number): DocumentFinding {
  const day = date(Data);
  return {
    code: '00404',
    severity: 'error',
    file: name,
    path: `FatturaElettronicaBody[${place}]/${generalAt}/Numero`,
    value: Numero,
    message: {
      it: `Lo stesso documento (fornitore, anno e numero) sta in due file dell'archivio: il numero ${Numero} del ${day.it} in ${name} è già in ${first}.`,
      en: `The same document (supplier, year and number) stands in two files of the archive: number ${Numero} of ${day.en} in ${name} is in ${first} already.`,
    },
    fix: { ...fix },
  };
}

function located(findings: readonly DocumentFinding[], xml: Uint8Array): DocumentFinding[] {
  const file = findings.length > 0 ? readText(xml) : undefined;
  if (!file?.ok) return [...findings];
  const places = locate(
    file.text,
    findings.map(({ path = '' }) => path),
  );
  return findings.map((finding) => ({ ...finding, ...places.get(finding.path ?? '') }));
}

/** What was seen of the documents before. */
class SeenDocuments {
  /** Digest of the bytes → name. */
  readonly #bytes = new Map<string, string>();
  /** Supplier and identity → name. */
  readonly #numbers = new Map<string, string>();

  add({ xml, right }: ArchiveDocument, name: string): DocumentFinding[] {
    const digest = hash('sha256', xml, 'hex');
    const same = this.#bytes.get(digest);
    // Its numbers repeat for the same cause.
    if (same !== undefined) return [sameBytes(name, same)];
    this.#bytes.set(digest, name);
    return right ? located(this.#addNumbers(viewOf(right), name), xml) : [];
  }

  #addNumbers(view: DocumentView, name: string): DocumentFinding[] {
    const supplier = supplierOf(view);
    const findings: DocumentFinding[] = [];
    const own = new Set<string>();
    for (const [index, { DatiGenerali }] of view.bodies.entries()) {
      const general = DatiGenerali.DatiGeneraliDocumento;
      const key = JSON.stringify([supplier, identityOf(general)]);
      const first = this.#numbers.get(key);
      // Twice in one lot is told by 00409.
      if (first !== undefined && !own.has(key)) findings.push(sameNumber(name, first, general, index + 1));
      if (first === undefined) this.#numbers.set(key, name);
      own.add(key);
    }
    return findings;
  }
}

/**
 * Finds documents that stand twice in one archive. Nothing throws; linear in the documents.
 * @param documents in the order of the archive
 * @returns 00002 for each file with the very bytes of an earlier one, 00404 for each body with supplier, year, number and kind of a
 *   body in an earlier file; `file` is the later one, the sentences name both
 */
export function repeatedInArchive(documents: readonly ArchiveDocument[]): DocumentFinding[] {
  if (documents.length < 2) return [];
  const seen = new SeenDocuments();
  return documents.flatMap((document, index) => seen.add(document, document.name ?? `n. ${index + 1}`));
}
