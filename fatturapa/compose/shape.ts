// fatturapa: the words in which shapes of JSON are written: one description gives type, check and JSON Schema.
import type { Sentence } from '../finding.ts';
import type { Figure } from './figures.ts';

/** A text, perhaps of a form or out of a list. */
export interface TextShape<Code extends string = string> {
  readonly kind: 'text';
  readonly says: Sentence;
  readonly maxLength: number;
  readonly pattern?: RegExp;
  /** A text of the form, for messages. */
  readonly example?: string;
  readonly codes?: readonly Code[];
}

/** An exact decimal: a number, or a text with a dot. */
export interface FigureShape {
  readonly kind: 'figure';
  readonly says: Sentence;
  /** How many decimals the place has; what needs more is refused, never rounded in silence. */
  readonly decimals: number;
  /** What people write behind it; it never stands in the JSON itself. */
  readonly unit?: '%';
  readonly min?: number;
  readonly max?: number;
}

/** A whole number. */
export interface WholeShape {
  readonly kind: 'whole';
  readonly says: Sentence;
  readonly min: number;
  readonly max: number;
}

/** Yes or no. */
export interface FlagShape {
  readonly kind: 'flag';
  readonly says: Sentence;
}

/** An object with the fields of a table; others are refused. */
export interface ObjectShape<F extends Fields = Fields> {
  readonly kind: 'object';
  readonly says: Sentence;
  readonly fields: F;
}

/** A list; where one alone is common it may stand without brackets. */
export interface ListShape<S extends Shape = Shape, Alone extends boolean = boolean> {
  readonly kind: 'list';
  readonly says: Sentence;
  readonly of: S;
  readonly alone: Alone;
  readonly min: number;
  readonly max: number;
}

/** A word of a few, or a figure. */
export interface WordOrFigureShape<Word extends string = string> {
  readonly kind: 'wordOrFigure';
  readonly says: Sentence;
  readonly words: readonly Word[];
  readonly figure: FigureShape;
}

/** What a field may hold. */
export type Shape = TextShape | FigureShape | WholeShape | FlagShape | ObjectShape | ListShape | WordOrFigureShape;

/** A field of an object. */
export interface Field<S extends Shape = Shape, Needed extends boolean = boolean> {
  readonly shape: S;
  readonly needed: Needed;
}

/** The fields of an object by name. */
export type Fields = Readonly<Record<string, Field>>;

type NamesOf<F extends Fields, Needed extends boolean> = {
  [K in keyof F]: F[K]['needed'] extends Needed ? K : never;
}[keyof F];

/** The value of an object: optional fields may be absent; null counts as absent and is taken away before. */
export type ObjectValue<F extends Fields> = {
  readonly [K in NamesOf<F, true>]: ShapeValue<F[K]['shape']>;
} & {
  readonly [K in NamesOf<F, false>]?: ShapeValue<F[K]['shape']>;
};

/** The value that a shape describes. */
export type ShapeValue<S> =
  S extends TextShape<infer Code>
    ? Code
    : S extends FigureShape
      ? Figure
      : S extends WholeShape
        ? number
        : S extends FlagShape
          ? boolean
          : S extends ObjectShape<infer F>
            ? ObjectValue<F>
            : S extends ListShape<infer Of, infer Alone>
              ? Alone extends true
                ? ShapeValue<Of> | readonly ShapeValue<Of>[]
                : readonly ShapeValue<Of>[]
              : S extends WordOrFigureShape<infer Word>
                ? Word | Figure
                : never;

/** A field that must be there. */
export function need<S extends Shape>(shape: S): Field<S, true> {
  return { shape, needed: true };
}

/** A field that may be left out. */
export function may<S extends Shape>(shape: S): Field<S, false> {
  return { shape, needed: false };
}

/** A text of any form. */
export function text(maxLength: number, en: string, it: string): TextShape {
  return { kind: 'text', says: { it, en }, maxLength };
}

/** A text of a form, with an example for those who get it wrong. */
export function formed(maxLength: number, pattern: RegExp, example: string, en: string, it: string): TextShape {
  return { kind: 'text', says: { it, en }, maxLength, pattern, example };
}

/** A day as `YYYY-MM-DD`. */
export function day(en: string, it: string): TextShape {
  return formed(10, /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])$/, '2026-11-30', en, it);
}

/** One of a list of codes: a table of code → meaning, as the schema has them. */
export function code<Code extends string>(
  codes: Readonly<Record<Code, unknown>>,
  en: string,
  it: string,
): TextShape<Code> {
  return { kind: 'text', says: { it, en }, maxLength: 10, codes: Object.keys(codes) as Code[] };
}

/** A price or quantity: up to eight decimals. */
export function figure(en: string, it: string, bounds: Pick<FigureShape, 'min' | 'max'> = {}): FigureShape {
  return { kind: 'figure', says: { it, en }, decimals: 8, ...bounds };
}

/** An amount of money or a rate: two decimals. */
export function amount(en: string, it: string, bounds: Pick<FigureShape, 'min' | 'max'> = {}): FigureShape {
  return { kind: 'figure', says: { it, en }, decimals: 2, ...bounds };
}

/** A percentage from 0 to 100. */
export function percentage(en: string, it: string): FigureShape {
  return { ...amount(en, it, { min: 0, max: 100 }), unit: '%' };
}

/** A whole number between two. */
export function whole(min: number, max: number, en: string, it: string): WholeShape {
  return { kind: 'whole', says: { it, en }, min, max };
}

/** Yes or no. */
export function flag(en: string, it: string): FlagShape {
  return { kind: 'flag', says: { it, en } };
}

/** An object. */
export function object<const F extends Fields>(fields: F, en: string, it: string): ObjectShape<F> {
  return { kind: 'object', says: { it, en }, fields };
}

/** The same shape, described for another place. */
export function as<S extends Shape>(shape: S, en: string, it: string): S {
  return { ...shape, says: { it, en } };
}

/** A list of at least one. */
export function list<S extends Shape>(of: S, max: number, en: string, it: string): ListShape<S, false> {
  return { kind: 'list', says: { it, en }, of, alone: false, min: 1, max };
}

/** A list, or one alone without brackets. */
export function oneOrList<S extends Shape>(of: S, max: number, en: string, it: string): ListShape<S, true> {
  return { kind: 'list', says: { it, en }, of, alone: true, min: 0, max };
}

/** One of a few words, or an amount. */
export function wordOrAmount<const Word extends string>(
  words: readonly Word[],
  en: string,
  it: string,
): WordOrFigureShape<Word> {
  return { kind: 'wordOrFigure', says: { it, en }, words, figure: amount(en, it, { min: 0 }) };
}
