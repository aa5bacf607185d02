// configserver: in which folders of a place the files of a service lie, as the search paths say.
import { isSafePath, type Backend, type ConfigFiles } from './config-files.ts';

/** What is asked for: services and profiles in their order (the last wins), and a label. */
export interface Asked {
  readonly apps: readonly string[];
  readonly profiles: readonly string[];
  readonly label: string | undefined;
}

const foldersMax = 200;

function filledIn(pattern: string, { apps, profiles, label }: Asked): string[] {
  const paths = profiles.flatMap((profile) =>
    apps.map((app) => pattern.replaceAll('{application}', app).replaceAll('{profile}', profile)),
  );
  // Without a label a folder that is named by it is none.
  const named = paths.map((path) => (label === undefined ? path : path.replaceAll('{label}', label)));
  return [...new Set(named.filter((path) => !path.includes('{')))];
}

function matches(pattern: string, name: string): boolean {
  const parts = pattern.split('*').map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`).test(name);
}

async function spread(files: ConfigFiles, path: string): Promise<string[]> {
  let found = [''];
  for (const part of path.split('/')) {
    const next: string[] = [];
    for (const folder of found.slice(0, foldersMax)) {
      const names = part.includes('*') ? (await files.folders(folder)).filter((name) => matches(part, name)) : [part];
      next.push(...names.toSorted().map((name) => (folder === '' ? name : `${folder}/${name}`)));
    }
    found = next;
  }
  return found.slice(0, foldersMax);
}

/**
 * Names the folders, the least specific first: the root, the search paths in their order, and those of the label.
 * @param backend whose search paths count; each may hold `{application}`, `{profile}`, `{label}`, and `*` within a part
 * @param files its files
 * @param asked what is asked for
 * @returns relative folders, each either empty (the root) or with a slash at its end
 */
export async function locationsOf(backend: Backend, files: ConfigFiles, asked: Asked): Promise<string[]> {
  const patterns = backend.searchPaths.map((path) => path.replaceAll(/^\/+|\/+$/g, ''));
  const paths = patterns.flatMap((pattern) => filledIn(pattern, asked)).filter((path) => isSafePath(path));
  const spreads = await Promise.all(paths.map((path) => spread(files, path)));
  const folders = ['', ...spreads.flat().map((path) => `${path}/`)];
  const ofLabel = files.labelFolder === undefined ? [] : folders.map((folder) => `${folder}${files.labelFolder}/`);
  return [...new Set([...folders, ...ofLabel])];
}
