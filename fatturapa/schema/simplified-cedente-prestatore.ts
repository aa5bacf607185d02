// fatturapa: chapter 1.2 of the simplified invoice, the supplier.
import { nameAlternatives, nameRows, rappresentanteFiscaleBreve } from './anagrafica.ts';
import { regimeFiscale } from './codes/regime-fiscale.ts';
import { idFiscale } from './id-fiscale.ts';
import { indirizzo } from './indirizzo.ts';
import { iscrizioneREA } from './iscrizione-rea.ts';
import { block, one, optional } from './schema.ts';
import { taxCode } from './text-types.ts';

/** CedentePrestatore, 1.2: the supplier, without an inner block of its own data. */
export const simplifiedCedentePrestatore = block(
  {
    IdFiscaleIVA: one(idFiscale, 'Partita IVA del cedente/prestatore', "Supplier's VAT number"),
    CodiceFiscale: optional(taxCode, 'Codice fiscale del cedente/prestatore', "Supplier's tax code"),
    ...nameRows,
    Sede: one(indirizzo, 'Sede legale o domicilio fiscale', 'Registered office'),
    StabileOrganizzazione: optional(
      indirizzo,
      'Stabile organizzazione in Italia, se il cedente/prestatore non è residente',
      'Permanent establishment in Italy of a foreign supplier',
    ),
    RappresentanteFiscale: optional(
      rappresentanteFiscaleBreve,
      'Rappresentante fiscale in Italia del cedente/prestatore',
      "Supplier's tax representative in Italy",
    ),
    IscrizioneREA: optional(iscrizioneREA, 'Iscrizione al registro delle imprese', 'Entry in the business register'),
    RegimeFiscale: one(regimeFiscale, 'Regime fiscale del cedente/prestatore', "Supplier's tax regime"),
  },
  nameAlternatives,
);
