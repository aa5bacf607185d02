// fatturapa: a row of a table of findings: what is said for one reason, before names and numbers are filled in.
import { fillSentence, type SentenceDetails } from './fill-sentence.ts';
import type { DocumentFinding, Sentence } from './finding.ts';

/** What is said, with `{name}` where a detail goes; details that are words and not names or numbers stand in the English sentence only. */
export interface FindingRow extends Sentence {
  /** SdI's number, or a word of ours in capitals. */
  readonly code: string;
  readonly severity: DocumentFinding['severity'];
  readonly fix: Sentence;
}

/**
 * Makes the finding of a row.
 * @param row what is said
 * @param details what the sentence names; instants are shown as time in Rome
 */
export function findingOfRow({ code, severity, it, en, fix }: FindingRow, details: SentenceDetails): DocumentFinding {
  return { code, severity, message: fillSentence({ it, en }, details), fix: { it: fix.it, en: fix.en } };
}
