// hub: `check`: says what is wrong with invoice files, like a compiler; it needs no hub that runs.
import { judgeAtOnce } from '@staffetta/fatturapa/check-aside.ts';
import { checkAnswer, type CheckAnswer } from '@staffetta/fatturapa/check-answer.ts';
import type { CheckOptions } from '@staffetta/fatturapa/check-document.ts';
import { documentBytesMax } from '@staffetta/fatturapa/document-bytes-max.ts';
import type { Sentence } from '@staffetta/fatturapa/finding.ts';
import type { Lang } from '@staffetta/fatturapa/show/sheet.ts';
import { toRomeWallTime } from '@staffetta/platform/clock.ts';
import { commonCheckOptions } from '@staffetta/platform/config/checking-settings.ts';
import { basename } from 'node:path';
import { judgeJson, type JsonCheck } from './check-json.ts';
import { reportOf, summaryOf, type CheckedFile } from './check-report.ts';
import { CliError } from './cli-error.ts';
import { findFiles } from './find-files.ts';
import { judgingOptions } from './judging-options.ts';
import { readLocalCommand } from './local-command.ts';
import { readProfile } from './profile-file.ts';
import { FileNotReadable, inputName, readInput } from './read-bounded.ts';

interface Wishes {
  readonly words: readonly string[];
  readonly lang: Lang;
  readonly json: boolean;
  readonly kind: CheckOptions['kind'];
  /** The file with the profile that completes JSON documents. */
  readonly profile: string | undefined;
}

const nothingNamed: Sentence = {
  it: 'Indicare file o cartelle: check fattura.xml lotti/ (- indica lo standard input).',
  en: 'Name files or folders: check invoice.xml lots/ (- stands for standard input).',
};

function wishesOf(args: string[]): Wishes {
  const { words, lang, values } = readLocalCommand(args, { json: 'flag', received: 'flag', profile: 'text' });
  if (words.length === 0) throw new CliError(nothingNamed[lang]);
  const kind = values.received ? 'external' : 'internal';
  return { words, lang, json: values.json === true, kind, profile: values.profile };
}

/** As the hub would judge with the same environment. */
function optionsFor({ kind, lang }: Wishes) {
  return { kind, validation: 'document', ...commonCheckOptions(judgingOptions(process.env, lang)) } as const;
}

async function filesOf({ words, lang }: Wishes): Promise<string[]> {
  const paths = words.filter((word) => word !== '-');
  const found = paths.length > 0 ? await findFiles(paths, { lang }) : [];
  return words.includes('-') ? [...found, '-'] : found;
}

async function jsonCheckOf({ lang, profile }: Wishes, options: CheckOptions): Promise<JsonCheck> {
  const today = toRomeWallTime(new Date()).slice(0, 10);
  const how = { lang, dummyTaxIds: options.dummyTaxIds ?? 'error' } as const;
  return { today, options, profile: profile === undefined ? undefined : await readProfile(profile, today, how) };
}

/** Standard input has no name; what opens with a brace is neither XML nor anything that holds some. */
function isJson(file: string, bytes: Buffer): boolean {
  return (
    /\.json$/i.test(file) || (file === '-' && /^\s*\{/.test(bytes.toString('utf8', 0, 1000).replace(/^\ufeff/, '')))
  );
}

async function judge(file: string, lang: Lang, check: JsonCheck): Promise<CheckAnswer> {
  try {
    const bytes = await readInput(file, lang);
    if (isJson(file, bytes) && bytes.length <= documentBytesMax) return judgeJson(bytes, check);
    const named = file === '-' ? {} : { name: basename(file) };
    return checkAnswer(judgeAtOnce(bytes, { ...check.options, ...named }));
  } catch (error) {
    if (!(error instanceof FileNotReadable)) throw error;
    const finding = { code: 'FILE_NOT_READABLE', severity: 'error', message: error.sentence } as const;
    return { valid: false, findings: [finding], documents: [] };
  }
}

/**
 * Runs `check`.
 * @param args the command's words
 * @returns the exit code: 0, or 1 where any file has an error or cannot be read
 * @throws CliError (exit code 2) for words that cannot be used
 */
export async function check(args: string[]): Promise<number> {
  const wishes = wishesOf(args);
  const { lang, json } = wishes;
  const how = await jsonCheckOf(wishes, optionsFor(wishes));
  const checked: (CheckedFile & CheckAnswer)[] = [];
  for (const file of await filesOf(wishes)) {
    const one = { file: inputName(file), ...(await judge(file, lang, how)) };
    checked.push(one);
    // Each file is told at once: a folder may hold thousands.
    if (!json) process.stdout.write(`${reportOf(one, { lang })}\n`);
  }
  process.stdout.write(json ? `${JSON.stringify(checked, null, 2)}\n` : `\n${summaryOf(checked, lang)}\n`);
  return checked.every(({ valid }) => valid) ? 0 : 1;
}
