// fatturapa: what a check found, as it can be stored, sent and read: texts of a bounded length, no odd characters.
import type { DocumentFinding, Sentence } from './finding.ts';

/** Longer texts of a document are cut in a finding; line and column say where the rest is. */
const valueLengthMax = 300;
const pathLengthMax = 600;
const sentenceLengthMax = 2000;

/** A database's JSON holds no U+0000, and half a character is no text: both become U+FFFD. */
function storable(text: string, lengthMax: number): string {
  const cut = text.length > lengthMax ? `${text.slice(0, lengthMax - 1)}…` : text;
  return cut.toWellFormed().replaceAll('\u0000', '\u{fffd}');
}

function sentence({ it, en }: Sentence): { it: string; en: string } {
  return { it: storable(it, sentenceLengthMax), en: storable(en, sentenceLengthMax) };
}

/**
 * Cuts what is too long in findings and replaces what no database keeps.
 * @param findings what was found
 * @returns the same findings in the same order
 */
export function storableFindings(findings: readonly DocumentFinding[]): DocumentFinding[] {
  return findings.map((finding) => {
    const { message, fix, value, path, file } = finding;
    return {
      ...finding,
      message: sentence(message),
      ...(fix && { fix: sentence(fix) }),
      ...(value !== undefined && { value: storable(value, valueLengthMax) }),
      ...(path !== undefined && { path: storable(path, pathLengthMax) }),
      ...(file !== undefined && { file: storable(file, valueLengthMax) }),
    };
  });
}
