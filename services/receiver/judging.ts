// receiver: how it checks documents for those who only ask: small ones at once, large ones by worker threads with a bounded queue.
import { checkWorker, judgeBySize, type CheckJob, type Judgement } from '@staffetta/fatturapa/check-aside.ts';
import type { CheckOptions } from '@staffetta/fatturapa/check-document.ts';
import type { Clock } from '@staffetta/platform/clock.ts';
import { checkWorkerLimits } from '@staffetta/platform/config/checking-settings.ts';
import { createWorkerPool } from '@staffetta/platform/work/worker-pool.ts';
import type { ReceiverOptions } from './config.ts';

/** Judges files, with the threads that it keeps. */
export interface OpenJudging {
  /**
   * Judges a file by its exact bytes.
   * @throws HubError TOO_MANY_REQUESTS where too many large ones wait, WORK_BROKE_OFF where the judgement could not be done
   */
  judge(bytes: Uint8Array, kind: CheckOptions['kind']): Promise<Judgement>;
  close(): Promise<void>;
}

/**
 * Opens judging; the threads start with the first large document.
 * @param options how strictly, and from which size aside
 * @param clock tells the day by which dates and signatures are judged
 */
export function openJudging(
  options: Pick<ReceiverOptions, 'checking' | 'checkQueueMax' | 'checkAnswerMs' | 'documentBytesMax'>,
  clock: Clock,
): OpenJudging {
  const { checking, checkQueueMax: queueMax, checkAnswerMs, documentBytesMax } = options;
  const { dummyTaxIds, findingsMax, trustAnchors, checkAsideBytes } = checking;
  const limits = checkWorkerLimits(checking);
  const waitMsMax = checkAnswerMs / 3;
  const jobMsMax = Math.min(limits.jobMsMax, checkAnswerMs - waitMsMax);
  const pool = createWorkerPool<CheckJob, Judgement>({ script: checkWorker, ...limits, queueMax, waitMsMax, jobMsMax });
  const judge = judgeBySize(checkAsideBytes, (job) => pool.run(job));
  const always: Omit<CheckOptions, 'kind'> = {
    validation: 'document',
    dummyTaxIds,
    findingsMax,
    limits: { documentBytesMax, archiveBytesMax: documentBytesMax },
    ...(trustAnchors && { signatures: { trustAnchors } }),
  };
  return {
    judge: async (bytes, kind) => judge(bytes, { ...always, kind, at: clock.now() }),
    close: () => pool.close(),
  };
}
