// fatturapa: what kind of document an ordinary one is (schema 1.2.3).
import { codeType } from '../code-type.ts';

/** TipoDocumento, 2.1.1.1. */
export const tipoDocumento = codeType('TipoDocumento', {
  TD01: { it: 'Fattura', en: 'Invoice' },
  TD02: { it: 'Acconto o anticipo su fattura', en: 'Advance on an invoice' },
  TD03: { it: 'Acconto o anticipo su parcella', en: 'Advance on a fee note' },
  TD04: { it: 'Nota di credito', en: 'Credit note' },
  TD05: { it: 'Nota di debito', en: 'Debit note' },
  TD06: { it: 'Parcella', en: 'Fee note of a professional' },
  TD16: {
    it: 'Integrazione di fattura in reverse charge interno',
    en: 'VAT added by the customer to a domestic reverse-charge invoice',
  },
  TD17: {
    it: "Integrazione o autofattura per servizi acquistati dall'estero",
    en: 'Added VAT or self-invoice for services bought from abroad',
  },
  TD18: {
    it: 'Integrazione per beni acquistati da un altro Paese UE',
    en: 'Added VAT for goods bought from another EU country',
  },
  TD19: {
    it: 'Integrazione o autofattura per beni acquistati da un fornitore estero (art. 17, c. 2, DPR 633/72)',
    en: 'Added VAT or self-invoice for goods bought in Italy from a foreign supplier (art. 17 c. 2 DPR 633/72)',
  },
  TD20: {
    it: 'Autofattura per regolarizzare o integrare fatture (art. 6, c. 9-bis, D.Lgs. 471/97 o art. 46, c. 5, DL 331/93)',
    en: 'Self-invoice that puts right a missing or wrong invoice (art. 6 c. 9-bis D.Lgs. 471/97, art. 46 c. 5 DL 331/93)',
  },
  TD21: { it: 'Autofattura per splafonamento', en: 'Self-invoice for purchases beyond the VAT-free ceiling' },
  TD22: { it: 'Estrazione di beni da un deposito IVA', en: 'Goods taken out of a VAT warehouse' },
  TD23: {
    it: "Estrazione di beni da un deposito IVA con versamento dell'IVA",
    en: 'Goods taken out of a VAT warehouse with payment of the VAT',
  },
  TD24: {
    it: 'Fattura differita per consegne o prestazioni documentate (art. 21, c. 4, lett. a, DPR 633/72)',
    en: 'Deferred invoice for documented deliveries or services (art. 21 c. 4 a DPR 633/72)',
  },
  TD25: {
    it: 'Fattura differita per triangolazioni interne (art. 21, c. 4, lett. b, DPR 633/72)',
    en: 'Deferred invoice for domestic three-party sales (art. 21 c. 4 b DPR 633/72)',
  },
  TD26: {
    it: 'Cessione di beni ammortizzabili o passaggio interno (art. 36 DPR 633/72)',
    en: 'Sale of depreciable goods or internal transfer (art. 36 DPR 633/72)',
  },
  TD27: {
    it: 'Fattura per autoconsumo o cessione gratuita senza rivalsa',
    en: 'Invoice for own use or gifts without charging the VAT',
  },
  TD28: {
    it: 'Acquisto da San Marino con IVA (fattura cartacea)',
    en: 'Purchase from San Marino with VAT (paper invoice)',
  },
  TD29: {
    it: 'Comunicazione di fattura omessa o irregolare del fornitore italiano (art. 6, c. 8, D.Lgs. 471/97)',
    en: 'Report of an invoice that an Italian supplier left out or got wrong (art. 6 c. 8 D.Lgs. 471/97)',
  },
});
