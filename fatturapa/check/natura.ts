// fatturapa: the codes of Natura that were split into finer ones.
import type { Sentence } from '../finding.ts';
import { dayOf } from './figures.ts';

/** The codes that the schema still knows and that were split (00445). */
export const genericNaturas: ReadonlySet<string> = new Set(['N2', 'N3', 'N6']);

const finerCodes: Readonly<Record<string, string>> = { N2: 'N2.1, N2.2', N3: 'N3.1–N3.6', N6: 'N6.1–N6.9' };

/**
 * Whether a document is too young for the generic codes: they ended with 2020.
 * @param day its `Data`
 */
export function isAfterGenericNaturas(day: string): boolean {
  return dayOf(day) >= '2021-01-01';
}

/** Says which codes to take instead of a generic one. */
export function splitNatura(natura: string): Sentence {
  const finer = finerCodes[natura] ?? '';
  return {
    it: `Al posto di ${natura} usare il codice di dettaglio (${finer}), uguale nelle linee e nel riepilogo.`,
    en: `Instead of ${natura} use the code of detail (${finer}), the same in lines and summary.`,
  };
}
