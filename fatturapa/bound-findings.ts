// fatturapa: a file's findings in a bounded number, so that they can be stored, told and read.
import type { DocumentFinding } from './finding.ts';

const moreCode = 'MORE_FINDINGS';

/** How many are not shown stands in `value`, so that lists that were bounded already can be joined. */
function more(hidden: number, shown: number): DocumentFinding {
  return {
    code: moreCode,
    severity: 'warning',
    value: String(hidden),
    message: {
      it: `Il file ha ${hidden + shown} rilievi: qui ci sono i primi ${shown}.`,
      en: `The file has ${hidden + shown} findings: these are the first ${shown}.`,
    },
    fix: { it: 'Correggere questi e controllare di nuovo.', en: 'Correct these, then check again.' },
  };
}

function isError({ severity }: DocumentFinding): boolean {
  return severity === 'error';
}

/**
 * Bounds findings; errors stay before warnings where not all can stay.
 * @param findings in their order, perhaps joined from lists that were bounded before
 * @param most how many may stay
 * @returns those that stay in their order, and last how many there are, where some are missing
 */
export function boundFindings(findings: readonly DocumentFinding[], most: number): DocumentFinding[] {
  const all = findings.filter(({ code }) => code !== moreCode);
  const hiddenBefore = findings
    .filter(({ code }) => code === moreCode)
    .reduce((sum, { value }) => sum + Number(value), 0);
  if (all.length <= most && hiddenBefore === 0) return all;
  let errors = most;
  let warnings = Math.max(0, most - all.filter(isError).length);
  const shown = all.filter((one) => (isError(one) ? errors-- : warnings--) > 0);
  return [...shown, more(hiddenBefore + all.length - shown.length, shown.length)];
}
