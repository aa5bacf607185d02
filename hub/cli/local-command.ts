// hub: reads the words of a command that needs no hub, and says in the command's language what is wrong with them.
import type { Sentence } from '@staffetta/fatturapa/finding.ts';
import { plainText } from '@staffetta/fatturapa/show/plain-text.ts';
import type { Lang } from '@staffetta/fatturapa/show/sheet.ts';
import { parseArgs } from 'node:util';
import { CliError } from './cli-error.ts';

/** Options by their names: those with a value, and those without. */
export type LocalOptions = Readonly<Record<string, 'text' | 'flag'>>;

/** What the words of a command say. */
export interface LocalCommand<T extends LocalOptions> {
  /** Files and folders; `-` stands for standard input. */
  readonly words: readonly string[];
  /** Of `--lang`, which each of these commands has; Italian by default. */
  readonly lang: Lang;
  readonly values: { readonly [N in keyof T]?: T[N] extends 'text' ? string : true };
}

const help = 'npm run staffetta -- help';

const complaints = {
  unknown: (option) => ({
    it: `L'opzione ${option} non esiste: ${help} elenca quelle che ci sono.`,
    en: `There is no option ${option}: ${help} lists them.`,
  }),
  valueMissing: (option) => ({
    it: `All'opzione ${option} manca il valore (${help}).`,
    en: `The option ${option} lacks its value (${help}).`,
  }),
  valueNeedless: (option) => ({
    it: `L'opzione ${option} non prende valori (${help}).`,
    en: `The option ${option} takes no value (${help}).`,
  }),
  lang: (option) => ({ it: `${option} ammette it o en.`, en: `${option} takes it or en.` }),
} as const satisfies Record<string, (option: string) => Sentence>;

/** An option as it was written. */
interface Written {
  readonly name: string;
  readonly rawName: string;
  readonly value?: string | undefined;
  readonly inlineValue?: boolean | undefined;
}

function complaintOn(written: Written, kind: LocalOptions[string] | undefined): keyof typeof complaints | undefined {
  const { name, rawName, value, inlineValue } = written;
  // `-l` is none of ours, though it could be taken for a name.
  if (kind === undefined || rawName !== `--${name}`) return 'unknown';
  if (kind === 'flag') return value === undefined ? undefined : 'valueNeedless';
  // What looks like the next option was not meant as a value, unless it was joined by `=`.
  const isNextOption = inlineValue !== true && value !== undefined && value.length > 1 && value.startsWith('-');
  if (value === undefined || value === '' || isNextOption) return 'valueMissing';
  return name === 'lang' && value !== 'it' && value !== 'en' ? 'lang' : undefined;
}

function kindsOf(options: LocalOptions): LocalOptions {
  return { ...options, lang: 'text' };
}

function parse(args: readonly string[], kinds: LocalOptions) {
  const rows = Object.entries(kinds).map(([name, kind]) => [
    name,
    { type: kind === 'text' ? ('string' as const) : ('boolean' as const) },
  ]);
  const options: Record<string, { type: 'string' | 'boolean' }> = Object.fromEntries(rows);
  // Not strict, for Node complains in English.
  return parseArgs({ args: [...args], options, allowPositionals: true, strict: false, tokens: true });
}

/**
 * Reads the words of a command.
 * @param args what follows the command's name
 * @param options the command's own options besides `--lang`
 * @throws CliError in the language asked for, where an option does not exist, lacks its value or has one too many
 */
export function readLocalCommand<T extends LocalOptions>(args: readonly string[], options: T): LocalCommand<T> {
  const kinds = kindsOf(options);
  const { tokens, positionals, values } = parse(args, kinds);
  const lang: Lang = values['lang'] === 'en' ? 'en' : 'it';
  for (const token of tokens) {
    if (token.kind !== 'option') continue;
    const kind = Object.hasOwn(kinds, token.name) ? kinds[token.name] : undefined;
    const complaint = complaintOn(token, kind);
    if (complaint) throw new CliError(complaints[complaint](plainText(token.rawName))[lang]);
  }
  return { words: positionals, lang, values: { ...values } as LocalCommand<T>['values'] };
}
