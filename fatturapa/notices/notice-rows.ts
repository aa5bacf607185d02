// fatturapa: rows that several notices share.
import { block, one, optional, some } from '../schema/schema.ts';
import { anyText, basicLatinText, dateTime, recipientCode } from '../schema/text-types.ts';
import { freeText, position, sdiNumber, year } from './notice-texts.ts';

const fileName = anyText(0, 50, 'preserve');

/** IdentificativoSdI of family B2B. */
const sdiText = anyText(1, 36, 'preserve');

const idSays = ['Numero che SdI dà al file', 'Number that SdI gives to the file'] as const;
const archiveIdSays = ["Numero che SdI dà all'archivio zip", 'Number that SdI gives to the zip archive'] as const;
const archiveNameSays = [
  "Nome dell'archivio zip in cui il file è arrivato",
  'Name of the zip archive that the file came in',
] as const;
const archiveSays = [
  "L'archivio zip in cui il file è arrivato a SdI",
  'The zip archive that the file came to SdI in',
] as const;

/** Rows of both families, by the XML's names. */
export const rows = {
  nomeFile: one(fileName, 'Nome del file, come è stato inviato', 'Name of the file as it was sent'),
  hash: one(freeText, 'SHA-256 del file inviato, in esadecimale', 'SHA-256 of the file as sent, in hexadecimal'),
  ricevuto: one(dateTime, 'Quando SdI ha ricevuto il file', 'When SdI got the file'),
  consegnato: one(dateTime, 'Quando SdI ha consegnato il file', 'When SdI delivered the file'),
  pecMessageId: optional(
    freeText,
    'Message-ID della PEC con cui il file è arrivato',
    'Message-ID of the PEC that the file came by',
  ),
  note: optional(freeText, 'Annotazioni di SdI', 'Remarks by SdI'),
  codiceDestinatario: one(recipientCode, 'Codice a cui il file è indirizzato', 'Code that the file is addressed to'),
  formato: one(
    anyText(0, 5, 'preserve'),
    'Formato della fattura: FPA12, FPR12 o FSM10',
    'Format of the invoice: FPA12, FPR12 or FSM10',
  ),
} as const;

/** RiferimentoFattura: the invoice of a file that a notice is about; without it all of them. */
export const invoiceReference = optional(
  block({
    NumeroFattura: one(basicLatinText(1, 20), 'Numero della fattura', "The invoice's number"),
    AnnoFattura: one(year, 'Anno della fattura', "The invoice's year"),
    PosizioneFattura: optional(
      position,
      'Posto della fattura nel lotto, da 1',
      "The invoice's place in the lot, from 1",
    ),
  }),
  'La fattura di cui si parla; se manca, tutte quelle del file',
  'The invoice that this is about; all of the file where it is absent',
);

/** Rows of family PA. */
export const paRows = {
  id: one(sdiNumber, ...idSays),
  messageId: one(anyText(1, 14, 'preserve'), 'Numero del messaggio di SdI', "Number of SdI's message"),
  descrizione: optional(anyText(0, 255, 'preserve'), 'Descrizione', 'Description'),
  archivio: optional(
    block({ IdentificativoSdI: one(sdiNumber, ...archiveIdSays), NomeFile: one(fileName, ...archiveNameSays) }),
    ...archiveSays,
  ),
  errori: one(
    block({
      Errore: some(
        block({
          Codice: one(anyText(5, 5, 'preserve'), "Codice dell'errore", "The error's code"),
          Descrizione: one(
            anyText(0, 255, 'preserve'),
            'Che cosa non va, nelle parole di SdI',
            "What is wrong, in SdI's words",
          ),
        }),
        'Un errore',
        'An error',
      ),
    }),
    'Perché il file è stato scartato',
    'Why the file was discarded',
  ),
} as const;

const recipientSays = ["L'ufficio o il soggetto destinatario", 'The office or party that the file is for'] as const;
const recipientCodeSays = ['Codice destinatario', 'Recipient code'] as const;
const recipientNameSays = [
  "Nome dell'ufficio, o indirizzo PEC di consegna",
  'Name of the office, or PEC address of delivery',
] as const;

/** Destinatario of family PA, which the relaxed schema lets be absent from RC. */
export const paRecipient = block({
  Codice: one(recipientCode, ...recipientCodeSays),
  Descrizione: one(freeText, ...recipientNameSays),
});

/** Destinatario as a row: `one` in AT, `optional` in RC. */
export const recipientRowSays = recipientSays;

/** Rows of family B2B. */
export const b2bRows = {
  id: one(sdiText, ...idSays),
  messageId: one(anyText(1, 36, 'preserve'), 'Identificativo del messaggio di SdI', "Identifier of SdI's message"),
  descrizione: optional(anyText(0, 1000, 'preserve'), 'Descrizione', 'Description'),
  archivio: optional(
    block({ IdentificativoSdI: one(sdiText, ...archiveIdSays), NomeFile: one(fileName, ...archiveNameSays) }),
    ...archiveSays,
  ),
  destinatario: optional(
    block({
      Codice: one(recipientCode, ...recipientCodeSays),
      Descrizione: optional(freeText, ...recipientNameSays),
    }),
    ...recipientSays,
  ),
  errori: one(
    block({
      Errore: some(
        block({
          Codice: one(anyText(1, 5, 'preserve'), "Codice dell'errore", "The error's code"),
          Descrizione: one(
            anyText(0, 1000, 'preserve'),
            'Che cosa non va, nelle parole di SdI',
            "What is wrong, in SdI's words",
          ),
          Suggerimento: one(anyText(0, 2000, 'preserve'), 'Che cosa SdI suggerisce di fare', 'What SdI suggests to do'),
        }),
        'Un errore',
        'An error',
      ),
    }),
    'Perché il file è stato scartato',
    'Why the file was discarded',
  ),
} as const;
