// hub: every file in a folder and in those below it; links are followed, each folder is entered once.
import type { Dirent } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

interface Walk {
  readonly isWanted: (name: string) => boolean;
  readonly found: string[];
  readonly open: string[];
  /** Device and inode of the folders that were met; links may go round in circles. */
  readonly met: Set<string>;
}

async function enter(walk: Walk, folder: string): Promise<void> {
  const { dev, ino } = await stat(folder, { bigint: true });
  const identity = `${dev}:${ino}`;
  if (walk.met.has(identity)) return;
  walk.met.add(identity);
  walk.open.push(folder);
}

async function meet(walk: Walk, folder: string, entry: Dirent): Promise<void> {
  const path = join(folder, entry.name);
  if (entry.isDirectory()) return enter(walk, path);
  if (!entry.isSymbolicLink()) {
    if (entry.isFile() && walk.isWanted(entry.name)) walk.found.push(path);
    return;
  }
  // Where the link leads nowhere, reading the file will say so.
  const target = await stat(path).catch(() => undefined);
  if (target?.isDirectory()) return enter(walk, path);
  if ((!target || target.isFile()) && walk.isWanted(entry.name)) walk.found.push(path);
}

/**
 * Finds the files of a folder. One that cannot be entered is named among them, so that whoever reads it says why.
 * @param folder where to begin
 * @param isWanted which files count, by their names
 * @returns their paths, sorted; pipes, sockets and devices never count
 * @throws the system's error where the folder itself cannot be read
 */
export async function filesUnder(folder: string, isWanted: (name: string) => boolean): Promise<string[]> {
  const walk: Walk = { isWanted, found: [], open: [], met: new Set() };
  await enter(walk, folder);
  for (let next = walk.open.pop(); next !== undefined; next = walk.open.pop()) {
    const path = next;
    const entries = await readdir(path, { withFileTypes: true }).catch((error: unknown) => {
      if (path === folder) throw error;
      walk.found.push(path);
      return [];
    });
    for (const entry of entries) await meet(walk, path, entry);
  }
  return walk.found.sort();
}
