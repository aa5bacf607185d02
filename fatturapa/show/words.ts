// fatturapa: the fixed words of a shown invoice in both languages.
import type { Sentence } from '../finding.ts';
import type { Lang } from './sheet.ts';

const table = {
  // Heads
  document: { it: 'Documento', en: 'Document' },
  of: { it: 'di', en: 'of' },
  dated: { it: 'del', en: 'of' },
  number: { it: 'n.', en: 'no.' },
  page: { it: 'Pagina', en: 'Page' },
  documentsOfFile: { it: 'Documenti contenuti nel file', en: 'Documents in this file' },
  nothingToShow: { it: 'Nessun documento da mostrare', en: 'There is no document to show' },
  courtesy: {
    it: 'Copia di cortesia priva di valore fiscale: fa fede il documento elettronico in formato XML trasmesso al Sistema di Interscambio.',
    en: 'Courtesy copy, not a tax document: the electronic document in XML that was sent to the Sistema di Interscambio is the one that counts.',
  },
  courtesyShort: { it: 'Copia di cortesia priva di valore fiscale', en: 'Courtesy copy, not a tax document' },
  notWritable: {
    it: 'I caratteri che il PDF non può rappresentare sono sostituiti da [?]: si vedono nella versione HTML e nel file XML.',
    en: 'Characters that this PDF cannot write are replaced by [?]: the HTML view and the XML file show them.',
  },
  moreBodies: {
    it: 'Il file contiene altri documenti, qui non mostrati: vanno chiesti uno alla volta, per posizione (body).',
    en: 'The file holds more documents, which are not shown here: ask for them one by one, by their position (body).',
  },
  moreRows: {
    it: 'La tabella ha altre righe, qui non mostrate: sono tutte nel file XML.',
    en: 'The table has more rows, which are not shown here: the XML file has them all.',
  },
  moreLines: {
    it: 'Qui si interrompe la stampa: il resto è nel file XML.',
    en: 'The print ends here: the rest is in the XML file.',
  },
  cutText: {
    it: '… [testo interrotto: il resto è nel file XML]',
    en: '… [the text is cut here: the XML file has the rest]',
  },
  yes: { it: 'Sì', en: 'Yes' },
  otherType: { it: 'Documento', en: 'Document' },

  // Parties
  parties: { it: 'Parti', en: 'Parties' },
  supplier: { it: 'Cedente/prestatore (fornitore)', en: 'Supplier' },
  buyer: { it: 'Cessionario/committente (cliente)', en: 'Customer' },
  representative: { it: 'Rappresentante fiscale del fornitore', en: "Supplier's tax representative" },
  thirdParty: { it: 'Terzo intermediario o soggetto emittente', en: 'Intermediary or issuing third party' },
  nameless: { it: 'Senza denominazione', en: 'Without a name' },
  vatNumber: { it: 'Partita IVA', en: 'VAT number' },
  taxCode: { it: 'Codice fiscale', en: 'Tax code' },
  regime: { it: 'Regime fiscale', en: 'Tax regime' },
  eori: { it: 'Codice EORI', en: 'EORI number' },
  establishment: { it: 'Stabile organizzazione', en: 'Permanent establishment' },
  buyerRepresentative: { it: 'Rappresentante fiscale', en: 'Tax representative' },
  register: { it: 'Albo professionale', en: 'Professional register' },
  companyRegister: { it: 'Iscrizione REA', en: 'Company register (REA)' },
  shareCapital: { it: 'Capitale sociale', en: 'Share capital' },
  shareholders: { it: 'Soci', en: 'Shareholders' },
  liquidation: { it: 'Stato di liquidazione', en: 'Liquidation' },
  phone: { it: 'Telefono', en: 'Telephone' },
  fax: { it: 'Fax', en: 'Fax' },
  email: { it: 'E-mail', en: 'E-mail' },
  administration: { it: 'Riferimento amministrazione', en: "Customer's reference" },

  // Document
  documentData: { it: 'Dati del documento', en: 'Document' },
  type: { it: 'Tipo documento', en: 'Type' },
  documentNumber: { it: 'Numero', en: 'Number' },
  documentDate: { it: 'Data', en: 'Date' },
  currency: { it: 'Divisa', en: 'Currency' },
  issuer: { it: 'Emesso da', en: 'Issued by' },
  art73: { it: 'Art. 73 DPR 633/72', en: 'Art. 73 DPR 633/72' },
  art73Yes: { it: 'Documento emesso ai sensi dell’art. 73', en: 'Issued under art. 73' },
  virtualStamp: { it: 'Bollo virtuale', en: 'Stamp duty paid virtually' },
  corrected: { it: 'Fattura rettificata', en: 'Corrected invoice' },
  correctedParts: { it: 'Elementi rettificati', en: 'What is corrected' },
  cause: { it: 'Causale', en: 'Reason' },

  // References
  references: { it: 'Documenti di riferimento', en: 'References' },
  kind: { it: 'Tipo', en: 'Kind' },
  order: { it: 'Ordine di acquisto', en: 'Purchase order' },
  contract: { it: 'Contratto', en: 'Contract' },
  agreement: { it: 'Convenzione', en: 'Framework agreement' },
  receipt: { it: 'Ricezione', en: 'Receipt of goods' },
  linkedInvoice: { it: 'Fattura collegata', en: 'Linked invoice' },
  workProgress: { it: 'Stato avanzamento lavori (SAL)', en: 'Work progress (SAL)' },
  phase: { it: 'Fase', en: 'Phase' },
  deliveryNote: { it: 'Documento di trasporto (DDT)', en: 'Delivery note (DDT)' },
  mainInvoice: { it: 'Fattura principale', en: 'Main invoice' },
  lineNumbers: { it: 'Righe', en: 'Lines' },
  item: { it: 'Voce', en: 'Item' },
  jobCode: { it: 'Commessa/convenzione', en: 'Job or agreement code' },
  cup: { it: 'CUP', en: 'CUP' },
  cig: { it: 'CIG', en: 'CIG' },

  // Lines
  lines: { it: 'Beni e servizi', en: 'Goods and services' },
  lineNumber: { it: 'N.', en: 'No.' },
  description: { it: 'Descrizione', en: 'Description' },
  quantity: { it: 'Quantità', en: 'Quantity' },
  unitPrice: { it: 'Prezzo unitario', en: 'Unit price' },
  discounts: { it: 'Sconto/magg.', en: 'Discount/surcharge' },
  vat: { it: 'IVA', en: 'VAT' },
  lineTotal: { it: 'Prezzo totale', en: 'Total price' },
  period: { it: 'Periodo', en: 'Period' },
  periodFrom: { it: 'dal', en: 'from' },
  periodTo: { it: 'al', en: 'to' },
  withheld: { it: 'Soggetta a ritenuta', en: 'Subject to withholding tax' },
  grossAmount: { it: 'Importo (IVA compresa)', en: 'Amount (VAT included)' },

  // Documents' discounts, funds, withholding
  documentDiscounts: { it: 'Sconti e maggiorazioni sul documento', en: 'Discounts and surcharges on the document' },
  percentage: { it: 'Percentuale', en: 'Percentage' },
  amount: { it: 'Importo', en: 'Amount' },
  funds: { it: 'Cassa previdenziale', en: 'Pension fund contributions' },
  fund: { it: 'Cassa', en: 'Fund' },
  rate: { it: 'Aliquota', en: 'Rate' },
  base: { it: 'Imponibile', en: 'Taxable amount' },
  contribution: { it: 'Contributo', en: 'Contribution' },
  withholding: { it: 'Ritenute', en: 'Withholding tax' },
  reason: { it: 'Causale del pagamento (CU)', en: 'Reason for payment (CU)' },

  // Summary and totals
  summary: { it: 'Riepilogo IVA', en: 'VAT summary' },
  nature: { it: 'Natura e riferimento normativo', en: 'Nature and legal reference' },
  expenses: { it: 'Spese accessorie', en: 'Incidental expenses' },
  rounding: { it: 'Arrotondamento', en: 'Rounding' },
  due: { it: 'Esigibilità IVA', en: 'VAT falls due' },
  tax: { it: 'Imposta', en: 'VAT amount' },
  totals: { it: 'Totali', en: 'Totals' },
  totalBase: { it: 'Totale imponibile', en: 'Total taxable amount' },
  totalTax: { it: 'Totale imposta', en: 'Total VAT' },
  stampDuty: { it: 'Imposta di bollo (assolta in modo virtuale)', en: 'Stamp duty (paid virtually)' },
  documentTotal: { it: 'Totale documento', en: 'Document total' },
  computedTotal: { it: 'Imponibile più imposta (calcolato)', en: 'Taxable amount plus VAT (computed)' },
  computedSum: { it: 'Totale degli importi (calcolato)', en: 'Sum of the amounts (computed)' },
  withheldTotal: { it: 'Ritenute', en: 'Withholding tax' },
  splitTax: { it: 'IVA in scissione dei pagamenti', en: 'VAT under split payment' },
  net: { it: 'Netto a pagare (calcolato)', en: 'Net to pay (computed)' },

  // Payment
  payment: { it: 'Pagamento', en: 'Payment' },
  terms: { it: 'Condizioni', en: 'Terms' },
  method: { it: 'Modalità', en: 'Method' },
  dueDate: { it: 'Scadenza', en: 'Due date' },
  account: { it: 'Coordinate bancarie', en: 'Bank details' },
  payee: { it: 'Beneficiario', en: 'Payee' },
  days: { it: 'giorni', en: 'days' },
  startingFrom: { it: 'dal', en: 'from' },
  postOffice: { it: 'Ufficio postale', en: 'Post office' },
  receiptBy: { it: 'Quietanzante', en: 'Receipt by' },
  earlyDiscount: { it: 'Sconto per pagamento anticipato', en: 'Early payment discount' },
  until: { it: 'entro il', en: 'until' },
  latePenalty: { it: 'Penale per ritardo', en: 'Late payment penalty' },
  sinceDate: { it: 'dal', en: 'from' },
  paymentCode: { it: 'Codice pagamento', en: 'Payment code' },

  // Transport and vehicles
  transport: { it: 'Trasporto', en: 'Transport' },
  carrier: { it: 'Vettore', en: 'Carrier' },
  licence: { it: 'Licenza di guida', en: 'Driving licence' },
  vehicle: { it: 'Mezzo', en: 'Means of transport' },
  transportReason: { it: 'Causale del trasporto', en: 'Reason for transport' },
  packages: { it: 'Numero di colli', en: 'Packages' },
  grossWeight: { it: 'Peso lordo', en: 'Gross weight' },
  netWeight: { it: 'Peso netto', en: 'Net weight' },
  pickedUp: { it: 'Ritiro', en: 'Picked up' },
  transportStart: { it: 'Inizio del trasporto', en: 'Start of transport' },
  delivery: { it: 'Resa', en: 'Delivery terms' },
  deliveryAddress: { it: 'Indirizzo di resa', en: 'Delivery address' },
  delivered: { it: 'Consegna', en: 'Delivered' },
  vehicles: { it: 'Mezzi di trasporto nuovi (art. 38 DL 331/93)', en: 'New means of transport (art. 38 DL 331/93)' },
  registered: { it: 'Prima immatricolazione', en: 'First registration' },
  travelled: { it: 'Percorso o ore di utilizzo', en: 'Distance or hours of use' },

  // Attachments
  attachments: { it: 'Allegati', en: 'Attachments' },
  file: { it: 'File', en: 'File' },
  format: { it: 'Formato', en: 'Format' },
  size: { it: 'Dimensione', en: 'Size' },
  packed: { it: 'compresso', en: 'compressed' },

  // Transmission, signatures, trail
  transmission: { it: 'Trasmissione', en: 'Transmission' },
  transmissionFormat: { it: 'Formato', en: 'Format' },
  transmitter: { it: 'Trasmittente', en: 'Transmitter' },
  progressive: { it: 'Progressivo di invio', en: 'Progressive number' },
  recipientCode: { it: 'Codice destinatario', en: 'Recipient code' },
  recipientPec: { it: 'PEC destinatario', en: "Recipient's PEC" },
  system: { it: 'Sistema emittente', en: 'Issuing system' },
  fileName: { it: 'Nome del file', en: 'File name' },
  sdiId: { it: 'Identificativo SdI', en: "SdI's identifier" },
  hash: { it: 'Impronta SHA-256 del file', en: 'SHA-256 of the file' },
  signatures: { it: 'Firma elettronica', en: 'Electronic signature' },
  trail: { it: 'Percorso del documento', en: 'What happened to the document' },
  when: { it: 'Quando', en: 'When' },
  event: { it: 'Evento', en: 'Event' },
  details: { it: 'Dettagli', en: 'Details' },
} as const satisfies Record<string, Sentence>;

/** A fixed word of a sheet. */
export type Word = keyof typeof table;

/**
 * Gives the function that says a fixed word in one language.
 * @param lang the language
 */
export function sayIn(lang: Lang): (word: Word) => string {
  return (word) => table[word][lang];
}
