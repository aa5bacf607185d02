// fatturapa: texts of a sheet that are longer than any right document has are cut, so that no single one makes a thousand pages.
import type { Card, Cell, Fact, Section, Sheet } from './sheet.ts';
import { sayIn } from './words.ts';

type Cut = (text: string) => string;

function cutAt(textMax: number, mark: string): Cut {
  return (text) => {
    if (text.length <= textMax) return text;
    const kept = text.slice(0, textMax);
    // Half a character is none.
    return `${kept.isWellFormed() ? kept : kept.slice(0, -1)}${mark}`;
  };
}

function cutFact(fact: Fact, cut: Cut): Fact {
  return { ...fact, label: cut(fact.label), value: cut(fact.value) };
}

function cutCard(card: Card, cut: Cut): Card {
  const facts = card.facts.map((fact) => cutFact(fact, cut));
  return { ...card, name: cut(card.name), lines: card.lines.map(cut), facts };
}

function cutCell({ text, more }: Cell, cut: Cut): Cell {
  return more ? { text: cut(text), more: more.map(cut) } : { text: cut(text) };
}

function cutSection(section: Section, cut: Cut): Section {
  switch (section.kind) {
    case 'cards':
      return { ...section, cards: section.cards.map((card) => cutCard(card, cut)) };
    case 'facts':
    case 'totals':
      return { ...section, facts: section.facts.map((fact) => cutFact(fact, cut)) };
    case 'table':
      return { ...section, rows: section.rows.map((row) => row.map((cell) => cutCell(cell, cut))) };
    case 'notes':
      return { ...section, notes: section.notes.map(cut) };
    case 'attachments': {
      const items = section.items.map((item) => {
        return { ...item, name: cut(item.name), description: cut(item.description), type: cut(item.type) };
      });
      return { ...section, items };
    }
    default:
      return section satisfies never;
  }
}

/**
 * Cuts the texts of a sheet; what is cut says that the XML has the rest.
 * @param sheet a sheet, of well-formed texts
 * @param textMax UTF-16 units that are kept of one text
 * @returns the same sheet where nothing is longer
 */
export function cutTexts(sheet: Sheet, textMax: number): Sheet {
  const cut = cutAt(textMax, sayIn(sheet.lang)('cutText'));
  const { total } = sheet;
  return {
    ...sheet,
    type: cut(sheet.type),
    reference: cut(sheet.reference),
    title: cut(sheet.title),
    supplier: cut(sheet.supplier),
    total: total && cutFact(total, cut),
    sections: sheet.sections.map((section) => cutSection(section, cut)),
  };
}
