// fatturapa: why a line of an ordinary document bears no VAT (schema 1.2.3).
import { codeType } from '../code-type.ts';
import { simplifiedNatura } from './simplified-natura.ts';

/** What a simplified document may say, and N6 and N7 besides. Natura, 2.1.1.7.7, 2.2.1.14 and 2.2.2.2; the generic N2, N3 and N6 pass the schema but not SdI (00445). */
export const natura = codeType('Natura', {
  ...simplifiedNatura.codes,
  N6: {
    it: 'Inversione contabile; non più ammesso dal 2021: usare da N6.1 a N6.9',
    en: 'Reverse charge; not allowed since 2021: use N6.1 to N6.9',
  },
  'N6.1': {
    it: 'Inversione contabile: rottami e materiali di recupero',
    en: 'Reverse charge: scrap and recovered materials',
  },
  'N6.2': {
    it: 'Inversione contabile: oro e argento (L. 7/2000), oreficeria usata a operatori professionali',
    en: 'Reverse charge: gold and silver (L. 7/2000), used jewellery to professional dealers',
  },
  'N6.3': {
    it: "Inversione contabile: subappalto nell'edilizia",
    en: 'Reverse charge: subcontracting in construction',
  },
  'N6.4': { it: 'Inversione contabile: cessione di fabbricati', en: 'Reverse charge: sale of buildings' },
  'N6.5': { it: 'Inversione contabile: telefoni cellulari', en: 'Reverse charge: mobile phones' },
  'N6.6': { it: 'Inversione contabile: prodotti elettronici', en: 'Reverse charge: electronic products' },
  'N6.7': {
    it: "Inversione contabile: prestazioni dell'edilizia e settori connessi",
    en: 'Reverse charge: services in construction and connected sectors',
  },
  'N6.8': { it: 'Inversione contabile: settore energetico', en: 'Reverse charge: energy sector' },
  'N6.9': { it: 'Inversione contabile: altri casi', en: 'Reverse charge: other cases' },
  N7: {
    it: 'IVA assolta in un altro Stato UE (artt. 7-octies e 74-sexies DPR 633/72)',
    en: 'VAT paid in another EU state (art. 7-octies and 74-sexies DPR 633/72)',
  },
});
