// fatturapa: what kind of document a simplified one is (schema 1.0.2).
import { codeType } from '../code-type.ts';

/** TipoDocumento of the simplified invoice, 2.1.1.1. */
export const simplifiedTipoDocumento = codeType('TipoDocumento', {
  TD07: { it: 'Fattura semplificata', en: 'Simplified invoice' },
  TD08: { it: 'Nota di credito semplificata', en: 'Simplified credit note' },
  TD09: { it: 'Nota di debito semplificata', en: 'Simplified debit note' },
});
