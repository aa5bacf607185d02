// fatturapa: the sentences about JSON that does not fit its shape (SHAPE_WRONG).
import type { DocumentFinding, Sentence } from '../finding.ts';
import { meantFigure } from './meant-figure.ts';
import { nearName } from '../read/near-name.ts';
import type { FigureShape, ListShape, Shape, TextShape, WholeShape } from './shape.ts';

function found(path: string, value: unknown, message: Sentence, fix: Sentence): DocumentFinding {
  const shown = typeof value === 'object' || value === undefined ? undefined : String(value).slice(0, 100);
  return {
    code: 'SHAPE_WRONG',
    severity: 'error',
    path: path === '' ? '/' : path,
    ...(shown !== undefined && shown !== '' && { value: shown }),
    message,
    fix,
  };
}

const correctIt: Sentence = { it: 'Correggere il campo indicato.', en: 'Correct the named field.' };

const kinds: Readonly<Record<string, Sentence>> = {
  string: { it: 'un testo', en: 'a text' },
  number: { it: 'un numero', en: 'a number' },
  boolean: { it: 'un valore sì/no', en: 'a yes/no' },
  list: { it: 'un elenco', en: 'a list' },
  null: { it: 'un valore nullo', en: 'null' },
  object: { it: 'un oggetto', en: 'an object' },
};

function kindOf(value: unknown): Sentence {
  const kind = Array.isArray(value) ? 'list' : value === null ? 'null' : typeof value;
  return kinds[kind] ?? { it: 'nulla', en: 'nothing' };
}

/**
 * The finding for a value of another kind, a text where a list belongs.
 * @param path JSON pointer
 * @param value as it was sent
 * @param it what belongs there, in Italian
 * @param en the same in English
 * @param fix what to do
 */
export function kindWrong(path: string, value: unknown, it: string, en: string, fix = correctIt): DocumentFinding {
  const { it: isIt, en: isEn } = kindOf(value);
  return found(path, value, { it: `Qui va ${it}, non ${isIt}.`, en: `Here stands ${en}, not ${isEn}.` }, fix);
}

/** What to do about a number that stands where a text belongs. */
export function quoted(value: unknown): Sentence {
  if (typeof value !== 'number') return correctIt;
  return { it: `Scriverlo tra virgolette: "${value}".`, en: `Write it in quotes: "${value}".` };
}

/** What to do about a text of digits that stands where a whole number belongs. */
export function unquoted(value: unknown): Sentence {
  if (typeof value !== 'string' || !/^\d{1,9}$/.test(value)) return correctIt;
  return { it: `Scriverlo senza virgolette: ${value}.`, en: `Write it without quotes: ${value}.` };
}

/** The finding for a text of blanks alone. */
export function textEmpty(path: string, value: string): DocumentFinding {
  return found(
    path,
    value,
    { it: 'Il testo è vuoto.', en: 'The text is empty.' },
    { it: 'Scriverlo, oppure togliere il campo.', en: 'Write it, or leave the field out.' },
  );
}

/** Codes are short; what is longer is no text that somebody forgot to write in capitals. */
const capitalsMax = 60;

/** What to do about a text that would be right in capitals and without blanks around it. */
function inCapitals(value: string, isRight: (capitals: string) => boolean): Sentence | undefined {
  if (value.length > capitalsMax) return undefined;
  const capitals = value.trim().toUpperCase();
  if (!isRight(capitals)) return undefined;
  return { it: `Scrivere ${capitals}.`, en: `Write ${capitals}.` };
}

/** The finding for a text that is none of a list of codes. */
export function codeWrong(path: string, value: string, codes: readonly string[]): DocumentFinding {
  const list = codes.join(', ');
  return found(
    path,
    value,
    {
      it: `«${value.slice(0, 40)}» non è uno dei codici ammessi.`,
      en: `"${value.slice(0, 40)}" is no code of the list.`,
    },
    inCapitals(value, (capitals) => codes.includes(capitals)) ?? {
      it: `Usare uno di questi: ${list}.`,
      en: `Use one of these: ${list}.`,
    },
  );
}

/** The finding for a text of too many characters. */
export function tooLong(path: string, value: string, max: number): DocumentFinding {
  return found(
    path,
    value,
    {
      it: `Il testo ha ${value.length} caratteri; qui ne stanno al massimo ${max}.`,
      en: `The text has ${value.length} characters; at most ${max} fit here.`,
    },
    { it: 'Accorciarlo.', en: 'Shorten it.' },
  );
}

