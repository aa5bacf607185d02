// fatturapa: one job of showing, from a file's bytes to the bytes of a page, a print, a document or an attachment.
import type { DocumentFinding } from '../finding.ts';
import type { OpenLimits } from '../open/opened-file.ts';
import { safeFileName } from './attachments.ts';
import { attachmentIn, sheetsOfFile } from './file-sheets.ts';
import { htmlOf } from './html.ts';
import { openToShow, type FileToShow } from './open-to-show.ts';
import { pdfOf } from './pdf.ts';
import type { Lang } from './sheet.ts';
import type { Trail } from './trail.ts';

/** The worker's program; each message is a `ShowJob`, each answer its `ShowAnswer`. */
export const showWorker = new URL('./show-worker.ts', import.meta.url);

interface SheetWish {
  readonly lang: Lang;
  readonly trail: Trail;
  /** The one document of an archive, from 1; all where it is absent. */
  readonly document?: number;
  /** The one body, from 1; all where it is absent. */
  readonly body?: number;
}

/** What is wanted of a file. */
export type ShowWish =
  | (SheetWish & {
      readonly form: 'html';
      /** Stands before and after the number of an attachment in its address. */
      readonly attachmentHref?: readonly [before: string, after: string];
    })
  | (SheetWish & { readonly form: 'pdf'; readonly pagesMax?: number })
  | { readonly form: 'xml'; /** From 1. */ readonly document: number }
  | { readonly form: 'attachment'; /** From 1, over the whole file. */ readonly index: number };

/** A job; it can be cloned into another thread. */
export interface ShowJob {
  readonly bytes: Uint8Array;
  readonly name?: string;
  /** When the file came: signatures are judged as of then. */
  readonly at: Date;
  readonly trustAnchors?: readonly string[];
  readonly limits?: Partial<OpenLimits>;
  readonly wish: ShowWish;
}

/** What came of it. */
export type ShowAnswer =
  | { readonly kind: 'shown'; readonly bytes: Uint8Array; readonly type: string; readonly name: string }
  /** No document of the file can be read; the findings say why. */
  | { readonly kind: 'notReadable'; readonly findings: readonly DocumentFinding[] }
  /** The body, document or attachment that was asked for does not exist. */
  | { readonly kind: 'noSuchPart' };

function extended(name: string, extension: string): string {
  return `${safeFileName(name, 1).slice(0, 100)}${extension}`;
}

function hrefOf(pieces: readonly [string, string] | undefined): { attachmentHref?: (index: number) => string } {
  return pieces ? { attachmentHref: (index) => `${pieces[0]}${index}${pieces[1]}` } : {};
}

async function showSheets(file: FileToShow, wish: ShowWish & { form: 'html' | 'pdf' }): Promise<ShowAnswer> {
  const sheets = sheetsOfFile(file, wish);
  const title = sheets[0]?.title;
  if (title === undefined) return { kind: 'noSuchPart' };
  if (wish.form === 'html') {
    const bytes = Buffer.from(htmlOf(sheets, hrefOf(wish.attachmentHref)));
    return { kind: 'shown', bytes, type: 'text/html; charset=utf-8', name: extended(title, '.html') };
  }
  const { pagesMax } = wish;
  const bytes = await pdfOf(sheets, pagesMax === undefined ? {} : { pagesMax });
  return { kind: 'shown', bytes, type: 'application/pdf', name: extended(title, '.pdf') };
}

function takeXml(file: FileToShow, place: number): ShowAnswer {
  const document = file.documents[place - 1];
  if (!document) return { kind: 'noSuchPart' };
  const name = (document.name ?? `documento-${place}.xml`).replace(/(?:\.p7m)+$/i, '');
  return { kind: 'shown', bytes: document.xml, type: 'application/xml', name: safeFileName(name, place) };
}

function takeAttachment(file: FileToShow, index: number): ShowAnswer {
  const found = attachmentIn(file, index);
  return found ? { kind: 'shown', ...found } : { kind: 'noSuchPart' };
}

function notReadable(file: FileToShow, wish: ShowWish): ShowAnswer | undefined {
  const readable = wish.form === 'xml' ? file.documents.length > 0 : file.documents.some(({ shown }) => shown);
  if (readable) return undefined;
  const findings = [...file.findings, ...file.documents.flatMap((document) => document.findings)];
  return { kind: 'notReadable', findings: findings.slice(0, 20) };
}

/**
 * Does a job of showing. Nothing of the file makes it throw.
 * @param job the file and what is wanted of it
 */
export async function showFile(job: ShowJob): Promise<ShowAnswer> {
  const { bytes, wish, ...options } = job;
  const file = openToShow(bytes, options);
  const refusal = notReadable(file, wish);
  if (refusal) return refusal;
  switch (wish.form) {
    case 'html':
    case 'pdf':
      return showSheets(file, wish);
    case 'xml':
      return takeXml(file, wish.document);
    case 'attachment':
      return takeAttachment(file, wish.index);
    default:
      return wish satisfies never;
  }
}
