// hub: what `check` says of files: a line for each, what was found under it, a sum at the end.
import type { DocumentFinding } from '@staffetta/fatturapa/finding.ts';
import { styleText } from 'node:util';

/** The languages that findings have. */
export type Lang = 'it' | 'en';

/** A file and what was found in it. */
export interface CheckedFile {
  readonly file: string;
  readonly valid: boolean;
  readonly findings: readonly DocumentFinding[];
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
  },
} as const;

const colours: Readonly<Record<Severity, 'red' | 'yellow'>> = { error: 'red', warning: 'yellow' };

/** What stands in a document must not steer the terminal. */
function plain(text: string): string {
  return text.replaceAll(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, ' ');
}

function placeOf(file: string, finding: DocumentFinding): string {
  const inside = finding.file === undefined ? '' : `/${finding.file}`;
  const place = finding.line === undefined ? '' : `:${finding.line}:${finding.column ?? 1}`;
  return plain(`${file}${inside}${place}`);
}

function linesOf(file: string, finding: DocumentFinding, lang: Lang): string[] {
  const { severity, code, message, path, value, fix } = finding;
  const say = words[lang];
  const what = styleText(colours[severity], `${say[severity]} ${code}`);
  return [
    `${placeOf(file, finding)}: ${what}: ${plain(message[lang])}`,
    ...(path === undefined ? [] : [`    ${say.place}: ${plain(path)}`]),
    ...(value === undefined ? [] : [`    ${say.value}: ${JSON.stringify(plain(value))}`]),
    ...(fix === undefined ? [] : [`    ${say.fix}: ${plain(fix[lang])}`]),
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

/**
 * Reports one file.
 * @param checked the file and what was found
 * @param lang in which language
 * @returns lines without an end of line at their end; coloured where standard output is a terminal that wants it
 */
export function reportOf({ file, findings }: CheckedFile, lang: Lang): string {
  const verdict = findings.length === 0 ? styleText('green', words[lang].right) : counts(findings, lang);
  return [`${plain(file)}: ${verdict}`, ...findings.flatMap((finding) => linesOf(file, finding, lang))].join('\n');
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
