// fatturapa: when VAT falls due, and to whom.
import { codeType } from '../code-type.ts';

/** EsigibilitaIVA, 2.2.2.7. */
export const esigibilitaIVA = codeType('EsigibilitaIVA', {
  D: { it: 'Esigibilità differita', en: 'Deferred' },
  I: { it: 'Esigibilità immediata', en: 'At once' },
  S: { it: 'Scissione dei pagamenti (split payment)', en: 'Split payment: the customer pays the VAT to the state' },
});
