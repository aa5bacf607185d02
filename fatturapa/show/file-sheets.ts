// fatturapa: the sheets and the attachments of a whole file, which may hold several documents (a zip) of several bodies (a lot).
import { attachmentOf, attachmentsIn, type Attachment } from './attachments.ts';
import { sheetsOf } from './invoice-sheet.ts';
import type { ShownDocument } from './loose.ts';
import type { DocumentToShow, FileToShow } from './open-to-show.ts';
import type { Lang, Sheet } from './sheet.ts';
import type { Trail } from './trail.ts';
import { listOf } from './voice.ts';

/** Which part of the file, and in which language. */
export interface FileSheetsOptions {
  readonly lang: Lang;
  /** What is known of the file; a document of an archive shows its own name, and its own signatures. */
  readonly trail?: Trail;
  /** The one document of an archive to show, from 1; all where it is absent. */
  readonly document?: number;
  /** The one body to show, from 1, within each document shown. */
  readonly body?: number;
  readonly bodiesMax?: number;
}

interface Numbered {
  readonly document: DocumentToShow;
  readonly shown: ShownDocument;
  /** Its place in the file, from 1. */
  readonly place: number;
  readonly attachmentsBefore: number;
}

/** Those that can be shown, each with the attachments before it. */
function numbered(file: FileToShow): Numbered[] {
  let attachmentsBefore = 0;
  return file.documents.flatMap((document, at) => {
    const { shown } = document;
    if (!shown) return [];
    const one = { document, shown, place: at + 1, attachmentsBefore };
    attachmentsBefore += attachmentsIn(shown);
    return [one];
  });
}

function trailOf({ document }: Numbered, trail: Trail, isArchive: boolean): Trail {
  const ownName = isArchive && document.name !== undefined ? { fileName: document.name } : {};
  return { ...trail, ...ownName, signatures: [...(trail.signatures ?? []), ...document.signatures] };
}

/**
 * Lays a file out.
 * @param file as `openToShow` opened it
 * @param options which part, and what is known of it
 * @returns one sheet per body; none where nothing in it can be shown, or the part does not exist
 */
export function sheetsOfFile(file: FileToShow, options: FileSheetsOptions): Sheet[] {
  const { lang, trail = {}, document: wanted, body, bodiesMax } = options;
  const isArchive = file.documents.length > 1;
  return numbered(file)
    .filter(({ place }) => wanted === undefined || place === wanted)
    .flatMap((one) =>
      sheetsOf(one.shown, {
        lang,
        trail: trailOf(one, trail, isArchive),
        attachmentsBefore: one.attachmentsBefore,
        ...(body === undefined ? {} : { body }),
        ...(bodiesMax === undefined ? {} : { bodiesMax }),
      }),
    );
}

/**
 * Counts what can be shown.
 * @param file as `openToShow` opened it
 * @returns for each document how many sheets it has in all; 0 where it is no invoice
 */
export function sheetCounts(file: FileToShow): number[] {
  // A document of which no body could be read still shows its header.
  return file.documents.map(({ shown }) => {
    return shown ? Math.max(1, listOf<unknown>(shown.document.FatturaElettronicaBody).length) : 0;
  });
}

/**
 * Takes one attachment out of a file.
 * @param file as `openToShow` opened it
 * @param index from 1, counted over all documents and bodies
 * @returns undefined where there is none of that number
 */
export function attachmentIn(file: FileToShow, index: number): Attachment | undefined {
  const holder = numbered(file).findLast(({ attachmentsBefore }) => attachmentsBefore < index);
  return holder && attachmentOf(holder.shown, index - holder.attachmentsBefore);
}
