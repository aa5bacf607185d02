// hub: a finding of an invoice as the command line tells it: what is wrong, where, and what to do.
import { plainText } from '@staffetta/fatturapa/show/plain-text.ts';

/** A finding as the hub's answers carry it, as far as it is shown. */
export interface ShownFinding {
  readonly code: string;
  readonly severity: 'error' | 'warning';
  readonly file?: string;
  readonly path?: string;
  readonly line?: number;
  readonly column?: number;
  readonly message: { readonly en: string };
  readonly fix?: { readonly en: string };
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
