// fatturapa: a worker thread's program that shows one file after the other; see `show-file.ts`.
import { parentPort } from 'node:worker_threads';
import { showFile, type ShowJob } from './show-file.ts';

async function answer(job: ShowJob): Promise<void> {
  parentPort?.postMessage(await showFile(job), []);
}

parentPort?.on('message', (job: ShowJob) => void answer(job));
