// hub: which files a call of a command means.
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { CliError } from './cli-error.ts';

const sendable = ['.xml', '.p7m', '.zip', '.json'] as const;

async function filesUnder(path: string, endings: readonly string[]): Promise<string[]> {
  const entries = await readdir(path, { withFileTypes: true, recursive: true });
  return entries
    .filter((entry) => entry.isFile() && endings.some((ending) => entry.name.toLowerCase().endsWith(ending)))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

/**
 * Finds files: one as it is named, a folder with everything in it that has a right ending.
 * @param words paths
 * @param endings which files of a folder count, by the ends of their names in small letters
 * @throws CliError for a path that does not exist, or where nothing is found
 */
export async function findFiles(words: readonly string[], endings: readonly string[] = sendable): Promise<string[]> {
  const found = await Promise.all(
    words.map(async (word) => {
      const facts = await stat(word).catch(() => undefined);
      if (!facts) throw new CliError(`There is no file or folder ${word}.`);
      return facts.isDirectory() ? filesUnder(word, endings) : [word];
    }),
  );
  const files = [...new Set(found.flat())];
  if (files.length === 0) throw new CliError(`No file that ends in ${endings.join(', ')} was found there.`);
  return files;
}
