// fatturapa: chapter 2.2 of the simplified invoice, what is sold, with the VAT inside the price.
import { simplifiedNatura } from './codes/simplified-natura.ts';
import { block, one, optional } from './schema.ts';
import { amount2, latinText, rate } from './text-types.ts';

const datiIVA = block({
  Imposta: optional(amount2, "IVA compresa nell'importo", 'VAT within the amount'),
  Aliquota: optional(rate, "Aliquota IVA, da cui si ricava l'imposta", 'VAT rate, from which the tax is computed'),
});

/** DatiBeniServizi, 2.2: one thing sold. */
export const simplifiedDatiBeniServizi = block({
  Descrizione: one(latinText(1, 1000), 'Natura e qualità del bene o servizio', 'What is sold'),
  Importo: one(amount2, 'Importo, IVA compresa', 'Amount with the VAT'),
  DatiIVA: one(
    datiIVA,
    "IVA compresa nell'importo, come imposta o come aliquota",
    'VAT within the amount, as tax or as rate',
  ),
  Natura: optional(simplifiedNatura, "Perché non c'è IVA", 'Why there is no VAT'),
  RiferimentoNormativo: optional(
    latinText(1, 100),
    "Norma per cui non c'è IVA, obbligatoria con Natura",
    'Law by which there is no VAT, needed with Natura',
  ),
});
