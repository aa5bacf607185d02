// hub: `check`: says what is wrong with invoice files, like a compiler; it needs no hub that runs.
import { judgeAtOnce } from '@staffetta/fatturapa/check-aside.ts';
import { checkAnswer, type CheckAnswer } from '@staffetta/fatturapa/check-answer.ts';
import type { CheckOptions } from '@staffetta/fatturapa/check-document.ts';
import type { Sentence } from '@staffetta/fatturapa/finding.ts';
import type { Lang } from '@staffetta/fatturapa/show/sheet.ts';
import { reportOf, summaryOf, type CheckedFile } from './check-report.ts';
import { CliError } from './cli-error.ts';
import { findFiles } from './find-files.ts';
import { judgingOptions } from './judging-options.ts';
import { readLocalCommand } from './local-command.ts';
import { inputName, readInput } from './read-bounded.ts';

interface Wishes {
  readonly words: readonly string[];
  readonly lang: Lang;
  readonly json: boolean;
  readonly kind: CheckOptions['kind'];
}

const endings = ['.xml', '.p7m', '.zip'] as const;

const nothingNamed: Sentence = {
  it: 'Indicare file o cartelle: check fattura.xml lotti/ (- indica lo standard input).',
  en: 'Name files or folders: check invoice.xml lots/ (- stands for standard input).',
};

function wishesOf(args: string[]): Wishes {
  const { words, lang, values } = readLocalCommand(args, { json: 'flag', received: 'flag' });
  if (words.length === 0) throw new CliError(nothingNamed[lang]);
  return { words, lang, json: values.json === true, kind: values.received ? 'external' : 'internal' };
}

/** As the hub would judge with the same environment. */
function optionsFor({ kind, lang }: Wishes) {
  const { dummyTaxIds, findingsMax, trustAnchors } = judgingOptions(process.env, lang);
  const signatures = trustAnchors && { signatures: { trustAnchors } };
  return { kind, validation: 'document', dummyTaxIds, findingsMax, ...signatures } as const;
}

async function filesOf({ words, lang }: Wishes): Promise<string[]> {
  const paths = words.filter((word) => word !== '-');
  const found = paths.length > 0 ? await findFiles(paths, { endings, lang }) : [];
  return words.includes('-') ? [...found, '-'] : found;
}

/**
 * Runs `check`.
 * @param args the command's words
 * @returns the exit code: 0, or 1 where any file has an error
 * @throws CliError (exit code 2) for words that cannot be used
 */
export async function check(args: string[]): Promise<number> {
  const wishes = wishesOf(args);
  const { lang, json } = wishes;
  const options = optionsFor(wishes);
  const checked: (CheckedFile & CheckAnswer)[] = [];
  for (const file of await filesOf(wishes)) {
    const answer = checkAnswer(judgeAtOnce(await readInput(file, lang), options));
    const one = { file: inputName(file), ...answer };
    checked.push(one);
    // Each file is told at once: a folder may hold thousands.
    if (!json) process.stdout.write(`${reportOf(one, { lang })}\n`);
  }
  process.stdout.write(json ? `${JSON.stringify(checked, null, 2)}\n` : `\n${summaryOf(checked, lang)}\n`);
  return checked.every(({ valid }) => valid) ? 0 : 1;
}
