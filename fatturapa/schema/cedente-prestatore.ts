// fatturapa: chapters 1.2 and 1.3 of the ordinary invoice, the supplier and its tax representative.
import { anagrafica } from './anagrafica.ts';
import { regimeFiscale } from './codes/regime-fiscale.ts';
import { idFiscale } from './id-fiscale.ts';
import { indirizzo } from './indirizzo.ts';
import { iscrizioneREA } from './iscrizione-rea.ts';
import { block, one, optional, type BlockValue } from './schema.ts';
import { basicLatinText, contactAddress, date, latinText, phone, province, taxCode } from './text-types.ts';

const datiAnagraficiCedente = block({
  IdFiscaleIVA: one(idFiscale, 'Partita IVA del cedente/prestatore', "Supplier's VAT number"),
  CodiceFiscale: optional(taxCode, 'Codice fiscale del cedente/prestatore', "Supplier's tax code"),
  Anagrafica: one(anagrafica, 'Denominazione, oppure nome e cognome', 'Name of the firm or the person'),
  AlboProfessionale: optional(
    latinText(1, 60),
    'Albo professionale a cui è iscritto',
    'Professional register of the supplier',
  ),
  ProvinciaAlbo: optional(province, "Provincia dell'albo", 'Province of the professional register'),
  NumeroIscrizioneAlbo: optional(
    basicLatinText(1, 60),
    "Numero di iscrizione all'albo",
    'Number in the professional register',
  ),
  DataIscrizioneAlbo: optional(date, "Data di iscrizione all'albo", 'Date of entry in the professional register'),
  RegimeFiscale: one(regimeFiscale, 'Regime fiscale del cedente/prestatore', "Supplier's tax regime"),
});

const contatti = block({
  Telefono: optional(phone, 'Telefono fisso o mobile', 'Phone number'),
  Fax: optional(phone, 'Numero di fax', 'Fax number'),
  Email: optional(contactAddress, 'Indirizzo e-mail', 'E-mail address'),
});

/** CedentePrestatore, 1.2: the supplier. */
export const cedentePrestatore = block({
  DatiAnagrafici: one(datiAnagraficiCedente, 'Chi è il cedente/prestatore', 'Who the supplier is'),
  Sede: one(indirizzo, 'Sede legale o domicilio fiscale', 'Registered office'),
  StabileOrganizzazione: optional(
    indirizzo,
    'Stabile organizzazione in Italia, se il cedente/prestatore non è residente',
    'Permanent establishment in Italy of a foreign supplier',
  ),
  IscrizioneREA: optional(iscrizioneREA, 'Iscrizione al registro delle imprese', 'Entry in the business register'),
  Contatti: optional(contatti, 'Recapiti del cedente/prestatore', 'How to reach the supplier'),
  RiferimentoAmministrazione: optional(
    basicLatinText(1, 20),
    'Codice con cui il cliente identifica il cedente/prestatore nella propria contabilità',
    "What the customer's books call the supplier",
  ),
});

/** A value of CedentePrestatore. */
export type CedentePrestatore = BlockValue<typeof cedentePrestatore.rows>;

const datiAnagraficiRappresentante = block({
  IdFiscaleIVA: one(idFiscale, 'Partita IVA del rappresentante fiscale', 'VAT number of the tax representative'),
  CodiceFiscale: optional(taxCode, 'Codice fiscale del rappresentante fiscale', 'Tax code of the tax representative'),
  Anagrafica: one(anagrafica, 'Denominazione, oppure nome e cognome', 'Name of the firm or the person'),
});

/** RappresentanteFiscale, 1.3: who represents a foreign supplier in Italy. */
export const rappresentanteFiscale = block({
  DatiAnagrafici: one(datiAnagraficiRappresentante, 'Chi è il rappresentante fiscale', 'Who the tax representative is'),
});
