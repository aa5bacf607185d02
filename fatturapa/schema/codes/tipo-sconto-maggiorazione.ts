// fatturapa: whether a price goes down or up.
import { codeType } from '../code-type.ts';

/** Tipo of ScontoMaggiorazione, 2.1.1.8.1 and 2.2.1.10.1. */
export const tipoScontoMaggiorazione = codeType('Tipo', {
  SC: { it: 'Sconto', en: 'Discount' },
  MG: { it: 'Maggiorazione', en: 'Surcharge' },
});
