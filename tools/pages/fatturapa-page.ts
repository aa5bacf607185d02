// tools: docs/fatturapa/*.md, printed from the tables of the invoice's formats.
import { fieldNumber } from '@staffetta/fatturapa/schema/field-number.ts';
import type { BlockType, CodeList, DocumentSchema, ElementRow, TextType } from '@staffetta/fatturapa/schema/schema.ts';
import { code, page, table } from './markdown.ts';

const times = { one: '1', optional: '0..1', some: '1..N', any: '0..N' } as const;

/** An element with its number and the block around it. */
interface NumberedRow {
  readonly number: string;
  readonly name: string;
  readonly row: ElementRow;
  readonly parent: BlockType;
}

/**
 * The page that lists every element of a format, every type of text and every code.
 * @param title of the page
 * @param source the file that holds the tables
 * @param schema the format
 */
export function fatturapaPage(title: string, source: string, schema: DocumentSchema): string {
  const rows = numberedRows(schema, schema.block, '');
  const types = textTypes(rows);
  return page(title, `\`${source}\``, [
    `Root \`${schema.root}\` in the namespace \`${schema.namespace}\`, with the attribute \`versione\` ` +
      `(${schema.versions.map(code).join(', ')}) and, if wanted, \`SistemaEmittente\` (1 to 10 characters of ASCII). ` +
      'Only the root is in the namespace; the elements stand in this order.',
    'Times: `either` marks alternatives of which exactly one stands, whole.',
    '## Elements',
    elementTable(rows),
    '## Types of text',
    typeTable(types),
    '## Lists of codes',
    ...types.flatMap(({ name, codes }) => (codes ? [`### ${name}`, codeTable(codes)] : [])),
  ]);
}

function numberedRows(schema: DocumentSchema, block: BlockType, path: string): NumberedRow[] {
  return Object.entries(block.rows).flatMap(([name, row]) => {
    const here = path === '' ? name : `${path}/${name}`;
    const below = row.type.kind === 'block' ? numberedRows(schema, row.type, here) : [];
    return [{ number: fieldNumber(schema, here) ?? '', name, row, parent: block }, ...below];
  });
}

/** Every type of text once, in the order of its first use. */
function textTypes(rows: readonly NumberedRow[]): TextType[] {
  const types = new Map<string, TextType>();
  for (const { row } of rows) if (row.type.kind === 'text') types.set(row.type.name, row.type);
  return [...types.values()];
}

function elementTable(rows: readonly NumberedRow[]): string {
  return table(
    ['number', 'element', 'times', 'type', "che cos'è", 'what it is'],
    rows.map(({ number, name, row, parent }) => [
      number,
      code(name),
      parent.either?.flat().includes(name) ? 'either' : times[row.times],
      row.type.kind === 'text' ? typeLink(row.type) : '',
      row.says.it + (row.emptyMeans === undefined ? '' : ` (vuoto vale ${row.emptyMeans})`),
      row.says.en + (row.emptyMeans === undefined ? '' : ` (empty means ${row.emptyMeans})`),
    ]),
  );
}

function typeLink({ name, codes }: TextType): string {
  return codes ? `[${name}](#${name.toLowerCase()})` : name;
}

function typeTable(types: readonly TextType[]): string {
  const blanks = { preserve: 'count', replace: 'count, line breaks as spaces', collapse: 'around it do not count' };
  return table(
    ['type', 'blanks', 'ammesso', 'allowed'],
    types
      .filter(({ codes }) => codes === undefined)
      .map(({ name, whiteSpace, allowed }) => [name, blanks[whiteSpace], allowed.it, allowed.en]),
  );
}

function codeTable(codes: CodeList): string {
  return table(
    ['code', 'significato', 'meaning'],
    Object.entries(codes).map(([name, { it, en }]) => [code(name), it, en]),
  );
}
