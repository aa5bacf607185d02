// fatturapa: who issues a document where the supplier does not, alike in both formats.
import { codeType } from '../code-type.ts';

/** SoggettoEmittente, 1.6 (1.4 in the simplified invoice). */
export const soggettoEmittente = codeType('SoggettoEmittente', {
  CC: { it: 'Cessionario o committente', en: 'The customer' },
  TZ: { it: 'Terzo', en: 'A third party' },
});
