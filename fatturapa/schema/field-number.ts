// fatturapa: the official number of an element, as accountants know it: 2.2.1.14 is the Natura of a line.
import type { DocumentSchema, ElementRow, Rows } from './schema.ts';

/**
 * The number of an element in the official layout: its place and that of each block around it, counted from 1.
 * @param schema of the document
 * @param path the names from below the root, with `/` between them; what stands in brackets (`Causale[2]`) does not count
 * @returns for example `2.2.1.14`, or undefined where the schema has no such element
 */
export function fieldNumber(schema: DocumentSchema, path: string): string | undefined {
  const places: number[] = [];
  let rows: Rows = schema.block.rows;
  for (const step of path.split('/')) {
    const name = step.replace(/\[.*$/, '');
    const place = Object.keys(rows).indexOf(name);
    if (place === -1) return undefined;
    places.push(place + 1);
    rows = rowsBelow(rows[name]);
  }
  return places.join('.');
}

function rowsBelow(row: ElementRow | undefined): Rows {
  return row?.type.kind === 'block' ? row.type.rows : {};
}
