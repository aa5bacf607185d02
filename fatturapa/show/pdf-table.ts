// fatturapa: tables in a PDF, which go on over pages and repeat their heads.
import { setImmediate as nextTurn } from 'node:timers/promises';
import { columnWidths } from './column-widths.ts';
import { accent, hairline, type Line, type Pen, type Stack } from './pdf-pen.ts';
import type { Cell, Column } from './sheet.ts';

const gap = 8;
/** Keeps figures of neighbouring columns apart. */
const figureGap = 8;
const rowGap = 5.5;
const rowsPerTurn = 50;

function naturalOf(pen: Pen, rows: readonly (readonly Cell[])[], column: Column, at: number): number {
  let widest = Math.max(0, ...column.title.split(' ').map((word) => pen.widthOfText(word, 'head')));
  for (const row of rows) {
    const { text = '', more = [] } = row[at] ?? {};
    // A text that fills lines anyway need not be measured to its end.
    widest = Math.max(widest, pen.widthOfText(text.slice(0, 200), 'text'));
    for (const line of more) widest = Math.max(widest, pen.widthOfText(line.slice(0, 200), 'label'));
  }
  return widest + gap + (column.align === 'end' ? figureGap : 0.5);
}

interface Strip {
  readonly x: number;
  readonly room: number;
  readonly align: Column['align'];
}

function stripsOf(pen: Pen, columns: readonly Column[], rows: readonly (readonly Cell[])[]): Strip[] {
  const naturals = columns.map((column, at) => naturalOf(pen, rows, column, at));
  const widths = columnWidths({ columns, naturals, total: pen.width, least: 24 });
  let x = pen.left;
  return widths.map((width, at) => {
    const strip = { x: x + gap / 2, room: width - gap, align: columns[at]!.align };
    x += width;
    return strip;
  });
}

function cellLines(pen: Pen, cell: Cell | undefined, room: number): Line[] {
  const more = (cell?.more ?? []).flatMap((line) => pen.lines(line, room, 'label'));
  return [...pen.lines(cell?.text ?? '', room, 'text'), ...more];
}

/**
 * Draws a table. Between rows the event loop gets its turn, so that a long table blocks nobody.
 * @param pen where it is drawn
 * @param columns its heads
 * @param rows one field per column
 */
export async function writeTable(
  pen: Pen,
  columns: readonly Column[],
  rows: readonly (readonly Cell[])[],
): Promise<void> {
  const strips = stripsOf(pen, columns, rows);
  const heads = strips.map((strip, at): Stack => {
    return { ...strip, lines: pen.lines(columns[at]!.title, strip.room, 'head') };
  });
  const writeHead = (): void => {
    pen.writeStacks(heads);
    pen.rule(pen.y + 1, accent, 0.8);
    pen.y += rowGap;
  };
  writeHead();
  for (const [at, row] of rows.entries()) {
    if (at % rowsPerTurn === rowsPerTurn - 1) await nextTurn();
    const stacks = strips.map((strip, column): Stack => ({ ...strip, lines: cellLines(pen, row[column], strip.room) }));
    pen.writeStacks(stacks, writeHead);
    pen.rule(pen.y + 1, hairline, 0.5);
    pen.y += rowGap;
  }
}
