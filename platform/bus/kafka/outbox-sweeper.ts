// platform: sends the outbox rows that memory did not: those of a process that died, and our own after Kafka was away.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Store, Tx } from '../../store/store.ts';
import type { OutgoingEvent, Rebuild } from '../bus.ts';
import type { KafkaProducer } from './kafka-producer.ts';
import type { KafkaSettings } from './kafka-settings.ts';
import { deleteRows, highestId, laneOf, readHeaders, takeRows, takeSweepTurn } from './outbox-rows.ts';
import type { OutboxOwner, OutboxRow } from './outbox-rows.ts';

const rowsMax = 500;
const bytesMax = 8 * 1024 * 1024;
const sendTimeoutMs = 5000;
/** From a batch as small as this on, the last rows are sent while new events are held back in memory. */
const rowsFew = 100;
/** How many times longer we wait before we relay the rows of an owner of another name. */
const strangerPatience = 20;
/** How long a row whose value is gone is passed over before it is tried again: what it refers to may be put back. */
const goneAgainMs = 60_000;
const everyId = Number.MAX_SAFE_INTEGER;
const hurryMs = 50;
const busyWaitMs = 50;
const busyTriesMax = 100;

/** What the sweeper works with. */
export interface SweeperParts {
  readonly settings: KafkaSettings;
  readonly producer: KafkaProducer;
  readonly store: Store;
  readonly mine: OutboxOwner;
  readonly rebuild: Rebuild | undefined;
  isBehind(): boolean;
  /** New events go by memory again; resolves once all that went into rows before is there. */
  goInFront(): Promise<void>;
  fallBehind(why: unknown): void;
}

/** How many rows went, or that another process has the turn. */
type Swept = number | 'busy';

/** Sweeps now and then, and quickly while we are behind. */
export class OutboxSweeper {
  readonly #parts: SweeperParts;
  readonly #stop = new AbortController();
  #running: Promise<void> | undefined;
  #blocked = new Set<string>();
  /** Rows whose values are gone, until when (monotonic) they are passed over. */
  readonly #gone = new Map<number, number>();
  #wentWell = true;
  #hurry: () => void = () => undefined;

  constructor(parts: SweeperParts) {
    this.#parts = parts;
  }

  /** Starts the rounds. */
  start(): void {
    this.#running ??= this.#run();
  }

  /** Lets the next round come soon, unless the last one failed. */
  hurry(): void {
    if (this.#wentWell) this.#hurry();
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    this.#hurry();
    await this.#running;
  }

  async #run(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      await this.#pause();
      if (this.#stop.signal.aborted) return;
      try {
        this.#blocked = new Set();
        this.#forgetGone();
        await (this.#parts.isBehind() ? this.#catchUp() : this.#collectLeftBehind());
        this.#wentWell = true;
      } catch (error) {
        this.#wentWell = false;
        this.#parts.settings.onTrouble('Relaying the outbox', error);
      }
    }
  }

  async #pause(): Promise<void> {
    const hurried = new Promise<void>((resolve) => {
      this.#hurry = () => {
        this.#hurry = () => undefined;
        setTimeout(resolve, hurryMs);
      };
    });
    const usual = sleep(this.#parts.settings.sweepEveryMs, undefined, { signal: this.#stop.signal });
    await Promise.race([usual.catch(() => undefined), hurried]);
  }

  #forgetGone(): void {
    const now = performance.now();
    for (const [id, untilMs] of this.#gone) if (untilMs < now) this.#gone.delete(id);
  }

  async #collectLeftBehind(): Promise<void> {
    let swept: Swept = 1;
    while (swept !== 0 && swept !== 'busy' && !this.#stop.signal.aborted) swept = await this.#sweep(false, everyId);
  }

