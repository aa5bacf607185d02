// platform: the Postgres face of the bus: a log in tables, woken by LISTEN/NOTIFY, for set-ups without a broker.
import { HubError } from '@staffetta/flow/errors.ts';
import { randomBytes } from 'node:crypto';
import { migrate } from '../../store/migrate.ts';
import { registerInstance, type LiveInstance } from '../../store/live-instances.ts';
import { migratePlatform } from '../../store/platform-tables.ts';
import type { Store, Tx } from '../../store/store.ts';
import type { Log } from '../../telemetry/log.ts';
import type { Bus, ConsumeOptions, ConsumedEvent, Consumption, GroupReader, Hearing, OutgoingEvent } from '../bus.ts';
import { startConsumption } from '../runtime/consumer-runtime.ts';
import {
  countLags,
  createTopics,
  deleteOldest,
  listPartitions,
  notifyAll,
  readEncoding,
  readEvents,
} from './postgres-log.ts';
import { PostgresHearer } from './postgres-hearer.ts';
import { PostgresMember, type MemberBus } from './postgres-member.ts';
import { PostgresPublisher } from './postgres-publisher.ts';
import type { Subscribe } from '../transport.ts';

const channel = 'staffetta_bus';
const deleteCountMax = 2000;
const senderLength = 12;

/** How the Postgres face works. */
export interface PostgresBusOptions {
  /** What the process is called in `platform.instance`. */
  readonly name: string;
  readonly log?: Log;
  /** Partitions of new topics. Default 6. */
  readonly partitions?: number;
  /** How long a frozen process keeps its partitions, in milliseconds. Default 10 s; a dead one loses them at once. */
  readonly aliveMs?: number;
}

/** The Postgres face, which also keeps its own log short. */
export interface PostgresBus extends Bus {
  readonly face: 'postgres';
  /**
   * Deletes events that were published before an instant (the database's clock) and committed by every group that reads their
   * topic. Dead letters stay unless asked for.
   * @returns how many were deleted
   */
  deleteOldEvents(before: Date, which?: { readonly deadLetters: boolean }): Promise<number>;
}

class TablesBus implements PostgresBus, MemberBus {
  readonly face = 'postgres';
  readonly store: Store;
  readonly #options: PostgresBusOptions;
  readonly #publisher: PostgresPublisher;
  readonly #members = new Set<PostgresMember>();
  readonly #consumptions = new Set<Consumption>();
  readonly #hearers = new Set<PostgresHearer>();
  #instance: LiveInstance | undefined;
  readonly #sender = randomBytes(senderLength / 2).toString('hex');
  #toTell = new Set<string>();
  #telling: Promise<void> | undefined;
  #closed: Promise<void> | undefined;

  constructor(store: Store, options: PostgresBusOptions) {
    this.store = store;
    this.#options = options;
    this.#publisher = new PostgresPublisher(store, (topics) => this.#topicsGrew(topics));
  }

  get instance(): LiveInstance {
    if (!this.#instance) throw new Error('The bus is not open.');
    return this.#instance;
  }

  async open(): Promise<void> {
    const { name, aliveMs } = this.#options;
    this.#instance = await registerInstance(this.store, name, {
      ...(aliveMs !== undefined && { aliveMs }),
      channels: [channel],
      onNotification: (_, payload) => this.#hear(payload),
      onLost: (reason) => this.#lost(reason),
      onRegistered: () => {
        for (const member of this.#members) member.instanceRegistered();
      },
    });
  }

  async ensureTopics(topics: readonly string[], partitions = this.#options.partitions ?? 6): Promise<void> {
    await createTopics(this.store, topics, partitions);
  }

  publish(events: readonly OutgoingEvent[]): Promise<void> {
    return this.#publisher.publish(events);
  }

  publishIn(tx: Tx, events: readonly OutgoingEvent[]): void {
    this.#publisher.publishIn(tx, events);
  }

