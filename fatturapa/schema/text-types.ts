// fatturapa: the types of elements that hold text, as FatturaPA's schemas 1.2.3 and 1.0.2 allow them.
import { base64Pattern, isBase64 } from './base64-text.ts';
import { datePattern, dateTimePattern, isDate, isDateTime, isInvoiceDate } from './calendar.ts';
import { addressLengthMax, certifiedAddressPattern, contactAddressLengthMin, contactAddressPattern } from './e-mail.ts';
import type { TextSense, TextType, WhiteSpace } from './schema.ts';
import type { Sentence } from '../finding.ts';

/** A type that one regular expression describes wholly. */
function patterned(
  name: string,
  sense: TextSense,
  whiteSpace: WhiteSpace,
  pattern: string,
  allowed: Sentence,
): TextType {
  // "u": lengths are counted in characters, also beyond U+FFFF.
  const form = new RegExp(pattern, 'u');
  return { kind: 'text', name, sense, whiteSpace, accepts: (text) => form.test(text), allowed, pattern };
}

function lengths(min: number, max: number): Sentence {
  return { it: `da ${min} a ${max} caratteri`, en: `${min} to ${max} characters` };
}

/**
 * Text of U+0000 to U+00FF (the schema's StringNLatinType); line breaks and tabs count as blanks.
 * @param min least number of characters
 * @param max greatest number of characters
 */
export function latinText(min: number, max: number): TextType {
  const { it, en } = lengths(min, max);
  const allowed = {
    it:
      `${it} dell'alfabeto latino (Latin-1): le lettere accentate vanno bene; niente virgolette o apostrofi ` +
      'tipografici (“ ” ’), lineette (– —), puntini in un solo carattere (…), né €',
    en:
      `${en} of the Latin alphabet (Latin-1): accented letters are fine; no typographic quotes or apostrophes ` +
      '(“ ” ’), dashes (– —), one-character ellipsis (…), nor €',
  };
  const type = patterned(`latin${max}`, 'text', 'replace', `^[\\u0000-\\u00ff]{${min},${max}}$`, allowed);
  return { ...type, minLength: min, maxLength: max };
}

/**
 * Text of U+0000 to U+007F (the schema's StringNType); line breaks and tabs count as blanks.
 * @param min least number of characters
 * @param max greatest number of characters
 * @param whiteSpace `collapse` where blanks at the ends do not count
 */
export function basicLatinText(min: number, max: number, whiteSpace: WhiteSpace = 'replace'): TextType {
  const { it, en } = lengths(min, max);
  const allowed = {
    it: `${it} semplici (Basic Latin): lettere senza accento, cifre, spazi e punteggiatura comune; niente °, € o lettere accentate`,
    en: `${en} of plain ASCII (Basic Latin): letters without accents, digits, blanks and common punctuation; no °, € or accented letters`,
  };
  const name = `basicLatin${min === 1 ? '' : `${min}to`}${max}`;
  const type = patterned(name, 'text', whiteSpace, `^[\\u0000-\\u007f]{${min},${max}}$`, allowed);
  return { ...type, minLength: min, maxLength: max };
}

/**
 * Text of any characters, limited in length only.
 * @param min least number of characters
 * @param max greatest number of characters
 * @param whiteSpace how blanks are treated before the characters are counted
 */
export function anyText(min: number, max: number, whiteSpace: WhiteSpace): TextType {
  const type = patterned(`text${min}to${max}`, 'text', whiteSpace, `^[\\s\\S]{${min},${max}}$`, lengths(min, max));
  return { ...type, minLength: min, maxLength: max };
}

/** A code that has a form but no closed list; blanks count, as in `xs:string`. */
function formedCode(name: string, pattern: string, it: string, en: string): TextType {
  return patterned(name, 'code', 'preserve', pattern, { it, en });
}

/** An exact decimal with a dot; blanks around it do not count. */
function decimal(name: string, pattern: string, it: string, en: string): TextType {
  return patterned(name, 'decimal', 'collapse', pattern, { it, en });
}

/** Amount of money with two decimals (Amount2DecimalType). */
export const amount2 = decimal(
  'amount2',
  '^-?[0-9]{1,11}\\.[0-9]{2}$',
  'un importo con il punto e due decimali, al massimo 11 cifre prima del punto, per esempio 1234.50: niente virgola, separatore delle migliaia o segno +',
  'an amount with a dot and two decimals, at most 11 digits before the dot, for example 1234.50: no comma, thousands separator or + sign',
);

/** Amount of money with two to eight decimals (Amount8DecimalType). */
export const amount8 = decimal(
  'amount8',
  '^-?[0-9]{1,11}\\.[0-9]{2,8}$',
  'un importo con il punto e da 2 a 8 decimali, al massimo 11 cifre prima del punto, per esempio 1234.50: niente virgola, separatore delle migliaia o segno +',
  'an amount with a dot and 2 to 8 decimals, at most 11 digits before the dot, for example 1234.50: no comma, thousands separator or + sign',
);

