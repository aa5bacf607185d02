// receiver: how it checks documents for those who only ask: small ones at once, large ones by worker threads with a bounded queue.
import { checkWorker, judgeBySize, type CheckJob, type Judgement } from '@staffetta/fatturapa/check-aside.ts';
import type { CheckOptions } from '@staffetta/fatturapa/check-document.ts';
import type { Clock } from '@staffetta/platform/clock.ts';
import { askedWorkerLimits, commonCheckOptions } from '@staffetta/platform/config/checking-settings.ts';
import { viewOf } from '@staffetta/platform/config/live-settings.ts';
import { createWorkerPool } from '@staffetta/platform/work/worker-pool.ts';
import type { ReceiverOptions } from './config.ts';

/** Judges files, with the threads that it keeps. */
export interface OpenJudging {
  /**
   * Judges a file by its exact bytes.
   * @param name the name that it was handed in with, if any
   * @throws HubError TOO_MANY_REQUESTS where too many large ones wait, WORK_BROKE_OFF where the judgement could not be done
   */
  judge(bytes: Uint8Array, kind: CheckOptions['kind'], name?: string): Promise<Judgement>;
  close(): Promise<void>;
}

/**
 * Opens judging; the threads start with the first large document.
 * @param options how strictly, and from which size aside; read at each judgement
 * @param clock tells the day by which dates and signatures are judged
 */
export function openJudging(
  options: Pick<ReceiverOptions, 'checking' | 'documentBytesMax'>,
  clock: Clock,
): OpenJudging {
  const limits = viewOf(() => ({ script: checkWorker, ...askedWorkerLimits(options.checking) }));
  const pool = createWorkerPool<CheckJob, Judgement>(limits);
  return {
    judge: async (bytes, kind, name) => {
      const { checking, documentBytesMax } = options;
      const judge = judgeBySize(checking.checkAsideBytes, (job) => pool.run(job));
      const asked = { validation: 'document', ...commonCheckOptions(checking, documentBytesMax) } as const;
      return judge(bytes, { ...asked, kind, at: clock.now(), ...(name !== undefined && { name }) });
    },
    close: () => pool.close(),
  };
}
