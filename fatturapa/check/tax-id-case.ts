// fatturapa: the case of a tax id that is not right, the same for every party and format.
import type { Sentence } from '../finding.ts';
import type { Found, RuleContext } from './rule.ts';
import { dummyTaxIds, whyNoFiscalCode, whyNoVatNumber } from './tax-id.ts';

const reasons = { vatNumber: whyNoVatNumber, fiscalCode: whyNoFiscalCode } as const;

const isDummy: Sentence = {
  it: "È il numero degli esempi dell'Agenzia delle Entrate: va bene per le prove, SdI lo scarta.",
  en: "It is the number of the revenue agency's examples: fine for trials, but SdI refuses it.",
};

/**
 * The case of a wrong Italian tax id.
 * @param path where it stands
 * @param value what stands there; it was judged wrong already
 * @param kind what it should be
 * @param context says how bad the revenue agency's dummies are
 */
export function taxIdCase(path: string, value: string, kind: keyof typeof reasons, context: RuleContext): Found {
  const because = reasons[kind](value);
  const found = { path, value, ...(because ? { because } : {}) };
  if (!dummyTaxIds.has(value)) return found;
  const also = { it: `${because?.it ?? ''} ${isDummy.it}`, en: `${because?.en ?? ''} ${isDummy.en}` };
  return { ...found, because: also, ...(context.dummyTaxIds === 'warning' ? { severity: 'warning' } : {}) };
}
