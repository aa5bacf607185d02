// fatturapa: the block of an address, alike wherever it stands (IndirizzoType).
import { block, one, optional } from './schema.ts';
import { basicLatinText, country, latinText, postcode, province } from './text-types.ts';

/** Sede, StabileOrganizzazione and IndirizzoResa. */
export const indirizzo = block({
  Indirizzo: one(latinText(1, 60), 'Via, piazza o simile', 'Street or square'),
  NumeroCivico: optional(
    basicLatinText(1, 8),
    'Numero civico, se non sta già in Indirizzo',
    'House number, if it is not in Indirizzo',
  ),
  CAP: one(postcode, 'Codice di avviamento postale (00000 per gli indirizzi esteri)', 'Postcode (00000 abroad)'),
  Comune: one(latinText(1, 60), 'Comune o città', 'Town'),
  Provincia: optional(province, 'Provincia, solo per gli indirizzi italiani', 'Province, for Italian addresses only'),
  Nazione: { ...one(country, "Paese dell'indirizzo", 'Country of the address'), emptyMeans: 'IT' },
});
