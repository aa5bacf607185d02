// hub: reads a JSON document from a file, or says why it is none.
import type { Sentence } from '@staffetta/fatturapa/finding.ts';
import { readBounded } from './read-bounded.ts';
import { isUtf8 } from 'node:buffer';

/** What a file holds, or why that is no JSON, with the place where it stops being some. */
export type JsonFile =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly why: Sentence; readonly line?: number; readonly column?: number };

const notUtf8: Sentence = {
  it: 'Il file non è codificato in UTF-8: il JSON lo vuole.',
  en: 'The file is not encoded as UTF-8, as JSON must be.',
};

function placeOf(text: string, message: string): { line?: number; column?: number } {
  const [, offset] = /at position (\d+)/.exec(message) ?? [];
  const before =
    offset === undefined ? (/end of JSON/.test(message) ? text : undefined) : text.slice(0, Number(offset));
  if (before === undefined) return {};
  const lineStart = before.lastIndexOf('\n') + 1;
  return { line: before.split('\n').length, column: before.length - lineStart + 1 };
}

/**
 * Reads JSON.
 * @param bytes the file; a byte order mark is no harm
 */
export function readJson(bytes: Buffer): JsonFile {
  if (!isUtf8(bytes)) return { ok: false, why: notUtf8 };
  const text = bytes.toString('utf8').replace(/^\ufeff/, '');
  try {
    return { ok: true, value: JSON.parse(text) };
  } catch (error) {
    // The reader explains itself in English only, and quotes the text.
    const words = error instanceof Error ? error.message.replaceAll(/\s+/g, ' ') : String(error);
    const why = {
      it: `Il file non è JSON valido. Il motivo, in inglese: ${words}.`,
      en: `The file is no JSON: ${words}.`,
    };
    return { ok: false, why, ...placeOf(text, words) };
  }
}

/** Names of which a document has one at least, in either shape, though the rest of it may be wrong. */
const documentNames = ['FatturaElettronicaHeader', 'FatturaElettronicaBody', 'lines', 'customer'];

/**
 * Says whether a file is JSON of another kind than documents, as settings and packages are. What cannot be read or is no JSON may
 * have been meant as a document.
 * @param file its path
 */
export async function isNoDocument(file: string): Promise<boolean> {
  const bytes = await readBounded(file).catch(() => undefined);
  const json = bytes && readJson(bytes);
  if (!json?.ok) return false;
  const { value } = json;
  return typeof value !== 'object' || value === null || !documentNames.some((name) => Object.hasOwn(value, name));
}
