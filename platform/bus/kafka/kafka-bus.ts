// platform: the bus on Kafka: publishing by micro-batches and an outbox, reading in consumer groups.
import { HubError } from '@staffetta/flow/errors.ts';
import { migrate } from '../../store/migrate.ts';
import type { Store, Tx } from '../../store/store.ts';
import type { Log } from '../../telemetry/log.ts';
import type {
  Bus,
  ConsumeOptions,
  ConsumedEvent,
  Consumption,
  GroupReader,
  Hearing,
  OutgoingEvent,
  Rebuild,
} from '../bus.ts';
import { startConsumption } from '../runtime/consumer-runtime.ts';
import { KafkaHearer } from './kafka-hearer.ts';
import { KafkaProducer } from './kafka-producer.ts';
import { readAt } from './kafka-read-at.ts';
import { kafkaSettings, type KafkaOptions, type KafkaSettings } from './kafka-settings.ts';
import { kafkaSubscribe } from './kafka-subscription.ts';
import { topicNames, type TopicNames } from './kafka-topic-names.ts';
import { KafkaTopics } from './kafka-topics.ts';
import { Outbox } from './outbox.ts';

/** What the Kafka face is made of. */
export interface KafkaBusParts {
  /** `host:port` of one or more brokers. */
  readonly brokers: readonly string[];
  /**
   * How we call ourselves towards the brokers (no spaces); also the owner of our outbox rows unless `options.owner`
   * says another.
   */
  readonly clientId: string;
  /** Where outbox rows are kept; without it `publishIn` is refused, and `publish` too while Kafka is away. */
  readonly store?: Store;
  /** Builds values again from references; without it the outbox keeps the values themselves. */
  readonly rebuild?: Rebuild;
  readonly log?: Log;
  readonly options?: KafkaOptions;
}

class KafkaBus implements Bus {
  readonly face = 'kafka';
  readonly #settings: KafkaSettings;
  readonly #topics: KafkaTopics;
  readonly #producer: KafkaProducer;
  readonly #outbox: Outbox | undefined;
  readonly #consumptions = new Set<Consumption>();
  readonly #hearings = new Set<Hearing>();
  readonly #names: TopicNames;

  constructor(settings: KafkaSettings, store: Store | undefined, rebuild: Rebuild | undefined) {
    this.#settings = settings;
    this.#names = topicNames(settings.topicPrefix);
    this.#topics = new KafkaTopics(settings);
    this.#producer = new KafkaProducer(settings, this.#topics);
    this.#outbox = store && new Outbox(settings, this.#producer, store, rebuild);
    this.#outbox?.start();
  }

  ensureTopics(topics: readonly string[], partitions?: number): Promise<void> {
    return this.#topics.ensure(
      topics.map((topic) => this.#names.out(topic)),
      partitions,
    );
  }

  publish(events: readonly OutgoingEvent[]): Promise<void> {
    const named = this.#names.outAll(events);
    return this.#outbox ? this.#outbox.publish(named) : this.#publishDirectly(named);
  }

  async #publishDirectly(events: readonly OutgoingEvent[]): Promise<void> {
    await this.#producer.offer(events, 'direct', this.#settings.deliveryTimeoutMs).done;
  }

  publishIn(tx: Tx, events: readonly OutgoingEvent[]): void {
    if (!this.#outbox) {
      throw new HubError(
        'SETTING_WRONG',
        'Publishing in a transaction on Kafka needs a database for the outbox: set DATABASE_URL.',
      );
    }
    this.#outbox.publishIn(tx, this.#names.outAll(events));
  }

  async consume(options: ConsumeOptions): Promise<Consumption> {
    const subscribe = this.#names.subscribe(kafkaSubscribe(this.#settings));
    const inner = await startConsumption(subscribe, options, (letters) => this.publish(letters));
    const consumption: Consumption = {
      paused: () => inner.paused(),
      stop: async () => {
        await inner.stop();
        this.#consumptions.delete(consumption);
      },
    };
    this.#consumptions.add(consumption);
    return consumption;
  }

  hear(topic: string, onEvent: (event: ConsumedEvent) => void): Hearing {
    const hearer = new KafkaHearer({
      settings: this.#settings,
      topic: this.#names.out(topic),
      onEvent: (event) => onEvent(this.#names.back(event)),
      ensure: () => this.ensureTopics([topic], 1),
    });
    const hearing: Hearing = {
      begun: hearer.begun,
      stop: async () => {
        await hearer.stop();
        this.#hearings.delete(hearing);
      },
    };
    this.#hearings.add(hearing);
    return hearing;
  }

  async readAt(topic: string, partition: number, offset: bigint): Promise<ConsumedEvent | undefined> {
    const event = await readAt(this.#settings, this.#names.out(topic), partition, offset);
    return event && this.#names.back(event);
  }

  lag(group: string, topic: string): Promise<number> {
    return this.#topics.lag(group, this.#names.out(topic));
  }

  lags(readers: readonly GroupReader[]): Promise<readonly number[]> {
    return Promise.all(readers.map(({ group, topic }) => this.lag(group, topic)));
  }

  deleteOldEvents(): Promise<number> {
    return Promise.resolve(0);
  }

  ping(): Promise<void> {
    return this.#topics.ping();
  }

  async close(): Promise<void> {
    await Promise.all([...this.#consumptions, ...this.#hearings].map((one) => one.stop()));
    await this.#outbox?.close();
    await this.#producer.close();
    await this.#topics.close();
  }
}

/**
 * Opens the bus on Kafka. It does not wait for a broker: what is published before one answers waits or goes to the
 * outbox, and
 * reading begins when one is there.
 * @param parts brokers, names, store and settings
 * @throws HubError DATABASE_AWAY where a store is given and cannot be reached (its tables are brought up to date first)
 */
export async function createKafkaBus(parts: KafkaBusParts): Promise<Bus> {
  const { brokers, clientId, store, rebuild, log, options } = parts;
  const onTrouble = (what: string, error: unknown): void => log?.warn({ err: error, what }, 'bus.trouble');
  const onLoss = (what: string, error: unknown): void => log?.error({ err: error, what }, 'bus.loss');
  const settings = kafkaSettings(brokers, clientId, { ...(log && { onTrouble, onLoss }), ...options });
  if (store) await migrate(store, 'bus', new URL('../migrations/', import.meta.url));
  return new KafkaBus(settings, store, rebuild);
}
