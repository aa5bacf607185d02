// fatturapa: what the law says of stamp duty (imposta di bollo) on invoices, for who reckons it and who misses it.

/** What a document bears, in euro: DPR 642/1972, tariff, art. 13. */
export const stampDutyAmount = '2.00';

/**
 * Up to here amounts outside VAT bear none, in euro (once 150,000 lire). It is their sum with its sign: what is below zero gives back, and
 * bears none either.
 */
export const stampFreeMax = '77.47';

/**
 * Natura of amounts that bear it (the revenue agency's provision of 4 February 2021, list B). N1 is outside of it; exports (N3.1 to N3.4),
 * N5, N6 and N7 are exempt.
 */
export const stampedNaturas: ReadonlySet<string> = new Set(['N2.1', 'N2.2', 'N3.5', 'N3.6', 'N4']);

/** Kinds of document that bear it by themselves (the same list); on a credit note it is the sender's to say. */
export const stampedTypes: ReadonlySet<string> = new Set([
  'TD01',
  'TD02',
  'TD03',
  'TD05',
  'TD06',
  'TD07',
  'TD09',
  'TD24',
  'TD25',
]);

/** By these words in AltriDatiGestionali/TipoDato a line says why the document bears none. */
const stampExcuses: ReadonlySet<string> = new Set(['NB1', 'NB2', 'NB3']);

interface ExcusingLine {
  readonly AltriDatiGestionali?: readonly { readonly TipoDato?: string | undefined }[] | undefined;
}

/**
 * Whether a document says that it is exempt from stamp duty.
 * @param lines its lines
 */
export function isStampExcused(lines: readonly ExcusingLine[]): boolean {
  return lines.some(({ AltriDatiGestionali }) =>
    AltriDatiGestionali?.some(({ TipoDato }) => TipoDato !== undefined && stampExcuses.has(TipoDato)),
  );
}
