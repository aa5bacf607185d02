// hub: `explain`: tells SdI's notices, PEC mails and codes in words; it needs no hub that runs.
import type { Sentence } from '@staffetta/fatturapa/finding.ts';
import { mailLimits } from '@staffetta/fatturapa/mail/mail-limits.ts';
import { plainText } from '@staffetta/fatturapa/show/plain-text.ts';
import type { Lang } from '@staffetta/fatturapa/show/sheet.ts';
import { HubError } from '@staffetta/flow/errors.ts';
import { readTrustAnchors } from '@staffetta/platform/config/trust-anchors.ts';
import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import { CliError } from './cli-error.ts';
import { explainBytes, explainWord, type Explanation } from './explain-input.ts';
import { findFiles } from './find-files.ts';
import { readLocalCommand } from './local-command.ts';
import { FileNotReadable, inputName, readInput } from './read-bounded.ts';

/** One thing that was asked for. */
type Explained = { readonly input: string } & Explanation;

const endings = ['.xml', '.p7m', '.zip', '.eml'] as const;

type Trust = readonly string[] | undefined;

function trustedIn(path: string, lang: Lang): readonly string[] {
  try {
    return readTrustAnchors('--trust', path);
  } catch (error) {
    if (!(error instanceof HubError)) throw error;
    const sentence: Sentence = {
      it: `--trust ${plainText(path)}: il file non si può leggere o non contiene certificati in formato PEM.`,
      en: `--trust ${plainText(path)}: the file cannot be read or holds no certificate in PEM.`,
    };
    throw new CliError(sentence[lang]);
  }
}

/** One byte more than a mail may have shows that it is too large. */
const bytesRead = mailLimits.bytesMax + 1;

const nothingNamed: Sentence = {
  it: 'Indicare notifiche, mail o codici: explain IT01234567890_00001_NS_001.xml messaggio.eml 00404 (- indica lo standard input).',
  en: 'Name notices, mails or codes: explain IT01234567890_00001_NS_001.xml message.eml 00404 (- stands for standard input).',
};

async function explainFile(file: string, lang: Lang, trust: Trust): Promise<Explained> {
  const input = inputName(file);
  try {
    const bytes = await readInput(file, lang, bytesRead);
    return { input, ...explainBytes(bytes, file === '-' ? undefined : basename(file), lang, trust) };
  } catch (error) {
    if (!(error instanceof FileNotReadable)) throw error;
    const finding = { code: 'FILE_NOT_READABLE', severity: 'error', message: error.sentence } as const;
    const told = [error.sentence[lang]];
    return { input, kind: 'unknown', understood: false, told, findings: [finding], notices: [], signatures: [] };
  }
}

/** A file of that name goes before a code. */
async function* explained(words: readonly string[], lang: Lang, trust: Trust): AsyncGenerator<Explained, void> {
  for (const word of words) {
    const code = word === '-' || existsSync(word) ? undefined : explainWord(word, lang);
    if (code) yield { input: word, ...code };
    else if (word === '-') yield await explainFile(word, lang, trust);
    else for (const file of await findFiles([word], { endings, lang })) yield await explainFile(file, lang, trust);
  }
}

function textOf({ input, kind, told }: Explained): string {
  if (kind === 'code') return told.map(plainText).join('\n');
  return [`${plainText(input)}:`, ...told.map((line) => `    ${plainText(line)}`)].join('\n');
}

/**
 * Runs `explain`.
 * @param args the command's words: files and folders with notices (XML, p7m, zip) or mails (.eml), `-`, and codes
 * @returns the exit code: 0, or 1 where something could not be explained
 * @throws CliError (exit code 2) for words that cannot be used
 */
export async function explain(args: string[]): Promise<number> {
  const { words, lang, values } = readLocalCommand(args, { json: 'flag', trust: 'text' });
  if (words.length === 0) throw new CliError(nothingNamed[lang]);
  const trust = values.trust === undefined ? undefined : trustedIn(values.trust, lang);
  const all: Explained[] = [];
  for await (const one of explained(words, lang, trust)) {
    all.push(one);
    // Each is told at once: a folder may hold thousands.
    if (values.json !== true) process.stdout.write(`${textOf(one)}\n`);
  }
  if (values.json === true) process.stdout.write(`${JSON.stringify(all, null, 2)}\n`);
  return all.every(({ understood }) => understood) ? 0 : 1;
}
