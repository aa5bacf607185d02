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
export const retryJitter = 0.5;

/**
 * What a service asks of the bus for one topic. The handler gets events in order per key and returns once their effects are
 * durable; only then are offsets committed. It returns the events that failed alone (or nothing), or throws:
 * an error of kind `unavailable` pauses this topic and tries the same batch again, uncounted, with capped backoff, while
 * membership and heartbeats go on; any other error makes the runtime hand the batch over again one event at a time, so that the
 * poison is found. A failed event of kind `poison` or `badRequest` goes to the dead letters at once; other kinds are tried again
 * by the policy, holding back only later events of the same key; after the last try they go to the dead letters.
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

/** A log of topics with partitions, offsets and groups. */
export interface Bus {
  readonly face: 'kafka' | 'postgres';
  /** Creates the topics that are missing (6 partitions and 16 MiB records by default). */
  ensureTopics(topics: readonly string[]): Promise<void>;
  /** Publishes; resolves when all are durable in the log. Concurrent calls share one request (micro-batches). */
  publish(events: readonly OutgoingEvent[]): Promise<void>;
  /** Publishes with the transaction: visible and durable if and only if it commits (outbox on Kafka). */
  publishIn(tx: Tx, events: readonly OutgoingEvent[]): void;
  consume(options: ConsumeOptions): Promise<Consumption>;
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
  /** Asks the log for a sign of life. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

/** Builds the value of an event again from its reference (see `OutgoingEvent.reference`); undefined where it is gone. */
export type Rebuild = (reference: string) => Promise<Buffer | undefined>;