/** Quantity with two to eight decimals, never negative (QuantitaType). */
export const quantity = decimal(
  'quantity',
  '^[0-9]{1,12}\\.[0-9]{2,8}$',
  'una quantità non negativa con il punto e da 2 a 8 decimali, al massimo 12 cifre prima del punto, per esempio 3.00',
  'a quantity, not negative, with a dot and 2 to 8 decimals, at most 12 digits before the dot, for example 3.00',
);

/** Percentage from 0.00 to 100.00 (RateType). */
export const rate = decimal(
  'rate',
  '^(?:0?[0-9]{1,2}\\.[0-9]{2}|100\\.00)$',
  'una percentuale da 0.00 a 100.00 con il punto e due decimali, per esempio 22.00',
  'a percentage from 0.00 to 100.00 with a dot and two decimals, for example 22.00',
);

/** Weight with one or two decimals (PesoType). */
export const weight = decimal(
  'weight',
  '^[0-9]{1,4}\\.[0-9]{1,2}$',
  'un peso con il punto e 1 o 2 decimali, al massimo 4 cifre prima del punto, per esempio 12.50',
  'a weight with a dot and 1 or 2 decimals, at most 4 digits before the dot, for example 12.50',
);

/**
 * Whole number from 0 or 1 to 9, 99, 999…, in any spelling of `xs:integer`: also `+7` or `007`. Blanks around it do not count.
 * @param min 0 or 1
 * @param digits how many digits its greatest value has
 */
export function wholeNumber(min: 0 | 1, digits: number): TextType {
  const positive = `\\+?0*[1-9][0-9]{0,${digits - 1}}`;
  const pattern = min === 0 ? `^(?:[+-]?0+|${positive})$` : `^${positive}$`;
  const max = '9'.repeat(digits);
  return patterned(`whole${min}to${max}`, 'integer', 'collapse', pattern, {
    it: `un numero intero da ${min} a ${max}`,
    en: `a whole number from ${min} to ${max}`,
  });
}

/** Day (xs:date). */
export const date: TextType = {
  kind: 'text',
  name: 'date',
  sense: 'date',
  whiteSpace: 'collapse',
  accepts: isDate,
  allowed: {
    it: 'una data esistente nella forma AAAA-MM-GG, per esempio 2025-03-31',
    en: 'a date that exists, as YYYY-MM-DD, for example 2025-03-31',
  },
  pattern: datePattern,
};

/** Day from 1970 on (DataFatturaType). */
export const invoiceDate: TextType = {
  ...date,
  name: 'invoiceDate',
  accepts: isInvoiceDate,
  allowed: {
    it: 'una data esistente nella forma AAAA-MM-GG, dal 1970-01-01 in poi, per esempio 2025-03-31',
    en: 'a date that exists, as YYYY-MM-DD, from 1970-01-01 on, for example 2025-03-31',
  },
};

/** Day and time (xs:dateTime). */
export const dateTime: TextType = {
  kind: 'text',
  name: 'dateTime',
  sense: 'dateTime',
  whiteSpace: 'collapse',
  accepts: isDateTime,
  allowed: {
    it: 'data e ora nella forma AAAA-MM-GGThh:mm:ss, per esempio 2025-03-31T09:30:00, volendo con il fuso orario (+01:00)',
    en: 'date and time as YYYY-MM-DDThh:mm:ss, for example 2025-03-31T09:30:00, with a time zone (+01:00) if wanted',
  },
  pattern: dateTimePattern,
};

/** Content of a file (xs:base64Binary). */
export const base64: TextType = {
  kind: 'text',
  name: 'base64',
  sense: 'base64',
  whiteSpace: 'collapse',
  accepts: isBase64,
  allowed: {
    it: 'il contenuto del file codificato in base64 (lettere, cifre, + e /, con = finale dove serve)',
    en: "the file's content in base64 (letters, digits, + and /, with = at the end where needed)",
  },
  pattern: base64Pattern,
};

/** Address of a certified mailbox (EmailType). */
export const certifiedAddress: TextType = {
  ...patterned('certifiedAddress', 'text', 'collapse', certifiedAddressPattern, {
    it: `un indirizzo PEC valido, al massimo ${addressLengthMax} caratteri, senza spazi né lettere accentate, per esempio fatture@pec.esempio.it`,
    en: `a valid PEC address of at most ${addressLengthMax} characters, without blanks or accented letters, for example fatture@pec.esempio.it`,
  }),
  maxLength: addressLengthMax,
};

