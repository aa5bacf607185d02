// fatturapa: why a line of a simplified document bears no VAT (schema 1.0.2: no N6, no N7).
import { codeType } from '../code-type.ts';

/** Natura of the simplified invoice, 2.2.4; the generic N2 and N3 pass the schema but not SdI (00445). */
export const simplifiedNatura = codeType('Natura', {
  N1: { it: 'Escluse (art. 15 DPR 633/72)', en: 'Excluded from the taxable base (art. 15 DPR 633/72)' },
  N2: {
    it: 'Non soggette; non più ammesso dal 2021: usare N2.1 o N2.2',
    en: 'Outside VAT; not allowed since 2021: use N2.1 or N2.2',
  },
  'N2.1': {
    it: 'Non soggette per territorialità (artt. da 7 a 7-septies DPR 633/72)',
    en: 'Outside VAT by place of supply (art. 7 to 7-septies DPR 633/72)',
  },
  'N2.2': { it: 'Non soggette, altri casi', en: 'Outside VAT, other cases' },
  N3: {
    it: 'Non imponibili; non più ammesso dal 2021: usare da N3.1 a N3.6',
    en: 'Zero-rated; not allowed since 2021: use N3.1 to N3.6',
  },
  'N3.1': { it: 'Non imponibili: esportazioni', en: 'Zero-rated: exports' },
  'N3.2': { it: 'Non imponibili: cessioni intracomunitarie', en: 'Zero-rated: sales to other EU countries' },
  'N3.3': { it: 'Non imponibili: cessioni verso San Marino', en: 'Zero-rated: sales to San Marino' },
  'N3.4': {
    it: 'Non imponibili: operazioni assimilate alle esportazioni',
    en: 'Zero-rated: operations treated like exports',
  },
  'N3.5': { it: "Non imponibili: con dichiarazione d'intento", en: 'Zero-rated: with a declaration of intent' },
  'N3.6': {
    it: 'Non imponibili: altre operazioni che non formano il plafond',
    en: 'Zero-rated: other operations that do not count for the ceiling',
  },
  N4: { it: 'Esenti', en: 'Exempt' },
  N5: { it: 'Regime del margine, IVA non esposta in fattura', en: 'Margin scheme, VAT not shown on the invoice' },
});
