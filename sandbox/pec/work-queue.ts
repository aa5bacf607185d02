// sandbox: works jobs off in the background, a few at a time; what is not due yet, or failed, waits.
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Clock } from '@staffetta/platform/clock.ts';
import type { SandboxLog } from '../sandbox-log.ts';

/** How jobs are done. */
export interface WorkQueueOptions {
  /** Does a job as far as it can be done now; gives the instant from which it goes on, or undefined where it is done. */
  readonly work: (name: string) => Promise<Date | undefined>;
  /** What jobs wait for. */
  readonly clock: Clock;
  readonly log: SandboxLog;
  /** How many at once. */
  readonly atOnce: number;
}

/** The queue; it forgets all at its end, so that whoever fills it keeps the jobs. */
export interface WorkQueue {
  add(name: string): void;
  /** Begins nothing more and waits for what is in hand. */
  stop(): Promise<void>;
}

interface Waiting {
  /** By the queue's clock. */
  readonly due?: Date;
  /** By the machine's clock, for what failed: machines do not come back sooner because a clock is turned. */
  readonly againAtMs?: number;
}

const lookEveryMs = 100;
const toldAfter = 10;
const retryMs = { first: 250, most: 5000 } as const;

/**
 * Starts a queue.
 * @param options how jobs are done
 */
export function startWorkQueue(options: WorkQueueOptions): WorkQueue {
  return new Queue(options);
}

class Queue implements WorkQueue {
  readonly #options: WorkQueueOptions;
  readonly #timer: NodeJS.Timeout;
  readonly #inHand = new Set<Promise<void>>();
  readonly #waiting = new Map<string, Waiting>();
  readonly #failures = new Map<string, number>();
  // Sets keep the order in which things were put in.
  readonly #ready = new Set<string>();
  #isOver = false;

  constructor(options: WorkQueueOptions) {
    this.#options = options;
    this.#timer = setInterval(() => this.#look(), lookEveryMs);
  }

  add(name: string): void {
    this.#ready.add(name);
    this.#begin();
  }

  async stop(): Promise<void> {
    this.#isOver = true;
    clearInterval(this.#timer);
    await Promise.all(this.#inHand);
  }

  #look(): void {
    const [now, nowMs] = [this.#options.clock.now(), Date.now()];
    for (const [name, { due, againAtMs }] of this.#waiting) {
      if ((due !== undefined && due > now) || (againAtMs !== undefined && againAtMs > nowMs)) continue;
      this.#waiting.delete(name);
      this.#ready.add(name);
    }
    this.#begin();
  }

  #begin(): void {
    for (const name of this.#ready) {
      if (this.#isOver || this.#inHand.size >= this.#options.atOnce) return;
      this.#ready.delete(name);
      const done: Promise<void> = this.#do(name).finally(() => {
        this.#inHand.delete(done);
        this.#begin();
      });
      this.#inHand.add(done);
    }
  }

  async #do(name: string): Promise<void> {
    // A flood is worked off between the other things that the process does.
    await nextTurn();
    try {
      const due = await this.#options.work(name);
      this.#failures.delete(name);
      if (due !== undefined) this.#waiting.set(name, { due });
    } catch (error) {
      const failures = (this.#failures.get(name) ?? 0) + 1;
      this.#failures.set(name, failures);
      const waitMs = Math.min(retryMs.most, retryMs.first * 2 ** Math.min(failures - 1, 10));
      this.#waiting.set(name, { againAtMs: Date.now() + waitMs });
      const { log } = this.#options;
      // Once is a full mailbox or a server that is away; for long it is something to look at.
      if (failures === toldAfter) log.error({ err: error, name, failures }, 'sandbox.pec.stuck');
      else log.debug({ err: error, name, failures }, 'sandbox.pec.again');
    }
  }
}
