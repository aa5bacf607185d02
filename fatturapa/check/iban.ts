// fatturapa: whether an account number is a right IBAN (ISO 13616), by its check digits and, where it is of Italy or San Marino, its length.
import type { Sentence } from '../finding.ts';

const zero = 48;
const letterA = 65;

/** Italy and San Marino write 27 characters. */
const lengths: Readonly<Record<string, number>> = { IT: 27, SM: 27 };

/**
 * Says what is wrong with an IBAN.
 * @param text letters and digits without blanks, as the schema has it; letters may be in either case
 * @returns a whole sentence, or undefined where nothing is
 */
export function whyNoIban(text: string): Sentence | undefined {
  const country = text.slice(0, 2).toUpperCase();
  const length = lengths[country];
  if (length !== undefined && text.length !== length) {
    return {
      it: `Un IBAN che inizia per ${country} ha ${length} caratteri, questo ne ha ${text.length}.`,
      en: `An IBAN that starts with ${country} has ${length} characters, this one has ${text.length}.`,
    };
  }
  if (remainder(text) === 1) return undefined;
  return { it: 'Le cifre di controllo non tornano.', en: 'Its check digits do not fit.' };
}

/** The number modulo 97 after its first four characters went to the end and letters became 10–35 (ISO 7064). */
function remainder(text: string): number {
  let rest = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt((at + 4) % text.length);
    // Bit 32 is what tells small letters from capitals.
    const letter = (code & ~32) - letterA;
    rest = code - zero <= 9 ? (rest * 10 + code - zero) % 97 : (rest * 100 + letter + 10) % 97;
  }
  return rest;
}
