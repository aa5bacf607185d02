// fatturapa: the one answer of elements that say yes or are left out.
import { codeType } from '../code-type.ts';

/** BolloVirtuale, Art73, Ritenuta. */
export const si = codeType('SI', {
  SI: { it: 'Sì', en: 'Yes' },
});
