// hub: a finding of an invoice as the command line tells it: what is wrong, where, and what to do.
import { plainText } from '@staffetta/fatturapa/show/plain-text.ts';
import type { Lang } from '@staffetta/fatturapa/show/sheet.ts';

/** A sentence in both languages; some answers are read for the English alone. */
interface Told {
  readonly it?: string;
  readonly en: string;
}

/** A finding as the hub's answers carry it, as far as it is shown. */
export interface ShownFinding {
  readonly code: string;
  readonly severity: 'error' | 'warning';
  readonly file?: string;
  readonly path?: string;
  readonly line?: number;
  readonly column?: number;
  readonly message: Told;
  readonly fix?: Told;
}

function placeOf({ file, line, column, path }: ShownFinding): string {
  const place = line === undefined ? path : column === undefined ? `line ${line}` : `line ${line}:${column}`;
  return [file, place].filter((part) => part !== undefined).join(' ');
}

/**
 * Writes a finding as one line; what stands in the document does not steer the terminal.
 * @param finding as an answer of the hub carries it
 */
export function lineOfFinding(finding: ShownFinding): string {
  const { code, severity, message, fix } = finding;
  const place = placeOf(finding);
  const where = place === '' ? '' : ` at ${place}`;
  return plainText(`${severity} ${code}${where}: ${message.en}${fix ? ` To do: ${fix.en}` : ''}`);
}

const labels = {
  it: { error: 'Errore', warning: 'Avviso', fix: 'Rimedio', line: 'riga' },
  en: { error: 'Error', warning: 'Warning', fix: 'To do', line: 'line' },
} as const;

/**
 * Tells a finding: what is wrong, where, and under it what to do about it.
 * @param finding as an answer of the hub carries it
 * @param lang in which language
 * @returns one line or two, harmless for a terminal
 */
export function linesOfFinding(finding: ShownFinding, lang: Lang): string[] {
  const { code, severity, message, fix, file, line } = finding;
  const words = labels[lang];
  const place = [file, line === undefined ? undefined : `${words.line} ${line}`].filter((part) => part !== undefined);
  const where = place.length === 0 ? '' : ` (${place.join(', ')})`;
  // SdI's codes are numbers, by which people search; ours are for programs.
  const [before, behind] = /^\d+$/.test(code) ? [` ${code}`, ''] : ['', ` [${code}]`];
  return [
    plainText(`${words[severity]}${before}${where}: ${message[lang] ?? message.en}${behind}`),
    ...(fix ? [plainText(`  ${words.fix}: ${fix[lang] ?? fix.en}`)] : []),
  ];
}