/** Ordinary e-mail address (EmailContattiType). */
export const contactAddress: TextType = {
  ...patterned('contactAddress', 'text', 'preserve', contactAddressPattern, {
    it: `un indirizzo e-mail da ${contactAddressLengthMin} a ${addressLengthMax} caratteri con @ e un punto dopo, per esempio info@esempio.it`,
    en: `an e-mail address of ${contactAddressLengthMin} to ${addressLengthMax} characters with @ and a dot after it, for example info@esempio.it`,
  }),
  minLength: contactAddressLengthMin,
  maxLength: addressLengthMax,
};

/** Phone or fax number (TelFaxType). */
export const phone = basicLatinText(5, 12);

/** Country by ISO 3166-1 (NazioneType); that the country exists is not the schema's business. */
export const country = formedCode(
  'country',
  '^[A-Z]{2}$',
  'la sigla del Paese in due lettere maiuscole (ISO 3166-1), per esempio IT, senza spazi',
  "the country's two capital letters (ISO 3166-1), for example IT, without blanks",
);

/** Province (ProvinciaType). */
export const province = formedCode(
  'province',
  '^[A-Z]{2}$',
  'la sigla della provincia in due lettere maiuscole, per esempio RM, senza spazi; per un indirizzo estero il campo si omette',
  "the province's two capital letters, for example RM, without blanks; an address abroad leaves the field out",
);

/** Currency by ISO 4217 (DivisaType). */
export const currency = formedCode(
  'currency',
  '^[A-Z]{3}$',
  'il codice della valuta in tre lettere maiuscole (ISO 4217), per esempio EUR, senza spazi',
  "the currency's three capital letters (ISO 4217), for example EUR, without blanks",
);

/** Incoterm (TipoResaType). */
export const deliveryTerm = formedCode(
  'deliveryTerm',
  '^[A-Z]{3}$',
  'il termine di resa in tre lettere maiuscole (Incoterms), per esempio EXW, senza spazi',
  'the delivery term in three capital letters (Incoterms), for example EXW, without blanks',
);

/** Postcode (CAPType). */
export const postcode = formedCode(
  'postcode',
  '^[0-9]{5}$',
  'cinque cifre, senza spazi, per esempio 00187; per un indirizzo estero 00000',
  'five digits, without blanks, for example 00187; 00000 for an address abroad',
);

/** Number of a bank or of its branch (ABIType, CABType). */
export const bankNumber = formedCode(
  'bankNumber',
  '^[0-9]{5}$',
  'cinque cifre, senza spazi, per esempio 03069',
  'five digits, without blanks, for example 03069',
);

/** Tax code of a person or a body (CodiceFiscaleType). */
export const taxCode = formedCode(
  'taxCode',
  '^[A-Z0-9]{11,16}$',
  'da 11 a 16 lettere maiuscole e cifre, senza spazi: 16 per le persone, 11 cifre per gli altri soggetti',
  '11 to 16 capital letters and digits, without blanks: 16 for persons, 11 digits for others',
);

/** Tax code of a person (CodiceFiscalePFType). */
export const personTaxCode = formedCode(
  'personTaxCode',
  '^[A-Z0-9]{16}$',
  '16 lettere maiuscole e cifre, senza spazi, per esempio RSSMRA80A01H501U',
  '16 capital letters and digits, without blanks, for example RSSMRA80A01H501U',
);

/** Recipient code of an ordinary invoice (CodiceDestinatarioType). */
export const recipientCode = formedCode(
  'recipientCode',
  '^[A-Z0-9]{6,7}$',
  '6 (pubblica amministrazione) o 7 (privati) lettere maiuscole e cifre, senza spazi, per esempio 0000000',
  '6 (public bodies) or 7 (others) capital letters and digits, without blanks, for example 0000000',
);

/** Recipient code of a simplified invoice (CodiceDestinatarioType of FSM10). */
export const simplifiedRecipientCode = formedCode(
  'simplifiedRecipientCode',
  '^[A-Z0-9]{7}$',
  '7 lettere maiuscole e cifre, senza spazi, per esempio 0000000',
  '7 capital letters and digits, without blanks, for example 0000000',
);

/** Account number (IBANType). */
export const iban = formedCode(
  'iban',
  '^[a-zA-Z]{2}[0-9]{2}[a-zA-Z0-9]{11,30}$',
  "l'IBAN senza spazi: due lettere, due cifre e da 11 a 30 lettere o cifre, per esempio IT60X0542811101000000123456",
  'the IBAN without blanks: two letters, two digits and 11 to 30 letters or digits, for example IT60X0542811101000000123456',
);

/** Bank's code in the SWIFT network (BICType). */
export const bic = formedCode(
  'bic',
  '^[A-Z]{6}[A-Z2-9][A-NP-Z0-9](?:[A-Z0-9]{3})?$',
  'il codice BIC (SWIFT) della banca, 8 o 11 lettere maiuscole e cifre senza spazi, per esempio BCITITMM',
  "the bank's BIC (SWIFT) code, 8 or 11 capital letters and digits without blanks, for example BCITITMM",
);
