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
import type { ComposeJob, ComposeResult } from '@staffetta/fatturapa/compose-aside.ts';
import type { Clock } from '@staffetta/platform/clock.ts';
import {
  askedWorkerLimits,
  checkWorkerLimits,
  commonCheckOptions,
} from '@staffetta/platform/config/checking-settings.ts';
import { viewOf } from '@staffetta/platform/config/live-settings.ts';
import { createWorkerPool, type WorkerPoolOptions } from '@staffetta/platform/work/worker-pool.ts';
import { HubError } from '@staffetta/flow/errors.ts';
import type { DbmanagerOptions } from './config.ts';
import type { InvoiceKind } from './invoices.ts';

/** Makes files of large JSON documents and judges them, in worker threads. */
export interface ComposingAside {
  /** From more than so many bytes of JSON. */
  readonly aboveBytes: number;
  run(job: Omit<ComposeJob, 'check'>): Promise<ComposeResult>;
}

/** Judges documents. */
export interface Judging {
  /** Judges a document by its exact bytes, as what it came; `name` is the one that it was handed in with. */
  (bytes: Uint8Array, kind: InvoiceKind, name?: string): Judgement | Promise<Judgement>;
  /** Absent where everything is done at once. */
  readonly aside?: ComposingAside;
}

/** Judging with the threads that it keeps. */
export interface OpenJudging {
  readonly judging: Judging;
  close(): Promise<void>;
}

type JudgingOptions = Pick<DbmanagerOptions, 'validation' | 'checking' | 'documentBytesMax'>;

/** What is asked of each judgement, by the service's settings. */
function asking(options: JudgingOptions, clock: Clock) {
  return (kind: InvoiceKind, name?: string): CheckOptions => {
    const { validation, checking, documentBytesMax } = options;
    const named = name !== undefined && { name };
    return { validation, ...commonCheckOptions(checking, documentBytesMax), kind, at: clock.now(), ...named };
  };
}

/**
 * Says what is asked of each judgement, by the service's settings.
 * @param options what is checked and how strictly
 * @param clock tells the day by which dates and signatures are judged
 * @param judge does it; at once by default
 */
export function judgingWith(options: JudgingOptions, clock: Clock, judge: Judge = judgeAtOnce): Judging {
  const asked = asking(options, clock);
  return (bytes, kind, name) => judge(bytes, asked(kind, name));
}

function wrongResult(): HubError {
  return new HubError('WORK_BROKE_OFF', 'The check of a document broke off: its worker answered something else.');
}

function openWith(options: JudgingOptions, clock: Clock, limits: () => Omit<WorkerPoolOptions, 'script'>): OpenJudging {
  const asked = asking(options, clock);
  const pool = createWorkerPool<CheckJob | ComposeJob, Judgement | ComposeResult>(
    viewOf(() => ({ script: checkWorker, ...limits() })),
  );
  const runAside = async (job: CheckJob): Promise<Judgement> => {
    const result = await pool.run(job);
    if ('composed' in result) throw wrongResult();
    return result;
  };
  const judge: Judge = (bytes, check) => judgeBySize(options.checking.checkAsideBytes, runAside)(bytes, check);
  const aside: ComposingAside = {
    get aboveBytes() {
      return options.checking.checkAsideBytes;
    },
    async run(job) {
      const result = await pool.run({ ...job, check: asked('internal') });
      if (!('composed' in result)) throw wrongResult();
      return result;
    },
  };
  const judging: Judging = Object.assign(judgingWith(options, clock, judge), { aside });
  return { judging, close: () => pool.close() };
}

/**
 * Opens judging with worker threads for large documents, by options that are read at each judgement; they start with the first of them. Who hands in more than they can take
 * waits: a batch is bounded already.
 * @param options what is checked, and from which size aside
 * @param clock the clock
 */
export function openJudging(options: JudgingOptions, clock: Clock): OpenJudging {
  return openWith(options, clock, () => ({ ...checkWorkerLimits(options.checking), queueMax: Infinity }));
}

/**
 * Opens judging for those who only ask, with threads and a bounded queue of its own: no question waits before an invoice that is to
 * be sent. The document is always checked, whatever is asked of those that are stored.
 * @param options how strictly, from which size aside, and how many may wait
 * @param clock the clock
 */
export function openAskedJudging(options: Omit<JudgingOptions, 'validation'>, clock: Clock): OpenJudging {
  const strict = viewOf((): JudgingOptions => ({ ...options, validation: 'document' }));
  return openWith(strict, clock, () => askedWorkerLimits(options.checking));
}
