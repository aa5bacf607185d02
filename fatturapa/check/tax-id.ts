// fatturapa: Italian tax ids: the check digit of the VAT number, the check letter of the personal tax code, and what is wrong with them.
import type { Sentence } from '../finding.ts';

/** The supplier's number in the revenue agency's own examples; its check digit is wrong, 01234567897 would be right. */
export const dummyVatNumber = '01234567890';

/** The dummies of those examples, supplier's and customer's: the check digits of both are wrong. */
export const dummyTaxIds: ReadonlySet<string> = new Set([dummyVatNumber, '09876543210']);

const zero = 48;
const vatForm = /^\d{11}$/;

/**
 * The check digit of an Italian VAT number (a Luhn sum; DPR 633/1972 art. 35, and the decree of 23 December 1976).
 * @param text at least ten digits; what follows is not looked at
 * @returns 0–9
 */
export function vatCheckDigit(text: string): number {
  let sum = 0;
  for (let at = 0; at < 10; at += 2) {
    const doubled = 2 * (text.charCodeAt(at + 1) - zero);
    sum += text.charCodeAt(at) - zero + (doubled > 9 ? doubled - 9 : doubled);
  }
  return (10 - (sum % 10)) % 10;
}

/**
 * Whether a text is an Italian VAT number: eleven digits, the first seven not all zero, and the check digit right. Whether it was
 * ever given to anybody is not asked.
 */
export function isVatNumber(text: string): boolean {
  return isElevenDigits(text) && text.charCodeAt(10) - zero === vatCheckDigit(text) && !text.startsWith('0000000');
}

/**
 * Says what is wrong with an Italian VAT number.
 * @param text what stands in the document
 * @returns whole sentences, or undefined where nothing is
 */
export function whyNoVatNumber(text: string): Sentence | undefined {
  if (isVatNumber(text)) return undefined;
  if (!vatForm.test(text)) return wrongVatForm(text);
  if (text.startsWith('0000000')) {
    return { it: `${text} comincia con sette zeri.`, en: `${text} begins with seven zeros.` };
  }
  const right = `${text.slice(0, 10)}${vatCheckDigit(text)}`;
  return {
    it: `La cifra di controllo di ${text} non torna: con le altre dieci cifre sarebbe ${right}.`,
    en: `The check digit of ${text} does not fit: with its other ten digits it would be ${right}.`,
  };
}

/** What a number that begins with the country, or has another length, should look like. */
function wrongVatForm(text: string): Sentence {
  if (/^IT\d{11}$/i.test(text)) {
    const bare = text.slice(2);
    return {
      it: `${text} ripete la sigla del paese, che sta già in IdPaese: qui va solo ${bare}.`,
      en: `${text} repeats the country, which stands in IdPaese: only ${bare} belongs here.`,
    };
  }
  return {
    it: `Una partita IVA italiana ha 11 cifre; «${text}» ha ${text.length} caratteri${/\D/.test(text) ? ', non tutti cifre' : ''}.`,
    en: `An Italian VAT number has 11 digits; "${text}" has ${text.length} characters${/\D/.test(text) ? ', not all of them digits' : ''}.`,
  };
}

function isElevenDigits(text: string): boolean {
  if (text.length !== 11) return false;
  for (let at = 0; at < 11; at++) {
    const digit = text.charCodeAt(at) - zero;
    if (digit < 0 || digit > 9) return false;
  }
  return true;
}

// Six letters, year, month letter, day, place (a letter and three digits), check letter. Where two people would share a code
// (omocodia) letters stand for the digits: L for 0, M for 1 … V for 9.
const personalForm = /^[A-Z]{6}[\dL-NP-V]{2}[A-EHLMPR-T][\dL-NP-V]{2}[A-Z][\dL-NP-V]{3}[A-Z]$/;

/** What the characters in odd places count, 0–9 as A–J (decree of 23 December 1976). */
const oddValues = [1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23];

/** The place of a character in the alphabet, or of a digit among digits: both count alike. */
function ordinal(code: number): number {
  return code < 65 ? code - zero : code - 65;
}

/**
 * The check letter of a personal tax code (codice fiscale; decree of 23 December 1976).
 * @param text at least fifteen capital letters or digits; what follows is not looked at
 * @returns A–Z
 */
export function fiscalCodeCheckLetter(text: string): string {
  let sum = 0;
  for (let at = 0; at < 15; at++) {
    const value = ordinal(text.charCodeAt(at));
    sum += at % 2 === 0 ? (oddValues[value] ?? 0) : value;
  }
  return String.fromCharCode(65 + (sum % 26));
}

/**
 * Whether a text is an Italian tax code: sixteen characters of a person (with the letters of omocodia), or eleven digits of a
 * company, built like a VAT number. Whether it was ever given to anybody is not asked.
 */
export function isFiscalCode(text: string): boolean {
  if (text.length === 11) return isVatNumber(text);
  return personalForm.test(text) && text.endsWith(fiscalCodeCheckLetter(text));
}

/**
 * Says what is wrong with an Italian tax code.
 * @param text what stands in the document
 * @returns whole sentences, or undefined where nothing is
 */
export function whyNoFiscalCode(text: string): Sentence | undefined {
  if (isFiscalCode(text)) return undefined;
  if (text.length === 11) return whyNoVatNumber(text);
  if (text.length !== 16) {
    return {
      it: `Un codice fiscale ha 16 caratteri (persone) o 11 cifre (società ed enti); «${text}» ha ${text.length} caratteri.`,
      en: `A tax code has 16 characters (people) or 11 digits (companies); "${text}" has ${text.length} characters.`,
    };
  }
  if (!personalForm.test(text)) {
    return {
      it: `«${text}» non ha la forma di un codice fiscale (sei lettere, due cifre, una lettera, due cifre, una lettera, tre cifre, una lettera).`,
      en: `"${text}" is not built like a tax code (six letters, two digits, a letter, two digits, a letter, three digits, a letter).`,
    };
  }
  const right = `${text.slice(0, 15)}${fiscalCodeCheckLetter(text)}`;
  return {
    it: `L'ultima lettera di ${text} non torna: con gli altri quindici caratteri sarebbe ${right}.`,
    en: `The last letter of ${text} does not fit: with its other fifteen characters it would be ${right}.`,
  };
}
