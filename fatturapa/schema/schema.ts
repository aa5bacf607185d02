// fatturapa: the words in which the schema's tables are written: elements, how often they stand, and what their text may be.
import type { Sentence } from '../finding.ts';

/** How a text is treated before it is judged (XML Schema part 2 §4.3.6, whiteSpace). */
export type WhiteSpace = 'preserve' | 'replace' | 'collapse';

/** What a text stands for, beyond its letters. */
export type TextSense = 'text' | 'code' | 'decimal' | 'integer' | 'date' | 'dateTime' | 'base64';

/** The meaning of each code of a list. */
export type CodeList<Code extends string = string> = Readonly<Record<Code, Sentence>>;

/** The type of an element that holds text. */
export interface TextType<Code extends string = string> {
  readonly kind: 'text';
  /** Our name for it, for example `amount2`. */
  readonly name: string;
  readonly sense: TextSense;
  readonly whiteSpace: WhiteSpace;
  /** Judges the text after its blanks were treated. */
  readonly accepts: (text: string) => boolean;
  /** What is allowed, in words: it completes "allowed: …". */
  readonly allowed: Sentence;
  /** The same as a JSON Schema pattern, where there is one that says it all or nearly. */
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  /** The closed list of codes, where there is one. */
  readonly codes?: CodeList<Code>;
}

/** How often an element stands: once, at most once, at least once, any number of times. */
export type Times = 'one' | 'optional' | 'some' | 'any';

/** A row of the tables: one element in its place. */
export interface ElementRow<Type extends TextType | BlockType = TextType | BlockType, T extends Times = Times> {
  readonly type: Type;
  readonly times: T;
  /** What it is, in our own words; its name is the key of the row. */
  readonly says: Sentence;
  /** What an empty element means (XML Schema's default value). */
  readonly emptyMeans?: string;
}

/** The rows of a block in the order of the XML. */
export type Rows = Readonly<Record<string, ElementRow>>;

/** The type of an element that holds elements. */
export interface BlockType<R extends Rows = Rows> {
  readonly kind: 'block';
  readonly rows: R;
  /**
   * Alternatives, of which exactly one stands: each is a list of rows' names that belong together. Rows named here are written as
   * `optional`; which of them must stand follows from the alternative that the document chose.
   */
  readonly either?: readonly (readonly string[])[];
  /** Attributes that its element always carries, with the only value that each may have. Invoices have none. */
  readonly attributes?: Readonly<Record<string, string>>;
}

/** A whole format: its root and everything below. */
export interface DocumentSchema<R extends Rows = Rows> {
  /** Local name of the root. */
  readonly root: string;
  readonly namespace: string;
  /** The allowed values of the root's attribute `versione`. */
  readonly versions: readonly string[];
  readonly block: BlockType<R>;
}

/** Makes a block of rows. */
export function block<const R extends Rows>(
  rows: R,
  either?: readonly (readonly (keyof R & string)[])[],
): BlockType<R> {
  return { kind: 'block', rows, ...(either ? { either } : {}) };
}

type Row<T extends TextType | BlockType, N extends Times> = ElementRow<T, N>;

/** A row that stands exactly once. */
export function one<T extends TextType | BlockType>(type: T, it: string, en: string): Row<T, 'one'> {
  return { type, times: 'one', says: { it, en } };
}

/** A row that stands at most once. */
export function optional<T extends TextType | BlockType>(type: T, it: string, en: string): Row<T, 'optional'> {
  return { type, times: 'optional', says: { it, en } };
}

/** A row that stands at least once. */
export function some<T extends TextType | BlockType>(type: T, it: string, en: string): Row<T, 'some'> {
  return { type, times: 'some', says: { it, en } };
}

/** A row that stands any number of times. */
export function any<T extends TextType | BlockType>(type: T, it: string, en: string): Row<T, 'any'> {
  return { type, times: 'any', says: { it, en } };
}

/** The value of an element in the model: text as it stands (blanks treated), a code, or an object with the XML's own names. */
export type ValueOf<T> = T extends TextType<infer Code> ? Code : T extends BlockType<infer R> ? BlockValue<R> : never;

type NamesOf<R extends Rows, N extends Times> = { [K in keyof R]: R[K]['times'] extends N ? K : never }[keyof R];

/** The value of a block: one property per element, in the XML's order; what may stand several times is always an array. */
export type BlockValue<R extends Rows> = {
  [K in NamesOf<R, 'one'>]: ValueOf<R[K]['type']>;
} & {
  [K in NamesOf<R, 'optional'>]?: ValueOf<R[K]['type']>;
} & {
  [K in NamesOf<R, 'some'>]: ValueOf<R[K]['type']>[];
} & {
  [K in NamesOf<R, 'any'>]?: ValueOf<R[K]['type']>[];
};
