// platform: commits offsets in the background, one request at a time, always the newest marks.
import { pauseDelayMs } from './retry-delay.ts';
import type { Timers } from './timers.ts';
import type { Subscription } from './transport.ts';
import type { OwnedPartition } from './work-items.ts';

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

  /** Commits whatever has risen and waits until it is durable (or, while closing, has failed). */
  async flush(): Promise<void> {
    await this.#running;
    this.kick();
    await this.#running;
  }

  async #commitAll(subscription: Subscription): Promise<void> {
    let attempt = 0;
    for (let marks = this.#risen(); marks.length > 0; marks = this.#risen()) {
      try {
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
