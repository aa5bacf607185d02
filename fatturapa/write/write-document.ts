// fatturapa: writes a document's object as XML, in the order of the tables whatever the order of its properties.
import type { BlockType, DocumentSchema, ElementRow } from '../schema/schema.ts';
import { ordinary, type FatturaElettronica } from '../schema/ordinary.ts';
import { simplified, type FatturaElettronicaSemplificata } from '../schema/simplified.ts';

/** The object cannot be written as this document; the message and the path say why. */
export class WriteError extends Error {
  /** Relative to the root, as `FatturaElettronicaBody[2]/DatiGenerali`. */
  readonly path: string;

  constructor(path: string, message: string) {
    super(`${path || 'the document'}: ${message}`);
    this.name = 'WriteError';
    this.path = path;
  }
}

const references: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\r': '&#13;',
};

function escapeText(text: string): string {
  return /[&<>"\r]/.test(text) ? text.replaceAll(/[&<>"\r]/g, (sign) => references[sign] ?? sign) : text;
}

/** Blanks of an attribute other than spaces survive only as references (XML 1.0 §3.3.3). */
function escapeAttribute(text: string): string {
  return escapeText(text).replaceAll('\t', '&#9;').replaceAll('\n', '&#10;');
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function attributesOf(attributes: Readonly<Record<string, string>>): string {
  return Object.entries(attributes)
    .map(([name, value]) => ` ${name}="${escapeAttribute(value)}"`)
    .join('');
}

/** The root of a file that is written by a table. */
export interface RootTag {
  /** Local name. */
  readonly name: string;
  readonly namespace: string;
  readonly prefix: string;
  /** Name → value, in the order in which they are written. */
  readonly attributes: Readonly<Record<string, string>>;
}

class DocumentWriter {
  readonly #pieces: string[] = [];
  readonly #indent: string;

  constructor(indent: string) {
    this.#indent = indent;
  }

  write(root: RootTag, block: BlockType, value: Readonly<Record<string, unknown>>): string {
    const attributes = attributesOf(root.attributes);
    this.#pieces.push('<?xml version="1.0" encoding="UTF-8"?>\n');
    this.#pieces.push(`<${root.prefix}:${root.name} xmlns:${root.prefix}="${root.namespace}"${attributes}>\n`);
    this.#writeBlock(block, value, '', 1);
    this.#pieces.push(`</${root.prefix}:${root.name}>\n`);
    return this.#pieces.join('');
  }

  #writeBlock(block: BlockType, value: Readonly<Record<string, unknown>>, path: string, depth: number): void {
    for (const name of Object.keys(value)) {
      if (!Object.hasOwn(block.rows, name)) throw new WriteError(join(path, name), 'the schema has no such element');
    }
    for (const [name, row] of Object.entries(block.rows)) {
      if (value[name] !== undefined) this.#writeRow(name, row, value[name], join(path, name), depth);
    }
  }

  #writeRow(name: string, row: ElementRow, value: unknown, path: string, depth: number): void {
    const repeats = row.times === 'some' || row.times === 'any';
    if (!repeats) return this.#writeElement(name, row, value, path, depth);
    if (!Array.isArray(value)) throw new WriteError(path, 'it may stand several times, so it must be a list');
    for (const [index, one] of value.entries()) this.#writeElement(name, row, one, `${path}[${index + 1}]`, depth);
    return undefined;
  }

  #writeElement(name: string, { type }: ElementRow, value: unknown, path: string, depth: number): void {
    const margin = this.#indent.repeat(depth);
    if (type.kind === 'text') {
      if (typeof value !== 'string') throw new WriteError(path, 'it must be a text (amounts too: "10.00")');
      this.#pieces.push(`${margin}<${name}>${escapeText(value)}</${name}>\n`);
      return;
    }
    if (!isObject(value)) throw new WriteError(path, 'it must be an object');
    this.#pieces.push(`${margin}<${name}${attributesOf(type.attributes ?? {})}>\n`);
    this.#writeBlock(type, value, path, depth + 1);
    this.#pieces.push(`${margin}</${name}>\n`);
  }
}

function join(path: string, name: string): string {
  return path === '' ? name : `${path}/${name}`;
}

/**
 * Writes a file by its table.
 * @param root its outermost element
 * @param block what the root may hold
 * @param value the object; what is undefined is left out, and everything is put into the table's order
 * @param indent what each level is moved in by
 * @returns the XML in UTF-8 without byte order mark
 * @throws WriteError for names that the table lacks, lists where one stands, and values that are no texts
 */
export function writeByTable(
  root: RootTag,
  block: BlockType,
  value: Readonly<Record<string, unknown>>,
  indent = '  ',
): Buffer {
  return Buffer.from(new DocumentWriter(indent).write(root, block, value));
}

function rootOf(schema: DocumentSchema, versione: unknown, system: unknown): RootTag {
  if (typeof versione !== 'string') throw new WriteError('@versione', 'it must be a text');
  const attributes = { versione, ...(typeof system === 'string' && { SistemaEmittente: system }) };
  return { name: schema.root, namespace: schema.namespace, prefix: 'p', attributes };
}

/**
 * Writes a document.
 * @param document the object; what is undefined is left out; whether it conforms to the format is not asked (read it back for that)
 * @param indent what each level is moved in by
 * @returns the XML in UTF-8 without byte order mark, the root with prefix `p`
 * @throws WriteError for names that the schema lacks, lists where one stands, and values that are no texts
 */
export function writeDocument(document: FatturaElettronica | FatturaElettronicaSemplificata, indent = '  '): Buffer {
  const schema = document.versione === 'FSM10' ? simplified : ordinary;
  const { versione, SistemaEmittente, ...value } = document as unknown as Readonly<Record<string, unknown>>;
  return writeByTable(rootOf(schema, versione, SistemaEmittente), schema.block, value, indent);
}
