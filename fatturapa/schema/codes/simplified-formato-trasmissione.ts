// fatturapa: the one format of simplified documents.
import { codeType } from '../code-type.ts';

/** FormatoTrasmissione of the simplified invoice, 1.1.3, and the attribute `versione` of its root. */
export const simplifiedFormatoTrasmissione = codeType('FormatoTrasmissione', {
  FSM10: { it: 'Fattura semplificata verso privati', en: 'Simplified invoice to businesses and consumers' },
});