  async consume(options: ConsumeOptions): Promise<Consumption> {
    const { topic, deadLetters = true } = options;
    await this.ensureTopics(deadLetters ? [topic, `${topic}.DLT`] : [topic]);
    const consumption = await startConsumption(this.#subscribe, options, (letters) => this.publish(letters));
    const stop = consumption.stop.bind(consumption);
    const known: Consumption = {
      paused: () => consumption.paused(),
      stop: async () => {
        await stop();
        this.#consumptions.delete(known);
      },
    };
    this.#consumptions.add(known);
    return known;
  }

  hear(topic: string, onEvent: (event: ConsumedEvent) => void): Hearing {
    const hearer = new PostgresHearer({
      store: this.store,
      topic,
      onEvent,
      ensure: () => this.ensureTopics([topic], 1),
      onTrouble: (error) => this.onTrouble(error),
      onStopped: (one) => this.#hearers.delete(one),
    });
    this.#hearers.add(hearer);
    return hearer;
  }

  async readAt(topic: string, partition: number, offset: bigint): Promise<ConsumedEvent | undefined> {
    const events = await readEvents(this.store, topic, [{ partition, next: offset }], 1, 1);
    return events.get(partition)?.[0];
  }

  async lag(group: string, topic: string): Promise<number> {
    const [lag = 0] = await this.lags([{ group, topic }]);
    return lag;
  }

  lags(readers: readonly GroupReader[]): Promise<readonly number[]> {
    return countLags(this.store, readers);
  }

  ping(): Promise<void> {
    return this.store.ping();
  }

  async deleteOldEvents(
    before: Date,
    which: { readonly deadLetters: boolean } = { deadLetters: false },
  ): Promise<number> {
    let total = 0;
    for (const place of await listPartitions(this.store, which.deadLetters)) {
      for (let deleted = -1; deleted !== 0; total += deleted) {
        // Small steps: writers to the partition wait while one runs.
        deleted = await deleteOldest(this.store, place, before, deleteCountMax);
      }
    }
    return total;
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  groupChanged(group: string, topic: string): void {
    for (const member of this.#members) member.wakeMember(group, topic);
    this.#tell(`g:${JSON.stringify([group, topic])}`);
  }

  onTrouble(error: unknown): void {
    this.#options.log?.warn({ err: error }, 'bus.trouble');
  }

  async #close(): Promise<void> {
    await Promise.all([...this.#consumptions, ...this.#hearers].map((one) => one.stop()));
    await this.#publisher.settled();
    await this.#telling;
    await this.instance.close();
  }

  #subscribe: Subscribe = async (group, topic, batchMax, listener) => {
    const member = new PostgresMember(this, group, topic, batchMax, listener);
    this.#members.add(member);
    try {
      await member.start();
    } catch (error) {
      this.#members.delete(member);
      throw error;
    }
    return {
      commit: (marks) => member.commit(marks),
      close: async () => {
        await member.close();
        this.#members.delete(member);
      },
    };
  };

  #lost(reason: unknown): void {
    this.onTrouble(reason);
    for (const member of this.#members) void member.instanceLost();
  }

  #topicsGrew(topics: ReadonlySet<string>): void {
    for (const topic of topics) {
      this.#wakeReaders(topic);
      this.#tell(`t:${topic}`);
    }
  }

  #wakeReaders(topic: string): void {
    for (const member of this.#members) member.wakeReader(topic);
    for (const hearer of this.#hearers) hearer.wake(topic);
  }

  #hear(message: string): void {
    const payload = message.slice(senderLength);
    // What this process tells the others it has told its own members already.
    if (message.startsWith(this.#sender)) return;
    if (payload.startsWith('t:')) {
      this.#wakeReaders(payload.slice(2));
      return;
    }
    const [group = '', topic = ''] = JSON.parse(payload.slice(2)) as string[];
    for (const member of this.#members) member.wakeMember(group, topic);
  }

  /** Tells the other processes; what comes while a telling is under way goes with the next. */
  #tell(payload: string): void {
    this.#toTell.add(payload);
    this.#telling ??= this.#tellAll();
  }

  async #tellAll(): Promise<void> {
    // Not within the publishing transaction: NOTIFY makes all commits of the database wait for one another.
    while (this.#toTell.size > 0) {
      const payloads = [...this.#toTell].map((payload) => `${this.#sender}${payload}`);
      this.#toTell = new Set();
      try {
        await notifyAll(this.instance, channel, payloads);
      } catch (error) {
        // The others look by themselves every second.
        this.onTrouble(error);
      }
    }
    this.#telling = undefined;
  }
}

/**
 * Opens the Postgres face: brings its tables up to date and registers this process as alive.
 * @param store the database that holds the log; events published in its transactions commit with them
 * @param options names and limits
 * @throws HubError DATABASE_AWAY where the database cannot be reached; SETTING_WRONG where its encoding is not UTF8
 */
export async function createPostgresBus(
  store: Store,
  options: PostgresBusOptions = { name: 'bus' },
): Promise<PostgresBus> {
  const encoding = await readEncoding(store);
  if (encoding !== 'UTF8') {
    throw new HubError(
      'SETTING_WRONG',
      `DATABASE_URL names a database in ${encoding}; create one with ENCODING 'UTF8'.`,
    );
  }
  await migratePlatform(store);
  await migrate(store, 'bus', new URL('../migrations/', import.meta.url));
  const bus = new TablesBus(store, options);
  await bus.open();
  return bus;
}
