// fatturapa: chapter 1.4 of the ordinary invoice, the customer.
import { datiAnagraficiSenzaObbligoIva, rappresentanteFiscaleBreve } from './anagrafica.ts';
import { indirizzo } from './indirizzo.ts';
import { block, one, optional, type BlockValue } from './schema.ts';

/** CessionarioCommittente, 1.4: the customer. */
export const cessionarioCommittente = block({
  DatiAnagrafici: one(datiAnagraficiSenzaObbligoIva, 'Chi è il cessionario/committente', 'Who the customer is'),
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
});

/** A value of CessionarioCommittente. */
export type CessionarioCommittente = BlockValue<typeof cessionarioCommittente.rows>;
