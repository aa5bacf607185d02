// configserver: nested settings into flat keys (`a.b`, `list[0]`) and back, as Spring does it.
import type { FlatValue } from '@staffetta/platform/config/flat-values.ts';

/** A tree of settings as it is written to YAML or JSON. */
export type Tree = FlatValue | readonly Tree[] | { readonly [key: string]: Tree };

function entriesOf(value: unknown): [string, unknown][] | undefined {
  if (Array.isArray(value)) return value.map((item, index): [string, unknown] => [`[${index}]`, item]);
  if (value instanceof Map)
    return [...value].map(([key, item]) => [typeof key === 'string' ? key : `[${String(key)}]`, item]);
  return typeof value === 'object' && value !== null ? Object.entries(value) : undefined;
}

function leafOf(value: unknown): FlatValue {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  return typeof value === 'bigint' ? String(value) : '';
}

/**
 * Makes the flat key of something inside of something.
 * @param path the flat key of what it lies in; empty at the root
 * @param key its own; a place in a list, or a key that is no text, stands in brackets
 */
export function joinKey(path: string, key: string): string {
  return path === '' || key.startsWith('[') ? `${path}${key}` : `${path}.${key}`;
}

function collect(value: unknown, path: string, into: Map<string, FlatValue>): void {
  const entries = entriesOf(value);
  if (!entries || (entries.length === 0 && Array.isArray(value) && path !== '')) {
    // Nothing (null or []) is served as an empty text, and an empty map not at all, as Spring does.
    into.set(path, leafOf(value));
    return;
  }
  for (const [key, item] of entries) collect(item, joinKey(path, key), into);
}

/**
 * Flattens a document.
 * @param document a map at its root (Map or plain object)
 * @returns flat keys in the order of the document
 */
export function flatten(document: unknown): Map<string, FlatValue> {
  const flat = new Map<string, FlatValue>();
  collect(document, '', flat);
  return flat;
}

type Branch = Map<string, Branch | FlatValue>;

function stepsOf(key: string): string[] {
  return key.match(/\[[^\]]*\]|[^.[]+/g) ?? [key];
}

/** Where `a` and `a.b` are both set, no tree holds both: the longer key then stays flat. */
function isUnderValue(key: string, flat: ReadonlyMap<string, FlatValue>): boolean {
  return [...key.matchAll(/[.[]/g)].some(({ index }) => flat.has(key.slice(0, index)));
}

function place(root: Branch, key: string, value: FlatValue): void {
  const steps = stepsOf(key);
  let branch = root;
  for (const step of steps.slice(0, -1)) {
    const known = branch.get(step);
    const next = known instanceof Map ? known : new Map<string, Branch | FlatValue>();
    branch.set(step, next);
    branch = next;
  }
  branch.set(steps.at(-1)!, value);
}

function treeOf(branch: Branch | FlatValue): Tree {
  if (!(branch instanceof Map)) return branch;
  const items = [...branch.keys()];
  const isList = items.length > 0 && items.every((_, index) => branch.has(`[${index}]`));
  if (isList) return items.map((_, index) => treeOf(branch.get(`[${index}]`)!));
  return Object.fromEntries([...branch].map(([key, item]) => [key.replace(/^\[(\d+)\]$/, '$1'), treeOf(item)]));
}

/**
 * Builds the tree of flat keys again.
 * @param flat flat keys with their values
 */
export function unflatten(flat: ReadonlyMap<string, FlatValue>): Tree {
  const root: Branch = new Map();
  for (const [key, value] of flat) {
    if (isUnderValue(key, flat)) root.set(key, value);
    else place(root, key, value);
  }
  return treeOf(root);
}
