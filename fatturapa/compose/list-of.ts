// fatturapa: what may stand alone or in a list, as a list.

/**
 * Makes a list of what may stand alone; an absent value stays absent.
 * @param value one, several, or nothing
 */
export function listOf<T>(value: T | readonly T[] | undefined): readonly T[] | undefined {
  if (value === undefined) return undefined;
  return Array.isArray(value) ? (value as readonly T[]) : [value as T];
}
