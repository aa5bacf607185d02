// fatturapa: small documents are checked at once, large ones in a worker thread, so that their caller goes on with its other duties.
import { capFindings } from './cap-findings.ts';
import { checkDocument, type CheckOptions, type DocumentCheck } from './check-document.ts';

/** What a worker needs for one check; it can be cloned into another thread. */
export interface CheckJob {
  readonly bytes: Uint8Array;
  readonly options: CheckOptions;
  /** See `capFindings`. */
  readonly findingsMax: number;
}

/** The worker's program; each message is a `CheckJob`, each answer its `DocumentCheck`. */
export const checkWorker = new URL('./check-worker.ts', import.meta.url);

/** Judges a document by its exact bytes, at once or aside. */
export type Judge = (bytes: Uint8Array, options: CheckOptions) => DocumentCheck | Promise<DocumentCheck>;

/**
 * Does a check and caps what it found. A check that itself fails is our own fault: it comes out as the error it is.
 * @param job the document and what is asked
 */
export function doCheck({ bytes, options, findingsMax }: CheckJob): DocumentCheck {
  const check = checkDocument(bytes, options);
  return { ...check, findings: capFindings(check.findings, findingsMax) };
}

/**
 * Makes a judge that keeps the caller's thread free of large documents.
 * @param limits the size in bytes above which a document is checked aside, and how many findings are kept
 * @param runAside does a job in a worker thread that runs `checkWorker`
 */
export function judgeBySize(
  limits: { readonly asideBytes: number; readonly findingsMax: number },
  runAside: (job: CheckJob) => Promise<DocumentCheck>,
): Judge {
  const { asideBytes, findingsMax } = limits;
  return (bytes, options) => {
    const job = { bytes, options, findingsMax };
    return bytes.length > asideBytes ? runAside(job) : doCheck(job);
  };
}
