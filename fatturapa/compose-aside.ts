// fatturapa: a large JSON document is made into a file and judged in a worker thread, so that its caller goes on with its other duties.
import { judgeAtOnce, type Judgement } from './check-aside.ts';
import type { CheckOptions } from './check-document.ts';
import { composeDocument, type Composed, type ComposeOptions } from './compose/compose-document.ts';
import type { FiscalProfile } from './compose/short-party.ts';
import { writeDocument } from './write/write-document.ts';

/** What is asked for beside the document; it can be cloned into another thread. */
export interface ComposeWish {
  /** Who issues, where something is known of it. */
  readonly profile: FiscalProfile | undefined;
  readonly compose: ComposeOptions;
  readonly check: CheckOptions;
}

/** A wish with its document as JSON text, which crosses to another thread quicker than what it says. */
export interface ComposeJob extends ComposeWish {
  readonly text: string;
  /** Whether the document and its file are wanted back, or the judgement alone. */
  readonly keeps: boolean;
}

/** What became of a JSON document. */
export interface ComposeResult {
  readonly composed: Composed;
  /** The file with its placeholders; absent where none could be made, or where it is not wanted back. */
  readonly draft?: Uint8Array;
  /** On that file; absent where none could be made. */
  readonly judged?: Judgement;
}

/**
 * Composes a document at once.
 * @param json any JSON value
 * @param wish who issues it, and how it is composed
 */
export function composeAtOnce(
  json: unknown,
  { profile, compose }: Omit<ComposeWish, 'check'>,
): Omit<ComposeResult, 'judged'> {
  const composed = composeDocument(json, profile, compose);
  return composed.document ? { composed, draft: writeDocument(composed.document) } : { composed };
}

/**
 * Does a job; the worker's part (`check-worker.ts`).
 * @param job its text was written by `JSON.stringify`
 */
export function composeAndJudge({ text, keeps, ...wish }: ComposeJob): ComposeResult {
  const result = composeAtOnce(JSON.parse(text), wish);
  if (!result.draft) return result;
  const judged = judgeAtOnce(result.draft, wish.check);
  return keeps ? { ...result, judged } : { composed: { ...result.composed, document: undefined }, judged };
}
