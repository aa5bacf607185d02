// fatturapa: judges a JSON value by its shape: every field that does not fit, with its JSON pointer and what is allowed there.
import type { DocumentFinding } from '../finding.ts';
import { fitsDecimals, readFigure } from './figures.ts';
import { meantFigure } from './meant-figure.ts';
import type { FigureShape, ListShape, ObjectShape, Shape, TextShape, WholeShape, WordOrFigureShape } from './shape.ts';
import {
  codeWrong,
  formWrong,
  kindWrong,
  lengthWrong,
  missing,
  noFigure,
  outOfBounds,
  quoted,
  textEmpty,
  tooFine,
  tooLong,
  unknownField,
  unquoted,
} from './shape-findings.ts';

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

function readText(value: unknown, shape: TextShape, path: string, findings: DocumentFinding[]): unknown {
  if (typeof value !== 'string') {
    findings.push(kindWrong(path, value, 'un testo (tra virgolette)', 'a text (in quotes)', quoted(value)));
  } else if (shape.codes) {
    if (!shape.codes.includes(value)) findings.push(codeWrong(path, value, shape.codes));
  } else if (value.trim() === '') {
    findings.push(textEmpty(path, value));
  } else if (value.length > shape.maxLength) {
    findings.push(tooLong(path, value, shape.maxLength));
  } else if (shape.pattern && !shape.pattern.test(value)) {
    findings.push(formWrong(path, value, shape));
  }
  return value;
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

function readWhole(value: unknown, shape: WholeShape, path: string, findings: DocumentFinding[]): unknown {
  if (typeof value !== 'number' || !Number.isInteger(value)) {
    findings.push(kindWrong(path, value, 'un numero intero', 'a whole number', unquoted(value)));
  } else if (value < shape.min || value > shape.max) findings.push(outOfBounds(path, value, shape));
  return value;
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
