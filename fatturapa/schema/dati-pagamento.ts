// fatturapa: chapter 2.4 of the ordinary invoice, how and when it is paid.
import { condizioniPagamento } from './codes/condizioni-pagamento.ts';
import { modalitaPagamento } from './codes/modalita-pagamento.ts';
import { block, one, optional, some, type BlockValue } from './schema.ts';
import {
  amount2,
  bankNumber,
  basicLatinText,
  bic,
  date,
  iban,
  latinText,
  personTaxCode,
  wholeNumber,
} from './text-types.ts';

const dettaglioPagamento = block({
  Beneficiario: optional(
    latinText(1, 200),
    'Chi riceve il pagamento, se non è il cedente/prestatore',
    'Who is paid, if not the supplier',
  ),
  ModalitaPagamento: one(modalitaPagamento, 'Modalità di pagamento', 'How it is paid'),
  DataRiferimentoTerminiPagamento: optional(
    date,
    'Data da cui decorrono i termini di pagamento',
    'Day from which the days run',
  ),
  GiorniTerminiPagamento: optional(
    wholeNumber(0, 3),
    'Giorni per pagare, dalla data di riferimento',
    'Days to pay, from that day on',
  ),
  DataScadenzaPagamento: optional(date, 'Scadenza del pagamento', 'Due date'),
  ImportoPagamento: one(amount2, 'Importo da pagare', 'Amount to pay'),
  CodUfficioPostale: optional(basicLatinText(1, 20), 'Ufficio postale in cui pagare', 'Post office where it is paid'),
  CognomeQuietanzante: optional(
    latinText(1, 60),
    'Cognome di chi rilascia quietanza',
    'Surname of who gives the receipt',
  ),
  NomeQuietanzante: optional(latinText(1, 60), 'Nome di chi rilascia quietanza', 'First name of who gives the receipt'),
  CFQuietanzante: optional(
    personTaxCode,
    'Codice fiscale di chi rilascia quietanza',
    'Tax code of who gives the receipt',
  ),
  TitoloQuietanzante: optional(
    basicLatinText(2, 10, 'collapse'),
    'Titolo onorifico di chi rilascia quietanza',
    'Title of who gives the receipt',
  ),
  IstitutoFinanziario: optional(latinText(1, 80), 'Banca presso cui pagare', 'Bank where it is paid'),
  IBAN: optional(iban, 'IBAN del conto su cui pagare', 'Account on which it is paid'),
  ABI: optional(bankNumber, 'Codice ABI della banca', 'Number of the bank (ABI)'),
  CAB: optional(bankNumber, 'Codice CAB della filiale', "Number of the bank's branch (CAB)"),
  BIC: optional(bic, 'Codice BIC della banca', 'BIC of the bank'),
  ScontoPagamentoAnticipato: optional(amount2, 'Sconto per chi paga in anticipo', 'Discount for early payment'),
  DataLimitePagamentoAnticipato: optional(
    date,
    'Ultimo giorno per il pagamento anticipato',
    'Last day of early payment',
  ),
  PenalitaPagamentiRitardati: optional(amount2, 'Penale per chi paga in ritardo', 'Penalty for late payment'),
  DataDecorrenzaPenale: optional(date, 'Data da cui decorre la penale', 'Day from which the penalty is due'),
  CodicePagamento: optional(
    basicLatinText(1, 60),
    "Codice con cui l'incasso si riconosce, per esempio nella causale del bonifico",
    'Code by which the payment is recognised',
  ),
});

/** DatiPagamento, 2.4. */
export const datiPagamento = block({
  CondizioniPagamento: one(condizioniPagamento, 'Condizioni di pagamento', 'In how many parts it is paid'),
  DettaglioPagamento: some(dettaglioPagamento, 'Rate o modalità di pagamento', 'Instalments or ways of payment'),
});

/** A value of DatiPagamento. */
export type DatiPagamento = BlockValue<typeof datiPagamento.rows>;
