// fatturapa: a worker thread's program that checks one document after the other; see `check-aside.ts`.
import { parentPort } from 'node:worker_threads';
import { judgeAtOnce, type CheckJob } from './check-aside.ts';

parentPort?.on('message', ({ bytes, options }: CheckJob) => parentPort?.postMessage(judgeAtOnce(bytes, options), []));
