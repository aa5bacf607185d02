// hub: writes what a command makes of a file, never over that file, nor over another unless that was asked for.
import { plainText } from '@staffetta/fatturapa/show/plain-text.ts';
import type { Lang } from '@staffetta/fatturapa/show/sheet.ts';
import { fstatSync, type BigIntStats } from 'node:fs';
import { stat, writeFile } from 'node:fs/promises';
import { CliError } from './cli-error.ts';
import { troubleOf } from './file-trouble.ts';

/** A place that may be written to. */
export interface Target {
  readonly path: string;
  /** `wx` fails where meanwhile there is a file. */
  readonly flag: 'w' | 'wx';
}

/** What holds for all targets of a command. */
export interface TargetRules {
  /** The file that is read, or `-` for standard input. */
  readonly input: string;
  /** Whether other files may be replaced. */
  readonly force: boolean;
  readonly lang: Lang;
}

function statOf(path: string): Promise<BigIntStats | undefined> {
  // What cannot be looked at is told when it is read or written.
  return stat(path, { bigint: true }).catch(() => undefined);
}

async function inputStat(input: string): Promise<BigIntStats | undefined> {
  if (input !== '-') return statOf(input);
  try {
    return fstatSync(0, { bigint: true });
  } catch {
    // Standard input is closed, so that it is no file.
    return undefined;
  }
}

const refusals = {
  original: (path: string) => ({
    it: `${path} è il file da mostrare: l'originale non si sovrascrive. Indicare un altro nome.`,
    en: `${path} is the file to show: the original is not overwritten. Give another name.`,
  }),
  exists: (path: string) => ({
    it: `${path} esiste già: indicare un altro nome, o aggiungere --force per sostituirlo.`,
    en: `${path} exists already: give another name, or add --force to replace it.`,
  }),
} as const;

/**
 * Makes sure, before any work is done, that a place may be written to.
 * @param path where the result is to go
 * @param rules what is read, and whether files may be replaced
 * @throws CliError where it is the file that is read (by device and inode, so by whatever name), or exists without `force`
 */
export async function targetOf(path: string, { input, force, lang }: TargetRules): Promise<Target> {
  const there = await statOf(path);
  // A pipe or a device holds nothing that could be lost.
  if (!there?.isFile()) return { path, flag: there ? 'w' : 'wx' };
  const read = await inputStat(input);
  if (read?.dev === there.dev && read.ino === there.ino) throw new CliError(refusals.original(plainText(path))[lang]);
  if (!force) throw new CliError(refusals.exists(plainText(path))[lang]);
  return { path, flag: 'w' };
}

/**
 * Writes the result, and its path on standard output.
 * @param target as `targetOf` allowed it
 * @param bytes the whole result; text as UTF-8
 * @param lang the language of the complaint
 * @throws CliError where it cannot be written
 */
export async function writeTarget({ path, flag }: Target, bytes: string | Uint8Array, lang: Lang): Promise<void> {
  try {
    await writeFile(path, bytes, { flag });
  } catch (error) {
    const [name, trouble] = [plainText(path), troubleOf(error, 'write')];
    throw new CliError(
      { it: `Non si può scrivere ${name}: ${trouble.it}.`, en: `${name} cannot be written: ${trouble.en}.` }[lang],
    );
  }
  process.stdout.write(`${plainText(path)}\n`);
}
