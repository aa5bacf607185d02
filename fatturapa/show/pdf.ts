// fatturapa: a shown invoice as PDF (A4), by the same sheets as the HTML view. The same sheets give the same bytes.
import PdfDocument from 'pdfkit';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { PagesFull, Pen, type StyleName } from './pdf-pen.ts';
import { writeSheet } from './pdf-sections.ts';
import { missingMark, pdfText } from './pdf-text.ts';
import type { Sheet } from './sheet.ts';
import { sayIn, type Word } from './words.ts';

/** Limits of a print. */
export interface PdfOptions {
  /** Pages at most; the last one says that the rest is in the XML. 2,000 by default. */
  readonly pagesMax?: number;
}

const pagesMaxByDefault = 2000;

/** The date of a document stands for the time of the print, so that the same document gives the same bytes. */
function dateOf(sheet: Sheet | undefined): Date {
  return new Date(`${sheet?.isoDate ?? '1970-01-01'}T12:00:00Z`);
}

function openDocument(sheet: Sheet | undefined): InstanceType<typeof PdfDocument> {
  const made = dateOf(sheet);
  return new PdfDocument({
    autoFirstPage: false,
    bufferPages: true,
    margin: 0,
    pdfVersion: '1.7',
    lang: sheet?.lang === 'en' ? 'en' : 'it-IT',
    displayTitle: true,
    info: {
      Title: sheet?.title ?? '',
      Author: sheet?.supplier ?? '',
      Subject: sheet?.courtesy ?? '',
      Creator: 'Staffetta',
      Producer: 'Staffetta',
      CreationDate: made,
      ModDate: made,
    },
  });
}

function collect(doc: InstanceType<typeof PdfDocument>): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const pieces: Buffer[] = [];
    doc.on('data', (piece: Buffer) => pieces.push(piece));
    doc.on('end', () => resolve(Buffer.concat(pieces)));
    doc.on('error', reject);
  });
}

async function writeSheets(pen: Pen, sheets: readonly Sheet[]): Promise<boolean> {
  try {
    for (const sheet of sheets) {
      await writeSheet(pen, sheet);
      await nextTurn();
    }
    return true;
  } catch (error) {
    if (!(error instanceof PagesFull)) throw error;
    return false;
  }
}

function writeNote(pen: Pen, say: (word: Word) => string, word: Word): void {
  for (const line of pen.lines(say(word), pen.width, 'label')) {
    pen.write(line, pen.left, pen.y, pen.width, 'start');
    pen.y += 10;
  }
}

function writeFooters(pen: Pen, say: (word: Word) => string): void {
  const style: StyleName = 'label';
  const { start, count } = pen.doc.bufferedPageRange();
  for (let at = start; at < start + count; at++) {
    pen.doc.switchToPage(at);
    const number = `${say('page')} ${at + 1} ${say('of')} ${count}`;
    pen.write({ text: pdfText(say('courtesyShort')), style }, pen.left, pen.footerY, pen.width, 'start');
    pen.write({ text: number, style }, pen.left, pen.footerY, pen.width, 'end');
  }
}

function lacksLetters(sheets: readonly Sheet[]): boolean {
  const text = JSON.stringify(sheets);
  return pdfText(text).length !== text.length || pdfText(text).includes(missingMark);
}

/**
 * Prints sheets. Letters outside WinAnsi become `[?]` and a note says so. Long tables give the event loop its turn.
 * @param sheets as `sheetsOf` made them, in one language
 * @param options limits
 * @returns the file; the same for the same sheets
 */
export async function pdfOf(sheets: readonly Sheet[], options: PdfOptions = {}): Promise<Uint8Array> {
  const [first] = sheets;
  const say = sayIn(first?.lang ?? 'it');
  const doc = openDocument(first);
  const bytes = collect(doc);
  const pen = new Pen(doc, options.pagesMax ?? pagesMaxByDefault);
  const whole = await writeSheets(pen, sheets);
  if (pen.pages === 0) {
    pen.newPage();
    writeNote(pen, say, 'nothingToShow');
  }
  if (!whole) {
    pen.y = pen.bottom;
    writeNote(pen, say, 'moreLines');
  } else if (lacksLetters(sheets)) {
    writeNote(pen, say, 'notWritable');
  }
  writeFooters(pen, say);
  doc.end();
  return bytes;
}
