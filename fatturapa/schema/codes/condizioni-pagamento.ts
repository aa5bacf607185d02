// fatturapa: in how many parts an invoice is paid.
import { codeType } from '../code-type.ts';

/** CondizioniPagamento, 2.4.1. */
export const condizioniPagamento = codeType('CondizioniPagamento', {
  TP01: { it: 'Pagamento a rate', en: 'In instalments' },
  TP02: { it: 'Pagamento completo', en: 'In full' },
  TP03: { it: 'Anticipo', en: 'Advance' },
});
