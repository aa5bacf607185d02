// platform: commits offsets in the background, one request at a time and few a second, always the newest marks.
import { pauseDelayMs } from './retry-delay.ts';
import type { Timers } from './timers.ts';
import type { Subscription } from '../transport.ts';
import type { OwnedPartition } from './work-items.ts';

/**
 * The least time between two commits: each is a write in the log (8 ms on Kafka) or a transaction. What was handled within it is
 * handed over again after a crash, as whatever was in hand then.
 */
const commitEveryMs = 200;

interface Mark {
  readonly owner: OwnedPartition;
  readonly next: bigint;
}

/** Commits what is finished of the partitions that are ours. */
export class Committer {
  readonly #owned: () => Iterable<OwnedPartition>;
  readonly #timers: Timers;
  readonly #closing: AbortSignal;
  #subscription: Subscription | undefined;
  #running: Promise<void> = Promise.resolve();
  #busy = false;
  #lastMs = Number.NEGATIVE_INFINITY;
  #hurry = new AbortController();

  /**
   * @param owned the partitions that are ours now
   * @param timers for the waits after a failed commit
   * @param closing once aborted, a failed commit is not tried again
   */
  constructor(owned: () => Iterable<OwnedPartition>, timers: Timers, closing: AbortSignal) {
    this.#owned = owned;
    this.#timers = timers;
    this.#closing = closing;
  }

  /** Gives the way to commit, once the face has joined the group. */
  use(subscription: Subscription): void {
    this.#subscription = subscription;
    this.kick();
  }

  /** Commits soon whatever has risen. */
  kick(): void {
    if (this.#busy || !this.#subscription) return;
    this.#busy = true;
    this.#running = this.#commitAll(this.#subscription);
  }

  /** Commits at once whatever has risen and waits until it is durable (or, while closing, has failed). */
  async flush(): Promise<void> {
    this.#hurry.abort();
    await this.#running;
    this.kick();
    await this.#running;
    this.#hurry = new AbortController();
  }

  async #commitAll(subscription: Subscription): Promise<void> {
    let attempt = 0;
    for (;;) {
      await this.#gather();
      const marks = this.#risen();
      if (marks.length === 0) break;
      try {
        this.#lastMs = this.#timers.nowMs();
        await subscription.commit(marks.map(({ owner, next }) => ({ ...placeOf(owner), next })));
        for (const { owner, next } of marks) owner.marks.committed(next);
        attempt = 0;
      } catch {
        // What is not committed is delivered again later, so a failed commit loses nothing; the newest marks follow.
        if (this.#closing.aborted) break;
        await this.#timers.sleep(pauseDelayMs(++attempt, this.#timers.random()), this.#closing);
      }
    }
    this.#busy = false;
  }

  /** Waits until the last commit is some time ago, or somebody waits for this one. */
  async #gather(): Promise<void> {
    const waitMs = this.#lastMs + commitEveryMs - this.#timers.nowMs();
    if (waitMs > 0 && this.#risen().length > 0) await this.#timers.sleep(waitMs, this.#hurry.signal);
  }

  #risen(): Mark[] {
    const marks: Mark[] = [];
    for (const owner of this.#owned()) {
      const next = owner.marks.mark();
      if (next !== undefined) marks.push({ owner, next });
    }
    return marks;
  }
}

function placeOf(owner: OwnedPartition): { topic: string; partition: number } {
  return { topic: owner.topic, partition: owner.partition };
}
