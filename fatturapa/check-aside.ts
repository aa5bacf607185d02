// fatturapa: small documents are checked at once, large ones in a worker thread, so that their caller goes on with its other duties.
import { checkDocument, type CheckedDocument, type CheckOptions, type DocumentCheck } from './check-document.ts';
import { storableFindings } from './storable-findings.ts';

/** A judgement as it is kept and told: without the documents' bytes and contents, and with findings that can be stored. */
export interface Judgement extends Omit<DocumentCheck, 'documents'> {
  readonly documents: readonly Omit<CheckedDocument, 'xml' | 'right'>[];
}

/** What a worker needs for one check; it can be cloned into another thread. */
export interface CheckJob {
  readonly bytes: Uint8Array;
  readonly options: CheckOptions;
}

/** Judges a document by its exact bytes, at once or aside. */
export type Judge = (bytes: Uint8Array, options: CheckOptions) => Judgement | Promise<Judgement>;

/** The worker's program; each message is a `CheckJob` or a `ComposeJob`, each answer its `Judgement` or `ComposeResult`. */
export const checkWorker = new URL('./check-worker.ts', import.meta.url);

/**
 * Does a check.
 * @param bytes the file, as it came
 * @param options what is asked
 */
export function judgeAtOnce(bytes: Uint8Array, options: CheckOptions): Judgement {
  const { documents, findings, ...check } = checkDocument(bytes, options);
  return {
    ...check,
    findings: storableFindings(findings),
    documents: documents.map(({ xml: _xml, right: _right, ...document }) => document),
  };
}

/**
 * Makes a judge that keeps the caller's thread free of large documents.
 * @param asideBytes the size in bytes above which a document is checked aside
 * @param runAside does a job in a worker thread that runs `checkWorker`
 */
export function judgeBySize(asideBytes: number, runAside: (job: CheckJob) => Promise<Judgement>): Judge {
  return (bytes, options) => (bytes.length > asideBytes ? runAside({ bytes, options }) : judgeAtOnce(bytes, options));
}
