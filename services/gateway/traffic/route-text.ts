// gateway: reads a text with routes (YAML, so JSON too) into rows, and says of a wrong one in which line it stands. Pure.
import { HubError } from '@staffetta/flow/errors.ts';
import { isMap, isSeq, LineCounter, parseDocument, type Document } from 'yaml';
import { RowWrong } from './route-fields.ts';
import { readRow, type OwnRoute, type Tuning } from './route-row.ts';

/** The rows of a text, in its order. */
export type ReadRow = OwnRoute | Tuning;

/** Aliases beyond this would let a short text grow without bound. */
const aliasesMax = 100;

function wrong(source: string, place: string, message: string): HubError {
  return new HubError('SETTING_WRONG', `${source}${place}: ${message}.`);
}

/** The list itself, or under `gateway.routes`, as a file of a configuration server has it. */
function listIn(document: Document, source: string): readonly unknown[] {
  const { contents } = document;
  const found = isMap(contents) ? document.getIn(['gateway', 'routes'], true) : contents;
  if (contents === null || found === null) return [];
  if (isSeq(found)) return found.items;
  throw wrong(source, '', 'write a list, each item of which begins with "- id:", or such a list under gateway: routes');
}

function nameOf(given: unknown): string {
  const id = typeof given === 'object' && given !== null && 'id' in given ? given.id : undefined;
  return typeof id === 'string' ? ` ("${id.slice(0, 40)}")` : '';
}

function lineOf(node: unknown, lines: LineCounter): string {
  const range = typeof node === 'object' && node !== null && 'range' in node ? node.range : undefined;
  return Array.isArray(range) ? `line ${lines.linePos(Number(range[0])).line}, ` : '';
}

function parse(text: string, source: string, lineCounter: LineCounter): Document {
  const document = parseDocument(text, { lineCounter, prettyErrors: false });
  const [error] = document.errors;
  if (!error) return document;
  throw wrong(source, `, line ${lineCounter.linePos(error.pos[0]).line}`, `it is no YAML: ${error.message}`);
}

/**
 * Reads routes.
 * @param text YAML or JSON; empty for none
 * @param source what the text is called in messages: a setting's name, or a file's
 * @throws HubError SETTING_WRONG with the line, the row and the field
 */
export function readRoutes(text: string, source: string): readonly ReadRow[] {
  const lines = new LineCounter();
  const document = parse(text, source, lines);
  return listIn(document, source).map((node, index) => {
    const given: unknown =
      typeof node === 'object' && node !== null && 'toJS' in node && typeof node.toJS === 'function'
        ? node.toJS(document, { maxAliasCount: aliasesMax })
        : node;
    try {
      return readRow(given);
    } catch (error) {
      if (!(error instanceof RowWrong)) throw error;
      throw wrong(source, `, ${lineOf(node, lines)}route ${index + 1}${nameOf(given)}`, error.message);
    }
  });
}
