// platform: events that arrived and wait for their batch, bounded in number and bytes.
import type { WorkItem } from './work-items.ts';

/** How large a batch may be, and how much may be parked of one partition before it is read no further. */
export const runtimeLimits = {
  batchBytesMax: 16 * 1024 * 1024,
  parkedCountMax: 1000,
  parkedBytesMax: 32 * 1024 * 1024,
} as const;

/** Events in the order in which they will be handed over. */
export class ReadyQueue {
  #items: WorkItem[] = [];
  #first = 0;
  #bytes = 0;
  readonly #batchMax: number;

  /** @param batchMax events in a batch; a full batch waits here while another is in hand, and then there is no room */
  constructor(batchMax: number) {
    this.#batchMax = Math.max(1, batchMax);
  }

  /** Whether more events may be read. */
  hasRoom(): boolean {
    return this.#items.length - this.#first < this.#batchMax && this.#bytes < runtimeLimits.batchBytesMax;
  }

  /** Adds events that arrived. */
  push(items: readonly WorkItem[]): void {
    for (const item of items) this.#add(item);
  }

  /** Puts events before all others (they waited for an earlier one of their key). */
  unshift(items: readonly WorkItem[]): void {
    if (items.length === 0) return;
    const rest = this.#items.slice(this.#first);
    this.#clear();
    this.push(items);
    this.push(rest);
  }

  /**
   * Takes the next batch.
   * @param wanted false for an event that is not to be handed over now; the caller has taken care of it
   */
  take(wanted: (item: WorkItem) => boolean): WorkItem[] {
    const batch: WorkItem[] = [];
    let bytes = 0;
    for (let item = this.#items[this.#first]; item !== undefined; item = this.#items[this.#first]) {
      const size = item.event.value.length;
      const full = batch.length >= this.#batchMax || bytes + size > runtimeLimits.batchBytesMax;
      if (full && batch.length > 0) break;
      this.#first++;
      this.#bytes -= size;
      if (!wanted(item)) continue;
      batch.push(item);
      bytes += size;
    }
    this.#compact();
    return batch;
  }

  /** Forgets the events of partitions that are gone. */
  forgetGone(): void {
    const kept = this.#items.slice(this.#first).filter((item) => !item.owner.gone);
    this.#clear();
    this.push(kept);
  }

  #add(item: WorkItem): void {
    this.#items.push(item);
    this.#bytes += item.event.value.length;
  }

  #clear(): void {
    this.#items = [];
    this.#first = 0;
    this.#bytes = 0;
  }

  #compact(): void {
    if (this.#first === 0) return;
    this.#items = this.#items.slice(this.#first);
    this.#first = 0;
  }
}
