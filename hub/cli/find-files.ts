// hub: which files a call of a command means.
import { plainText } from '@staffetta/fatturapa/show/plain-text.ts';
import type { Lang } from '@staffetta/fatturapa/show/sheet.ts';
import { stat } from 'node:fs/promises';
import { CliError } from './cli-error.ts';
import { troubleOf } from './file-trouble.ts';
import { isNoDocument } from './json-file.ts';
import { filesUnder } from './walk-folder.ts';

/** Which files of a folder count. */
export interface FindOptions {
  /** The ends of their names in small letters; those of what can be sent by default. */
  readonly endings?: readonly string[];
  /** The language of complaints; English by default. */
  readonly lang?: Lang;
}

const sendable = ['.xml', '.p7m', '.zip', '.json'] as const;

async function inFolder(folder: string, endings: readonly string[]): Promise<string[]> {
  const files = await filesUnder(folder, (name) => endings.some((ending) => name.toLowerCase().endsWith(ending)));
  const kept: string[] = [];
  // Settings and packages are JSON, too.
  for (const file of files) if (!/\.json$/i.test(file) || !(await isNoDocument(file))) kept.push(file);
  return kept;
}

async function filesOf(word: string, endings: readonly string[], lang: Lang): Promise<string[]> {
  try {
    return (await stat(word)).isDirectory() ? await inFolder(word, endings) : [word];
  } catch (error) {
    const [name, trouble] = [plainText(word), troubleOf(error)];
    throw new CliError(
      { it: `Non si può leggere ${name}: ${trouble.it}.`, en: `${name} cannot be read: ${trouble.en}.` }[lang],
    );
  }
}

/**
 * Finds files: one as it is named, a folder with everything in it that has a right ending, but for JSON that is no document. Links
 * are followed.
 * @param words paths
 * @param options which files of a folder count
 * @throws CliError for a path that does not exist or cannot be read, or where nothing is found
 */
export async function findFiles(words: readonly string[], options: FindOptions = {}): Promise<string[]> {
  const { endings = sendable, lang = 'en' } = options;
  const found = await Promise.all(words.map((word) => filesOf(word, endings, lang)));
  const files = [...new Set(found.flat())];
  if (files.length > 0) return files;
  const wanted = endings.join(', ');
  throw new CliError(
    { it: `Lì non ci sono file che finiscono in ${wanted}.`, en: `No file that ends in ${wanted} was found there.` }[
      lang
    ],
  );
}
