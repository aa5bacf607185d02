// configserver: reads CONFIG_REPOSITORIES, the places with settings files of some services.
import { HubError } from '@staffetta/flow/errors.ts';

/** A place for some services. */
export interface FurtherPlace {
  readonly name: string;
  /** `service/profile` with `*`; without a slash for all profiles. */
  readonly patterns: readonly string[];
  readonly uri: string;
  readonly searchPaths: readonly string[];
  readonly defaultLabel: string | undefined;
}

/**
 * Parses the JSON of a setting that may hold logins: nothing of it is repeated.
 * @param env the setting's name, for the error
 * @param text the setting
 * @throws HubError SETTING_WRONG
 */
export function parseSecret(env: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new HubError('SETTING_WRONG', `${env}=(secret): it is no JSON.`);
  }
}

const known: readonly string[] = ['name', 'pattern', 'uri', 'searchPaths', 'defaultLabel'];

function wrong(place: number, clause: string): HubError {
  return new HubError('SETTING_WRONG', `CONFIG_REPOSITORIES=(secret): entry ${place} ${clause}.`);
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function textsOf(value: unknown): string[] | undefined {
  const list: unknown[] = Array.isArray(value) ? value : [value];
  const texts = list.filter((item): item is string => textOf(item) !== undefined);
  return texts.length === list.length ? texts : undefined;
}

function readPlace(value: unknown, index: number): FurtherPlace {
  const place = index + 1;
  if (typeof value !== 'object' || value === null) throw wrong(place, 'is no object');
  const entry = value as Readonly<Record<string, unknown>>;
  const stranger = Object.keys(entry).find((name) => !known.includes(name));
  if (stranger !== undefined)
    throw wrong(place, `has a field ${JSON.stringify(stranger)}; there are ${known.join(', ')}`);
  const uri = textOf(entry['uri']);
  if (uri === undefined) throw wrong(place, 'has no uri');
  const name = textOf(entry['name']);
  const patterns = textsOf(entry['pattern'] ?? name);
  if (!patterns || patterns.length === 0) throw wrong(place, 'has no pattern, for example "receiver/prod*"');
  const searchPaths = textsOf(entry['searchPaths'] ?? []);
  if (!searchPaths) throw wrong(place, 'has searchPaths that are no texts');
  const defaultLabel = textOf(entry['defaultLabel']);
  return { name: name ?? `repository ${place}`, patterns, uri, searchPaths, defaultLabel };
}

/**
 * Reads the further places.
 * @param text CONFIG_REPOSITORIES: a JSON array, or undefined
 * @returns in their order; the first one that fits speaks
 * @throws HubError SETTING_WRONG that says which entry is wrong, without its login
 */
export function readPlaces(text: string | undefined): readonly FurtherPlace[] {
  if (text === undefined) return [];
  const given = parseSecret('CONFIG_REPOSITORIES', text);
  if (!Array.isArray(given)) throw new HubError('SETTING_WRONG', 'CONFIG_REPOSITORIES=(secret): it is no JSON array.');
  const places = given.map((value, index) => readPlace(value, index));
  const names = new Set(places.map(({ name }) => name));
  if (names.size < places.length)
    throw new HubError('SETTING_WRONG', 'CONFIG_REPOSITORIES=(secret): a name comes twice.');
  return places;
}