/** The finding for a text that has not the form of its place. */
export function formWrong(path: string, value: string, { example = '', pattern }: TextShape): DocumentFinding {
  return found(
    path,
    value,
    { it: `«${value.slice(0, 60)}» non ha la forma attesa.`, en: `"${value.slice(0, 60)}" has not the form expected.` },
    inCapitals(value, (capitals) => pattern?.test(capitals) ?? false) ?? {
      it: `Scriverlo come in questo esempio: ${example}.`,
      en: `Write it as in this example: ${example}.`,
    },
  );
}

/** The finding for a text that is no figure, with the one that is surely meant. */
export function noFigure(path: string, value: string | number, shape: FigureShape): DocumentFinding {
  const shown = String(value).slice(0, 40);
  const meant = meantFigure(String(value), shape);
  return found(
    path,
    value,
    { it: `«${shown}» non è un numero.`, en: `"${shown}" is no figure.` },
    meant === undefined
      ? {
          it: 'Scrivere il numero con il punto decimale e senza separatore delle migliaia, per esempio 1234.50.',
          en: 'Write the figure with a decimal point and without thousands separators, for example 1234.50.',
        }
      : { it: `Scrivere ${meant}.`, en: `Write ${meant}.` },
  );
}

/** The finding for a figure with more decimals than its place has. */
export function tooFine(path: string, value: string | number, decimals: number): DocumentFinding {
  return found(
    path,
    value,
    {
      it: `Qui sono ammessi al massimo ${decimals} decimali: ${value} andrebbe arrotondato.`,
      en: `At most ${decimals} decimals stand here: ${value} would have to be rounded.`,
    },
    {
      it: 'Arrotondare il valore secondo le proprie regole e inviarlo già arrotondato: i centesimi non vengono mai arrotondati in silenzio.',
      en: 'Round the figure by your own rule and send it so; cents are never rounded in silence.',
    },
  );
}

/** The finding for a figure that is too small or too large. */
export function outOfBounds(
  path: string,
  value: string | number,
  { min, max }: FigureShape | WholeShape,
): DocumentFinding {
  const it = max === undefined ? `di almeno ${min}` : `da ${min ?? 'qualsiasi'} a ${max}`;
  const en = max === undefined ? `at least ${min}` : `from ${min ?? 'any'} to ${max}`;
  return found(
    path,
    value,
    {
      it: `${value} è fuori dai limiti: qui va un valore ${it}.`,
      en: `${value} is out of bounds: the figure must be ${en}.`,
    },
    { it: 'Correggere il valore.', en: 'Correct the figure.' },
  );
}

/** The finding for a list of too few or too many entries. */
export function lengthWrong(path: string, length: number, { min, max }: ListShape): DocumentFinding {
  return found(
    path,
    undefined,
    {
      it: `L'elenco ha ${length} voci; ne sono ammesse da ${min} a ${max}.`,
      en: `The list has ${length} entries; ${min} to ${max} are allowed.`,
    },
    { it: "Correggere l'elenco.", en: 'Correct the list.' },
  );
}

/** The finding for a field that has to be there. */
export function missing(path: string, name: string, { says }: Shape): DocumentFinding {
  return found(
    `${path}/${name}`,
    undefined,
    { it: `Manca il campo «${name}».`, en: `The field "${name}" is missing.` },
    { it: `Aggiungerlo: ${says.it}.`, en: `Add it: ${says.en}.` },
  );
}

/**
 * The finding for a field that an object does not have.
 * @param path JSON pointer of the object
 * @param name as it was sent
 * @param names the fields that there are
 */
export function unknownField(path: string, name: string, names: readonly string[]): DocumentFinding {
  const shown = name.slice(0, 60);
  const near = nearName(name, names);
  // RFC 6901 §3: the two characters that a pointer itself uses.
  const escaped = shown.replaceAll('~', '~0').replaceAll('/', '~1');
  return found(
    `${path}/${escaped}`,
    undefined,
    { it: `Il campo «${shown}» qui non esiste.`, en: `There is no field "${shown}" here.` },
    near === undefined
      ? { it: `I campi possibili sono: ${names.join(', ')}.`, en: `The fields are: ${names.join(', ')}.` }
      : { it: `Forse si intendeva «${near}».`, en: `Perhaps "${near}" was meant.` },
  );
}
