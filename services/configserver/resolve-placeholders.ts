// configserver: fills `${key}` and `${key:default}` in, from the settings themselves.
import type { FlatValue } from '@staffetta/platform/config/flat-values.ts';

const placeholder = /\$\{([^${}:]+)(?::([^${}]*))?\}/g;
/** Enough for any honest chain; a circle ends here and stays as it is written. */
const roundsMax = 10;
const lengthMax = 100_000;

function fill(text: string, values: ReadonlyMap<string, FlatValue>): string {
  return text.replace(placeholder, (whole: string, key: string, otherwise?: string) => {
    const found = values.get(key.trim());
    return found === undefined || found === null ? (otherwise ?? whole) : String(found);
  });
}

function resolve(value: FlatValue, values: ReadonlyMap<string, FlatValue>): FlatValue {
  if (typeof value !== 'string') return value;
  let text = value;
  for (let round = 0; round < roundsMax; round++) {
    const filled = fill(text, values);
    if (filled === text) return text;
    if (filled.length > lengthMax) return value;
    text = filled;
  }
  return value;
}

/**
 * Fills placeholders in; one without value and default stays as it is written.
 * @param values flat keys with their values
 */
export function resolvePlaceholders(values: ReadonlyMap<string, FlatValue>): Map<string, FlatValue> {
  return new Map([...values].map(([key, value]) => [key, resolve(value, values)]));
}
