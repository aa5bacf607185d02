// platform: a transport in memory for the tests of the consumer runtime alone; no face, and nothing that services may use.
import type { ConsumedEvent } from '../bus.ts';
import { systemTimers, type Timers } from './timers.ts';
import type { Place, Subscribe, Subscription, TransportListener } from '../transport.ts';

/** Timers whose waits between tries end almost at once; the graces of stop() (3 s and 20 s) stay. */
export const hastyTimers: Timers = {
  nowMs: () => systemTimers.nowMs(),
  random: Math.random,
  sleep: (ms, signal) => systemTimers.sleep(ms === 3000 || ms === 20_000 ? ms : Math.min(ms, 2), signal),
};

/** An event at a place. */
export function eventOf(partition: number, offset: number, key: string, bytes = 1): ConsumedEvent {
  const value = Buffer.alloc(bytes, 1);
  return { topic: 't', partition, offset: BigInt(offset), key, value, headers: {}, timestamp: new Date(0) };
}

/** A log of partitions in memory, one member, and a record of what it committed. */
export class MemoryTransport {
  readonly committed = new Map<number, bigint>();
  readonly commits: { readonly partition: number; readonly next: bigint }[] = [];
  /** Events that the runtime was given, and for which it has not yet said that there is room. */
  delivered = 0;
  /** Thrown by the next commits, one each. */
  readonly commitFailures: Error[] = [];
  closed = false;
  commitsAtOnceMax = 0;
  #commitsNow = 0;
  listener: TransportListener | undefined;

  subscribe: Subscribe = async (_group, _topic, _batchMax, listener): Promise<Subscription> => {
    this.listener = listener;
    return {
      commit: (marks) => this.#commit(marks),
      close: async () => {
        this.closed = true;
      },
    };
  };

  /** Feeds events in portions, each once the runtime has room. */
  async feed(events: readonly ConsumedEvent[], portion: number): Promise<void> {
    for (let at = 0; at < events.length && !this.closed; at += portion) {
      const some = events.slice(at, at + portion);
      this.delivered += some.length;
      await this.listener?.onEvents(some);
    }
  }

  async #commit(marks: readonly (Place & { readonly next: bigint })[]): Promise<void> {
    this.commitsAtOnceMax = Math.max(this.commitsAtOnceMax, ++this.#commitsNow);
    await new Promise((resolve) => setImmediate(resolve));
    this.#commitsNow--;
    const failure = this.commitFailures.shift();
    if (failure) throw failure;
    for (const { partition, next } of marks) {
      this.commits.push({ partition, next });
      this.committed.set(partition, next);
    }
  }
}
