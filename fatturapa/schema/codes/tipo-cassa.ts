// fatturapa: the pension funds of the professions.
import { codeType } from '../code-type.ts';

/** TipoCassa, 2.1.1.7.1. */
export const tipoCassa = codeType('TipoCassa', {
  TC01: { it: 'Cassa forense (avvocati e procuratori legali)', en: 'Fund of lawyers' },
  TC02: { it: 'Cassa dottori commercialisti', en: 'Fund of chartered accountants' },
  TC03: { it: 'Cassa geometri', en: 'Fund of surveyors' },
  TC04: { it: 'Inarcassa (ingegneri e architetti liberi professionisti)', en: 'Fund of engineers and architects' },
  TC05: { it: 'Cassa del notariato', en: 'Fund of notaries' },
  TC06: { it: 'Cassa ragionieri e periti commerciali', en: 'Fund of bookkeepers and commercial experts' },
  TC07: { it: 'Enasarco (agenti e rappresentanti di commercio)', en: 'Fund of sales agents' },
  TC08: { it: 'ENPACL (consulenti del lavoro)', en: 'Fund of labour consultants' },
  TC09: { it: 'ENPAM (medici)', en: 'Fund of doctors' },
  TC10: { it: 'ENPAF (farmacisti)', en: 'Fund of pharmacists' },
  TC11: { it: 'ENPAV (veterinari)', en: 'Fund of veterinarians' },
  TC12: { it: "ENPAIA (impiegati dell'agricoltura)", en: 'Fund of agricultural employees' },
  TC13: {
    it: 'Fondo degli impiegati di imprese di spedizione e agenzie marittime',
    en: 'Fund of employees of forwarding companies and shipping agencies',
  },
  TC14: { it: 'INPGI (giornalisti)', en: 'Pension fund of journalists' },
  TC15: { it: 'ONAOSI (orfani dei sanitari)', en: 'Fund for orphans of health workers' },
  TC16: { it: 'CASAGIT (assistenza integrativa dei giornalisti)', en: 'Supplementary health fund of journalists' },
  TC17: { it: 'EPPI (periti industriali)', en: 'Fund of industrial experts' },
  TC18: { it: 'EPAP (ente pluricategoriale)', en: 'Fund of several professions (EPAP)' },
  TC19: { it: 'ENPAB (biologi)', en: 'Fund of biologists' },
  TC20: { it: 'ENPAPI (professioni infermieristiche)', en: 'Fund of nurses' },
  TC21: { it: 'ENPAP (psicologi)', en: 'Fund of psychologists' },
  TC22: { it: 'INPS', en: 'INPS, national social security' },
});
