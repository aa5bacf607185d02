// fatturapa: what every code means and what to do about it, for findings, for notices of discard and for the reference page.
import type { Sentence } from '../finding.ts';
import { documentRules, ordinaryBodyRules, simplifiedBodyRules } from './all-rules.ts';
import { elsewhereCodes } from './elsewhere-codes.ts';
import type { Explanation } from './rule.ts';

function distinctRows(): Explanation[] {
  const rows: readonly Explanation[] = [
    ...documentRules,
    ...ordinaryBodyRules,
    ...simplifiedBodyRules,
    ...elsewhereCodes,
  ];
  return [...new Set(rows)].sort((one, other) => (one.code < other.code ? -1 : one.code > other.code ? 1 : 0));
}

/** Every row there is, SdI's numbers first, each code in order; a code has two rows where formats differ. */
export const sdiCodes: readonly Explanation[] = distinctRows();

const byCode = new Map<string, Explanation>();
// The ordinary invoice's row wins: it comes first.
for (const row of sdiCodes) if (!byCode.has(row.code)) byCode.set(row.code, row);

/**
 * Explains a code, as SdI's notices of discard carry it.
 * @param code five digits, or a word of ours in capitals
 * @returns what it says and how to put it right, or undefined where we do not know the code
 */
export function explain(code: string): { says: Sentence; fix: Sentence } | undefined {
  const row = byCode.get(code);
  return row && { says: row.says, fix: row.fix };
}
