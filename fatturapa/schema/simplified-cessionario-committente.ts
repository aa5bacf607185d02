// fatturapa: chapter 1.3 of the simplified invoice, the customer.
import { nameAlternatives, nameRows, rappresentanteFiscaleBreve } from './anagrafica.ts';
import { idFiscale } from './id-fiscale.ts';
import { indirizzo } from './indirizzo.ts';
import { block, one, optional } from './schema.ts';
import { taxCode } from './text-types.ts';

const identificativiFiscali = block({
  IdFiscaleIVA: optional(idFiscale, 'Partita IVA del cessionario/committente', "Customer's VAT number"),
  CodiceFiscale: optional(taxCode, 'Codice fiscale del cessionario/committente', "Customer's tax code"),
});

const altriDatiIdentificativi = block(
  {
    ...nameRows,
    Sede: one(indirizzo, 'Sede legale, domicilio fiscale o residenza', 'Registered office or residence'),
    StabileOrganizzazione: optional(
      indirizzo,
      'Stabile organizzazione in Italia, se il cessionario/committente non è residente',
      'Permanent establishment in Italy of a foreign customer',
    ),
    RappresentanteFiscale: optional(
      rappresentanteFiscaleBreve,
      'Rappresentante fiscale in Italia del cessionario/committente',
      "Customer's tax representative in Italy",
    ),
  },
  nameAlternatives,
);

/** CessionarioCommittente, 1.3: the customer, of whom a tax id is enough. */
export const simplifiedCessionarioCommittente = block({
  IdentificativiFiscali: one(identificativiFiscali, 'Partita IVA o codice fiscale', 'VAT number or tax code'),
  AltriDatiIdentificativi: optional(
    altriDatiIdentificativi,
    'Nome e indirizzo, se si vogliono indicare',
    'Name and address, if wanted',
  ),
});
