// fatturapa: judges a JSON value by its shape: every field that does not fit, with its JSON pointer and what is allowed there.
import type { DocumentFinding, Sentence } from '../finding.ts';
import { fitsDecimals, readFigure } from './figures.ts';
import { meantFigure } from './meant-figure.ts';
import { nearName } from '../read/near-name.ts';
import type { FigureShape, ListShape, ObjectShape, Shape, TextShape, WholeShape, WordOrFigureShape } from './shape.ts';

/** A value that fits its shape, without the nulls; or what does not fit. */
export type ShapeCheck =
  | { readonly ok: true; readonly value: unknown; readonly findings: readonly [] }
  | { readonly ok: false; readonly findings: DocumentFinding[] };

const findingsMax = 50;

/**
 * Judges a value by a shape. Fields that are null count as absent, as Java clients write them. Work is bounded by the shape: what it does
 * not name is refused and not looked into.
 * @param value any JSON value
 * @param shape what is expected
 * @returns the value, with nulls taken away; or up to fifty findings, each with its JSON pointer (RFC 6901) relative to `value`
 */
export function checkShape(value: unknown, shape: Shape): ShapeCheck {
  const findings: DocumentFinding[] = [];
  const read = readShape(value, shape, '', findings);
  return findings.length === 0 ? { ok: true, value: read, findings: [] } : { ok: false, findings };
}

type Reader<S extends Shape> = (value: unknown, shape: S, path: string, findings: DocumentFinding[]) => unknown;

const readers: { readonly [K in Shape['kind']]: Reader<Extract<Shape, { kind: K }>> } = {
  text: readText,
  figure: readFigureShape,
  whole: readWhole,
  flag: readFlag,
  object: readObject,
  list: readList,
  wordOrFigure: readWordOrFigure,
};

function readShape(value: unknown, shape: Shape, path: string, findings: DocumentFinding[]): unknown {
  if (findings.length >= findingsMax) return value;
  const read = readers[shape.kind] as Reader<Shape>;
  return read(value, shape, path, findings);
}

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

function kindWrong(path: string, value: unknown, it: string, en: string, fix = correctIt): DocumentFinding {
  const { it: isIt, en: isEn } = kindOf(value);
  return found(path, value, { it: `Qui va ${it}, non ${isIt}.`, en: `Here stands ${en}, not ${isEn}.` }, fix);
}

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

function readText(value: unknown, shape: TextShape, path: string, findings: DocumentFinding[]): unknown {
  if (typeof value !== 'string') {
    findings.push(kindWrong(path, value, 'un testo (tra virgolette)', 'a text (in quotes)', quoted(value)));
  } else if (shape.codes) {
    if (!shape.codes.includes(value)) findings.push(codeWrong(path, value, shape.codes));
  } else if (value.trim() === '') {
    findings.push(
      found(
        path,
        value,
        { it: 'Il testo è vuoto.', en: 'The text is empty.' },
        { it: 'Scriverlo, oppure togliere il campo.', en: 'Write it, or leave the field out.' },
      ),
    );
  } else if (value.length > shape.maxLength) {
    findings.push(tooLong(path, value, shape.maxLength));
  } else if (shape.pattern && !shape.pattern.test(value)) {
    findings.push(formWrong(path, value, shape));
  }
  return value;
}

function quoted(value: unknown): Sentence {
  if (typeof value !== 'number') return correctIt;
  return { it: `Scriverlo tra virgolette: "${value}".`, en: `Write it in quotes: "${value}".` };
}

function codeWrong(path: string, value: string, codes: readonly string[]): DocumentFinding {
  const list = codes.join(', ');
  return found(
    path,
    value,
    {
      it: `«${value.slice(0, 40)}» non è uno dei codici ammessi.`,
      en: `"${value.slice(0, 40)}" is no code of the list.`,
    },
    { it: `Usare uno di questi: ${list}.`, en: `Use one of these: ${list}.` },
  );
}

