// fatturapa: the sections of a sheet in a PDF, other than tables.
import { accent, hairline, type Line, type Pen, type Stack } from './pdf-pen.ts';
import { writeTable } from './pdf-table.ts';
import type { AttachmentsSection, Card, Cell, Fact, Section, Sheet } from './sheet.ts';

const gutter = 14;

/** Splits a list into rows of so many. */
function inRows<T>(list: readonly T[], perRow: number): T[][] {
  return Array.from({ length: Math.ceil(list.length / perRow) }, (_, at) => list.slice(at * perRow, (at + 1) * perRow));
}

/** Writes items side by side, so many in a row. */
function writeGrid<T>(
  pen: Pen,
  items: readonly T[],
  perRow: number,
  linesOf: (item: T, room: number) => Line[],
  onRow?: () => void,
): void {
  const room = (pen.width - gutter * (perRow - 1)) / perRow;
  for (const row of inRows(items, perRow)) {
    const stacks = row.map((item, at): Stack => {
      return { x: pen.left + at * (room + gutter), room, align: 'start', lines: linesOf(item, room) };
    });
    onRow?.();
    pen.writeStacks(stacks);
    pen.y += 5;
  }
}

function factLines(pen: Pen, fact: Fact, room: number): Line[] {
  return [...pen.lines(fact.label, room, 'label'), ...pen.lines(fact.value, room, fact.strong ? 'strong' : 'text')];
}

function cardLines(pen: Pen, card: Card, room: number): Line[] {
  return [
    ...pen.lines(card.title, room, 'label'),
    ...pen.lines(card.name, room, 'name'),
    ...card.lines.flatMap((line) => pen.lines(line, room, 'text')),
    ...card.facts.flatMap(({ label, value }) => pen.lines(`${label}: ${value}`, room, 'label')),
  ];
}

/** Values that need a whole line stand below the others. */
function writeFacts(pen: Pen, facts: readonly Fact[]): void {
  const isLong = ({ value }: Fact): boolean => value.length > 40;
  const short = facts.filter((fact) => !isLong(fact));
  writeGrid(pen, short, 4, (fact, room) => factLines(pen, fact, room));
  writeGrid(pen, facts.filter(isLong), 1, (fact, room) => factLines(pen, fact, room));
}

function writeTotals(pen: Pen, facts: readonly Fact[]): void {
  const width = 280;
  const left = pen.left + pen.width - width;
  for (const { label, value, strong } of facts) {
    const style = strong ? 'strong' : 'text';
    const stacks: Stack[] = [
      { x: left + 4, room: width * 0.58, align: 'start', lines: pen.lines(label, width * 0.58, style) },
      {
        x: left + width * 0.62,
        room: width * 0.38 - 4,
        align: 'end',
        lines: pen.lines(value, width * 0.38 - 4, style),
      },
    ];
    pen.need(16);
    pen.rule(pen.y, strong ? accent : hairline, strong ? 1 : 0.5, left, width);
    pen.y += 3;
    pen.writeStacks(stacks);
    pen.y += 2;
  }
}

function writeNotes(pen: Pen, notes: readonly string[]): void {
  writeGrid(pen, notes, 1, (note, room) => pen.lines(note, room, 'text'));
}

function attachmentRows({ items }: AttachmentsSection): Cell[][] {
  return items.map(({ name, description, type, size }) => [name, description, type, size].map((text) => ({ text })));
}

function writeCards(pen: Pen, cards: readonly Card[]): void {
  writeGrid(
    pen,
    cards,
    2,
    (card, room) => cardLines(pen, card, room),
    () => {
      pen.need(70);
      pen.rule(pen.y, hairline, 0.5);
      pen.y += 5;
    },
  );
}

async function writeContent(pen: Pen, section: Section): Promise<void> {
  switch (section.kind) {
    case 'cards':
      return writeCards(pen, section.cards);
    case 'facts':
      return writeFacts(pen, section.facts);
    case 'totals':
      return writeTotals(pen, section.facts);
    case 'notes':
      return writeNotes(pen, section.notes);
    case 'table':
      return writeTable(pen, section.columns, section.rows);
    case 'attachments':
      return writeTable(pen, section.columns, attachmentRows(section));
    default:
      return section satisfies never;
  }
}

function writeTop(pen: Pen, sheet: Sheet): void {
  const { total } = sheet;
  const room = pen.width * 0.62;
  const side = pen.width - room - gutter;
  const head = [
    ...pen.lines(sheet.position, room, 'label'),
    ...pen.lines(sheet.type, room, 'title'),
    ...pen.lines(sheet.reference, room, 'subtitle'),
  ];
  const sum = total ? [...pen.lines(total.label, side, 'label'), ...pen.lines(total.value, side, 'title')] : [];
  pen.writeStacks([
    { x: pen.left, room, align: 'start', lines: head },
    { x: pen.left + room + gutter, room: side, align: 'end', lines: sum },
  ]);
  pen.rule(pen.y + 3, accent, 1.5);
  pen.y += 12;
}

/**
 * Writes one sheet, beginning on a new page.
 * @param pen where it is written
 * @param sheet the sheet
 * @throws PagesFull
 */
export async function writeSheet(pen: Pen, sheet: Sheet): Promise<void> {
  pen.newPage();
  writeTop(pen, sheet);
  for (const section of sheet.sections) {
    // A head stands never alone at the foot of a page.
    pen.need(62);
    pen.writeStacks([
      { x: pen.left, room: pen.width, align: 'start', lines: pen.lines(section.title, pen.width, 'section') },
    ]);
    await writeContent(pen, section);
    pen.y += 8;
  }
  pen.need(24);
  writeNotes(pen, [sheet.courtesy]);
}
