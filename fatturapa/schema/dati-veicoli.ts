// fatturapa: chapter 2.3 of the ordinary invoice, new vehicles sold between EU countries.
import { block, one } from './schema.ts';
import { basicLatinText, date } from './text-types.ts';

/** DatiVeicoli, 2.3 (art. 38, c. 4, DL 331/93). */
export const datiVeicoli = block({
  Data: one(date, 'Data di prima immatricolazione o iscrizione nei pubblici registri', 'Date of first registration'),
  TotalePercorso: one(
    basicLatinText(1, 15),
    'Chilometri percorsi, oppure ore navigate o volate',
    'Kilometres travelled, or hours sailed or flown',
  ),
});
