// hub: which files a call of `send` means.
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { CliError } from './cli-error.ts';

const invoiceNames = /\.(xml|p7m|zip|json)$/i;

async function filesUnder(path: string): Promise<string[]> {
  const entries = await readdir(path, { withFileTypes: true, recursive: true });
  return entries
    .filter((entry) => entry.isFile() && invoiceNames.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

/**
 * Finds the files to send: a file as it is named, a folder with everything in it that ends in .xml, .p7m, .zip or .json.
 * @param words paths
 * @throws CliError for a path that does not exist, or where nothing is found
 */
export async function findFiles(words: readonly string[]): Promise<string[]> {
  const found = await Promise.all(
    words.map(async (word) => {
      const facts = await stat(word).catch(() => undefined);
      if (!facts) throw new CliError(`There is no file or folder ${word}.`);
      return facts.isDirectory() ? filesUnder(word) : [word];
    }),
  );
  const files = [...new Set(found.flat())];
  if (files.length === 0) throw new CliError('No file that ends in .xml, .p7m, .zip or .json was found there.');
  return files;
}
