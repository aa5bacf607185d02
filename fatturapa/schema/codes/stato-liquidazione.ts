// fatturapa: whether a company is being wound up, alike in both formats.
import { codeType } from '../code-type.ts';

/** StatoLiquidazione, 1.2.4.5. */
export const statoLiquidazione = codeType('StatoLiquidazione', {
  LS: { it: 'In liquidazione', en: 'Being wound up' },
  LN: { it: 'Non in liquidazione', en: 'Not being wound up' },
});
