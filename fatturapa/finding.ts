// fatturapa: what a check finds in a document: SdI's number, where it is, what is wrong and how to put it right.

/** One thing that a check found; it has the shape of the hub's `Finding` message. */
export interface DocumentFinding {
  /** SdI's number, for example `00200`; a word in capitals for what SdI has no number for. */
  code: string;
  severity: 'error' | 'warning';
  /** The file of an archive that it is about. */
  file?: string;
  /**
   * The element, relative to the root, as `FatturaElettronicaBody[2]/DatiBeniServizi/DettaglioLinee[3]/Natura`; `@versione` is
   * the root's attribute. Where something is missing, the place where it should stand.
   */
  path?: string;
  /** From 1. */
  line?: number;
  /** From 1, in characters. */
  column?: number;
  value?: string;
  message: { it: string; en: string };
  fix?: { it: string; en: string };
}

/** A sentence in both languages of the hub. */
export interface Sentence {
  readonly it: string;
  readonly en: string;
}

/**
 * Makes the finding of a file that is not what SdI's schema asks for (00200: "file not conform to the format").
 * @param message what is wrong
 * @param fix what to do about it
 * @param at where: line and column from 1
 */
export function formatFinding(
  message: Sentence,
  fix: Sentence,
  at?: { line: number; column: number },
): DocumentFinding {
  return { code: '00200', severity: 'error', message, fix, ...at };
}
