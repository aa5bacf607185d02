// platform: the bus as the services see it: one face over Kafka and over Postgres, held to one conformance suite.
import type { Tx } from '../store/store.ts';

/** Headers of an event; ours are text, Spring's dead-letter headers are bytes. */
export type EventHeaders = Readonly<Record<string, string | Buffer>>;

/** An event to publish. Events with one key keep their order within their topic. */
export interface OutgoingEvent {
  readonly topic: string;
  readonly key: string;
  readonly value: Buffer;
  readonly headers: EventHeaders;
  /**
   * Where the value can be built again from, for a relay that died between commit and send; the outbox then keeps this
   * reference instead of a copy of the value. The service that publishes knows how (`rebuild` of `createBus`).
   */
  readonly reference?: string;
  /** A fixed partition, where the order of keys must follow another topic's (dead letters); else the key decides. */
  readonly partition?: number;
}

/** An event as it was read. */
export interface ConsumedEvent {
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
  readonly key: string;
  readonly value: Buffer;
  readonly headers: EventHeaders;
  /** When it was published (the log's clock). */
  readonly timestamp: Date;
}

/** An event of a batch that could not be handled, while the rest of the batch was. */
export interface FailedEvent {
  readonly event: ConsumedEvent;
  readonly error: unknown;
}

/**
 * How often and when a counted failure is tried again. Tries wait `delaysMs[n]` (the last one repeats), each with full jitter
 * within `jitter` (0 none, 1 anything between nothing and the whole delay).
 */
export interface RetryPolicy {
  readonly tries: number;
  readonly delaysMs: readonly number[];
  readonly jitter: number;
}

/**
 * The jitter of services without a reason for another: half of each wait is left to chance, so that those who failed together do
 * not come back together, and yet nobody comes back at once.
 */
const retryJitter = 0.5;

/**
 * Makes a policy that follows the settings: they are read anew at each failure.
 * @param values `tries` and `retryDelaysMs` as a service's settings have them, or a view of them
 */
export function retryBy(values: { readonly tries: number; readonly retryDelaysMs: readonly number[] }): RetryPolicy {
  return {
    get tries() {
      return values.tries;
    },
    get delaysMs() {
      return values.retryDelaysMs;
    },
    jitter: retryJitter,
  };
}

/**
 * What a service asks of the bus for one topic. The handler gets events in order per key and returns once their effects are
 * durable; only then are offsets committed. It returns the events that failed alone (or nothing), or throws:
 * an error of kind `unavailable` pauses this topic and tries the same batch again, uncounted, with capped backoff, while
 * membership and heartbeats go on; any other error makes the runtime hand the batch over again one event at a time, so that the
 * poison is found. A failed event of kind `poison` or `badRequest` goes to the dead letters at once; other kinds are tried again
 * by the policy, holding back only later events of the same key; after the last try they go to the dead letters. A failed event whose
 * error says `againAfterMs` is handed over again after so many milliseconds, as often as it says so: nothing is counted, and only
 * later events of its key wait.
 */
export interface ConsumeOptions {
  readonly group: string;
  readonly topic: string;
  readonly handle: (batch: readonly ConsumedEvent[], signal: AbortSignal) => Promise<readonly FailedEvent[] | void>;
  readonly batchMax: number;
  readonly retry: RetryPolicy;
  /** Called when an event was set aside (after its dead letter is durable), for logs and metrics. */
  readonly onDeadLetter?: (failed: FailedEvent, tries: number) => void;
  /** Called when the topic pauses because a part is away, and when it goes on (`undefined`). */
  readonly onPause?: (reason: unknown) => void;
  /** False for the reader of dead letters itself: a failure there only waits. Default true. */
  readonly deadLetters?: boolean;
}

/** A running consumption of one topic. */
export interface Consumption {
  /** Lets the batch in hand end, commits it, leaves the group. */
  stop(): Promise<void>;
  /** Why it stands still at the moment, if it does. */
  paused(): string | undefined;
}

/** Somebody who hears a topic. */
export interface Hearing {
  /** Resolves once it hears: what is published from then on reaches it. Where the log is away at the moment, that comes later. */
  readonly begun: Promise<void>;
  stop(): Promise<void>;
}

/** A group that reads a topic. */
export interface GroupReader {
  readonly group: string;
  readonly topic: string;
}

/** A log of topics with partitions, offsets and groups. */
export interface Bus {
  readonly face: 'kafka' | 'postgres';
  /**
   * Creates the topics that are missing (16 MiB records).
   * @param partitions how many each gets; as set (6 by default) where absent
   */
  ensureTopics(topics: readonly string[], partitions?: number): Promise<void>;
  /** Publishes; resolves when all are durable in the log. Concurrent calls share one request (micro-batches). */
  publish(events: readonly OutgoingEvent[]): Promise<void>;
  /** Publishes with the transaction: visible and durable if and only if it commits (outbox on Kafka). */
  publishIn(tx: Tx, events: readonly OutgoingEvent[]): void;
  consume(options: ConsumeOptions): Promise<Consumption>;
  /**
   * Hears what is published on a topic from now on, outside of any group: everybody who hears gets every event, in order per
   * partition. Nothing is committed or kept of it, so it leaves no group and no lag, and who was not there has missed it: only for
   * news of what can be asked for elsewhere. A topic that is missing is created with one partition. Lost connections are its own care.
   * @param onEvent must not throw
   */
  hear(topic: string, onEvent: (event: ConsumedEvent) => void): Hearing;
  /** Reads one event again by its place (for dead letters of what only timed out); undefined where the log no longer has it. */
  readAt(topic: string, partition: number, offset: bigint): Promise<ConsumedEvent | undefined>;
  /**
   * Deletes events that are older than an instant and that every group has handled; those of dead-letter topics only if asked
   * (their keeper has copies). Kafka keeps its own retention, so there it does nothing.
   * @returns how many went
   */
  deleteOldEvents(before: Date, which?: { readonly deadLetters: boolean }): Promise<number>;
  /** How many events of a topic a group has still to handle. */
  lag(group: string, topic: string): Promise<number>;
  /** The same of several groups, in their order, as cheaply as the face can. */
  lags(readers: readonly GroupReader[]): Promise<readonly number[]>;
  /** Asks the log for a sign of life. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

/** Builds the value of an event again from its reference (see `OutgoingEvent.reference`); undefined where it is gone. */
export type Rebuild = (reference: string) => Promise<Buffer | undefined>;
