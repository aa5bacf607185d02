// platform: keeps events that Kafka does not take as outbox rows, many callers in one statement, in the order of
// their calls.
import type { Store } from '../../store/store.ts';
import type { OutgoingEvent } from '../bus.ts';
import { insertRows, type OutboxOwner } from './outbox-rows.ts';

const statementBytesMax = 4 * 1024 * 1024;
const statementEventsMax = 500;

interface Waiting {
  readonly events: readonly OutgoingEvent[];
  resolve(): void;
  reject(error: unknown): void;
}

/** Writes rows outside of any caller's transaction; one statement at a time. */
export class OutboxKeeper {
  readonly #store: Store;
  readonly #mine: OutboxOwner;
  readonly #keepReferences: boolean;
  #waiting: Waiting[] = [];
  #running: Promise<void> | undefined;

  constructor(store: Store, mine: OutboxOwner, keepReferences: boolean) {
    this.#store = store;
    this.#mine = mine;
    this.#keepReferences = keepReferences;
  }

  /** Makes events durable as rows. @throws HubError DATABASE_AWAY */
  keep(events: readonly OutgoingEvent[]): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ events, resolve, reject });
      this.#running ??= this.#run();
    });
  }

  /** Waits until nothing is being written. */
  async idle(): Promise<void> {
    while (this.#running) await this.#running;
  }

  async #run(): Promise<void> {
    // One turn of the loop lets callers of the same moment share the statement.
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      const some = this.#some();
      try {
        await insertRows(
          this.#store,
          this.#mine,
          some.flatMap((one) => one.events),
          this.#keepReferences,
        );
        for (const one of some) one.resolve();
      } catch (error) {
        for (const one of some) one.reject(error);
      }
    }
    this.#running = undefined;
  }

  #some(): Waiting[] {
    let [count, bytes, events] = [0, 0, 0];
    for (const one of this.#waiting) {
      bytes += one.events.reduce((sum, event) => sum + event.value.length, 0);
      events += one.events.length;
      if (count > 0 && (bytes > statementBytesMax || events > statementEventsMax)) break;
      count++;
    }
    return this.#waiting.splice(0, count);
  }
}