  async #catchUp(): Promise<void> {
    let swept: Swept = rowsFew;
    while (swept !== 'busy' && swept >= rowsFew && !this.#stop.signal.aborted) swept = await this.#sweep(true, everyId);
    // What cannot be rebuilt now keeps its later events behind it.
    if (swept === 'busy' || this.#blocked.size > 0 || this.#stop.signal.aborted) return;
    const { producer } = this.#parts;
    producer.hold();
    try {
      await this.#sweepRest();
    } catch (error) {
      this.#parts.fallBehind(error);
      throw error;
    } finally {
      producer.release();
    }
  }

  /** Under load rows keep coming: from here on new events are held in memory while the last rows go. */
  async #sweepRest(): Promise<void> {
    const { store, mine } = this.#parts;
    await this.#parts.goInFront();
    const idMax = await highestId(store, mine.owner);
    for (let busyTries = 0; ;) {
      const swept = await this.#sweep(true, idMax);
      if (this.#blocked.size > 0) throw new Error('an event cannot be rebuilt now');
      if (swept === 0) return;
      if (swept === 'busy' && ++busyTries > busyTriesMax) throw new Error('another process is relaying for long');
      if (swept === 'busy') await sleep(busyWaitMs);
    }
  }

  /** Sends one batch of rows and deletes them, while nobody else of this owner does. */
  #sweep(own: boolean, idMax: number): Promise<Swept> {
    const { store, mine, settings, rebuild } = this.#parts;
    return store.transaction(async (tx) => {
      if (!(await takeSweepTurn(tx, mine.owner))) return 'busy';
      const blocked = [...this.#blocked];
      const ageMs = settings.sweepAgeMs;
      const strangerAgeMs = ageMs * strangerPatience;
      const passedOver = [...this.#gone.keys()];
      const canRebuild = rebuild !== undefined;
      const limits = { own, idMax, blocked, passedOver, rowsMax, bytesMax };
      const rows = await takeRows(tx, mine, { ...limits, ageMs, strangerAgeMs, canRebuild });
      if (rows.length > 0) await this.#relay(tx, rows);
      return rows.length;
    });
  }

  async #relay(tx: Tx, rows: readonly OutboxRow[]): Promise<void> {
    const sending: { readonly row: OutboxRow; readonly done: Promise<void> }[] = [];
    for (const row of rows) {
      if (this.#blocked.has(laneOf(row))) continue;
      const value = await this.#valueOf(row);
      if (value === undefined) continue;
      // Each row on its own, so that one that Kafka refuses for good holds back its key only.
      const { done } = this.#parts.producer.offer([toEvent(row, value)], 'sweep', sendTimeoutMs);
      sending.push({ row, done });
      done.catch(() => this.#blocked.add(laneOf(row)));
    }
    const ends = await Promise.allSettled(sending.map(({ done }) => done));
    const sent = sending.filter((_, at) => ends[at]!.status === 'fulfilled').map(({ row }) => row.id);
    const failure = ends.find((end) => end.status === 'rejected');
    if (failure) this.#report(failure.reason, sent.length);
    if (sent.length > 0) await deleteRows(tx, sent);
  }

  #report(reason: unknown, sentCount: number): void {
    if (sentCount === 0) throw reason;
    this.#parts.settings.onTrouble('Kafka does not take some events of the outbox; those of other keys go on', reason);
  }

  /** Gives a row's value; undefined where it cannot be sent in this round. */
  async #valueOf(row: OutboxRow): Promise<Buffer | undefined> {
    if (row.value !== null) return row.value;
    const { rebuild, settings } = this.#parts;
    try {
      const value = await rebuild?.(row.reference ?? '');
      if (value !== undefined) return value;
      if (rebuild) return this.#passOver(row);
    } catch (error) {
      settings.onTrouble(`An event for ${row.topic} cannot be rebuilt now`, error);
    }
    this.#blocked.add(laneOf(row));
    return undefined;
  }

  /** The row stays; later events of its key go on, since what is gone may never come back. */
  #passOver(row: OutboxRow): undefined {
    this.#gone.set(row.id, performance.now() + goneAgainMs);
    const where = `bus.outbox ${row.id}, ${row.topic}, ${row.reference ?? ''}`;
    const what = 'An event is not sent and its row is kept: what it refers to is gone';
    this.#parts.settings.onLoss(what, new Error(`${where}: put it back, or delete the row`));
    return undefined;
  }
}

function toEvent(row: OutboxRow, value: Buffer): OutgoingEvent {
  const { topic, headers } = row;
  const event = { topic, key: row.key.toString('utf8'), value, headers: readHeaders(headers) };
  return row.partition === null ? event : { ...event, partition: row.partition };
}
