// fatturapa: documents in the model's own shape (the XML's names) as JSON: taken kindly, with findings for what the tables lack.
import type { DocumentFinding } from '../finding.ts';
import type { BlockType, DocumentSchema, ElementRow, TextType } from '../schema/schema.ts';
import { amount2, amount8, fitsDecimals, readFigure } from './figures.ts';
import { kindWrong, unknownField } from './shape-findings.ts';

const findingsMax = 50;

/**
 * Reads a document in the model's shape. Taken kindly: a number or a short decimal becomes the text that the XML wants (`10` is
 * `10.00`), `true` is SI, one alone is a list of one, null is absent. Nothing is asked of what is missing.
 * @param input the JSON value
 * @param schema the format's tables
 * @returns the draft, and findings with JSON pointers (at most fifty) for names and kinds of values that do not fit
 */
export function readModel(
  input: Readonly<Record<string, unknown>>,
  schema: DocumentSchema,
): { draft: Record<string, unknown>; findings: DocumentFinding[] } {
  const findings: DocumentFinding[] = [];
  const { versione, SistemaEmittente, ...rest } = input;
  const draft = readBlock(rest, schema.block, '', findings);
  if (typeof versione === 'string') draft['versione'] = versione;
  if (typeof SistemaEmittente === 'string') draft['SistemaEmittente'] = SistemaEmittente;
  return { draft, findings };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function readBlock(
  value: Readonly<Record<string, unknown>>,
  block: BlockType,
  path: string,
  findings: DocumentFinding[],
): Record<string, unknown> {
  const draft: Record<string, unknown> = {};
  for (const [name, item] of Object.entries(value)) {
    if (findings.length >= findingsMax) break;
    const row = Object.hasOwn(block.rows, name) ? block.rows[name] : undefined;
    if (!row) findings.push(unknownField(path, name, Object.keys(block.rows)));
    else if (item !== null && item !== undefined) draft[name] = readRow(item, row, `${path}/${name}`, findings);
  }
  return draft;
}

function readRow(value: unknown, row: ElementRow, path: string, findings: DocumentFinding[]): unknown {
  if (row.times === 'some' || row.times === 'any') {
    const list = Array.isArray(value) ? value : [value];
    return list.map((item, index) => readValue(item, row, `${path}/${index}`, findings));
  }
  return readValue(value, row, path, findings);
}

function readValue(value: unknown, { type }: ElementRow, path: string, findings: DocumentFinding[]): unknown {
  if (findings.length >= findingsMax) return undefined;
  if (type.kind === 'block') {
    if (isObject(value)) return readBlock(value, type, path, findings);
    findings.push(kindWrong(path, value, 'un oggetto { ... }', 'an object { ... }'));
    return undefined;
  }
  const text = textOf(value, type);
  if (text === undefined) findings.push(kindWrong(path, value, 'un testo tra virgolette', 'a text in quotes'));
  return text;
}

/** The text of a value, or undefined for what is none; decimals get the form of their type, if they lose nothing by it. */
function textOf(value: unknown, type: TextType): string | undefined {
  if (value === true && type.codes && Object.hasOwn(type.codes, 'SI')) return 'SI';
  if (typeof value !== 'string' && typeof value !== 'number') return undefined;
  if (type.sense !== 'decimal') return String(value);
  const figure = readFigure(value);
  if (!figure) return String(value);
  const text = amount8(figure);
  const short = amount2(figure);
  if (type.accepts(text)) return text;
  return fitsDecimals(figure, 2) && type.accepts(short) ? short : String(value);
}
