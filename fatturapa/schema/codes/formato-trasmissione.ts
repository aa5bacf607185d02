// fatturapa: to whom an ordinary document goes.
import { codeType } from '../code-type.ts';

/** FormatoTrasmissione, 1.1.3, and the attribute `versione` of the root. */
export const formatoTrasmissione = codeType('FormatoTrasmissione', {
  FPA12: { it: 'Fattura verso la pubblica amministrazione', en: 'Invoice to a public body' },
  FPR12: { it: 'Fattura verso privati (imprese e consumatori)', en: 'Invoice to businesses and consumers' },
});
