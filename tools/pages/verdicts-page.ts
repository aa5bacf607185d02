// tools: docs/fatturapa/verdicts.md, printed from the list of our differences with the public samples' manifest.
import type { Disagreement } from '@staffetta/fatturapa/verdicts/disagreements.ts';
import { code, page, table } from './markdown.ts';

/** The page that lists where our verdict on the public samples differs from their manifest's, and why. */
export function verdictsPage(disagreements: readonly Disagreement[]): string {
  return page('Verdicts on the public samples', '`fatturapa/verdicts/disagreements.ts`', [
    'Every sample invoice and signed file gets the verdict that its manifest names (`npm test -- fatturapa/verdicts`), with what we ' +
      'find besides listed here. On the format there is no difference: each file that the official schema takes or refuses, we take or ' +
      'refuse. Judged as incoming on 25 November 2026, dummy tax ids counted as errors.',
    table(
      ['code', 'why we find it', 'samples'],
      disagreements.map((row) => [
        code(row.code),
        row.because,
        row.files.map((file) => file.replace(/^invoices\//, '')).join(', '),
      ]),
    ),
  ]);
}
