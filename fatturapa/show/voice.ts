// fatturapa: one language of a sheet: its words, figures and codes; a value that is absent is an empty text.
import { writeAmount, writeDate, writeMoment, writeQuantity, writeRate } from './figures.ts';
import { meaningOf, type MeaningList } from './meanings.ts';
import { plainText } from './plain-text.ts';
import type { Cell, Column, Fact, Lang, TableSection } from './sheet.ts';
import { sayIn, type Word } from './words.ts';

/** A text of a document, or nothing. */
export type Value = string | undefined;

/** Writes in one language. Every function gives an empty text for an absent value. */
export interface Voice {
  readonly lang: Lang;
  say(word: Word): string;
  text(value: Value): string;
  amount(value: Value): string;
  quantity(value: Value): string;
  rate(value: Value): string;
  date(value: Value): string;
  moment(value: Value): string;
  /** The code's meaning with the code in brackets; a code without a meaning stands alone. */
  code(list: MeaningList, value: Value): string;
  /** The meaning alone, where there is one, else the code. */
  meaning(list: MeaningList, value: Value): string;
}

/** A document that was not checked may hold anything where a text belongs. */
function present(value: unknown): value is string {
  return typeof value === 'string' && value.trim() !== '';
}

/**
 * Makes the voice of a language.
 * @param lang the language
 */
export function voiceOf(lang: Lang): Voice {
  const when = (write: (text: string, lang: Lang) => string) => (value: Value) =>
    present(value) ? write(plainText(value.trim()), lang) : '';
  const meaning = (list: MeaningList, value: string) => meaningOf(list, value.trim(), lang);
  return {
    lang,
    say: sayIn(lang),
    text: when((text) => text),
    amount: when(writeAmount),
    quantity: when(writeQuantity),
    rate: when(writeRate),
    date: when(writeDate),
    moment: when(writeMoment),
    code(list, value) {
      if (!present(value)) return '';
      const words = meaning(list, value);
      return words === undefined ? plainText(value.trim()) : `${words} (${value.trim()})`;
    },
    meaning: (list, value) => (present(value) ? (meaning(list, value) ?? plainText(value.trim())) : ''),
  };
}

/**
 * Joins what is there.
 * @param parts texts, of which empty ones are left out
 * @param between what stands between two
 */
export function joined(parts: readonly string[], between = ' '): string {
  return parts.filter((part) => part !== '').join(between);
}

/**
 * Puts a label before a value, or gives nothing where there is no value.
 * @param label the label
 * @param value the value
 */
export function labelled(label: string, value: string): string {
  return value === '' ? '' : `${label}: ${value}`;
}

/**
 * Reads what may stand several times.
 * @param value the list; a document that was not checked may have one thing or nothing in its place
 */
export function listOf<T>(value: readonly T[] | T | undefined): readonly T[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? (value as readonly T[]) : [value as T];
}

/**
 * Makes facts, without those that have no value.
 * @param voice the language
 * @param rows label and value
 */
export function factsOf(voice: Voice, rows: readonly (readonly [Word, string])[]): Fact[] {
  return rows.filter(([, value]) => value !== '').map(([word, value]) => ({ label: voice.say(word), value }));
}

/** A column before its title is said: the word, how much width it takes, and where its texts stand. */
export type ColumnPlan = readonly [word: Word, share: number, align?: 'end'];

/**
 * Makes a field of a table.
 * @param text its text
 * @param more lines under it, of which empty ones are left out
 */
export function cell(text: string, more: readonly string[] = []): Cell {
  const lines = more.filter((line) => line !== '');
  return lines.length > 0 ? { text, more: lines } : { text };
}

function isEmpty(one: Cell | undefined): boolean {
  return one === undefined || (one.text === '' && one.more === undefined);
}

/**
 * Makes the columns of a plan.
 * @param voice the language
 * @param plan the columns in their order
 */
export function columnsOf(voice: Voice, plan: readonly ColumnPlan[]): Column[] {
  return plan.map(([word, share, align]) => ({ title: voice.say(word), share, align: align ?? 'start' }));
}

/**
 * Makes a table without the columns in which no row says anything.
 * @param voice the language
 * @param id names the section
 * @param plan the columns in their order
 * @param rows one field per column
 * @returns the section, or nothing where there is no row
 */
export function tableOf(
  voice: Voice,
  id: Word,
  plan: readonly ColumnPlan[],
  rows: readonly (readonly Cell[])[],
): TableSection[] {
  if (rows.length === 0) return [];
  const used = plan.map((_, at) => at === 0 || rows.some((row) => !isEmpty(row[at])));
  const columns = columnsOf(voice, plan).filter((_, at) => used[at]);
  return [
    { kind: 'table', id, title: voice.say(id), columns, rows: rows.map((row) => row.filter((_, at) => used[at])) },
  ];
}
