// configserver: all sources as one file, in the order in which Spring shows it.
import { mergeSources, type FlatValue } from '@staffetta/platform/config/flat-values.ts';
import { stringify } from 'yaml';
import { unflatten } from './flatten.ts';
import { writeProperties } from './read-properties.ts';

/** Spring reads YAML 1.1, where `yes`, `010` and `12:30` without quotes are no texts. */
const yamlOptions = { version: '1.1', lineWidth: 0, indentSeq: false, singleQuote: true } as const;

/** How the merged view is written. */
export type MergedForm = 'json' | 'yml' | 'yaml' | 'properties';

/**
 * Puts sources over one another: lists are replaced as a whole. Keys come in the order of the least specific source, lists after all
 * others; `spring.profiles`, which only said for whom a document is, is left out.
 * @param sources the most specific first
 */
export function mergeForView(sources: readonly ReadonlyMap<string, FlatValue>[]): Map<string, FlatValue> {
  const merged = mergeSources(sources);
  const keys = new Set(sources.toReversed().flatMap((source) => [...source.keys()]));
  keys.delete('spring.profiles');
  const ordered = [...keys].filter((key) => merged.has(key));
  const lists = ordered.filter((key) => key.includes('['));
  const others = ordered.filter((key) => !key.includes('['));
  return new Map([...others, ...lists].map((key) => [key, merged.get(key)!]));
}

/**
 * Writes flat values as a file.
 * @param values in their order
 * @param form the ending that was asked for
 */
export function writeMerged(values: ReadonlyMap<string, FlatValue>, form: MergedForm): string {
  if (form === 'properties') return writeProperties(values);
  const tree = unflatten(values);
  return form === 'json' ? JSON.stringify(tree) : stringify(tree, yamlOptions);
}
