// configserver: what is served to a service: files of its place, overrides above them, secrets decrypted.
import { HubError } from '@staffetta/flow/errors.ts';
import type { Log } from '@staffetta/platform/telemetry/log.ts';
import type { Backends } from './backends.ts';
import type { TextCipher } from './cipher.ts';
import { needSafePath, type ConfigFiles } from './config-files.ts';
import { decryptSources } from './decrypt-sources.ts';
import { flatten } from './flatten.ts';
import { parseSecret } from './further-places.ts';
import { readEnvironment, type PropertySource } from './read-environment.ts';
import { locationsOf, type Asked } from './search-locations.ts';

/** What serving needs. */
export interface Serving {
  readonly backends: Backends;
  /** Of the server's key; absent where values are served as they stand. */
  readonly cipher: TextCipher | undefined;
  /** Flat settings that win over all files. */
  readonly overrides: ReadonlyMap<string, string>;
  readonly acceptEmpty: boolean;
  readonly log: Log;
}

/** The settings of a service, and of which state of the files they are. */
export interface Served {
  readonly version: string | null;
  readonly state: '' | null;
  readonly sources: readonly PropertySource[];
}

/**
 * Reads CONFIG_OVERRIDES.
 * @param text a JSON object, or undefined
 * @returns flat keys in their alphabetical order, values as texts, as Spring shows them
 * @throws HubError SETTING_WRONG where it is none
 */
export function readOverrides(text: string | undefined): Map<string, string> {
  if (text === undefined) return new Map();
  const given = parseSecret('CONFIG_OVERRIDES', text);
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    throw new HubError('SETTING_WRONG', 'CONFIG_OVERRIDES=(secret): it is no JSON object.');
  }
  const flat = [...flatten(given)].map(([key, value]) => [key, String(value)] as const);
  return new Map(flat.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

function overridesOf(overrides: ReadonlyMap<string, string>): PropertySource[] {
  if (overrides.size === 0) return [];
  const origins = new Map([...overrides.keys()].map((key) => [key, 'Config server overrides']));
  return [{ name: 'overrides', source: overrides, origins }];
}

interface Place {
  readonly files: ConfigFiles;
  readonly locations: readonly string[];
}

async function placeOf({ backends }: Serving, asked: Asked): Promise<Place> {
  const backend = backends.of(asked.apps, asked.profiles);
  const files = await backend.at(asked.label);
  return { files, locations: await locationsOf(backend, files, asked) };
}

async function settingsOf(serving: Serving, { files, locations }: Place, asked: Asked): Promise<PropertySource[]> {
  const sources = await readEnvironment(files, locations, asked);
  const plain = decryptSources(sources, serving.cipher, (key, source) =>
    serving.log.warn({ key, source }, 'settings.cannotDecrypt'),
  );
  return [...overridesOf(serving.overrides), ...plain];
}

/**
 * Serves the settings of a service.
 * @param serving places, key and overrides
 * @param asked services, profiles and label
 * @throws HubError LABEL_UNKNOWN, CONFIG_FILE_WRONG, SERVICE_AWAY; SETTINGS_UNKNOWN where there are none and that is not accepted
 */
export async function serveSettings(serving: Serving, asked: Asked): Promise<Served> {
  const place = await placeOf(serving, asked);
  const sources = await settingsOf(serving, place, asked);
  if (sources.length === 0 && !serving.acceptEmpty) {
    throw new HubError(
      'SETTINGS_UNKNOWN',
      `There is no file for ${asked.apps.join(',')} in ${asked.profiles.join(',')}.`,
    );
  }
  return { version: place.files.version, state: place.files.state, sources };
}

/** The names that a file may have, the most specific first: `nginx-prod.conf` before `nginx.conf`. */
function variantsOf(path: string, profiles: readonly string[]): string[] {
  const [, stem = path, ending = ''] = /^(.*[^/])(\.[^./]*)$/s.exec(path) ?? [];
  return [...profiles.toReversed().map((profile) => `${stem}-${profile}${ending}`), path];
}

/** A file, and the settings that its placeholders are filled in from. */
export interface ServedFile {
  readonly bytes: Uint8Array;
  readonly settings: () => Promise<readonly PropertySource[]>;
}

/**
 * Serves a file as it lies there.
 * @param serving places, key and overrides
 * @param asked services, profiles and label
 * @param path relative to any of the search paths
 * @throws HubError BODY_NOT_VALID for a path that leads out; SETTINGS_UNKNOWN where there is no such file
 */
export async function serveFile(serving: Serving, asked: Asked, path: string): Promise<ServedFile> {
  needSafePath(path);
  const place = await placeOf(serving, asked);
  for (const folder of place.locations.toReversed()) {
    for (const name of variantsOf(path, asked.profiles)) {
      const bytes = await place.files.read(`${folder}${name}`);
      if (bytes) return { bytes, settings: () => settingsOf(serving, place, asked) };
    }
  }
  throw new HubError('SETTINGS_UNKNOWN', `There is no file ${JSON.stringify(path)}.`);
}
