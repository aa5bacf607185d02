// hub: what a call of `show` asks for.
import type { Sentence } from '@staffetta/fatturapa/finding.ts';
import type { Lang } from '@staffetta/fatturapa/show/sheet.ts';
import { resolve } from 'node:path';
import { CliError } from './cli-error.ts';
import { readLocalCommand } from './local-command.ts';

/** Which part of a file; all of it where nothing is said. */
export interface PartWish {
  /** The one document of an archive, from 1. */
  readonly document?: number;
  /** The one body, from 1, within each document. */
  readonly body?: number;
}

/** A call of `show`. */
export interface ShowWishes {
  /** Its path, or `-` for standard input. */
  readonly file: string;
  readonly lang: Lang;
  readonly part: PartWish;
  /** Where the page and the print go; the terminal gets the text where neither is asked for. */
  readonly html: string | undefined;
  readonly pdf: string | undefined;
  /** Whether files may be replaced. */
  readonly force: boolean;
}

const options = { html: 'text', pdf: 'text', document: 'text', body: 'text', force: 'flag' } as const;

const oneFile: Sentence = {
  it: 'Indicare un file: show fattura.xml.p7m (- indica lo standard input).',
  en: 'Name one file: show invoice.xml.p7m (- stands for standard input).',
};
const oneTarget: Sentence = {
  it: '--html e --pdf indicano lo stesso file: servono due nomi.',
  en: '--html and --pdf name the same file: give two names.',
};

function fromOne(option: string): Sentence {
  return {
    it: `${option} vuole un numero intero da 1 in su, per esempio ${option} 2.`,
    en: `${option} takes a whole number from 1, for example ${option} 2.`,
  };
}

function numberOf<N extends keyof PartWish>(name: N, text: string | undefined, lang: Lang): Pick<PartWish, N> {
  const part: PartWish = {};
  if (text === undefined) return part;
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new CliError(fromOne(`--${name}`)[lang]);
  return { ...part, [name]: Number(text) };
}

/**
 * Reads the words of `show`.
 * @param args what follows the command's name
 * @throws CliError for words that cannot be used
 */
export function readShowWishes(args: readonly string[]): ShowWishes {
  const { words, lang, values } = readLocalCommand(args, options);
  const [file, more] = words;
  if (file === undefined || more !== undefined) throw new CliError(oneFile[lang]);
  const { html, pdf, force = false } = values;
  if (html !== undefined && pdf !== undefined && resolve(html) === resolve(pdf)) throw new CliError(oneTarget[lang]);
  const part = { ...numberOf('document', values.document, lang), ...numberOf('body', values.body, lang) };
  return { file, lang, part, html, pdf, force };
}
