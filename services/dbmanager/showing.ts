// dbmanager: has invoices laid out by worker threads, a few at a time, so that a long print holds up nothing else.
import { showWorker, type ShowAnswer, type ShowJob } from '@staffetta/fatturapa/show/show-file.ts';
import { viewOf } from '@staffetta/platform/config/live-settings.ts';
import { createWorkerPool, type WorkerPool } from '@staffetta/platform/work/worker-pool.ts';
import type { ShowOptions } from './show-settings.ts';

const heapMibMax = 768;
const idleMs = 60_000;

/** Does jobs of showing. */
export type Showing = WorkerPool<ShowJob, ShowAnswer>;

/**
 * Opens showing; no thread starts before the first job.
 * @param options how many at a time, how many wait, how long one may take; read at each job
 */
export function openShowing(options: ShowOptions): Showing {
  const limits = viewOf(() => ({
    script: showWorker,
    work: 'view of an invoice',
    workersMax: options.showConcurrency,
    queueMax: options.showQueueMax,
    jobMsMax: options.showTimeoutMs,
    heapMibMax,
    idleMs,
  }));
  return createWorkerPool<ShowJob, ShowAnswer>(limits);
}
