// tools: the repository's own files, as our checks and the test runner see them.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The checkout's top folder, absolute. */
export const repositoryRoot = fileURLToPath(new URL('..', import.meta.url)).replace(/[/\\]$/, '');

const foldersNotOurs = new Set(['node_modules', 'data', 'dist', 'coverage']);
const hiddenButOurs = new Set(['.ci']);

/** Every file below `folder` that is ours, as paths from the repository's root with forward slashes, sorted. */
export function listFiles(folder = ''): string[] {
  const top = join(repositoryRoot, folder);
  if (!statSync(top, { throwIfNoEntry: false })?.isDirectory()) return [];
  return readdirSync(top, { withFileTypes: true })
    .flatMap((entry) => {
      const path = join(folder, entry.name).split(sep).join('/');
      if (entry.isDirectory()) return isOurFolder(entry.name) ? listFiles(path) : [];
      return entry.isFile() ? [path] : [];
    })
    .sort();
}

/** The text of a file, by its path from the repository's root. */
export function readText(path: string): string {
  return readFileSync(join(repositoryRoot, path), 'utf8');
}

/** The same, or nothing where there is no such file. */
export function readTextOrNothing(path: string): string {
  return existsSync(join(repositoryRoot, path)) ? readText(path) : '';
}

function isOurFolder(name: string): boolean {
  return name.startsWith('.') ? hiddenButOurs.has(name) : !foldersNotOurs.has(name);
}
