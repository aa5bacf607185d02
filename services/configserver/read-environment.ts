// configserver: which files speak for a service and its profiles, the most specific first.
import type { FlatValue } from '@staffetta/platform/config/flat-values.ts';
import { join } from 'node:path';
import { fileError, readFileDocuments, type FileDocument } from './read-file.ts';

/** Where the files are. */
export interface Folder {
  readonly folder: string;
  readonly bytesMax: number;
}

/** One source of settings as Spring names it. */
export interface PropertySource {
  readonly name: string;
  readonly source: ReadonlyMap<string, FlatValue>;
}

/** Within one name properties win over YAML and YAML over JSON. */
const endings = ['properties', 'yml', 'yaml', 'json'] as const;

const condition = 'spring.config.activate.on-profile';

function isCondition(key: string): boolean {
  return key === condition || key.startsWith(`${condition}[`);
}

function conditionsOf(values: ReadonlyMap<string, FlatValue>): string[] {
  const found: string[] = [];
  for (const [key, value] of values) {
    if (isCondition(key)) found.push(...String(value).split(','));
  }
  return found.map((name) => name.trim()).filter((name) => name !== '');
}

/** A document counts where it names no profile, or one that is asked for (`!name`: one that is not). */
function counts(file: string, document: FileDocument, profiles: readonly string[]): boolean {
  const names = conditionsOf(document.values);
  const odd = names.find((name) => !/^!?[\w.-]+$/.test(name));
  if (odd !== undefined) throw fileError(file, `"${odd}" under ${condition} is not understood: write names, or !name`);
  return (
    names.length === 0 ||
    names.some((name) => (name.startsWith('!') ? !profiles.includes(name.slice(1)) : profiles.includes(name)))
  );
}

async function readOne(folder: Folder, name: string, profiles: readonly string[]): Promise<PropertySource[]> {
  const documents = await readFileDocuments(join(folder.folder, name), folder.bytesMax);
  const several = documents.length > 1;
  return documents
    .filter((document) => counts(name, document, profiles))
    .toReversed()
    .map(({ number, values }) => ({
      name: `file:${name}${several ? ` (document #${number})` : ''}`,
      source: new Map([...values].filter(([key]) => !isCondition(key))),
    }));
}

/**
 * Names the files that may speak, the most specific first: `app-profile` (the last profile first), `app`,
 * `application-profile`, `application` (Spring's order), each in all four endings.
 * @param app the service
 * @param profiles as asked, in their order
 */
export function fileNames(app: string, profiles: readonly string[]): string[] {
  const stems = [...new Set([app, 'application'])].flatMap((name) => [
    ...profiles.toReversed().map((profile) => `${name}-${profile}`),
    name,
  ]);
  return stems.flatMap((stem) => endings.map((ending) => `${stem}.${ending}`));
}

/**
 * Reads everything that the folder says for a service; a folder that is absent says nothing.
 * @param folder where the files are
 * @param app the service; a plain name (see routes)
 * @param profiles plain names, the last one wins
 * @throws HubError CONFIG_FILE_WRONG where a file that speaks cannot be read
 */
export async function readEnvironment(
  folder: Folder,
  app: string,
  profiles: readonly string[],
): Promise<PropertySource[]> {
  const sources = await Promise.all(fileNames(app, profiles).map((name) => readOne(folder, name, profiles)));
  return sources.flat();
}
