// platform: removes outbox rows whose events are in the log, in batches and in the background.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Store } from '../../store/store.ts';
import { deleteRows } from './outbox-rows.ts';

const gatherMs = 100;
const againMs = 1000;
const rowsMax = 2000;
/** Beyond this the oldest are forgotten: their rows are sent once more by a later process, which the inboxes absorb. */
const waitingMax = 200_000;

/** Deletes rows soon, one statement at a time. */
export class OutboxDeleter {
  readonly #store: Store;
  readonly #onTrouble: (what: string, error: unknown) => void;
  #ids: number[] = [];
  #running: Promise<void> | undefined;
  #closing = false;

  constructor(store: Store, onTrouble: (what: string, error: unknown) => void) {
    this.#store = store;
    this.#onTrouble = onTrouble;
  }

  /** Takes the ids of rows to delete. */
  add(ids: readonly number[]): void {
    for (const id of ids) this.#ids.push(id);
    if (this.#ids.length > waitingMax) this.#ids = this.#ids.slice(-waitingMax);
    this.#running ??= this.#run();
  }

  async #run(): Promise<void> {
    while (this.#ids.length > 0) {
      if (!this.#closing) await sleep(gatherMs);
      const some = this.#ids.splice(0, rowsMax);
      try {
        await deleteRows(this.#store, some);
      } catch (error) {
        this.#onTrouble('Deleting outbox rows of events that were sent', error);
        if (this.#closing) break;
        this.#ids.unshift(...some);
        await sleep(againMs);
      }
    }
    this.#running = undefined;
  }

  /** Deletes what is waiting, trying once. */
  async close(): Promise<void> {
    this.#closing = true;
    await this.#running;
  }
}
