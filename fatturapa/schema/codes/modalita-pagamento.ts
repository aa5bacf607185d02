// fatturapa: how an amount is to be paid.
import { codeType } from '../code-type.ts';

/** ModalitaPagamento, 2.4.2.2. */
export const modalitaPagamento = codeType('ModalitaPagamento', {
  MP01: { it: 'Contanti', en: 'Cash' },
  MP02: { it: 'Assegno', en: 'Cheque' },
  MP03: { it: 'Assegno circolare', en: "Banker's draft" },
  MP04: { it: 'Contanti presso la Tesoreria', en: 'Cash at the Treasury' },
  MP05: { it: 'Bonifico', en: 'Bank transfer' },
  MP06: { it: 'Vaglia cambiario', en: 'Promissory note' },
  MP07: { it: 'Bollettino bancario', en: 'Bank payment slip' },
  MP08: { it: 'Carta di pagamento', en: 'Payment card' },
  MP09: { it: 'RID', en: 'Direct debit (RID, before SEPA)' },
  MP10: { it: 'RID utenze', en: 'Direct debit for utilities (RID)' },
  MP11: { it: 'RID veloce', en: 'Fast direct debit (RID)' },
  MP12: { it: 'Ri.Ba. (ricevuta bancaria)', en: 'Bank receipt (RIBA)' },
  MP13: { it: 'MAV (pagamento mediante avviso)', en: 'Payment by notice (MAV)' },
  MP14: { it: 'Quietanza erario', en: 'Receipt of the tax office' },
  MP15: { it: 'Giroconto su conti di contabilità speciale', en: 'Transfer between special accounts of the Treasury' },
  MP16: { it: 'Domiciliazione bancaria', en: 'Standing debit on a bank account' },
  MP17: { it: 'Domiciliazione postale', en: 'Standing debit on a postal account' },
  MP18: { it: 'Bollettino di conto corrente postale', en: 'Postal payment slip' },
  MP19: { it: 'SEPA Direct Debit', en: 'SEPA direct debit' },
  MP20: { it: 'SEPA Direct Debit CORE', en: 'SEPA direct debit CORE' },
  MP21: { it: 'SEPA Direct Debit B2B', en: 'SEPA direct debit B2B' },
  MP22: { it: 'Trattenuta su somme già riscosse', en: 'Kept back from sums already collected' },
  MP23: { it: 'PagoPA', en: 'PagoPA' },
});
