// fatturapa: the pen that writes a PDF: where the next line goes, how wide letters are, and when a page is full.
import type PdfDocument from 'pdfkit';
import { pdfText } from './pdf-text.ts';
import { wrapText } from './wrap-text.ts';

/** How a line looks. Sizes are in points. */
export interface LineStyle {
  readonly font: 'Helvetica' | 'Helvetica-Bold';
  readonly size: number;
  /** From one line's top to the next. */
  readonly height: number;
  readonly colour: string;
}

const ink = '#1b2330';
const soft = '#4a5668';
/** The colour of heads and rules. */
export const accent = '#0a4a83';
/** The colour of thin rules. */
export const hairline = '#c6ced9';

/** The looks that sheets are written in. */
export const styles = {
  title: { font: 'Helvetica-Bold', size: 17, height: 21, colour: ink },
  subtitle: { font: 'Helvetica', size: 11, height: 14, colour: soft },
  section: { font: 'Helvetica-Bold', size: 9.5, height: 14, colour: accent },
  name: { font: 'Helvetica-Bold', size: 10, height: 13, colour: ink },
  text: { font: 'Helvetica', size: 8.5, height: 11, colour: ink },
  strong: { font: 'Helvetica-Bold', size: 8.5, height: 11, colour: ink },
  label: { font: 'Helvetica', size: 7.5, height: 10, colour: soft },
  head: { font: 'Helvetica-Bold', size: 7.5, height: 10, colour: soft },
} as const satisfies Record<string, LineStyle>;

/** A look by its name. */
export type StyleName = keyof typeof styles;

/** One line, broken already. */
export interface Line {
  readonly text: string;
  readonly style: StyleName;
}

/** Lines one below the other in a strip of the page. */
export interface Stack {
  readonly x: number;
  readonly room: number;
  readonly align: 'start' | 'end';
  readonly lines: readonly Line[];
}

/** The print has as many pages as it may have. */
export class PagesFull extends Error {}

/** A4 and its margins, in points. */
const page = { width: 595.28, height: 841.89, side: 34, top: 36, bottom: 50 };

function heightOf(lines: readonly Line[]): number {
  return lines.reduce((height, { style }) => height + styles[style].height, 0);
}

/** Writes on one document, from top to bottom. */
export class Pen {
  readonly doc: InstanceType<typeof PdfDocument>;
  readonly left = page.side;
  readonly width = page.width - 2 * page.side;
  readonly bottom = page.height - page.bottom;
  readonly footerY = page.height - 34;
  y = page.top;
  pages = 0;
  readonly #pagesMax: number;
  readonly #widths = new Map<LineStyle['font'], Map<string, number>>();

  constructor(doc: InstanceType<typeof PdfDocument>, pagesMax: number) {
    this.doc = doc;
    this.#pagesMax = pagesMax;
  }

  /** @throws PagesFull where there may be no further page */
  newPage(): void {
    if (this.pages >= this.#pagesMax) throw new PagesFull();
    this.doc.addPage({ size: 'A4', margin: 0 });
    this.pages++;
    this.y = page.top;
  }

  /** Starts a new page where so much does not fit any more. */
  need(height: number): void {
    if (this.y + height > this.bottom) this.newPage();
  }

  /** Width of one character in points. */
  widthOf(character: string, { font, size }: LineStyle): number {
    let known = this.#widths.get(font);
    if (!known) this.#widths.set(font, (known = new Map<string, number>()));
    let width = known.get(character);
    if (width === undefined) {
      width = this.doc.font(font).fontSize(1000).widthOfString(character);
      known.set(character, width);
    }
    return (width * size) / 1000;
  }

  /** Width of a text on one line. */
  widthOfText(text: string, style: StyleName): number {
    let width = 0;
    for (const character of pdfText(text)) width += this.widthOf(character, styles[style]);
    return width;
  }

  /** Breaks a text into lines. */
  lines(text: string, room: number, style: StyleName): Line[] {
    if (text === '') return [];
    const look = styles[style];
    const broken = wrapText(pdfText(text), room, (character) => this.widthOf(character, look));
    return broken.map((line) => ({ text: line, style }));
  }

  /** Writes one line at a place of the page. */
  write(line: Line, x: number, y: number, room: number, align: 'start' | 'end'): void {
    const { font, size, colour } = styles[line.style];
    this.doc.font(font).fontSize(size).fillColor(colour);
    const from = align === 'end' ? x + room - this.doc.widthOfString(line.text) : x;
    this.doc.text(line.text, from, y, { lineBreak: false });
  }

  /** Draws a rule across at a height. */
  rule(y: number, colour: string, thickness: number, x = this.left, width = this.width): void {
    this.doc
      .moveTo(x, y)
      .lineTo(x + width, y)
      .lineWidth(thickness)
      .strokeColor(colour)
      .stroke();
  }

  /**
   * Writes stacks side by side; what does not fit goes on at the top of the next page.
   * @param stacks beginning at the same height
   * @param onNewPage draws what each new page begins with
   */
  writeStacks(stacks: readonly Stack[], onNewPage?: () => void): void {
    const height = Math.max(0, ...stacks.map(({ lines }) => heightOf(lines)));
    const fitsOnePage = height <= (this.bottom - page.top) / 2;
    if (fitsOnePage && this.y + height > this.bottom) this.#turn(onNewPage);
    const next = stacks.map(() => 0);
    for (;;) {
      this.y = this.#writePiece(stacks, next);
      if (stacks.every(({ lines }, at) => next[at]! >= lines.length)) return;
      this.#turn(onNewPage);
    }
  }

  #turn(onNewPage?: () => void): void {
    this.newPage();
    onNewPage?.();
  }

  /** Writes as many lines of each stack as the page takes, and gives the height below the longest. */
  #writePiece(stacks: readonly Stack[], next: number[]): number {
    let lowest = this.y;
    for (const [at, { lines, x, room, align }] of stacks.entries()) {
      let y = this.y;
      for (let line = lines[next[at]!]; line; line = lines[next[at]!]) {
        const { height } = styles[line.style];
        if (y + height > this.bottom) break;
        this.write(line, x, y, room, align);
        y += height;
        next[at]!++;
      }
      lowest = Math.max(lowest, y);
    }
    return lowest;
  }
}