function tooLong(path: string, value: string, max: number): DocumentFinding {
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

function formWrong(path: string, value: string, { example = '' }: TextShape): DocumentFinding {
  return found(
    path,
    value,
    { it: `«${value.slice(0, 60)}» non ha la forma attesa.`, en: `"${value.slice(0, 60)}" has not the form expected.` },
    { it: `Scriverlo come in questo esempio: ${example}.`, en: `Write it as in this example: ${example}.` },
  );
}

function readFigureShape(value: unknown, shape: FigureShape, path: string, findings: DocumentFinding[]): unknown {
  if (typeof value !== 'string' && typeof value !== 'number') {
    findings.push(kindWrong(path, value, 'un numero', 'a figure'));
    return value;
  }
  const read = readFigure(value);
  if (!read) findings.push(noFigure(path, value, shape));
  else if (!fitsDecimals(read, shape.decimals)) findings.push(tooFine(path, value, shape.decimals));
  else if ((shape.min !== undefined && read.lt(shape.min)) || (shape.max !== undefined && read.gt(shape.max))) {
    findings.push(outOfBounds(path, value, shape));
  }
  return value;
}

function noFigure(path: string, value: string | number, shape: FigureShape): DocumentFinding {
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

function tooFine(path: string, value: string | number, decimals: number): DocumentFinding {
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

function outOfBounds(path: string, value: string | number, { min, max }: FigureShape | WholeShape): DocumentFinding {
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

function readWhole(value: unknown, shape: WholeShape, path: string, findings: DocumentFinding[]): unknown {
  if (typeof value !== 'number' || !Number.isInteger(value)) {
    findings.push(kindWrong(path, value, 'un numero intero', 'a whole number', unquoted(value)));
  } else if (value < shape.min || value > shape.max) findings.push(outOfBounds(path, value, shape));
  return value;
}

function unquoted(value: unknown): Sentence {
  if (typeof value !== 'string' || !/^\d{1,9}$/.test(value)) return correctIt;
  return { it: `Scriverlo senza virgolette: ${value}.`, en: `Write it without quotes: ${value}.` };
}

function readFlag(value: unknown, _shape: Shape, path: string, findings: DocumentFinding[]): unknown {
  if (typeof value !== 'boolean') findings.push(kindWrong(path, value, 'true o false', 'true or false'));
  return value;
}

function readWordOrFigure(
  value: unknown,
  shape: WordOrFigureShape,
  path: string,
  findings: DocumentFinding[],
): unknown {
  if (typeof value === 'string' && shape.words.includes(value)) return value;
  if (typeof value === 'string' && !readFigure(value) && meantFigure(value, shape.figure) === undefined) {
    findings.push(codeWrong(path, value, [...shape.words, '2.00']));
    return value;
  }
  return readFigureShape(value, shape.figure, path, findings);
}

function readList(value: unknown, shape: ListShape, path: string, findings: DocumentFinding[]): unknown {
  if (!Array.isArray(value)) {
    if (shape.alone) return readShape(value, shape.of, path, findings);
    findings.push(kindWrong(path, value, 'un elenco [ ... ]', 'a list [ ... ]'));
    return value;
  }
  if (value.length < shape.min || value.length > shape.max) {
    findings.push(lengthWrong(path, value.length, shape));
    return value;
  }
  return value.map((item, index) => readShape(item, shape.of, `${path}/${index}`, findings));
}

function lengthWrong(path: string, length: number, { min, max }: ListShape): DocumentFinding {
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

function readObject(value: unknown, shape: ObjectShape, path: string, findings: DocumentFinding[]): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    findings.push(kindWrong(path, value, 'un oggetto { ... }', 'an object { ... }'));
    return value;
  }
  const read: [string, unknown][] = [];
  for (const [name, item] of Object.entries(value)) {
    const field = Object.hasOwn(shape.fields, name) ? shape.fields[name] : undefined;
    if (!field) {
      if (findings.length < findingsMax) findings.push(unknownField(path, name, Object.keys(shape.fields)));
    } else if (item !== null && item !== undefined) {
      read.push([name, readShape(item, field.shape, `${path}/${name}`, findings)]);
    }
  }
  const there = new Set(read.map(([name]) => name));
  for (const [name, { needed, shape: wanted }] of Object.entries(shape.fields)) {
    if (needed && !there.has(name) && findings.length < findingsMax) findings.push(missing(path, name, wanted));
  }
  return Object.fromEntries(read);
}

function missing(path: string, name: string, { says }: Shape): DocumentFinding {
  return found(
    `${path}/${name}`,
    undefined,
    { it: `Manca il campo «${name}».`, en: `The field "${name}" is missing.` },
    { it: `Aggiungerlo: ${says.it}.`, en: `Add it: ${says.en}.` },
  );
}

function unknownField(path: string, name: string, names: readonly string[]): DocumentFinding {
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
