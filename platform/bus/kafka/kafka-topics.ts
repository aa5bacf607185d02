// platform: the Kafka face's questions to the cluster: topics that must exist, a group's lag, a sign of life.
import { HubError } from '@staffetta/flow/errors.ts';
import { Admin, ConfigResourceTypes, findErrorBy, IncrementalAlterConfigOperationTypes } from '@platformatic/kafka';
import { setTimeout as sleep } from 'node:timers/promises';
import { kafkaGroup, recordBytesMax, type KafkaSettings } from './kafka-settings.ts';

const sizeSetting = 'max.message.bytes';
const deadLetterSuffix = '.DLT';
const forEver = '-1';
/** From this many copies on, a record counts as written once two brokers have it. */
const replicasManyMin = 3;
const earliest = -2n;
const latest = -1n;

/**
 * Says that Kafka cannot be reached, with what was tried.
 * @param what the thing that could not be done
 * @param cause the client's own error
 */
export function busAway(what: string, cause: unknown): HubError {
  if (cause instanceof HubError) return cause;
  const why = cause instanceof Error ? cause.message : String(cause);
  return new HubError('BUS_AWAY', `${what}: Kafka cannot be reached (${why})`, cause);
}

/**
 * What a new topic is made with: records as large as our limit; events kept for a time, dead letters for ever; and where there are
 * three copies or more, no record acknowledged that one broker alone has.
 * @param topic its name on the brokers
 * @param replicas how many copies it gets
 * @param retentionMs how long events are kept, milliseconds
 */
export function topicConfigs(
  topic: string,
  replicas: number,
  retentionMs: number,
): readonly { readonly name: string; readonly value: string }[] {
  return [
    { name: sizeSetting, value: String(recordBytesMax) },
    { name: 'retention.ms', value: topic.endsWith(deadLetterSuffix) ? forEver : String(retentionMs) },
    ...(replicas >= replicasManyMin ? [{ name: 'min.insync.replicas', value: '2' }] : []),
  ];
}

/** Questions and orders to the cluster; connects on first use, and again by itself. */
export class KafkaTopics {
  readonly #admin: Admin;
  readonly #settings: KafkaSettings;
  readonly #ensured = new Set<string>();
  #closed = false;

  constructor(settings: KafkaSettings) {
    this.#settings = settings;
    this.#admin = new Admin({ ...settings.client, retries: 2, retryDelay: 200, requestTimeout: 10_000 });
  }

