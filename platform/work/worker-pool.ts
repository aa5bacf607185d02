// platform: a few worker threads with a bounded queue, for work that would keep the event loop from its other duties.
import { HubError } from '@staffetta/flow/errors.ts';
import { Worker } from 'node:worker_threads';

/** What a pool is made of. */
export interface WorkerPoolOptions {
  /** The worker's program: it answers each message with one message, in turn, and may die of a job. */
  readonly script: URL;
  /** What a job is called in errors, for example `check of a document`. */
  readonly work: string;
  /** Threads at most; they start when they are needed. */
  readonly workersMax: number;
  /** Jobs that wait, besides those in hand; one more is refused. `Infinity` where the caller bounds them itself. */
  readonly queueMax: number;
  /** A job that is not begun after so long is refused, as if it had found the queue full; by default it waits. */
  readonly waitMsMax?: number;
  /** A job that takes longer ends with its worker. */
  readonly jobMsMax: number;
  /** MiB of the old generation of each worker's heap; a job that needs more ends with its worker. */
  readonly heapMibMax: number;
  /** A worker without a job ends after so long, so that a quiet service stays small. */
  readonly idleMs: number;
}

/** A pool of workers that turn a job into a result. */
export interface WorkerPool<J, R> {
  /**
   * Does one job.
   * @param job what can be cloned into another thread
   * @returns the worker's answer
   * @throws HubError TOO_MANY_REQUESTS where the queue is full or too slow, WORK_BROKE_OFF where the worker died or took too long,
   *   SERVICE_AWAY where the pool is closed
   */
  run(job: J): Promise<R>;
  /** Ends the workers; what is in hand or waits ends with an error. */
  close(): Promise<void>;
}

interface Task<J, R> {
  readonly job: J;
  readonly patience: NodeJS.Timeout | undefined;
  readonly resolve: (result: R) => void;
  readonly reject: (error: HubError) => void;
}

/** Whom a worker tells of its turns. */
interface WorkerHooks<J, R> {
  onFree(worker: PoolWorker<J, R>): void;
  /** It is about to end and takes no job any more. */
  onStopping(worker: PoolWorker<J, R>): void;
  onEnd(worker: PoolWorker<J, R>): void;
}

/** One thread and the job in its hand. */
class PoolWorker<J, R> {
  readonly #thread: Worker;
  readonly #options: WorkerPoolOptions;
  readonly #hooks: WorkerHooks<J, R>;
  #task: Task<J, R> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #whyEnded = 'its worker ended';
  #stopping = false;

  constructor(options: WorkerPoolOptions, hooks: WorkerHooks<J, R>) {
    this.#options = options;
    this.#hooks = hooks;
    // The process' own flags (an --import, a test runner's) are not for its workers. With a young generation of the usual size
    // one collection can overrun the limit of the old one, and V8 then ends the process instead of the worker.
    const resourceLimits = { maxOldGenerationSizeMb: options.heapMibMax, maxYoungGenerationSizeMb: 16 };
    this.#thread = new Worker(options.script, { execArgv: [], resourceLimits });
    this.#thread.on('message', (result: R) => this.#finish(result));
    this.#thread.on('error', (error) => this.#leave(error instanceof Error ? error.message : String(error)));
    this.#thread.once('exit', () => this.#end());
  }

  take(task: Task<J, R>): void {
    this.#task = task;
    this.#thread.ref();
    this.#setTimer(this.#options.jobMsMax, `it took longer than ${this.#options.jobMsMax} ms`);
    this.#thread.postMessage(task.job, []);
  }

  /** Waits for the next job, and for nothing else: an idle worker keeps no process alive. */
  rest(): void {
    this.#thread.unref();
    this.#setTimer(this.#options.idleMs, 'it was idle');
    this.#timer?.unref();
  }

  /** Whether it has a job in hand. */
  isBusy(): boolean {
    return this.#task !== undefined;
  }

  async stop(why: string): Promise<void> {
    this.#leave(why);
    await this.#thread.terminate();
  }

