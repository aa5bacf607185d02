// fatturapa: a worker thread's program that checks one document after the other; see `check-aside.ts`.
import { parentPort } from 'node:worker_threads';
import { doCheck, type CheckJob } from './check-aside.ts';

parentPort?.on('message', (job: CheckJob) => parentPort?.postMessage(doCheck(job), []));
