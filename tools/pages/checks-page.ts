// tools: docs/fatturapa/checks.md, printed from the tables of checks.
import type { Explanation } from '@staffetta/fatturapa/check/rule.ts';
import { code, page, table } from './markdown.ts';

/**
 * The page that lists every code with its formats, what it says and what to do.
 * @param rows every code once for each set of formats; those with a `find` are checks on the document's content
 */
export function checksPage(rows: readonly Explanation[]): string {
  const isCheck = (row: Explanation) => 'find' in row;
  const isNumbered = (row: Explanation) => /^\d/.test(row.code);
  return page("Checks by SdI's numbers", '`fatturapa/check/`', [
    'They run where the format is right (00200): SdI goes no further otherwise. Errors are what SdI discards a file for; ' +
      'warnings are what it lets through and people regret.',
    "## SdI's checks on the content",
    checksTable(rows.filter((row) => isCheck(row) && isNumbered(row))),
    '## Warnings that SdI has no number for',
    checksTable(rows.filter((row) => isCheck(row) && !isNumbered(row))),
    '## Decided elsewhere',
    "Signature, format and archive are judged by other parts of the hub, registries by SdI alone; here are the words for SdI's notices of discard.",
    checksTable(rows.filter((row) => !isCheck(row))),
  ]);
}

function checksTable(rows: readonly Explanation[]): string {
  return table(
    ['code', 'severity', 'formats', 'where', 'what it says', 'in English', 'what to do', 'in English'],
    rows.map(({ code: name, severity, formats, where, says, fix }) => [
      code(name),
      severity,
      formats.join(', '),
      where,
      says.it,
      says.en,
      fix.it,
      fix.en,
    ]),
  );
}
