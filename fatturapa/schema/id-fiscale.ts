// fatturapa: the block of a tax id with its country, alike wherever it stands (IdFiscaleType).
import { block, one } from './schema.ts';
import { anyText, country } from './text-types.ts';

/** IdTrasmittente and IdFiscaleIVA. */
export const idFiscale = block({
  IdPaese: one(country, 'Paese che ha assegnato il codice', 'Country that gave the number'),
  IdCodice: one(
    anyText(1, 28, 'preserve'),
    'Codice identificativo: partita IVA o codice fiscale, senza la sigla del Paese',
    'The number: VAT number or tax code, without the country',
  ),
});
