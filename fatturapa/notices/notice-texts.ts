// fatturapa: the types of text that SdI's notices hold and invoices do not (MessaggiTypes 1.1, MessaggiFatturaTypes 1.0).
import type { TextType } from '../schema/schema.ts';
import { codeType } from '../schema/code-type.ts';

function integer(name: string, form: RegExp, it: string, en: string): TextType {
  return {
    kind: 'text',
    name,
    sense: 'integer',
    whiteSpace: 'collapse',
    accepts: (text) => form.test(text),
    allowed: { it, en },
  };
}

/** IdentificativoSdI of family PA: an integer of up to twelve digits. */
export const sdiNumber = integer(
  'sdiNumber',
  /^[+-]?0*[0-9]{1,12}$/,
  'un numero di al massimo 12 cifre',
  'up to 12 digits',
);

/** AnnoFattura (xs:nonNegativeInteger). */
export const year = integer('year', /^(?:\+?[0-9]+|-0+)$/, 'un anno, per esempio 2025', 'a year, for example 2025');

/** PosizioneFattura (xs:positiveInteger). */
export const position = integer(
  'position',
  /^\+?0*[1-9][0-9]*$/,
  'un numero intero da 1 in su',
  'a whole number from 1 on',
);

/** TentativiInvio (xs:integer). */
export const attempts = integer('attempts', /^[+-]?[0-9]+$/, 'un numero intero', 'a whole number');

/** Text of any characters and any length, also none (xs:string). */
export const freeText: TextType = {
  kind: 'text',
  name: 'freeText',
  sense: 'text',
  whiteSpace: 'preserve',
  accepts: () => true,
  allowed: { it: 'testo libero', en: 'any text' },
};

/** Esito: what a public body answers to an invoice. */
export const outcomeCode = codeType('Esito', {
  EC01: { it: 'accettazione', en: 'acceptance' },
  EC02: { it: 'rifiuto', en: 'refusal' },
});

/** Scarto: why SdI does not take the answer of a public body. */
export const rejectionCode = codeType('Scarto', {
  EN00: { it: 'risposta non conforme al formato', en: 'the answer does not conform to the format' },
  EN01: { it: 'risposta non ammissibile', en: 'the answer is not admissible' },
});
