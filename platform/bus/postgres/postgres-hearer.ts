// platform: hears a topic of the Postgres face from now on, outside of any group: it remembers its place itself.
import type { Store } from '../../store/store.ts';
import type { ConsumedEvent, Hearing } from '../bus.ts';
import { WakeSignal } from '../runtime/wake-signal.ts';
import { readEnds, readEvents, type ReadPosition } from './postgres-log.ts';

/** How often it looks by itself, where a notification was lost. */
const pollMs = 5000;
const awayDelayMs = 500;
const countMax = 100;
const bytesMax = 1024 * 1024;

/** What a hearer is made of. */
export interface HearerParts {
  readonly store: Store;
  readonly topic: string;
  readonly onEvent: (event: ConsumedEvent) => void;
  /** Makes sure that the topic is there. */
  readonly ensure: () => Promise<void>;
  readonly onTrouble: (error: unknown) => void;
  /** Called once it has ended. */
  readonly onStopped: (hearer: PostgresHearer) => void;
}

/** Hears one topic until it is stopped; goes on by itself where it was when the database was away. */
export class PostgresHearer implements Hearing {
  readonly #parts: HearerParts;
  readonly #next = new Map<number, bigint>();
  readonly #bell = new WakeSignal();
  readonly #begun = Promise.withResolvers<void>();
  readonly #loop: Promise<void>;
  #stopped = false;

  constructor(parts: HearerParts) {
    this.#parts = parts;
    this.#loop = this.#hearForEver();
  }

  get begun(): Promise<void> {
    return this.#begun.promise;
  }

  /** There are new events of this topic. */
  wake(topic: string): void {
    if (topic === this.#parts.topic) this.#bell.wake();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#bell.wake();
    await this.#loop;
    this.#begun.resolve();
    this.#parts.onStopped(this);
  }

  async #hearForEver(): Promise<void> {
    while (!this.#stopped) {
      let waitMs = awayDelayMs;
      try {
        if (this.#next.size === 0) await this.#begin();
        const count = await this.#hear();
        waitMs = count > 0 ? 0 : pollMs;
      } catch (error) {
        if (!this.#stopped) this.#parts.onTrouble(error);
      }
      if (waitMs > 0 && !this.#stopped) await this.#bell.wait(waitMs);
    }
  }

  async #begin(): Promise<void> {
    const { store, topic, ensure } = this.#parts;
    await ensure();
    for (const { partition, next } of await readEnds(store, topic)) this.#next.set(partition, next);
    this.#begun.resolve();
  }

  async #hear(): Promise<number> {
    const { store, topic, onEvent } = this.#parts;
    const from: ReadPosition[] = [...this.#next].map(([partition, next]) => ({ partition, next }));
    const events = [...(await readEvents(store, topic, from, countMax, bytesMax)).values()].flat();
    for (const event of events) {
      this.#next.set(event.partition, event.offset + 1n);
      if (!this.#stopped) onEvent(event);
    }
    return events.length;
  }
}