  /**
   * Creates what is missing (partitions as set, copies as set but at most one per broker, `topicConfigs`) and waits
   * until every partition has a leader. A topic that exists keeps its partitions, copies and retention; only a limit
   * below 16 MiB is raised, since a 5 MiB document must pass (where we are not allowed to, that is reported and left).
   * @throws HubError BUS_AWAY where Kafka does not answer within the delivery time-out
   */
  async ensure(topics: readonly string[], partitions = this.#settings.partitions): Promise<void> {
    const wanted = [...new Set(topics)].filter((topic) => !this.#ensured.has(topic));
    if (wanted.length === 0) return;
    await this.#untilDone(`Creating ${wanted.join(', ')}`, () => this.#ensureOnce(wanted, partitions));
    for (const topic of wanted) this.#ensured.add(topic);
  }

  /** Forgets that a topic was there, after Kafka said that it is not. */
  forget(topic: string): void {
    this.#ensured.delete(topic);
  }

  async #untilDone(what: string, work: () => Promise<void>): Promise<void> {
    const end = performance.now() + this.#settings.deliveryTimeoutMs;
    for (let waitMs = 100; ; waitMs = Math.min(waitMs * 2, 1000)) {
      try {
        return await work();
      } catch (error) {
        if (this.#closed || performance.now() + waitMs > end) throw busAway(what, error);
      }
      await sleep(waitMs);
    }
  }

  async #ensureOnce(topics: readonly string[], partitions: number): Promise<void> {
    const there = new Set(await this.#admin.listTopics());
    const missing = topics.filter((topic) => !there.has(topic));
    const kept = topics.filter((topic) => there.has(topic));
    if (missing.length > 0) await this.#create(missing, partitions);
    if (kept.length > 0) await this.#widen(kept);
    await this.#leadersOf(topics);
  }

  async #create(topics: readonly string[], partitions: number): Promise<void> {
    const cluster = await this.#admin.metadata({ topics: [], forceUpdate: true });
    const replicas = Math.min(this.#settings.replicas, cluster.brokers.size);
    await Promise.all(topics.map((topic) => this.#createOne(topic, partitions, replicas)));
  }

  async #createOne(topic: string, partitions: number, replicas: number): Promise<void> {
    try {
      await this.#admin.createTopics({
        topics: [topic],
        partitions,
        replicas,
        configs: [...topicConfigs(topic, replicas, this.#settings.retentionMs)],
      });
    } catch (error) {
      // Another service may have created it in the meantime.
      if (!has(error, 'TOPIC_ALREADY_EXISTS')) throw error;
    }
  }

  async #widen(topics: readonly string[]): Promise<void> {
    try {
      const resources = topics.map((resourceName) => ({
        resourceType: ConfigResourceTypes.TOPIC,
        resourceName,
        configurationKeys: [sizeSetting],
      }));
      const described = await this.#admin.describeConfigs({ resources });
      const narrow = described.filter(({ configs }) =>
        configs.some(({ name, value }) => name === sizeSetting && Number(value) < recordBytesMax),
      );
      if (narrow.length > 0) await this.#raise(narrow.map(({ resourceName }) => resourceName));
    } catch (error) {
      this.#settings.onTrouble(`${sizeSetting} of ${topics.join(', ')} could not be looked at or raised`, error);
    }
  }

  async #raise(topics: readonly string[]): Promise<void> {
    await this.#admin.incrementalAlterConfigs({
      resources: topics.map((resourceName) => ({
        resourceType: ConfigResourceTypes.TOPIC,
        resourceName,
        configs: [
          {
            name: sizeSetting,
            configOperation: IncrementalAlterConfigOperationTypes.SET,
            value: String(recordBytesMax),
          },
        ],
      })),
    });
  }

  async #leadersOf(topics: readonly string[]): Promise<void> {
    const { topics: found } = await this.#admin.metadata({ topics: [...topics], forceUpdate: true });
    for (const topic of topics) {
      const partitions = found.get(topic)?.partitions ?? [];
      if (partitions.length === 0 || partitions.some(({ leader }) => leader < 0)) {
        throw new Error(`${topic} has no leader yet`);
      }
    }
  }

  /**
   * Counts what a group has still to handle; a group that never committed has everything before it.
   * @throws HubError BUS_AWAY
   */
  async lag(group: string, topic: string): Promise<number> {
    try {
      const { topics } = await this.#admin.metadata({ topics: [topic] });
      const partitions = Array.from({ length: topics.get(topic)?.partitionsCount ?? 0 }, (_, index) => index);
      const [ends, starts, commits] = await Promise.all([
        this.#offsets(topic, partitions, latest),
        this.#offsets(topic, partitions, earliest),
        this.#committed(group, topic, partitions),
      ]);
      const left = (at: number): bigint => {
        const start = starts.get(at) ?? 0n;
        const next = commits.get(at) ?? -1n;
        return (ends.get(at) ?? start) - (next > start ? next : start);
      };
      return partitions.reduce((sum, at) => sum + Math.max(0, Number(left(at))), 0);
    } catch (error) {
      throw busAway(`The lag of ${group} on ${topic}`, error);
    }
  }

  async #offsets(topic: string, partitions: readonly number[], timestamp: bigint): Promise<Map<number, bigint>> {
    const asked = partitions.map((partitionIndex) => ({ partitionIndex, timestamp }));
    const answers = await this.#admin.listOffsets({ topics: [{ name: topic, partitions: asked }] });
    return new Map(answers.flatMap((answer) => answer.partitions.map((at) => [at.partitionIndex, at.offset])));
  }

  async #committed(group: string, topic: string, partitions: readonly number[]): Promise<Map<number, bigint>> {
    const groups = [
      { groupId: kafkaGroup(group, topic), topics: [{ name: topic, partitionIndexes: [...partitions] }] },
    ];
    const answers = await this.#admin.listConsumerGroupOffsets({ groups });
    const found = answers.flatMap((answer) => answer.topics.flatMap((one) => one.partitions));
    return new Map(found.map((at) => [at.partitionIndex, at.committedOffset]));
  }

  /** Asks the cluster for a sign of life. @throws HubError BUS_AWAY */
  async ping(): Promise<void> {
    try {
      await this.#admin.metadata({ topics: [], forceUpdate: true, retries: 0 });
    } catch (error) {
      throw busAway('Asking for a sign of life', error);
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#admin.close();
  }
}

/** Whether Kafka's answer names this error (`TOPIC_ALREADY_EXISTS`) somewhere in its chain. */
export function has(error: unknown, apiId: string): boolean {
  return error instanceof Error && findErrorBy(error, 'apiId', apiId) !== null;
}
