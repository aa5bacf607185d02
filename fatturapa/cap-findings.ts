// fatturapa: keeps what a check found small enough to store, send and read: so many findings, texts so long, no odd characters.
import type { DocumentFinding } from './finding.ts';

/** Longer texts of a document are cut in a finding; the place says where the rest is. */
const textLengthMax = 300;

/** A database's JSON holds no U+0000, and half a character is no text: both become U+FFFD. */
function storable(text: string, lengthMax: number): string {
  const cut = text.length > lengthMax ? `${text.slice(0, lengthMax - 1)}…` : text;
  return cut.toWellFormed().replaceAll('\u0000', '\u{fffd}');
}

function capped(finding: DocumentFinding): DocumentFinding {
  const { message, fix, value, path } = finding;
  const sentence = ({ it, en }: { it: string; en: string }) => ({ it: storable(it, 2000), en: storable(en, 2000) });
  return {
    ...finding,
    message: sentence(message),
    ...(fix && { fix: sentence(fix) }),
    ...(value !== undefined && { value: storable(value, textLengthMax) }),
    ...(path !== undefined && { path: storable(path, textLengthMax * 2) }),
  };
}

function moreFindings(left: readonly DocumentFinding[]): DocumentFinding {
  const errors = left.filter(({ severity }) => severity === 'error').length;
  const warnings = left.length - errors;
  return {
    code: 'MORE_FINDINGS',
    severity: errors > 0 ? 'error' : 'warning',
    message: {
      it: `Altri rilievi non sono elencati: ${errors} errori e ${warnings} avvisi.`,
      en: `More was found than is listed: ${errors} errors and ${warnings} warnings.`,
    },
    fix: {
      it: 'Correggere quanto è elencato e controllare di nuovo il file.',
      en: 'Correct what is listed and check the file again.',
    },
  };
}

/**
 * Caps a list of findings. Errors come before warnings where not all fit; the order is kept otherwise.
 * @param findings what was found
 * @param findingsMax how many the list may have, from 1; where there are more, the last one (`MORE_FINDINGS`) counts the rest
 * @returns findings whose texts are cut and can be stored as JSON
 */
export function capFindings(findings: readonly DocumentFinding[], findingsMax: number): DocumentFinding[] {
  if (findings.length <= findingsMax) return findings.map(capped);
  const errors = findings.filter(({ severity }) => severity === 'error');
  const ordered = [...errors, ...findings.filter(({ severity }) => severity !== 'error')];
  const shown = findingsMax - 1;
  return [...ordered.slice(0, shown).map(capped), moreFindings(ordered.slice(shown))];
}
