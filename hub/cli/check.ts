// hub: `check`: says what is wrong with invoice files, like a compiler; it needs no hub that runs.
import { judgeAtOnce } from '@staffetta/fatturapa/check-aside.ts';
import { checkAnswer, type CheckAnswer } from '@staffetta/fatturapa/check-answer.ts';
import type { CheckOptions } from '@staffetta/fatturapa/check-document.ts';
import { checkingOptions, checkingSettings } from '@staffetta/platform/config/checking-settings.ts';
import { readSettings } from '@staffetta/platform/config/settings.ts';
import { worldSettings } from '@staffetta/platform/config/world-settings.ts';
import { HubError } from '@staffetta/flow/errors.ts';
import { parseArgs } from 'node:util';
import { reportOf, summaryOf, type CheckedFile, type Lang } from './check-report.ts';
import { CliError } from './cli-error.ts';
import { findFiles } from './find-files.ts';
import { readBounded, readStandardInput } from './read-bounded.ts';

interface Wishes {
  readonly words: readonly string[];
  readonly lang: Lang;
  readonly json: boolean;
  readonly kind: CheckOptions['kind'];
}

const endings = ['.xml', '.p7m', '.zip'] as const;

function parse(args: string[]) {
  const [text, flag] = [{ type: 'string' }, { type: 'boolean' }] as const;
  try {
    const options = { lang: text, json: flag, received: flag } as const;
    return parseArgs({ args, options, allowPositionals: true, strict: true });
  } catch (error) {
    throw new CliError(`${error instanceof Error ? error.message : String(error)} (npm run staffetta -- help)`);
  }
}

function wishesOf(args: string[]): Wishes {
  const { values, positionals } = parse(args);
  const { lang = 'it', json = false, received = false } = values;
  if (lang !== 'it' && lang !== 'en') throw new CliError('--lang takes it or en.');
  if (positionals.length === 0) {
    throw new CliError('Name files or folders: check invoice.xml lots/ (- stands for standard input).');
  }
  return { words: positionals, lang, json, kind: received ? 'external' : 'internal' };
}

/** As the hub would judge with the same environment. */
function optionsFrom(environment: Readonly<Record<string, string | undefined>>, kind: CheckOptions['kind']) {
  try {
    const { profile } = readSettings(worldSettings, environment).values;
    const { values } = readSettings(checkingSettings, environment);
    const options = checkingOptions(values, profile === 'production' ? 'production' : 'dev');
    const { dummyTaxIds, findingsMax, trustAnchors } = options;
    const signatures = trustAnchors && { signatures: { trustAnchors } };
    return { kind, validation: 'document', dummyTaxIds, findingsMax, ...signatures } as const;
  } catch (error) {
    throw error instanceof HubError ? new CliError(`${error.message} ${error.help}`) : error;
  }
}

async function bytesOf(file: string): Promise<Buffer> {
  try {
    return await (file === '-' ? readStandardInput() : readBounded(file));
  } catch (error) {
    throw new CliError(`${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}

async function filesOf(words: readonly string[]): Promise<string[]> {
  const paths = words.filter((word) => word !== '-');
  const found = paths.length > 0 ? await findFiles(paths, endings) : [];
  return words.includes('-') ? [...found, '-'] : found;
}

/**
 * Runs `check`.
 * @param args the command's words
 * @returns the exit code: 0, or 1 where any file has an error
 * @throws CliError (exit code 2) for words that cannot be used
 */
export async function check(args: string[]): Promise<number> {
  const { words, lang, json, kind } = wishesOf(args);
  const options = optionsFrom(process.env, kind);
  const checked: (CheckedFile & CheckAnswer)[] = [];
  for (const file of await filesOf(words)) {
    const answer = checkAnswer(judgeAtOnce(await bytesOf(file), options));
    const one = { file: file === '-' ? '(stdin)' : file, ...answer };
    checked.push(one);
    // Each file is told at once: a folder may hold thousands.
    if (!json) process.stdout.write(`${reportOf(one, lang)}\n`);
  }
  process.stdout.write(json ? `${JSON.stringify(checked, null, 2)}\n` : `\n${summaryOf(checked, lang)}\n`);
  return checked.every(({ valid }) => valid) ? 0 : 1;
}
