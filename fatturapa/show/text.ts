// fatturapa: a shown invoice for a terminal: aligned columns in so many characters, nothing that a terminal would obey.
import { columnWidths } from './column-widths.ts';
import { plainText } from './plain-text.ts';
import type { Card, Cell, Column, Fact, Section, Sheet } from './sheet.ts';
import { wrapText } from './wrap-text.ts';

/** How wide the terminal is. */
export interface TextOptions {
  /** Characters of a line, 40–400; 100 by default. */
  readonly width?: number;
}

const gap = 2;
/** Characters that a column needs on the average. */
const columnRoomMin = 11;

/** Code points stand for columns of the terminal: the texts of documents are Latin. */
function lengthOf(text: string): number {
  let length = 0;
  for (const character of text) length += character.length > 0 ? 1 : 0;
  return length;
}

function wrapped(text: string, room: number): string[] {
  return text === '' ? [] : wrapText(plainText(text), Math.max(1, room), () => 1);
}

function padded(text: string, room: number, align: Column['align']): string {
  const blanks = ' '.repeat(Math.max(0, room - lengthOf(text)));
  return align === 'end' ? blanks + text : text + blanks;
}

/** Puts columns of lines beside each other. */
function sideBySide(columns: readonly { lines: readonly string[]; room: number; align: Column['align'] }[]): string[] {
  const height = Math.max(0, ...columns.map(({ lines }) => lines.length));
  return Array.from({ length: height }, (_, at) =>
    columns
      .map(({ lines, room, align }) => padded(lines[at] ?? '', room, align))
      .join(' '.repeat(gap))
      .trimEnd(),
  );
}

function cellLines(cell: Cell | undefined, room: number): string[] {
  return [cell?.text ?? '', ...(cell?.more ?? [])].flatMap((line) => wrapped(line, room));
}

function naturalOf(rows: readonly (readonly Cell[])[], title: string, at: number): number {
  let widest = Math.max(...title.split(' ').map(lengthOf));
  for (const row of rows) {
    const { text = '', more = [] } = row[at] ?? {};
    for (const line of [text, ...more]) widest = Math.max(widest, lengthOf(line.slice(0, 400)));
  }
  return widest;
}

/** Where columns would have no room, each row is a list of its fields. */
function listLines(columns: readonly Column[], rows: readonly (readonly Cell[])[], width: number): string[] {
  return rows.flatMap((row, at) => {
    const facts = columns.map(({ title }, column) => {
      const { text = '', more = [] } = row[column] ?? {};
      return { label: title, value: [text, ...more].filter(Boolean).join('; ') };
    });
    const lines = factLines(
      facts.filter(({ value }) => value !== ''),
      width,
    );
    return at === 0 ? lines : ['', ...lines];
  });
}

function tableLines(columns: readonly Column[], rows: readonly (readonly Cell[])[], width: number): string[] {
  if (width < columnRoomMin * columns.length) return listLines(columns, rows, width);
  const naturals = columns.map(({ title }, at) => naturalOf(rows, title, at));
  const total = width - gap * (columns.length - 1);
  const widths = columnWidths({ columns, naturals, total, least: 4 }).map(Math.floor);
  const strip = (lines: readonly string[], at: number) => ({ lines, room: widths[at]!, align: columns[at]!.align });
  const heads = sideBySide(columns.map(({ title }, at) => strip(wrapped(title, widths[at]!), at)));
  const rule = widths.map((room) => '-'.repeat(room)).join(' '.repeat(gap));
  const body = rows.flatMap((row) => sideBySide(columns.map((_, at) => strip(cellLines(row[at], widths[at]!), at))));
  return [...heads, rule, ...body];
}

function factLines(facts: readonly Fact[], width: number): string[] {
  const label = Math.min(34, Math.max(0, ...facts.map((fact) => lengthOf(fact.label))), Math.floor(width / 2));
  return facts.flatMap((fact) =>
    sideBySide([
      { lines: wrapped(fact.label, label), room: label, align: 'start' },
      { lines: wrapped(fact.value, width - label - gap), room: width - label - gap, align: 'start' },
    ]),
  );
}

function totalLines(facts: readonly Fact[], width: number): string[] {
  const value = Math.min(Math.max(0, ...facts.map((fact) => lengthOf(fact.value))), Math.floor(width / 2));
  const label = width - value - gap;
  return facts.flatMap((fact) =>
    sideBySide([
      { lines: wrapped(fact.label, label), room: label, align: 'end' },
      { lines: wrapped(fact.value, value), room: value, align: 'end' },
    ]),
  );
}

function cardLines(card: Card, room: number): string[] {
  return [
    ...wrapped(card.title.toUpperCase(), room),
    ...wrapped(card.name, room),
    ...card.lines.flatMap((line) => wrapped(line, room)),
    ...card.facts.flatMap(({ label, value }) => wrapped(`${label}: ${value}`, room)),
  ];
}

function cardsLines(cards: readonly Card[], width: number): string[] {
  const perRow = width >= 72 ? 2 : 1;
  const room = Math.floor((width - gap * (perRow - 1)) / perRow);
  const lines: string[] = [];
  for (let at = 0; at < cards.length; at += perRow) {
    if (at > 0) lines.push('');
    const row = cards.slice(at, at + perRow);
    lines.push(...sideBySide(row.map((card) => ({ lines: cardLines(card, room), room, align: 'start' as const }))));
  }
  return lines;
}

function contentLines(section: Section, width: number): string[] {
  switch (section.kind) {
    case 'cards':
      return cardsLines(section.cards, width);
    case 'facts':
      return factLines(section.facts, width);
    case 'totals':
      return totalLines(section.facts, Math.min(width, 72));
    case 'notes':
      return section.notes.flatMap((note) => wrapped(note, width));
    case 'table':
      return tableLines(section.columns, section.rows, width);
    case 'attachments': {
      const rows = section.items.map((item) =>
        [`${item.index}. ${item.name}`, item.description, item.type, item.size].map((text) => ({ text })),
      );
      return tableLines(section.columns, rows, width);
    }
    default:
      return section satisfies never;
  }
}

function sheetLines(sheet: Sheet, width: number): string[] {
  const { total, position } = sheet;
  const head = wrapped([sheet.type, sheet.reference].filter(Boolean).join(' '), width);
  return [
    '='.repeat(width),
    ...wrapped(position, width),
    ...head,
    ...(total ? wrapped(`${total.label}: ${total.value}`, width) : []),
    '='.repeat(width),
    ...sheet.sections.flatMap((section) => [
      '',
      ...wrapped(section.title, width).map((line) => line.toUpperCase()),
      ...contentLines(section, width),
    ]),
    '',
    ...wrapped(sheet.courtesy, width),
    '',
  ];
}

/**
 * Writes sheets for a terminal. Control characters and escape sequences of the document come out as U+FFFD.
 * @param sheets as `sheetsOf` made them
 * @param options the terminal's width
 * @returns lines that end with a line feed
 */
export function textOf(sheets: readonly Sheet[], options: TextOptions = {}): string {
  const width = Math.min(400, Math.max(40, Math.trunc(options.width ?? 100)));
  return sheets.flatMap((sheet) => sheetLines(sheet, width)).join('\n');
}
