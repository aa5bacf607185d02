// platform: hears a Kafka topic from now on, outside of any group: nothing is committed, no group is left behind.
import { Consumer, type FetchOptions } from '@platformatic/kafka';
import type { ConsumedEvent, Hearing } from '../bus.ts';
import { WakeSignal } from '../runtime/wake-signal.ts';
import { toHeaders } from './kafka-reading.ts';
import { recordBytesMax, type KafkaSettings } from './kafka-settings.ts';
import { has } from './kafka-topics.ts';

/** How long a broker keeps the question until there is something to tell. */
const holdMs = 2000;
const againMsMax = 5000;

type RawAnswer = Awaited<ReturnType<Consumer['fetch']>>;
type RawPartition = RawAnswer['responses'][number]['partitions'][number];

function eventsOf({ partitionIndex, records }: RawPartition, topic: string, from: bigint): ConsumedEvent[] {
  const all = (records ?? []).flatMap((batch) =>
    batch.records.map((record) => ({
      topic,
      partition: partitionIndex,
      offset: batch.firstOffset + BigInt(record.offsetDelta),
      key: record.key?.toString('utf8') ?? '',
      value: record.value ?? Buffer.alloc(0),
      headers: toHeaders(record.headers),
      timestamp: new Date(Number(batch.firstTimestamp + record.timestampDelta)),
    })),
  );
  // A broker gives whole batches, whatever part of them was asked for.
  return all.filter(({ offset }) => offset >= from);
}

/** What a hearer is made of. */
export interface HearerParts {
  readonly settings: KafkaSettings;
  /** The topic's name on the brokers. */
  readonly topic: string;
  readonly onEvent: (event: ConsumedEvent) => void;
  /** Makes sure that the topic is there. */
  readonly ensure: () => Promise<void>;
}

/** Hears one topic until it is stopped; goes on by itself where it was when brokers were away. */
export class KafkaHearer implements Hearing {
  readonly #parts: HearerParts;
  readonly #next = new Map<number, bigint>();
  readonly #begun = Promise.withResolvers<void>();
  readonly #stopBell = new WakeSignal();
  readonly #loop: Promise<void>;
  #consumer: Consumer | undefined;
  #stopped = false;

  constructor(parts: HearerParts) {
    this.#parts = parts;
    this.#loop = this.#hearForEver();
  }

  get begun(): Promise<void> {
    return this.#begun.promise;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#stopBell.wake();
    // The question that a broker still keeps fails with its connection.
    await this.#close();
    await this.#loop;
    this.#begun.resolve();
  }

  async #hearForEver(): Promise<void> {
    for (let waitMs = 100; !this.#stopped; waitMs = Math.min(waitMs * 2, againMsMax)) {
      try {
        await this.#parts.ensure();
        await this.#hear(() => (waitMs = 100));
      } catch (error) {
        // Older than what the topic keeps: what was to be heard is gone, so it begins anew at the end.
        if (has(error, 'OFFSET_OUT_OF_RANGE')) this.#next.clear();
        if (!this.#stopped) this.#parts.settings.onTrouble(`Hearing ${this.#parts.topic}`, error);
      }
      await this.#close();
      if (!this.#stopped) await this.#stopBell.wait(waitMs);
    }
  }

  async #hear(onAnswer: () => void): Promise<void> {
    // A client of its own: fetches of one client share a session with the broker and would end one another's.
    const { settings, topic } = this.#parts;
    const consumer = new Consumer({ ...settings.client, groupId: 'staffetta-hearer', retries: 1, retryDelay: 200 });
    this.#consumer = consumer;
    consumer.topics.trackAll(topic);
    await this.#findEnds(consumer);
    this.#begun.resolve();
    while (!this.#stopped) {
      await this.#ask(consumer);
      onAnswer();
    }
  }

  async #findEnds(consumer: Consumer): Promise<void> {
    const { topic } = this.#parts;
    const ends = (await consumer.listOffsets({ topics: [topic] })).get(topic) ?? [];
    for (const [partition, end] of ends.entries()) {
      if (!this.#next.has(partition)) this.#next.set(partition, end);
    }
  }

  /** Asks every leader once; each answers as soon as there is something. */
  async #ask(consumer: Consumer): Promise<void> {
    const { topic } = this.#parts;
    const found = (await consumer.metadata({ topics: [topic] })).topics.get(topic);
    if (!found) throw new Error(`${topic} is not there`);
    const partitions = [...this.#next.keys()];
    const leaderOf = (partition: number): number => found.partitions[partition]?.leader ?? -1;
    const byLeader = Map.groupBy(partitions, leaderOf);
    const asked = [...byLeader].map(async ([node, of]) => {
      this.#tell(await consumer.fetch(this.#question(node, found.id, of)));
    });
    await Promise.all(asked);
  }

  #question(
    node: number,
    topicId: string,
    partitions: readonly number[],
  ): FetchOptions<Buffer, Buffer, Buffer, Buffer> {
    const from = partitions.map((partition) => ({
      partition,
      currentLeaderEpoch: -1,
      fetchOffset: this.#next.get(partition) ?? 0n,
      lastFetchedEpoch: -1,
      partitionMaxBytes: recordBytesMax,
    }));
    const topics = [{ topicId, partitions: from }];
    return { node, maxWaitTime: holdMs, minBytes: 1, maxBytes: recordBytesMax, topics };
  }

  #tell(answer: RawAnswer): void {
    for (const partition of answer.responses.flatMap((one) => one.partitions)) {
      const from = this.#next.get(partition.partitionIndex) ?? 0n;
      for (const event of eventsOf(partition, this.#parts.topic, from)) {
        this.#next.set(event.partition, event.offset + 1n);
        if (!this.#stopped) this.#parts.onEvent(event);
      }
    }
  }

  async #close(): Promise<void> {
    const consumer = this.#consumer;
    this.#consumer = undefined;
    await consumer?.close(true).catch((error: unknown) => this.#parts.settings.onTrouble('Closing a hearer', error));
  }
}
