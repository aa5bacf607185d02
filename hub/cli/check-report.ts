// hub: what `check` says of files: a line for each, what was found under it, a sum at the end.
import type { DocumentFinding } from '@staffetta/fatturapa/finding.ts';
import { plainText } from '@staffetta/fatturapa/show/plain-text.ts';
import type { Lang } from '@staffetta/fatturapa/show/sheet.ts';
import { styleText } from 'node:util';

/** A file and what was found in it. */
export interface CheckedFile {
  readonly file: string;
  readonly valid: boolean;
  readonly findings: readonly DocumentFinding[];
}

/** How a report is told. */
export interface ReportOptions {
  readonly lang: Lang;
  /** Where it will be written: it is coloured where that is a terminal that wants it. Standard output by default. */
  readonly stream?: NodeJS.WriteStream;
  /** How many findings are told at most, errors before warnings; the last line says how many more there are. All by default. */
  readonly findingsMax?: number;
}

type Severity = DocumentFinding['severity'];

const words = {
  it: {
    right: 'corretto',
    error: 'errore',
    warning: 'avviso',
    errors: (count: number) => (count === 1 ? '1 errore' : `${count} errori`),
    warnings: (count: number) => (count === 1 ? '1 avviso' : `${count} avvisi`),
    files: (count: number) => `${count} file`,
    rightFiles: (count: number) => (count === 1 ? '1 senza errori' : `${count} senza errori`),
    wrongFiles: (count: number) => `${count} con errori`,
    value: 'valore',
    fix: 'rimedio',
    place: 'campo',
    more: (count: number) => {
      return `${count === 1 ? '… e un altro rilievo' : `… e altri ${count} rilievi`}: li elenca tutti il comando check.`;
    },
  },
  en: {
    right: 'right',
    error: 'error',
    warning: 'warning',
    errors: (count: number) => (count === 1 ? '1 error' : `${count} errors`),
    warnings: (count: number) => (count === 1 ? '1 warning' : `${count} warnings`),
    files: (count: number) => (count === 1 ? '1 file' : `${count} files`),
    rightFiles: (count: number) => `${count} without errors`,
    wrongFiles: (count: number) => `${count} with errors`,
    value: 'value',
    fix: 'fix',
    place: 'field',
    more: (count: number) => `… and ${count} more: the command check lists all of them.`,
  },
} as const;

const colours: Readonly<Record<Severity, 'red' | 'yellow'>> = { error: 'red', warning: 'yellow' };

function placeOf(file: string, finding: DocumentFinding): string {
  const inside = finding.file === undefined ? '' : `/${finding.file}`;
  const place = finding.line === undefined ? '' : `:${finding.line}:${finding.column ?? 1}`;
  return plainText(`${file}${inside}${place}`);
}

function linesOf(file: string, finding: DocumentFinding, { lang, stream = process.stdout }: ReportOptions): string[] {
  const { severity, code, message, path, value, fix } = finding;
  const say = words[lang];
  const what = styleText(colours[severity], `${say[severity]} ${plainText(code)}`, { stream });
  return [
    `${placeOf(file, finding)}: ${what}: ${plainText(message[lang])}`,
    ...(path === undefined ? [] : [`    ${say.place}: ${plainText(path)}`]),
    ...(value === undefined ? [] : [`    ${say.value}: ${JSON.stringify(plainText(value))}`]),
    ...(fix === undefined ? [] : [`    ${say.fix}: ${plainText(fix[lang])}`]),
  ];
}

function count(findings: readonly DocumentFinding[], severity: Severity): number {
  return findings.filter((finding) => finding.severity === severity).length;
}

function counts(findings: readonly DocumentFinding[], lang: Lang): string {
  const [errors, warnings] = [count(findings, 'error'), count(findings, 'warning')];
  const parts = [
    ...(errors > 0 ? [words[lang].errors(errors)] : []),
    ...(warnings > 0 ? [words[lang].warnings(warnings)] : []),
  ];
  return parts.join(', ');
}

/** Errors stay before warnings where not all can stay; those that stay keep their order. */
function firstOf(findings: readonly DocumentFinding[], most: number): readonly DocumentFinding[] {
  const placesOf = (wanted: Severity) => findings.flatMap(({ severity }, at) => (severity === wanted ? [at] : []));
  const kept = new Set([...placesOf('error'), ...placesOf('warning')].slice(0, most));
  return findings.filter((_, at) => kept.has(at));
}

/**
 * Reports one file. What stands in it does not steer the terminal.
 * @param checked the file and what was found
 * @param options in which language, where to, and how much of it
 * @returns lines without an end of line at their end
 */
export function reportOf({ file, findings }: Omit<CheckedFile, 'valid'>, options: ReportOptions): string {
  const { lang, stream = process.stdout, findingsMax = Infinity } = options;
  const right = styleText('green', words[lang].right, { stream });
  const told = firstOf(findings, findingsMax);
  return [
    `${plainText(file)}: ${findings.length === 0 ? right : counts(findings, lang)}`,
    ...told.flatMap((finding) => linesOf(file, finding, options)),
    ...(told.length < findings.length ? [words[lang].more(findings.length - told.length)] : []),
  ].join('\n');
}

/**
 * Sums up.
 * @param all every file
 * @param lang in which language
 */
export function summaryOf(all: readonly CheckedFile[], lang: Lang): string {
  const say = words[lang];
  const wrong = all.filter(({ valid }) => !valid).length;
  const found = counts(
    all.flatMap(({ findings }) => findings),
    lang,
  );
  const verdicts = [
    ...(all.length > wrong ? [say.rightFiles(all.length - wrong)] : []),
    ...(wrong > 0 ? [say.wrongFiles(wrong)] : []),
  ];
  return `${say.files(all.length)}: ${verdicts.join(', ')}${found === '' ? '' : ` (${found})`}.`;
}
