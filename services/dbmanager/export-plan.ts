// dbmanager: where each file of an exported invoice lies in the archive: by day and number, each file once.
import { safeFileName } from '@staffetta/fatturapa/show/attachments.ts';
import { toRomeWallTime } from '@staffetta/platform/clock.ts';
import type { ExportedInvoice, ExportedNotice, ExportedTransmission, StoredFile } from './exported-invoices.ts';

/** A file with its place in the archive. */
export interface PlacedFile extends StoredFile {
  readonly path: string;
  /** `received`: as it was handed in. `document`: what was made of it. `sent`: as it went out, where that is another file. `notice`: what SdI said. */
  readonly role: 'received' | 'document' | 'sent' | 'notice';
}

/** An invoice's files. */
export interface ExportPlan {
  readonly files: readonly PlacedFile[];
  /** The path of each transmission's file, by its id. */
  readonly sentPaths: ReadonlyMap<string, string>;
  /** The path of each notice, by its id. */
  readonly noticePaths: ReadonlyMap<string, string>;
}

const extensions = { xml: '.xml', p7m: '.xml.p7m', zip: '.zip', json: '.json' } as const;

class Folder {
  readonly #path: string;
  readonly #taken = new Set<string>();
  readonly #paths = new Map<string, string>();
  readonly files: PlacedFile[] = [];

  constructor(path: string) {
    this.#path = path;
  }

  /** Places a file unless it has its place already; names that differ only in case would overwrite each other on some disks. */
  place(file: StoredFile, role: PlacedFile['role'], name: string): string {
    const known = this.#paths.get(file.contentId);
    if (known !== undefined) return known;
    const safe = safeFileName(name, 1);
    let path = `${this.#path}/${safe}`;
    for (let copy = 2; this.#taken.has(path.toLowerCase()); copy++) path = `${this.#path}/${copy}-${safe}`;
    this.#taken.add(path.toLowerCase());
    this.#paths.set(file.contentId, path);
    const { contentId, sha256, size } = file;
    this.files.push({ contentId, sha256, size, path, role });
    return path;
  }
}

/** What went out under a name is named so, though it was received without one. */
function storedName(invoice: ExportedInvoice): string {
  const { fileName, transmissions, stored, invoiceNumber, fileKind } = invoice;
  const same = transmissions.find((one: ExportedTransmission) => one.contentId === stored.contentId);
  return fileName ?? same?.fileName ?? `${invoiceNumber}${extensions[fileKind]}`;
}

/** Out of an archive the notice alone may be kept, and the other way round: a name that promises another file is not taken. */
function noticeName({ givenName, isZip, sdiId, kind }: ExportedNotice): string {
  const fits = givenName !== null && /\.zip$/i.test(givenName) === isZip;
  return fits ? givenName : `${sdiId}_${kind}${isZip ? '.zip' : '.xml'}`;
}

/**
 * Plans an invoice's folder: `<day>/<number>/`, the day by Rome's clock.
 * @param invoice the invoice with its files
 */
export function planOf(invoice: ExportedInvoice): ExportPlan {
  const { invoiceNumber, createdAt, request, stored, transmissions, notices } = invoice;
  const folder = new Folder(`${toRomeWallTime(createdAt).slice(0, 10)}/${String(invoiceNumber).padStart(8, '0')}`);
  if (request) folder.place(request, 'received', `${invoiceNumber}.json`);
  folder.place(stored, request ? 'document' : 'received', storedName(invoice));
  const sentPaths = new Map(transmissions.map((one) => [one.transmissionId, folder.place(one, 'sent', one.fileName)]));
  const noticePaths = new Map(notices.map((one) => [one.contentId, folder.place(one, 'notice', noticeName(one))]));
  return { files: folder.files, sentPaths, noticePaths };
}
