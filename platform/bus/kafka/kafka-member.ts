// platform: one membership in a Kafka consumer group: joins, keeps its heartbeat, commits, and says when it is past
// help.
import { Consumer, MessagesStreamFallbackModes, MessagesStreamModes } from '@platformatic/kafka';
import type {
  CallbackWithPromise,
  ConsumerOptions,
  FetchOptions,
  GroupOptions,
  MessagesStream,
} from '@platformatic/kafka';
import { setTimeout as sleep } from 'node:timers/promises';
import { fetchBytesMax, kafkaGroup, type KafkaSettings } from './kafka-settings.ts';
import type { Place } from '../transport.ts';

/** A stream of raw messages. */
export type RawStream = MessagesStream<Buffer, Buffer, Buffer, Buffer>;

type Fetched = Awaited<ReturnType<Consumer['fetch']>>;
type HowToFetch = FetchOptions<Buffer, Buffer, Buffer, Buffer>;

const closeWaitMs = 3000;

/**
 * The client's `commit` joins the group anew where its generation is over, and then commits the old marks under the
 * new generation,
 * maybe over a newer mark of the partition's new owner. Here the commit fails instead, while the joining goes on.
 */
class StrictConsumer extends Consumer {
  readonly #fetchEveryMs: number;
  readonly #nextFetchMs = new Map<number, number>();
  committing = false;

  constructor(options: ConsumerOptions<Buffer, Buffer, Buffer, Buffer>, fetchEveryMs: number) {
    super(options);
    this.#fetchEveryMs = fetchEveryMs;
  }

  // The broker answers as soon as there is one event: under a steady flow that is a request for every few events.
  override fetch(options: HowToFetch, callback: CallbackWithPromise<Fetched>): void;
  override fetch(options: HowToFetch): Promise<Fetched>;
  override fetch(options: HowToFetch, callback?: CallbackWithPromise<Fetched>): Promise<Fetched> | void {
    if (callback === undefined) return super.fetch(options);
    const waitMs = (this.#nextFetchMs.get(options.node) ?? 0) - performance.now();
    const fetchNow = (): void => {
      this.#nextFetchMs.set(options.node, performance.now() + this.#fetchEveryMs);
      super.fetch(options, callback);
    };
    if (waitMs > 0) setTimeout(fetchNow, waitMs);
    else fetchNow();
  }

  override joinGroup(options: GroupOptions, callback: CallbackWithPromise<string>): void;
  override joinGroup(options?: GroupOptions): Promise<string>;
  override joinGroup(options: GroupOptions = {}, callback?: CallbackWithPromise<string>): Promise<string> | void {
    if (callback === undefined) return super.joinGroup(options);
    if (!this.committing) return super.joinGroup(options, callback);
    super.joinGroup(options, (error) => {
      if (error) this.emit('error', error);
    });
    callback(new Error('the group was rebalanced before the commit'), undefined);
  }
}

function consumerOf(settings: KafkaSettings, group: string): StrictConsumer {
  const common = {
    ...settings.client,
    groupId: group,
    autocommit: false,
    retries: 5,
    retryDelay: 200,
    // Joining may take as long as the slowest member's rebalance time-out.
    requestTimeout: settings.rebalanceTimeoutMs + 5000,
    rebalanceTimeout: settings.rebalanceTimeoutMs,
    sessionTimeout: settings.sessionTimeoutMs,
    heartbeatInterval: settings.heartbeatMs,
    heartbeatStallTimeout: settings.sessionTimeoutMs,
    minBytes: 1,
    maxBytes: fetchBytesMax,
    maxWaitTime: 500,
    // The stream fetches on while its buffer holds fewer events than this: with 1, one fetch (some 4 MiB) waits at
    // most,
    // whatever the size of its events.
    highWaterMark: 1,
  };
  const protocol = settings.groupProtocol === 'consumer' ? ({ groupProtocol: 'consumer' } as const) : {};
  return new StrictConsumer({ ...common, ...protocol }, settings.fetchEveryMs);
}

/** A member of a group that reads one topic. */
export class KafkaMember {
  readonly topic: string;
  readonly #consumer: StrictConsumer;
  readonly #bornMs = performance.now();
  /** Called when partitions were given or taken: the reading has to start anew from the committed offsets. */
  onTurn: () => void = () => undefined;
  /** Why this membership is past help; the owner makes a new one. */
  dead: unknown;

  constructor(settings: KafkaSettings, group: string, topic: string) {
    this.topic = topic;
    this.#consumer = consumerOf(settings, kafkaGroup(group, topic));
    // The client forgets a topic with its last stream, and would then rejoin the group for nothing at all.
    this.#consumer.topics.trackAll(topic);
    this.#consumer.on('error', (error) => this.#die(error));
    this.#consumer.on('consumer:group:join', () => this.onTurn());
    this.#consumer.on('consumer:heartbeat:end', () => this.onTurn());
  }

  #die(error: unknown): void {
    this.dead ??= error;
    this.onTurn();
  }

  /** What tells one assignment of partitions from the next. */
  assignment(): string {
    return `${this.#consumer.memberId} ${this.#consumer.generationId} ${JSON.stringify(this.#consumer.assignments)}`;
  }

  /** The partitions that are ours now. */
  places(): Place[] {
    return (this.#consumer.assignments ?? []).flatMap(({ topic, partitions }) =>
      partitions.map((partition) => ({ topic, partition })),
    );
  }

  /** Whether the group counts us in at this moment (false while it is rebalanced). */
  isIn(): boolean {
    return this.#consumer.isActive();
  }

  /** How long the group has not answered a heartbeat, in milliseconds. */
  silentMs(): number {
    const last = this.#consumer.lastHeartbeat;
    return last === null ? performance.now() - this.#bornMs : Date.now() - last.getTime();
  }

  /** Joins where that is still to do, and reads from the committed offsets on, or from the beginning. */
  read(): Promise<RawStream> {
    const options = {
      topics: [this.topic],
      autocommit: false,
      mode: MessagesStreamModes.COMMITTED,
      fallbackMode: MessagesStreamFallbackModes.EARLIEST,
    };
    return new Promise((resolve, reject) => {
      this.#consumer.consume(options, (error, stream) => {
        if (error || !stream) return reject(error ?? new Error('no stream came'));
        // It may break (the client is just being closed) before whoever waits for the promise listens: nobody else would,
        // and that ends a process. What it broke with stays in `errored`.
        stream.on('error', () => undefined);
        resolve(stream);
      });
    });
  }

  /** Commits; fails where the partitions were given away in the meantime. */
  async commit(marks: readonly (Place & { readonly next: bigint })[]): Promise<void> {
    const offsets = marks.map(({ topic, partition, next }) => ({ topic, partition, offset: next, leaderEpoch: -1 }));
    this.#consumer.committing = true;
    try {
      await this.#consumer.commit({ offsets });
    } finally {
      this.#consumer.committing = false;
    }
  }

  /** Where each of our partitions ends at the moment. */
  async ends(): Promise<readonly bigint[]> {
    const offsets = await this.#consumer.listOffsets({ topics: [this.topic], timestamp: -1n });
    return offsets.get(this.topic) ?? [];
  }

  /** Leaves the group; a broker that does not answer is not waited for. */
  async close(): Promise<void> {
    const left = this.#consumer.close(true).catch((error: unknown) => {
      this.dead ??= error;
    });
    await Promise.race([left, sleep(closeWaitMs, undefined, { ref: false })]);
  }
}
