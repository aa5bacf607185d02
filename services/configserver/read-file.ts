// configserver: reads one settings file (YAML, properties, JSON) into its documents, or says where it is wrong.
import { HubError } from '@staffetta/flow/errors.ts';
import type { FlatValue } from '@staffetta/platform/config/flat-values.ts';
import { basename } from 'node:path';
import { isAlias, isMap, isScalar, isSeq, LineCounter, parseAllDocuments, visit, type Document } from 'yaml';
import { flatten, joinKey } from './flatten.ts';
import { readProperties } from './read-properties.ts';

/** One document of a file: its place in the file, from 0, its flat values, and where each stands (`line:column`, from 1). */
export interface FileDocument {
  readonly number: number;
  readonly values: ReadonlyMap<string, FlatValue>;
  readonly origins: ReadonlyMap<string, string>;
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

const truths = new Map(
  Object.entries({ yes: true, Yes: true, YES: true, on: true, On: true, ON: true }).concat(
    Object.entries({ no: false, No: false, NO: false, off: false, Off: false, OFF: false }),
  ),
);

/**
 * Numbers that would come out otherwise than they stand (`010`, `1.10`, twenty digits) are served as they stand; `yes`, `no`, `on`
 * and `off` are truth values, as YAML 1.1 and Spring have them.
 */
function settleScalars(document: Document): void {
  visit(document, {
    Scalar(key, node) {
      if (key === 'key' || !isScalar(node) || node.source === undefined) return;
      if (typeof node.value === 'number' && String(node.value) !== node.source) node.value = node.source;
      const truth = node.type === 'PLAIN' ? truths.get(node.source) : undefined;
      if (truth !== undefined) node.value = truth;
    },
  });
}

function keyOf(key: unknown): string {
  const value = isScalar(key) ? key.value : key;
  return typeof value === 'string' ? value : `[${String(value)}]`;
}

/** Where each value stands; what an alias or a merge brings in stands elsewhere and is left out. */
function originsOf(document: Document, lines: LineCounter): Map<string, string> {
  const origins = new Map<string, string>();
  const walk = (node: unknown, path: string): void => {
    if (isMap(node)) for (const pair of node.items) walk(pair.value, joinKey(path, keyOf(pair.key)));
    else if (isSeq(node)) for (const [index, item] of node.items.entries()) walk(item, `${path}[${index}]`);
    if (!(isScalar(node) || (isSeq(node) && node.items.length === 0)) || isAlias(node) || !node.range) return;
    const { line, col } = lines.linePos(node.range[0]);
    origins.set(path, `${line}:${col}`);
  };
  walk(document.contents, '');
  return origins;
}

interface ReadDocument {
  readonly root: unknown;
  readonly origins: ReadonlyMap<string, string>;
}

function readYaml(file: string, text: string): ReadDocument[] {
  const lineCounter = new LineCounter();
  const documents = parseAllDocuments(text, { merge: true, prettyErrors: true, lineCounter });
  return [...documents].map((document) => {
    const [error] = document.errors;
    if (error) throw fileError(file, error.message.replaceAll(/\s+/g, ' ').trim().replace(/[:.]$/, ''), error);
    settleScalars(document);
    try {
      const root: unknown = document.toJS({ mapAsMap: true, maxAliasCount: 100 });
      return { root, origins: originsOf(document, lineCounter) };
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

function textOf(file: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    throw fileError(file, 'it is no UTF-8 text', error);
  }
}

/** A list that holds itself (YAML can say that) never ends. */
function flatOf(file: string, root: unknown, number: number): Map<string, FlatValue> {
  try {
    return flatten(needMap(file, root, number));
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw fileError(file, `document ${number} is nested too deep, or holds itself`, error);
  }
}

/** The endings of settings files; within one name the first wins. JSON is ours, Spring has none. */
export const endings = ['properties', 'yml', 'yaml', 'json'] as const;

/**
 * Reads a settings file.
 * @param file its name; the ending decides how it is read
 * @param bytes what it holds, in UTF-8
 * @returns its documents in the order of the file
 * @throws HubError CONFIG_FILE_WRONG with the file's name and what is wrong where
 */
export function readDocuments(file: string, bytes: Uint8Array): FileDocument[] {
  const text = textOf(file, bytes);
  if (file.endsWith('.properties')) return readProperties(text).map((document, number) => ({ number, ...document }));
  const read = file.endsWith('.json') ? [{ root: readJson(file, text), origins: new Map() }] : readYaml(file, text);
  return read.map(({ root, origins }, number) => ({ number, origins, values: flatOf(file, root, number) }));
}