  /** A thread ends some time after it was told to: nobody may give it a job meanwhile. */
  #leave(why: string): void {
    this.#whyEnded = why;
    this.#stopping = true;
    this.#hooks.onStopping(this);
  }

  #setTimer(ms: number, why: string): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.stop(why), ms);
  }

  #finish(result: R): void {
    const task = this.#task;
    this.#task = undefined;
    task?.resolve(result);
    // The last result may come while its thread is being ended.
    if (!this.#stopping) this.#hooks.onFree(this);
  }

  #end(): void {
    clearTimeout(this.#timer);
    this.#task?.reject(new HubError('WORK_BROKE_OFF', `The ${this.#options.work} broke off: ${this.#whyEnded}.`));
    this.#task = undefined;
    this.#hooks.onEnd(this);
  }
}

class Pool<J, R> implements WorkerPool<J, R> {
  readonly #options: WorkerPoolOptions;
  readonly #queue: Task<J, R>[] = [];
  readonly #workers = new Set<PoolWorker<J, R>>();
  readonly #idle: PoolWorker<J, R>[] = [];
  /** Idle ones that are being ended: they do nothing, and others may start in their place. */
  readonly #leaving = new Set<PoolWorker<J, R>>();
  #closed = false;

  constructor(options: WorkerPoolOptions) {
    this.#options = options;
  }

  run(job: J): Promise<R> {
    const { work, workersMax, queueMax, waitMsMax = Infinity } = this.#options;
    if (this.#closed) return Promise.reject(new HubError('SERVICE_AWAY', `No ${work} is begun: the service stops.`));
    const free = this.#idle.length > 0 || this.#workers.size < workersMax;
    if (!free && this.#queue.length >= queueMax) {
      const waiting = `${this.#queue.length} wait for their turn already`;
      return Promise.reject(new HubError('TOO_MANY_REQUESTS', `No further ${work} can be taken now: ${waiting}.`));
    }
    return new Promise((resolve, reject) => {
      const patience = Number.isFinite(waitMsMax) ? setTimeout(() => this.#giveUp(task), waitMsMax) : undefined;
      const task: Task<J, R> = { job, patience, resolve, reject };
      this.#queue.push(task);
      this.#handOut();
    });
  }

  #giveUp(task: Task<J, R>): void {
    const place = this.#queue.indexOf(task);
    if (place < 0) return;
    this.#queue.splice(place, 1);
    const { work, waitMsMax } = this.#options;
    task.reject(
      new HubError('TOO_MANY_REQUESTS', `The ${work} was not begun within ${waitMsMax} ms: others are at it.`),
    );
  }

  async close(): Promise<void> {
    this.#closed = true;
    const stopped = new HubError('SERVICE_AWAY', `The ${this.#options.work} was not begun: the service stops.`);
    for (const { patience, reject } of this.#queue.splice(0)) {
      clearTimeout(patience);
      reject(stopped);
    }
    await Promise.all([...this.#workers, ...this.#leaving].map((worker) => worker.stop('the service stops')));
  }

  #handOut(): void {
    while (this.#queue.length > 0) {
      const worker = this.#idle.pop() ?? this.#start();
      if (!worker) return;
      const task = this.#queue.shift()!;
      clearTimeout(task.patience);
      worker.take(task);
    }
  }

  #start(): PoolWorker<J, R> | undefined {
    if (this.#workers.size >= this.#options.workersMax) return undefined;
    const worker = new PoolWorker<J, R>(this.#options, {
      onFree: (free) => this.#free(free),
      onStopping: (stopping) => this.#letGo(stopping),
      onEnd: (ended) => this.#forget(ended),
    });
    this.#workers.add(worker);
    return worker;
  }

  #free(worker: PoolWorker<J, R>): void {
    this.#idle.push(worker);
    worker.rest();
    this.#handOut();
  }

  #letGo(worker: PoolWorker<J, R>): void {
    const place = this.#idle.indexOf(worker);
    if (place >= 0) this.#idle.splice(place, 1);
    // One that hangs in a job keeps its place until it is gone: threads must not pile up.
    if (worker.isBusy()) return;
    this.#workers.delete(worker);
    this.#leaving.add(worker);
  }

  #forget(worker: PoolWorker<J, R>): void {
    this.#workers.delete(worker);
    this.#leaving.delete(worker);
    const place = this.#idle.indexOf(worker);
    if (place >= 0) this.#idle.splice(place, 1);
    this.#handOut();
  }
}

/**
 * Makes a pool; no thread is started before the first job.
 * @param options its program and its limits
 */
export function createWorkerPool<J, R>(options: WorkerPoolOptions): WorkerPool<J, R> {
  return new Pool(options);
}
