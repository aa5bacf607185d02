// platform: settings as flat keys (`a.b`, `list[0]`), several sources of them put over one another.

/** A value as a configuration server gives it. */
export type FlatValue = string | number | boolean | null;

/** Flat keys with their values. */
export type FlatValues = ReadonlyMap<string, FlatValue>;

function listsOf(key: string): string[] {
  const lists: string[] = [];
  for (let at = key.indexOf('['); at >= 0; at = key.indexOf('[', at + 1)) lists.push(key.slice(0, at));
  return lists;
}

/**
 * Puts sources over one another; a list of a more specific source replaces a less specific one as a whole.
 * @param sources the most specific first, as Spring's configuration server lists them
 * @returns one value per key
 */
export function mergeSources(sources: readonly FlatValues[]): Map<string, FlatValue> {
  const merged = new Map<string, FlatValue>();
  const taken = new Set<string>();
  for (const source of sources) {
    const lists = new Set<string>();
    for (const [key, value] of source) {
      const own = listsOf(key);
      if (merged.has(key) || taken.has(key) || own.some((list) => taken.has(list))) continue;
      for (const list of own) lists.add(list);
      merged.set(key, value);
    }
    for (const key of source.keys()) taken.add(key);
    for (const list of lists) taken.add(list);
  }
  return merged;
}
