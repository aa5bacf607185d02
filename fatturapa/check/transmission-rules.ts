// fatturapa: the checks on DatiTrasmissione: who transmits, in which format, to whom.
import type { Sentence } from '../finding.ts';
import { transmissionAt, type DocumentView } from './document-view.ts';
import { everyFormat, ordinaryFormats, type Found, type Rule } from './rule.ts';
import { isFiscalCode } from './tax-id.ts';
import { taxIdCase } from './tax-id-case.ts';

const codeAt = `${transmissionAt}/CodiceDestinatario`;
const sdiMailboxes = '@pec.fatturapa.it';

/** How many characters the recipient's code has, and where the right one comes from. */
const recipientCodes: Readonly<Record<string, { length: number; fix: Sentence }>> = {
  FPA12: {
    length: 6,
    fix: {
      it: "Verso la pubblica amministrazione indicare il codice univoco dell'ufficio, di 6 caratteri (si trova su indicepa.gov.it). Se il cliente non è una PA, scrivere FPR12 in FormatoTrasmissione e nell'attributo versione.",
      en: 'To a public body give the unique code of its office, of 6 characters (found at indicepa.gov.it). If the customer is no public body, write FPR12 in FormatoTrasmissione and in the attribute versione.',
    },
  },
  FPR12: {
    length: 7,
    fix: {
      it: "Verso privati indicare il codice di 7 caratteri comunicato dal cliente, 0000000 se non ne ha, XXXXXXX se è estero. Se il cliente è una PA, scrivere FPA12 in FormatoTrasmissione e nell'attributo versione.",
      en: 'To private parties give the code of 7 characters that the customer told you, 0000000 if there is none, XXXXXXX for foreign customers. If the customer is a public body, write FPA12 in FormatoTrasmissione and in the attribute versione.',
    },
  },
};

/** The checks on DatiTrasmissione. */
export const transmissionRules: readonly Rule<DocumentView>[] = [
  {
    code: '00300',
    formats: everyFormat,
    severity: 'error',
    where: 'DatiTrasmissione/IdTrasmittente/IdCodice',
    says: {
      it: 'Il codice fiscale di chi trasmette non è valido.',
      en: 'The tax code of the transmitter is not valid.',
    },
    fix: {
      it: 'Indicare in IdTrasmittente il codice fiscale (16 caratteri, oppure 11 cifre) di chi invia il file a SdI.',
      en: 'Give in IdTrasmittente the tax code (16 characters, or 11 digits) of whoever sends the file to SdI.',
    },
    *find({ transmission }, context): Iterable<Found> {
      const { IdPaese, IdCodice } = transmission.IdTrasmittente;
      const value = IdCodice.trim();
      if (IdPaese !== 'IT' || isFiscalCode(value)) return;
      yield taxIdCase(`${transmissionAt}/IdTrasmittente/IdCodice`, value, 'fiscalCode', context);
    },
  },
  {
    code: '00313',
    formats: ['FPR12', 'FSM10'],
    severity: 'error',
    where: 'DatiTrasmissione/CodiceDestinatario',
    says: {
      it: 'Il codice destinatario XXXXXXX vale solo per clienti esteri, ma il cliente ha una partita IVA italiana.',
      en: 'The recipient code XXXXXXX is for foreign customers only, but the customer has an Italian VAT number.',
    },
    fix: {
      it: 'Indicare il codice del cliente, o 0000000 se non ne ha; se il cliente è estero, correggere IdPaese nel suo IdFiscaleIVA.',
      en: "Give the customer's code, or 0000000 if there is none; if the customer is foreign, correct IdPaese in its IdFiscaleIVA.",
    },
    *find({ transmission, customer }): Iterable<Found> {
      if (transmission.CodiceDestinatario !== 'XXXXXXX' || customer.IdFiscaleIVA?.IdPaese !== 'IT') return;
      yield { path: codeAt, value: transmission.CodiceDestinatario };
    },
  },
  {
    code: '00330',
    formats: everyFormat,
    severity: 'error',
    where: 'DatiTrasmissione/PECDestinatario',
    says: {
      it: 'La PEC del destinatario è una casella del Sistema di Interscambio.',
      en: "The recipient's PEC address is a mailbox of SdI itself.",
    },
    fix: {
      it: 'Indicare la PEC del cliente, oppure togliere PECDestinatario.',
      en: "Give the customer's PEC address, or leave PECDestinatario out.",
    },
    *find({ transmission }): Iterable<Found> {
      const address = transmission.PECDestinatario;
      if (address === undefined || !address.toLowerCase().endsWith(sdiMailboxes)) return;
      yield { path: `${transmissionAt}/PECDestinatario`, value: address };
    },
  },
  {
    code: '00427',
    formats: ordinaryFormats,
    severity: 'error',
    where: 'DatiTrasmissione/CodiceDestinatario',
    says: {
      it: 'La lunghezza del codice destinatario non è coerente con il formato di trasmissione.',
      en: 'The length of the recipient code does not fit the transmission format.',
    },
    fix: {
      it: 'Il codice ha 6 caratteri con FPA12 (pubblica amministrazione) e 7 con FPR12 (privati).',
      en: 'The code has 6 characters with FPA12 (public bodies) and 7 with FPR12 (private parties).',
    },
    *find({ transmission }): Iterable<Found> {
      const { CodiceDestinatario: value, FormatoTrasmissione: format } = transmission;
      const right = recipientCodes[format];
      if (right === undefined || value.length === right.length) return;
      const because = {
        it: `Con ${format} il codice ha ${right.length} caratteri; ${value} ne ha ${value.length}.`,
        en: `With ${format} the code has ${right.length} characters; ${value} has ${value.length}.`,
      };
      yield { path: codeAt, value, because, fix: right.fix };
    },
  },
  {
    code: '00428',
    formats: ordinaryFormats,
    severity: 'error',
    where: 'DatiTrasmissione/FormatoTrasmissione',
    says: {
      it: "FormatoTrasmissione è diverso dall'attributo versione della radice.",
      en: 'FormatoTrasmissione differs from the attribute versione of the root.',
    },
    fix: {
      it: 'Scrivere lo stesso valore in entrambi: FPA12 verso la pubblica amministrazione, FPR12 verso privati.',
      en: 'Write the same value in both: FPA12 to public bodies, FPR12 to private parties.',
    },
    *find({ transmission, versione }): Iterable<Found> {
      const value = transmission.FormatoTrasmissione;
      if (value === versione) return;
      const because = {
        it: `FormatoTrasmissione è ${value}, versione è ${versione}.`,
        en: `FormatoTrasmissione is ${value}, versione is ${versione}.`,
      };
      yield { path: `${transmissionAt}/FormatoTrasmissione`, value, because };
    },
  },
];
