// fatturapa: names of persons and bodies, alike wherever they stand (AnagraficaType and the choices without it).
import { block, one, optional } from './schema.ts';
import { idFiscale } from './id-fiscale.ts';
import { anyText, basicLatinText, latinText, taxCode } from './text-types.ts';

/** The rows of which a name is made; a block that has them takes `nameAlternatives` along. */
export const nameRows = {
  Denominazione: optional(
    latinText(1, 80),
    'Ditta, denominazione o ragione sociale (in alternativa a Nome e Cognome)',
    'Name of a firm or body (instead of Nome and Cognome)',
  ),
  Nome: optional(
    latinText(1, 60),
    'Nome della persona fisica (con Cognome, in alternativa a Denominazione)',
    'First name of a person (with Cognome, instead of Denominazione)',
  ),
  Cognome: optional(
    latinText(1, 60),
    'Cognome della persona fisica (con Nome, in alternativa a Denominazione)',
    'Surname of a person (with Nome, instead of Denominazione)',
  ),
} as const;

/** Either a firm's name, or a person's first name and surname. */
export const nameAlternatives = [['Denominazione'], ['Nome', 'Cognome']] as const;

/** Anagrafica: who somebody is. */
export const anagrafica = block(
  {
    ...nameRows,
    Titolo: optional(
      basicLatinText(2, 10, 'collapse'),
      'Titolo onorifico della persona, per esempio Dott.',
      'Title of the person, for example Dott.',
    ),
    CodEORI: optional(
      anyText(13, 17, 'preserve'),
      'Codice EORI di chi importa o esporta (regolamento CE 312/2009)',
      'EORI number of importers and exporters (EC regulation 312/2009)',
    ),
  },
  nameAlternatives,
);

/** A tax representative who stands inside another party's block: tax id and name alone. */
export const rappresentanteFiscaleBreve = block(
  {
    IdFiscaleIVA: one(idFiscale, 'Partita IVA del rappresentante fiscale', 'VAT number of the tax representative'),
    ...nameRows,
  },
  nameAlternatives,
);

/** DatiAnagrafici of those who need not have a VAT number: customer and third party. */
export const datiAnagraficiSenzaObbligoIva = block({
  IdFiscaleIVA: optional(idFiscale, 'Partita IVA, se il soggetto ne ha una', 'VAT number, if there is one'),
  CodiceFiscale: optional(taxCode, 'Codice fiscale', 'Tax code'),
  Anagrafica: one(anagrafica, 'Denominazione, oppure nome e cognome', 'Name of the firm or the person'),
});
