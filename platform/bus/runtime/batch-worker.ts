// platform: hands batches to the handler, one at a time, and decides about each event: done, try again, wait, or set aside.
import type { ConsumedEvent, ConsumeOptions } from '../bus.ts';
import { againAfterMs, verdictOn } from '../failure-kinds.ts';
import { Parking } from './parking.ts';
import { ReadyQueue } from './ready-queue.ts';
import { pauseDelayMs, retryDelayMs } from './retry-delay.ts';
import type { Timers } from './timers.ts';
import { WakeSignal } from './wake-signal.ts';
import { notePark, noteUnpark, type WorkItem } from './work-items.ts';

/** What the worker is given. */
export interface WorkerParts {
  readonly options: ConsumeOptions;
  readonly timers: Timers;
  /** Takes over an event that is given up. */
  readonly setAside: (item: WorkItem, error: unknown) => void;
  /** Called whenever there may be room for more events and marks may have risen. */
  readonly onProgress: () => void;
  /** Aborted: nothing new is handed over, no wait goes on. */
  readonly stopping: AbortSignal;
  /** Handed to the handler; aborted: what the handler says about failures counts no more. */
  readonly abort: AbortSignal;
}

type FailureMap = ReadonlyMap<string, unknown>;

/** The loop between the queue and the handler. */
export class BatchWorker {
  readonly ready: ReadyQueue;
  readonly #parts: WorkerParts;
  readonly #parking = new Parking<WorkItem>();
  readonly #bell = new WakeSignal();
  #boundaryWaiters: (() => void)[] = [];
  #inHand = false;
  #pause: { readonly error: unknown } | undefined;
  #waits = false;
  #retryTurn = false;

  constructor(parts: WorkerParts) {
    this.#parts = parts;
    this.ready = new ReadyQueue(parts.options.batchMax);
  }

  /** Why it stands still, if it does. */
  get pauseReason(): { readonly error: unknown } | undefined {
    return this.#pause;
  }

  /** There is something new to look at. */
  wake(): void {
    this.#bell.wake();
  }

  /** Forgets the queued and parked events of partitions that are gone. */
  forgetGone(): void {
    this.ready.forgetGone();
    this.#parking.forget((item) => item.owner.gone);
  }

  /** Resolves once no batch is in hand, or the one in hand only waits for a part that is away. */
  boundary(): Promise<void> {
    if (!this.#inHand || this.#waits) return Promise.resolve();
    return new Promise((resolve) => this.#boundaryWaiters.push(resolve));
  }

  /** Works until `stopping`; resolves once the batch in hand has ended. */
  async run(): Promise<void> {
    const { stopping, onProgress } = this.#parts;
    while (!stopping.aborted) {
      const batch = this.#nextBatch();
      onProgress();
      if (batch.length === 0) {
        await this.#bell.wait(this.#untilNextDueMs());
        continue;
      }
      this.#inHand = true;
      await this.#handOver(batch);
      this.#inHand = false;
      this.#reachBoundary();
      onProgress();
    }
  }

  #reachBoundary(): void {
    for (const tell of this.#boundaryWaiters.splice(0)) tell();
  }

  #untilNextDueMs(): number | undefined {
    const dueMs = this.#parking.nextDueMs();
    return dueMs === undefined ? undefined : Math.max(0, dueMs - this.#parts.timers.nowMs());
  }

  /** Retries and new events take turns, so that neither starves the other. */
  #nextBatch(): WorkItem[] {
    const { timers, options } = this.#parts;
    const retries = (): WorkItem[] => this.#parking.takeDue(timers.nowMs(), options.batchMax);
    const fresh = (): WorkItem[] => this.ready.take((item) => this.#wanted(item));
    this.#retryTurn = !this.#retryTurn;
    const [first, second] = this.#retryTurn ? [retries, fresh] : [fresh, retries];
    const batch = first();
    return batch.length > 0 ? batch : second();
  }

  /** Whether an event may be handed over now; one whose key is held waits behind the failed one. */
  #wanted(item: WorkItem): boolean {
    if (item.owner.gone) return false;
    if (!this.#parking.holds(item.lane)) return true;
    notePark(item);
    this.#parking.waitBehind(item.lane, item);
    return false;
  }

  async #handOver(batch: readonly WorkItem[]): Promise<void> {
    const { abort, stopping } = this.#parts;
    let items = batch.filter((item) => !item.owner.gone);
    for (let attempt = 1; items.length > 0; attempt++) {
      const { failed, threw } = await this.#tryBatch(items);
      if (abort.aborted) return this.#finishAll(threw ? [] : items, failed);
      if (threw && verdictOn(threw.error) !== 'wait') return this.#threw(items, threw.error);
      const away = threw ?? firstAway(failed);
      if (!away) {
        this.#goOn();
        return this.#settle(items, failed);
      }
      if (!threw) items = this.#settleAllButWaiting(items, failed);
      await this.#pauseFor(away.error, attempt);
      if (stopping.aborted) return;
      items = items.filter((item) => !item.owner.gone);
    }
    this.#goOn();
  }

  async #tryBatch(items: readonly WorkItem[]): Promise<{ failed: FailureMap; threw?: { readonly error: unknown } }> {
    const { options, abort } = this.#parts;
    try {
      const events = items.map((item) => item.event);
      const answer = (await options.handle(events, abort)) ?? [];
      return { failed: new Map(answer.map(({ event, error }) => [placeKey(event), error])) };
    } catch (error) {
      return { failed: new Map(), threw: { error } };
    }
  }

