// dbmanager: how it has documents judged: small ones at once, large ones by worker threads, so that heartbeats go on meanwhile.
import {
  checkWorker,
  judgeAtOnce,
  judgeBySize,
  type CheckJob,
  type Judge,
  type Judgement,
} from '@staffetta/fatturapa/check-aside.ts';
import type { CheckOptions } from '@staffetta/fatturapa/check-document.ts';
import type { Clock } from '@staffetta/platform/clock.ts';
import { checkWorkerLimits } from '@staffetta/platform/config/checking-settings.ts';
import { createWorkerPool } from '@staffetta/platform/work/worker-pool.ts';
import type { DbmanagerOptions } from './config.ts';
import type { InvoiceKind } from './invoices.ts';

/** Judges a document by its exact bytes, as what it came. */
export type Judging = (bytes: Uint8Array, kind: InvoiceKind) => Judgement | Promise<Judgement>;

/** Judging with the threads that it keeps. */
export interface OpenJudging {
  readonly judging: Judging;
  close(): Promise<void>;
}

type JudgingOptions = Pick<DbmanagerOptions, 'validation' | 'checking' | 'documentBytesMax'>;

/**
 * Says what is asked of each judgement, by the service's settings.
 * @param options what is checked and how strictly
 * @param clock tells the day by which dates and signatures are judged
 * @param judge does it; at once by default
 */
export function judgingWith(options: JudgingOptions, clock: Clock, judge: Judge = judgeAtOnce): Judging {
  const { validation, checking, documentBytesMax } = options;
  const { dummyTaxIds, findingsMax, trustAnchors } = checking;
  const always: Omit<CheckOptions, 'kind'> = {
    validation,
    dummyTaxIds,
    findingsMax,
    limits: { documentBytesMax, archiveBytesMax: documentBytesMax },
    ...(trustAnchors && { signatures: { trustAnchors } }),
  };
  return (bytes, kind) => judge(bytes, { ...always, kind, at: clock.now() });
}

/**
 * Opens judging with worker threads for large documents; they start with the first of them. Who hands in more than they can take
 * waits: a batch is bounded already.
 * @param options what is checked, and from which size aside
 * @param clock the clock
 */
export function openJudging(options: JudgingOptions, clock: Clock): OpenJudging {
  const { checking } = options;
  const limits = { ...checkWorkerLimits(checking), queueMax: Infinity };
  const pool = createWorkerPool<CheckJob, Judgement>({ script: checkWorker, ...limits });
  const judge = judgeBySize(checking.checkAsideBytes, (job) => pool.run(job));
  return { judging: judgingWith(options, clock, judge), close: () => pool.close() };
}
