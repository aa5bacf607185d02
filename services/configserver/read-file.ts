// configserver: reads one settings file (YAML, properties, JSON) into its documents, or says where it is wrong.
import { HubError } from '@staffetta/flow/errors.ts';
import type { FlatValue } from '@staffetta/platform/config/flat-values.ts';
import { open } from 'node:fs/promises';
import { basename } from 'node:path';
import { isScalar, parseAllDocuments, visit, type Document } from 'yaml';
import { flatten } from './flatten.ts';
import { readProperties } from './read-properties.ts';

/** One document of a file: its place in the file, from 0, and its flat values. */
export interface FileDocument {
  readonly number: number;
  readonly values: ReadonlyMap<string, FlatValue>;
}

/**
 * Makes the error of a file that cannot be used.
 * @param file its path; only its name is shown
 * @param why what is wrong and where in the file
 */
export function fileError(file: string, why: string, cause?: unknown): HubError {
  return new HubError('CONFIG_FILE_WRONG', `${basename(file)} cannot be served: ${why}.`, cause);
}

function needMap(file: string, root: unknown, number: number): unknown {
  if (root === null || root === undefined) return {};
  if (root instanceof Map || (typeof root === 'object' && !Array.isArray(root))) return root;
  throw fileError(file, `document ${number} must be a map of keys to values`);
}

/** Numbers that would come out otherwise than they stand (`010`, `1.10`, twenty digits) are served as they stand. */
function keepAsWritten(document: Document): void {
  visit(document, {
    Scalar(key, node) {
      if (key === 'key' || !isScalar(node) || typeof node.value !== 'number' || node.source === undefined) return;
      if (String(node.value) !== node.source) node.value = node.source;
    },
  });
}

function readYaml(file: string, text: string): unknown[] {
  const documents = parseAllDocuments(text, { merge: true, prettyErrors: true });
  return [...documents].map((document) => {
    const [error] = document.errors;
    if (error) throw fileError(file, error.message.replaceAll(/\s+/g, ' ').trim().replace(/[:.]$/, ''), error);
    keepAsWritten(document);
    try {
      return document.toJS({ mapAsMap: true, maxAliasCount: 100 });
    } catch (error) {
      throw fileError(file, error instanceof Error ? error.message : String(error), error);
    }
  });
}

function readJson(file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw fileError(file, error instanceof Error ? error.message : String(error), error);
  }
}

function parse(file: string, text: string): unknown[] {
  if (file.endsWith('.properties')) return readProperties(text);
  return file.endsWith('.json') ? [readJson(file, text)] : readYaml(file, text);
}

async function readText(file: string, bytesMax: number): Promise<string | undefined> {
  try {
    const handle = await open(file);
    try {
      const { size } = await handle.stat();
      if (size > bytesMax) throw fileError(file, `it has ${size} bytes, the limit (CONFIG_FILE_MAX) is ${bytesMax}`);
      return new TextDecoder('utf-8', { fatal: true }).decode(await handle.readFile());
    } finally {
      await handle.close();
    }
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT') return undefined;
    if (error instanceof HubError) throw error;
    throw fileError(file, error instanceof TypeError ? 'it is no UTF-8 text' : String(error), error);
  }
}

/**
 * Reads a settings file.
 * @param file its path; the ending decides how it is read
 * @param bytesMax the size up to which it is read
 * @returns its documents in the order of the file; none where there is no such file
 * @throws HubError CONFIG_FILE_WRONG with the file's name and what is wrong where
 */
export async function readFileDocuments(file: string, bytesMax: number): Promise<FileDocument[]> {
  const text = await readText(file, bytesMax);
  if (text === undefined) return [];
  return parse(file, text).map((root, number) => ({ number, values: flatten(needMap(file, root, number)) }));
}