  async #threw(items: readonly WorkItem[], error: unknown): Promise<void> {
    this.#goOn();
    const [first] = items;
    if (items.length === 1 && first) return this.#settle(items, new Map([[placeKey(first.event), error]]));
    await this.#handOverSingly(items);
  }

  async #handOverSingly(items: readonly WorkItem[]): Promise<void> {
    const { abort, stopping } = this.#parts;
    for (const item of items) {
      if (abort.aborted || (stopping.aborted && this.#pause)) return;
      // A head that is tried again holds its own lane; anything else of a held lane waits behind its head.
      if (item.parked || this.#wanted(item)) await this.#handOver([item]);
    }
  }

  #settle(items: readonly WorkItem[], failed: FailureMap): void {
    const parkedNow = new Set<string>();
    for (const item of items) {
      const key = placeKey(item.event);
      if (!failed.has(key)) this.#finish(item);
      // The handler left it out because the one before it failed: that is no try of its own.
      else if (parkedNow.has(item.lane) && verdictOn(failed.get(key)) === 'retry') this.#park(item, 0);
      else this.#fail(item, failed.get(key), parkedNow);
    }
  }

  #settleAllButWaiting(items: readonly WorkItem[], failed: FailureMap): WorkItem[] {
    const waits = (item: WorkItem): boolean => {
      const key = placeKey(item.event);
      return failed.has(key) && verdictOn(failed.get(key)) === 'wait';
    };
    this.#settle(
      items.filter((item) => !waits(item)),
      failed,
    );
    return items.filter(waits);
  }

  #finishAll(items: readonly WorkItem[], failed: FailureMap): void {
    for (const item of items) if (!failed.has(placeKey(item.event))) this.#finish(item);
  }

  #finish(item: WorkItem): void {
    item.ticket.done = true;
    this.#release(item);
  }

  #release(item: WorkItem): void {
    noteUnpark(item);
    const behind = this.#parking.settled(item.lane, item);
    for (const next of behind) noteUnpark(next);
    this.ready.unshift(behind);
  }

  #fail(item: WorkItem, error: unknown, parkedNow: Set<string>): void {
    const laterMs = againAfterMs(error);
    if (laterMs !== undefined) {
      parkedNow.add(item.lane);
      return this.#park(item, laterMs);
    }
    item.tries++;
    const { options, timers } = this.#parts;
    const { deadLetters = true, retry } = options;
    const last = verdictOn(error) === 'giveUp' || item.tries >= retry.tries;
    if (deadLetters && last) return this.#giveUp(item, error);
    parkedNow.add(item.lane);
    this.#park(item, retryDelayMs(retry, item.tries, timers.random()));
  }

  #park(item: WorkItem, delayMs: number): void {
    if (item.owner.gone) return;
    notePark(item);
    this.#parking.park(item.lane, item, this.#parts.timers.nowMs() + delayMs);
  }

  #giveUp(item: WorkItem, error: unknown): void {
    this.#release(item);
    if (item.owner.gone) return;
    notePark(item);
    this.#parts.setAside(item, error);
  }

  async #pauseFor(error: unknown, attempt: number): Promise<void> {
    const { options, timers, stopping } = this.#parts;
    const first = this.#pause === undefined;
    this.#pause = { error };
    if (first) options.onPause?.(error);
    // Only now, not during the next attempt: what the handler has in hand then must end before a handover.
    this.#waits = true;
    this.#reachBoundary();
    await timers.sleep(pauseDelayMs(attempt, timers.random()), stopping);
    this.#waits = false;
  }

  #goOn(): void {
    if (!this.#pause) return;
    this.#pause = undefined;
    this.#parts.options.onPause?.(undefined);
  }
}

function placeKey(event: ConsumedEvent): string {
  return `${event.partition}/${event.offset}`;
}

function firstAway(failed: FailureMap): { readonly error: unknown } | undefined {
  for (const error of failed.values()) if (verdictOn(error) === 'wait') return { error };
  return undefined;
}
