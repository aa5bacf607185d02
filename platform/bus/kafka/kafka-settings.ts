// platform: how the Kafka face of the bus connects, batches, waits and recovers; every figure with its reason.
import type { ConnectionOptions } from '@platformatic/kafka';

/** What can be set about the Kafka face; each has a default that suits a broker with default settings. */
export interface KafkaOptions {
  /** Whose outbox rows these are; those that another owner left behind are taken over after twenty times `sweepAgeMs`. */
  readonly owner?: string;
  /** What every topic's name begins with on the brokers, so that several hubs share one Kafka; default none. */
  readonly topicPrefix?: string;
  readonly tls?: NonNullable<ConnectionOptions['tls']>;
  readonly sasl?: NonNullable<ConnectionOptions['sasl']>;
  /** `classic` (default), or `consumer` for the protocol of KIP-848. */
  readonly groupProtocol?: 'classic' | 'consumer';
  /** After how long a member that fell silent loses its partitions; a broker allows 6 s and more by default. */
  readonly sessionTimeoutMs?: number;
  readonly rebalanceTimeoutMs?: number;
  readonly heartbeatMs?: number;
  /** How long events may wait in the log without one reaching us before the reading is built anew. */
  readonly stallMs?: number;
  /** How long an event that a caller waits for waits for company before it is sent. */
  readonly lingerMs?: number;
  /** The same for an event whose row is committed already: nobody waits, and each request costs the broker the same. */
  readonly relayLingerMs?: number;
  /** The least time between two fetches of one topic while events come; the first after a quiet time is not held back. */
  readonly fetchEveryMs?: number;
  /** How long a publish is tried before it is refused with BUS_AWAY. */
  readonly deliveryTimeoutMs?: number;
  /** With a store: how long a publish waits for Kafka before it becomes an outbox row. */
  readonly publishTimeoutMs?: number;
  readonly sweepEveryMs?: number;
  /** How old another process' outbox row must be before it counts as left behind. */
  readonly sweepAgeMs?: number;
  /** How many bytes of committed, unsent events are kept in memory; what is beyond waits in its row. */
  readonly relayBytesMax?: number;
  readonly partitions?: number;
  /** How many copies a topic gets where the cluster has as many brokers. */
  readonly replicas?: number;
  /** How long a new topic keeps its events, in milliseconds; dead letters stay for ever. */
  readonly retentionMs?: number;
  /** Told about trouble that the bus handles by itself, for the log. */
  readonly onTrouble?: (what: string, error: unknown) => void;
  /** Told about an event that cannot be sent until somebody looks, for the log, as an error. */
  readonly onLoss?: (what: string, error: unknown) => void;
}

/** The largest record that our topics take. */
export const recordBytesMax = 16 * 1024 * 1024;

/**
 * How much of one partition goes into one request: the client does not split, and a broker's default limit is 1 MiB.
 */
export const partitionBytesMax = 900_000;
export const partitionEventsMax = 100;

/**
 * From how many waiting events on a request is sent without waiting for more company: a batch of 32 costs little more
 * each.
 */
export const companyEventsMin = 32;

/** How much goes into one request altogether; measured: beyond 500 events nothing is gained. */
export const requestEventsMax = 500;
export const requestBytesMax = 8 * 1024 * 1024;

/** How much is fetched at once; a larger single record still passes (KIP-74). */
export const fetchBytesMax = 4 * 1024 * 1024;

/**
 * The name of a group as Kafka knows it: one Kafka group per group and topic. So topics of one service are shared out
 * apart from
 * one another (a rebalance of one does not stop the rest), and the client's assignor works, which expects all members
 * of a group
 * to read the same topics.
 */
export function kafkaGroup(group: string, topic: string): string {
  return `${group}.${topic}`;
}

const defaults = {
  topicPrefix: '',
  groupProtocol: 'classic',
  sessionTimeoutMs: 10_000,
  rebalanceTimeoutMs: 15_000,
  heartbeatMs: 1000,
  stallMs: 5000,
  lingerMs: 5,
  relayLingerMs: 15,
  fetchEveryMs: 15,
  deliveryTimeoutMs: 10_000,
  publishTimeoutMs: 2000,
  sweepEveryMs: 1000,
  sweepAgeMs: 3000,
  relayBytesMax: 64 * 1024 * 1024,
  partitions: 6,
  replicas: 3,
  retentionMs: 30 * 24 * 3_600_000,
} as const;

/** The options with every default filled in, and what every client needs. */
export interface KafkaSettings extends Required<Omit<KafkaOptions, 'tls' | 'sasl'>> {
  readonly client: {
    readonly clientId: string;
    readonly bootstrapBrokers: string[];
    readonly connectTimeout: number;
    readonly tls?: NonNullable<ConnectionOptions['tls']>;
    readonly sasl?: NonNullable<ConnectionOptions['sasl']>;
  };
}

/**
 * Fills in the defaults.
 * @param brokers `host:port` of one or more brokers
 * @param clientId how we call ourselves towards the brokers; the default owner of outbox rows
 * @param options what was set
 */
export function kafkaSettings(brokers: readonly string[], clientId: string, options: KafkaOptions): KafkaSettings {
  const { tls, sasl, ...rest } = options;
  return {
    owner: clientId,
    onTrouble: () => undefined,
    onLoss: () => undefined,
    ...defaults,
    ...rest,
    client: {
      clientId,
      bootstrapBrokers: [...brokers],
      connectTimeout: 3000,
      ...(tls && { tls }),
      ...(sasl && { sasl }),
    },
  };
}
