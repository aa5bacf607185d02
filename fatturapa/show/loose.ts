// fatturapa: a document of which anything may be missing: what could be read of a wrong file is shown all the same.
import type { FatturaElettronica } from '../schema/ordinary.ts';
import type { FatturaElettronicaSemplificata } from '../schema/simplified.ts';

/** The same shape with everything optional and codes as any text. */
export type Loose<T> = T extends string
  ? string
  : T extends readonly (infer Item)[]
    ? readonly Loose<Item>[]
    : { readonly [Name in keyof T]?: Loose<T[Name]> | undefined };

/** An ordinary document, whole or not. */
export type LooseOrdinary = Loose<FatturaElettronica>;
/** A simplified document, whole or not. */
export type LooseSimplified = Loose<FatturaElettronicaSemplificata>;
/** One body of an ordinary document. */
export type LooseBody = NonNullable<LooseOrdinary['FatturaElettronicaBody']>[number];
/** One body of a simplified document. */
export type LooseSimplifiedBody = NonNullable<LooseSimplified['FatturaElettronicaBody']>[number];

/** A document to show, by its format. */
export type ShownDocument =
  | { readonly kind: 'ordinary'; readonly document: LooseOrdinary }
  | { readonly kind: 'simplified'; readonly document: LooseSimplified };

/**
 * Takes what a reader made of a file, right or not.
 * @param reading as `readDocument` gives it
 * @returns undefined where the file is no invoice at all
 */
export function shownOf(reading: {
  readonly kind: ShownDocument['kind'] | undefined;
  readonly partial: Readonly<Record<string, unknown>>;
}): ShownDocument | undefined {
  const { kind, partial } = reading;
  // The reader puts elements where the tables have them, so that whatever is there has its type's shape.
  return kind && { kind, document: partial };
}
