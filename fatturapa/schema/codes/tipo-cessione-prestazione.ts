// fatturapa: what a line is, where it is not a plain sale.
import { codeType } from '../code-type.ts';

/** TipoCessionePrestazione, 2.2.1.2. */
export const tipoCessionePrestazione = codeType('TipoCessionePrestazione', {
  SC: { it: 'Sconto', en: 'Discount' },
  PR: { it: 'Premio', en: 'Bonus' },
  AB: { it: 'Abbuono', en: 'Allowance' },
  AC: { it: 'Spesa accessoria', en: 'Ancillary cost' },
});
