// fatturapa: the supplier's entry in the business register, alike in both formats (IscrizioneREAType).
import { socioUnico } from './codes/socio-unico.ts';
import { statoLiquidazione } from './codes/stato-liquidazione.ts';
import { block, one, optional } from './schema.ts';
import { amount2, basicLatinText, province } from './text-types.ts';

/** IscrizioneREA, 1.2.4: what companies state of themselves under art. 2250 of the civil code. */
export const iscrizioneREA = block({
  Ufficio: one(province, "Provincia dell'ufficio del registro delle imprese", 'Province of the business register'),
  NumeroREA: one(basicLatinText(1, 20), 'Numero di iscrizione al REA', 'Number in the register (REA)'),
  CapitaleSociale: optional(
    amount2,
    'Capitale sociale versato, per le società di capitali',
    'Paid-in capital of a company',
  ),
  SocioUnico: optional(
    socioUnico,
    'Se la società ha un socio unico o più soci',
    'Whether the company has one member or several',
  ),
  StatoLiquidazione: one(statoLiquidazione, 'Se la società è in liquidazione', 'Whether the company is being wound up'),
});
