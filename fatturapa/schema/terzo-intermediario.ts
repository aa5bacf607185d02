// fatturapa: chapter 1.5 of the ordinary invoice, who issues it in place of the supplier.
import { datiAnagraficiSenzaObbligoIva } from './anagrafica.ts';
import { block, one } from './schema.ts';

/** TerzoIntermediarioOSoggettoEmittente, 1.5. */
export const terzoIntermediario = block({
  DatiAnagrafici: one(
    datiAnagraficiSenzaObbligoIva,
    'Chi è il terzo o il soggetto emittente',
    'Who the third party or the issuer is',
  ),
});
