// fatturapa: why a payment bears withholding tax: the codes of the yearly certificate (Certificazione Unica).
import { codeType } from '../code-type.ts';

/** CausalePagamento, 2.1.1.5.4. */
export const causalePagamento = codeType('CausalePagamento', {
  A: {
    it: "Lavoro autonomo nell'esercizio abituale di un'arte o professione",
    en: 'Self-employed work as a regular profession',
  },
  B: {
    it: "Diritti d'autore, brevetti e simili percepiti dall'autore o inventore",
    en: 'Copyrights, patents and the like, paid to author or inventor',
  },
  C: {
    it: 'Utili da associazione in partecipazione con apporto di solo lavoro',
    en: 'Profits of a partner who contributes work only',
  },
  D: {
    it: 'Utili ai soci promotori e fondatori di società di capitali',
    en: 'Profits of promoters and founders of companies',
  },
  E: {
    it: 'Levata di protesti cambiari da parte dei segretari comunali',
    en: 'Protests of bills drawn up by town clerks',
  },
  G: {
    it: 'Indennità per la cessazione di attività sportiva professionale',
    en: 'Indemnity at the end of a professional sports career',
  },
  H: {
    it: 'Indennità per la cessazione di rapporti di agenzia maturate fino al 2003',
    en: 'Indemnity at the end of an agency contract, earned up to 2003',
  },
  I: { it: 'Indennità per la cessazione da funzioni notarili', en: "Indemnity at the end of a notary's office" },
  L: {
    it: "Diritti d'autore, brevetti e simili percepiti da chi li ha ricevuti gratuitamente (eredi, donatari)",
    en: 'Copyrights, patents and the like, paid to heirs or donees',
  },
  M: { it: 'Lavoro autonomo non abituale', en: 'Self-employed work done occasionally' },
  N: {
    it: 'Indennità, rimborsi, premi e compensi per attività sportive dilettantistiche, cori e bande',
    en: 'Allowances, refunds, prizes and pay in amateur sport, choirs and bands',
  },
  O: {
    it: 'Lavoro autonomo non abituale senza obbligo di iscrizione alla gestione separata',
    en: 'Occasional self-employed work without the duty to join the INPS separate fund',
  },
  P: {
    it: 'Compensi a non residenti per uso di attrezzature industriali, commerciali o scientifiche in Italia',
    en: 'Pay to non-residents for the use of industrial, commercial or scientific equipment in Italy',
  },
  Q: { it: 'Provvigioni ad agente o rappresentante monomandatario', en: 'Commission of an agent of one principal' },
  R: {
    it: 'Provvigioni ad agente o rappresentante plurimandatario',
    en: 'Commission of an agent of several principals',
  },
  S: { it: 'Provvigioni a commissionario', en: 'Commission of a commission merchant' },
  T: { it: 'Provvigioni a mediatore', en: 'Commission of a broker' },
  U: { it: 'Provvigioni a procacciatore di affari', en: 'Commission of a business finder' },
  V: { it: 'Provvigioni a incaricato per le vendite a domicilio', en: 'Commission of a door-to-door seller' },
  W: {
    it: 'Corrispettivi per appalti pagati dal condominio (art. 25-ter DPR 600/73)',
    en: 'Works and services paid by a condominium (art. 25-ter DPR 600/73)',
  },
  X: {
    it: 'Canoni pagati nel 2004 a società o stabili organizzazioni UE (art. 26-quater DPR 600/73)',
    en: 'Royalties paid in 2004 to EU companies (art. 26-quater DPR 600/73)',
  },
  Y: {
    it: 'Canoni pagati da gennaio a luglio 2005 a società o stabili organizzazioni UE (art. 26-quater DPR 600/73)',
    en: 'Royalties paid from January to July 2005 to EU companies (art. 26-quater DPR 600/73)',
  },
  Z: {
    it: 'Titolo diverso dai precedenti; non più ammesso dal 2021: usare ZO',
    en: 'Another ground; not allowed since 2021: use ZO',
  },
  L1: {
    it: "Diritti d'autore, brevetti e simili percepiti da chi li ha acquistati a titolo oneroso",
    en: 'Copyrights, patents and the like, paid to who bought them',
  },
  M1: {
    it: 'Compensi per obblighi di fare, non fare o permettere',
    en: 'Pay for the duty to do, not to do or to permit something',
  },
  M2: {
    it: 'Lavoro autonomo non abituale con obbligo di iscrizione alla gestione separata ENPAPI',
    en: 'Occasional self-employed work with the duty to join the ENPAPI separate fund',
  },
  O1: {
    it: 'Obblighi di fare, non fare o permettere, senza obbligo di iscrizione alla gestione separata',
    en: 'Duty to do, not to do or to permit something, without the duty to join the INPS separate fund',
  },
  V1: {
    it: 'Attività commerciali non abituali (per esempio provvigioni occasionali)',
    en: 'Occasional business, for example occasional commission',
  },
  ZO: { it: 'Titolo diverso dai precedenti', en: 'Another ground' },
});
