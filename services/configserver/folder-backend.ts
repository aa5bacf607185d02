// configserver: settings files in a folder, read anew at each request.
import { HubError } from '@staffetta/flow/errors.ts';
import { readFile, readdir, realpath, stat } from 'node:fs/promises';
import { join, resolve, sep } from 'node:path';
import { isSafePath, needSafePath, type Backend, type ConfigFiles } from './config-files.ts';
import { endings, fileError } from './read-file.ts';

/** Where the folder is and how much is read. */
export interface FolderOptions {
  readonly name: string;
  readonly folder: string;
  readonly searchPaths: readonly string[];
  readonly bytesMax: number;
  /** Whether somebody named it: then its absence shows in health. */
  readonly isNamed: boolean;
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}

const absent = new Set<unknown>(['ENOENT', 'ENOTDIR', 'ENAMETOOLONG']);

/** Where a path really is, links followed; undefined where it is absent or a link leads out of the folder. */
async function insideOf(folder: string, path: string): Promise<string | undefined> {
  try {
    const [root, real] = await Promise.all([realpath(folder), realpath(join(folder, path))]);
    return real === root || real.startsWith(root + sep) ? real : undefined;
  } catch (error) {
    if (absent.has(codeOf(error))) return undefined;
    throw error;
  }
}

async function readInside({ folder, bytesMax }: FolderOptions, path: string): Promise<Uint8Array | undefined> {
  const real = await insideOf(folder, needSafePath(path));
  if (real === undefined) return undefined;
  try {
    // Looked at before it is opened: a pipe would never open.
    const is = await stat(real);
    if (!is.isFile()) return undefined;
    if (is.size > bytesMax)
      throw fileError(path, `it has ${is.size} bytes, the limit (CONFIG_FILE_MAX) is ${bytesMax}`);
    return await readFile(real);
  } catch (error) {
    if (absent.has(codeOf(error))) return undefined;
    if (error instanceof HubError) throw error;
    throw fileError(path, String(error), error);
  }
}

async function foldersIn(folder: string, path: string): Promise<string[]> {
  const real = await insideOf(folder, path);
  if (real === undefined) return [];
  const entries = await readdir(real, { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory() && isSafePath(entry.name)).map(({ name }) => name);
}

/** How many files are looked at for a change; with more of them the last ones change unnoticed, until somebody asks. */
const watchedMax = 5000;
const depthMax = 8;

/** What tells a file from the one that lay there before; of links, what they lead to. */
async function markOf(path: string): Promise<string> {
  const is = await stat(path).catch(() => undefined);
  return is ? `${path} ${is.ino} ${is.size} ${is.mtimeMs}` : `${path} gone`;
}

async function marksIn(folder: string, depth: number): Promise<string[]> {
  const entries = (await readdir(folder, { withFileTypes: true })).filter(({ name }) => isSafePath(name));
  const isOurs = (name: string): boolean => endings.some((ending) => name.endsWith(`.${ending}`));
  const files = entries.filter((entry) => !entry.isDirectory() && isOurs(entry.name)).slice(0, watchedMax);
  const marks = await Promise.all(files.map(({ name }) => markOf(join(folder, name))));
  for (const { name } of depth < depthMax ? entries.filter((entry) => entry.isDirectory()) : []) {
    if (marks.length >= watchedMax) break;
    marks.push(...(await marksIn(join(folder, name), depth + 1)));
  }
  return marks;
}

async function stateOf(root: string): Promise<string> {
  try {
    return (await marksIn(root, 0)).toSorted().join('\n');
  } catch (error) {
    if (absent.has(codeOf(error))) return '';
    throw error;
  }
}

/**
 * Opens a folder. Its label names a folder inside it, whose files win over the others, as Spring's native backend has it.
 * @param options where it is and how much is read
 */
export function openFolder(options: FolderOptions): Backend {
  const root = resolve(options.folder);
  const filesOf = (label: string | undefined): ConfigFiles => ({
    version: null,
    state: null,
    labelFolder: label !== undefined && isSafePath(label) ? label : undefined,
    nameOf: (path) => `file:${root}/${path}`,
    folders: (path) => foldersIn(root, path),
    read: (path) => readInside(options, path),
  });
  return {
    name: options.name,
    searchPaths: options.searchPaths,
    at: (label) => Promise.resolve(filesOf(label)),
    refresh: () => Promise.resolve(),
    state: () => stateOf(root),
    async check() {
      if (!options.isNamed) return;
      const is = await stat(root);
      if (!is.isDirectory()) throw new Error(`CONFIG_BACKEND=${options.folder} is no folder`);
    },
    stop: () => Promise.resolve(),
  };
}
