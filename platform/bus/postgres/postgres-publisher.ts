// platform: appends events to the log in tables: with a transaction, or many callers' events in one of its own.
import { HubError } from '@staffetta/flow/errors.ts';
import type { Store, Tx } from '../../store/store.ts';
import type { OutgoingEvent } from '../bus.ts';
import { partitionOf } from '../partition-of.ts';
import { encodeHeaders, insertRows, isStorableText, readTopics, reserveOffsets, type LogRow } from './postgres-log.ts';

const requestCountMax = 512;
const requestBytesMax = 4 * 1024 * 1024;
const rowsMax = 128;
const statementBytesMax = 4 * 1024 * 1024;

interface Waiting {
  readonly events: readonly OutgoingEvent[];
  readonly bytes: number;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

interface Placed {
  readonly event: OutgoingEvent;
  readonly partition: number;
}

/** Writes to the log and tells who has to wake up. */
export class PostgresPublisher {
  readonly #store: Store;
  readonly #wake: (topics: ReadonlySet<string>) => void;
  readonly #partitions = new Map<string, number>();
  readonly #inTx = new WeakMap<Tx, OutgoingEvent[]>();
  #queue: Waiting[] = [];
  #flushing: Promise<void> | undefined;

  /**
   * @param store the database of the log
   * @param wake told the topics whose new events are now durable
   */
  constructor(store: Store, wake: (topics: ReadonlySet<string>) => void) {
    this.#store = store;
    this.#wake = wake;
  }

  /**
   * Publishes; calls that come while a request is under way share the next one, in the order of the calls.
   * @throws Error where a topic does not exist; HubError DATABASE_AWAY
   */
  async publish(events: readonly OutgoingEvent[]): Promise<void> {
    if (events.length === 0) return;
    // Checked before it joins a request, so that one caller's mistake does not fail the others.
    await this.#learnTopics(this.#store, events);
    for (const event of events) this.#placeOf(event);
    const bytes = events.reduce((sum, event) => sum + event.value.length, 0);
    await new Promise<void>((resolve, reject) => {
      this.#queue.push({ events, bytes, resolve, reject });
      this.#flushing ??= this.#flush();
    });
  }

  /** Publishes with a transaction: all its events are appended at once, just before it commits. */
  publishIn(tx: Tx, events: readonly OutgoingEvent[]): void {
    const collected = this.#inTx.get(tx);
    if (collected) {
      collected.push(...events);
      return;
    }
    this.#inTx.set(tx, [...events]);
    tx.beforeCommit(async () => {
      const all = this.#inTx.get(tx) ?? [];
      this.#inTx.delete(tx);
      await this.#append(tx, all);
    });
  }

  /** Waits for the requests under way. */
  async settled(): Promise<void> {
    await this.#flushing;
  }

  async #flush(): Promise<void> {
    // One turn of the loop lets the calls of this moment share the first request too.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.#queue.length > 0) {
      const request = this.#takeRequest();
      try {
        const events = request.flatMap((waiting) => waiting.events);
        await this.#store.transaction((tx) => this.#append(tx, events));
        for (const waiting of request) waiting.resolve();
      } catch (error) {
        for (const waiting of request) waiting.reject(error);
      }
    }
    this.#flushing = undefined;
  }

  #takeRequest(): Waiting[] {
    let count = 0;
    let bytes = 0;
    let taken = 0;
    for (const waiting of this.#queue) {
      const over = count + waiting.events.length > requestCountMax || bytes + waiting.bytes > requestBytesMax;
      if (over && taken > 0) break;
      count += waiting.events.length;
      bytes += waiting.bytes;
      taken++;
    }
    return this.#queue.splice(0, taken);
  }

  async #append(tx: Tx, events: readonly OutgoingEvent[]): Promise<void> {
    if (events.length === 0) return;
    await this.#learnTopics(tx, events);
    const placed = events.map((event) => ({ event, partition: this.#placeOf(event) }));
    const rows = placeRows(placed, await reserveOffsets(tx, countPlaces(placed)));
    for (const chunk of chunksOf(rows)) await insertRows(tx, chunk);
    tx.afterCommit(() => this.#wake(new Set(events.map((event) => event.topic))));
  }

  async #learnTopics(db: Store | Tx, events: readonly OutgoingEvent[]): Promise<void> {
    const unknown = new Set<string>();
    for (const { topic } of events) if (!this.#partitions.has(topic)) unknown.add(topic);
    if (unknown.size === 0) return;
    for (const [topic, partitions] of await readTopics(db, [...unknown])) this.#partitions.set(topic, partitions);
  }

  #placeOf(event: OutgoingEvent): number {
    const partitions = this.#partitions.get(event.topic);
    if (partitions === undefined) {
      throw new HubError('UNEXPECTED', `Topic ${event.topic} does not exist in the log; call ensureTopics first.`);
    }
    const partition = event.partition ?? partitionOf(event.key, partitions);
    if (partition >= 0 && partition < partitions) return partition;
    // A dead letter of a topic with more partitions than its own (Spring does likewise).
    return partitionOf(event.key, partitions);
  }
}

function countPlaces(placed: readonly Placed[]): { topic: string; partition: number; count: number }[] {
  const places = new Map<string, { topic: string; partition: number; count: number }>();
  for (const { event, partition } of placed) {
    const key = `${event.topic}/${partition}`;
    const place = places.get(key);
    if (place) place.count++;
    else places.set(key, { topic: event.topic, partition, count: 1 });
  }
  return [...places.values()];
}

function placeRows(placed: readonly Placed[], firsts: Map<string, number>): LogRow[] {
  return placed.map(({ event, partition }) => {
    const key = `${event.topic}/${partition}`;
    const offset = firsts.get(key);
    if (offset === undefined) throw new HubError('UNEXPECTED', `Partition ${key} is missing in the log.`);
    firsts.set(key, offset + 1);
    const { topic, value } = event;
    const headers = encodeHeaders(event.headers);
    return { topic, partition, offset, key: Buffer.from(event.key), headers, isText: isStorableText(value), value };
  });
}

/** Cuts rows into statements whose number of rows is a power of two (few prepared statements) and whose bytes are bounded. */
export function chunksOf<R extends { readonly value: Buffer }>(rows: readonly R[]): R[][] {
  const chunks: R[][] = [];
  for (let at = 0; at < rows.length;) {
    let fitting = 0;
    for (let bytes = 0; at + fitting < rows.length && fitting < rowsMax; fitting++) {
      bytes += rows[at + fitting]!.value.length;
      if (bytes > statementBytesMax && fitting > 0) break;
    }
    const size = 2 ** Math.floor(Math.log2(fitting));
    chunks.push(rows.slice(at, at + size));
    at += size;
  }
  return chunks;
}
