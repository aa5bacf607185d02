// fatturapa: the tax regimes of suppliers, alike in both formats.
import { codeType } from '../code-type.ts';

/** RegimeFiscale, 1.2.1.8. */
export const regimeFiscale = codeType('RegimeFiscale', {
  RF01: { it: 'Regime ordinario', en: 'Ordinary regime' },
  RF02: {
    it: 'Contribuenti minimi (art. 1, c. 96-117, L. 244/2007)',
    en: 'Small taxpayers of the former regime (art. 1 c. 96-117 L. 244/2007)',
  },
  RF04: {
    it: 'Agricoltura e attività connesse, pesca (artt. 34 e 34-bis DPR 633/72)',
    en: 'Farming and connected activities, fishing (art. 34 and 34-bis DPR 633/72)',
  },
  RF05: {
    it: 'Vendita di sali e tabacchi (art. 74, c. 1, DPR 633/72)',
    en: 'Sale of salt and tobacco (art. 74 c. 1 DPR 633/72)',
  },
  RF06: { it: 'Commercio di fiammiferi (art. 74, c. 1, DPR 633/72)', en: 'Trade in matches (art. 74 c. 1 DPR 633/72)' },
  RF07: { it: 'Editoria (art. 74, c. 1, DPR 633/72)', en: 'Publishing (art. 74 c. 1 DPR 633/72)' },
  RF08: {
    it: 'Gestione di telefoni pubblici (art. 74, c. 1, DPR 633/72)',
    en: 'Public telephone services (art. 74 c. 1 DPR 633/72)',
  },
  RF09: {
    it: 'Rivendita di titoli di viaggio e di sosta (art. 74, c. 1, DPR 633/72)',
    en: 'Resale of transport and parking tickets (art. 74 c. 1 DPR 633/72)',
  },
  RF10: {
    it: 'Intrattenimenti e giochi della tariffa del DPR 640/72 (art. 74, c. 6, DPR 633/72)',
    en: 'Entertainment and games under DPR 640/72 (art. 74 c. 6 DPR 633/72)',
  },
  RF11: { it: 'Agenzie di viaggi e turismo (art. 74-ter DPR 633/72)', en: 'Travel agencies (art. 74-ter DPR 633/72)' },
  RF12: { it: 'Agriturismo (art. 5, c. 2, L. 413/1991)', en: 'Farm holidays (art. 5 c. 2 L. 413/1991)' },
  RF13: {
    it: 'Vendite a domicilio (art. 25-bis, c. 6, DPR 600/73)',
    en: 'Door-to-door sales (art. 25-bis c. 6 DPR 600/73)',
  },
  RF14: {
    it: "Rivendita di beni usati, d'arte, d'antiquariato o da collezione (art. 36 DL 41/95)",
    en: 'Resale of used goods, art, antiques or collectibles (art. 36 DL 41/95)',
  },
  RF15: {
    it: "Vendite all'asta di oggetti d'arte, d'antiquariato o da collezione (art. 40-bis DL 41/95)",
    en: 'Auctions of art, antiques or collectibles (art. 40-bis DL 41/95)',
  },
  RF16: {
    it: 'IVA per cassa con la pubblica amministrazione (art. 6, c. 5, DPR 633/72)',
    en: 'VAT due on payment, sales to public bodies (art. 6 c. 5 DPR 633/72)',
  },
  RF17: { it: 'IVA per cassa (art. 32-bis DL 83/2012)', en: 'VAT due on payment (art. 32-bis DL 83/2012)' },
  RF18: { it: 'Altro regime', en: 'Another regime' },
  RF19: { it: 'Regime forfettario', en: 'Flat-rate regime (forfettario), without VAT' },
  RF20: {
    it: 'Franchigia IVA transfrontaliera (direttiva UE 2020/285)',
    en: 'Cross-border small-business exemption (EU directive 2020/285)',
  },
});
