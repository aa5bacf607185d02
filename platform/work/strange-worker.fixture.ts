// platform: a worker for tests that does its work, or dies of it in every way.
import { parentPort, threadId } from 'node:worker_threads';

/** What the worker is told to do with a number. */
export interface StrangeJob {
  readonly does: 'double' | 'tellThread' | 'throw' | 'exit' | 'hang' | 'eat';
  readonly n: number;
}

const ways: Readonly<Record<StrangeJob['does'], (n: number) => number>> = {
  double: (n) => n * 2,
  tellThread: () => threadId,
  throw() {
    throw new Error('told to');
  },
  exit: () => process.exit(3),
  hang() {
    for (;;) Math.sqrt(2);
  },
  eat() {
    const eaten: string[][] = [];
    for (;;) eaten.push(Array.from({ length: 10_000 }, (_, n) => `${n}-${eaten.length}`));
  },
};

parentPort?.on('message', ({ does, n }: StrangeJob) => parentPort?.postMessage(ways[does](n), []));
