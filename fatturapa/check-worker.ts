// fatturapa: a worker thread's program that does one job after the other; see `check-aside.ts` and `compose-aside.ts`.
import { parentPort } from 'node:worker_threads';
import { judgeAtOnce, type CheckJob } from './check-aside.ts';
import { composeAndJudge, type ComposeJob } from './compose-aside.ts';

function resultOf(job: CheckJob | ComposeJob) {
  return 'text' in job ? composeAndJudge(job) : judgeAtOnce(job.bytes, job.options);
}

parentPort?.on('message', (job: CheckJob | ComposeJob) => parentPort?.postMessage(resultOf(job), []));
