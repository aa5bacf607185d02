// configserver: which files speak for a service and its profiles, the most specific first.
import { HubError } from '@staffetta/flow/errors.ts';
import type { FlatValue } from '@staffetta/platform/config/flat-values.ts';
import type { ConfigFiles } from './config-files.ts';
import { matchesProfiles } from './profile-expression.ts';
import { endings, fileError, readDocuments, type FileDocument } from './read-file.ts';
import type { Asked } from './search-locations.ts';

/** One source of settings as Spring names it. */
export interface PropertySource {
  readonly name: string;
  readonly source: ReadonlyMap<string, FlatValue>;
  /** Where values stand: `line:column`, from 1. */
  readonly origins: ReadonlyMap<string, string>;
}

/** The keys by which a document says for whom it is; the second one is Spring's older word. */
const conditions = ['spring.config.activate.on-profile', 'spring.profiles'] as const;
/** How many names of files one answer may try. */
const namesMax = 5000;
/** Documents for a cloud platform are for none here. */
const forPlatform = 'spring.config.activate.on-cloud-platform';

function expressionsOf(values: ReadonlyMap<string, FlatValue>, condition: string): string[] {
  const found: string[] = [];
  for (const [key, value] of values) {
    if (key === condition || key.startsWith(`${condition}[`)) found.push(...String(value).split(','));
  }
  return found.map((expression) => expression.trim()).filter((expression) => expression !== '');
}

/** A document counts where one of the expressions that it names fits the profiles, or where it names none. */
function counts(file: string, { values }: FileDocument, profiles: readonly string[]): boolean {
  if (values.has(forPlatform)) return false;
  return conditions.every((condition) => {
    const expressions = expressionsOf(values, condition);
    try {
      return expressions.length === 0 || expressions.map((one) => matchesProfiles(one, profiles)).some((fits) => fits);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      throw fileError(file, `"${expressions.join(',')}" under ${condition} is not understood: ${why}`, error);
    }
  });
}

async function readOne(files: ConfigFiles, path: string, profiles: readonly string[]): Promise<PropertySource[]> {
  const bytes = await files.read(path);
  if (!bytes) return [];
  const documents = readDocuments(path, bytes);
  const several = documents.length > 1;
  return documents
    .filter((document) => counts(path, document, profiles))
    .toReversed()
    .map(({ number, values, origins }) => ({
      name: `${files.nameOf(path)}${several ? ` (document #${number})` : ''}`,
      source: values,
      origins,
    }));
}

/**
 * Names the files that may speak, the most specific first, in the order that a Spring Cloud Config server 4.3 shows: what is for a
 * profile before what is for none, the last profile first; within each the last folder first, then the last service, `application`
 * at the end.
 * @param locations folders, the least specific first (see `locationsOf`)
 * @param asked what is asked for
 */
export function fileNames(locations: readonly string[], { apps, profiles }: Asked): string[] {
  const names = [...new Set(['application', ...apps])].toReversed();
  const ends = [...profiles.toReversed().map((profile) => `-${profile}`), ''];
  const stems = ends.flatMap((end) =>
    locations.toReversed().flatMap((folder) => names.map((name) => `${folder}${name}${end}`)),
  );
  return stems.flatMap((stem) => endings.map((ending) => `${stem}.${ending}`));
}

/**
 * Reads everything that a place says for a service.
 * @param files of the place
 * @param locations folders, the least specific first
 * @param asked what is asked for
 * @throws HubError CONFIG_FILE_WRONG where a file that speaks cannot be read; BODY_NOT_VALID where too much is asked for at once
 */
export async function readEnvironment(
  files: ConfigFiles,
  locations: readonly string[],
  asked: Asked,
): Promise<PropertySource[]> {
  const names = fileNames(locations, asked);
  if (names.length > namesMax) {
    const words = `So many services, profiles and folders at once name ${names.length} files, more than ${namesMax}.`;
    throw new HubError('BODY_NOT_VALID', words);
  }
  const sources = await Promise.all(names.map((name) => readOne(files, name, asked.profiles)));
  return sources.flat();
}
