// fatturapa: what a check is: one row of a table, with SdI's number, its sentences and the function that finds the case.
import type { Sentence } from '../finding.ts';

/** The formats that SdI takes today: to public bodies, to private parties, simplified. */
export type Format = 'FPA12' | 'FPR12' | 'FSM10';

/** The formats of the ordinary invoice. */
export const ordinaryFormats: readonly Format[] = ['FPA12', 'FPR12'];

/** Ordinary and simplified invoices. */
export const everyFormat: readonly Format[] = ['FPA12', 'FPR12', 'FSM10'];

/** Where a rule is broken, with what is special about this very case. */
export interface Found {
  /**
   * Names from the root (of a rule on bodies: from the body) with `/` between; an element that may stand several times has its
   * place from 1, as in `DatiBeniServizi/DettaglioLinee[3]/Natura`. Where an element is missing, the place where it should stand.
   */
  readonly path: string;
  /** The text that stands there. */
  readonly value?: string;
  /** The figures of this case, as whole sentences; they follow what the rule says. */
  readonly because?: Sentence;
  /** Instead of the rule's own. */
  readonly fix?: Sentence;
  /** Where this case is less than the rule's severity. */
  readonly severity?: 'warning';
}

/** What a judgement needs to know beside the document. */
export interface RuleContext {
  /** The day on which SdI would get the file, in Rome: `YYYY-MM-DD`. */
  readonly today: string;
  /** How bad the dummies of the revenue agency's examples are, 01234567890 and 09876543210; their check digits are wrong. */
  readonly dummyTaxIds: 'error' | 'warning';
}

/** What there is to say about a code, wherever it is decided. */
export interface Explanation {
  /** SdI's number, or a word in capitals for what SdI lets through. */
  readonly code: string;
  readonly formats: readonly Format[];
  readonly severity: 'error' | 'warning';
  /** What is wrong, without the figures of a case. */
  readonly says: Sentence;
  /** What to do about it. */
  readonly fix: Sentence;
  /** The element, for the reference page. */
  readonly where: string;
}

/** A check: what it says, and how its cases are found in a view of the document. */
export interface Rule<View> extends Explanation {
  /** Gives the cases in the order of the document; the document's format is right already. */
  readonly find: (view: View, context: RuleContext) => Iterable<Found>;
}
