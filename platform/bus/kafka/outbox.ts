// platform: the outbox of the Kafka face: what a transaction published is sent after its commit, and found again
// after a crash.
import { randomUUID } from 'node:crypto';
import type { Store, Tx } from '../../store/store.ts';
import type { OutgoingEvent, Rebuild } from '../bus.ts';
import type { KafkaProducer, Parcel } from './kafka-producer.ts';
import { eventBytes } from './kafka-request.ts';
import type { KafkaSettings } from './kafka-settings.ts';
import { OutboxDeleter } from './outbox-deleter.ts';
import { OutboxKeeper } from './outbox-keeper.ts';
import { insertRows, type OutboxOwner } from './outbox-rows.ts';
import { OutboxSweeper } from './outbox-sweeper.ts';

const untilWithdrawnMs = 3_600_000;
const closeWaitMs = 5000;

interface Pending {
  readonly events: OutgoingEvent[];
  ids: readonly number[];
}

/**
 * The outbox of one process. It has two modes. In front: committed events are sent from memory and their rows deleted
 * once they
 * are in the log. Behind (Kafka is away or slow): everything waits in rows, which the sweeper sends in their order
 * once Kafka
 * answers; only then does it go in front again, so that no event of a key overtakes an older one of this process.
 */
export class Outbox {
  readonly #settings: KafkaSettings;
  readonly #producer: KafkaProducer;
  readonly #mine: OutboxOwner;
  readonly #keepReferences: boolean;
  readonly #keeper: OutboxKeeper;
  readonly #deleter: OutboxDeleter;
  readonly #sweeper: OutboxSweeper;
  readonly #pending = new WeakMap<Tx, Pending>();
  readonly #relays = new Set<Promise<void>>();
  #relayBytes = 0;
  #behind = false;
  #closed = false;

  constructor(settings: KafkaSettings, producer: KafkaProducer, store: Store, rebuild: Rebuild | undefined) {
    this.#settings = settings;
    this.#producer = producer;
    this.#mine = { owner: settings.owner, instance: randomUUID() };
    this.#keepReferences = rebuild !== undefined;
    this.#keeper = new OutboxKeeper(store, this.#mine, this.#keepReferences);
    this.#deleter = new OutboxDeleter(store, settings.onTrouble);
    this.#sweeper = new OutboxSweeper({
      settings,
      producer,
      store,
      mine: this.#mine,
      rebuild,
      isBehind: () => this.#behind,
      goInFront: async () => {
        this.#behind = false;
        // What was on its way into rows belongs before everything that is held back now.
        await this.#keeper.idle();
      },
      fallBehind: (why) => this.fallBehind(why),
    });
  }

  /** Starts to relay what was left behind. */
  start(): void {
    this.#sweeper.start();
  }

  /**
   * Publishes with the transaction: one statement just before the commit, sent right after it; nobody waits for the
   * sending.
   * @throws HubError DOCUMENT_TOO_LARGE
   */
  publishIn(tx: Tx, events: readonly OutgoingEvent[]): void {
    for (const event of events) eventBytes(event);
    const open = this.#pending.get(tx);
    if (open) {
      open.events.push(...events);
      return;
    }
    const pending: Pending = { events: [...events], ids: [] };
    this.#pending.set(tx, pending);
    tx.beforeCommit(async () => {
      this.#pending.delete(tx);
      if (pending.events.length === 0) return;
      pending.ids = await insertRows(tx, this.#mine, pending.events, this.#keepReferences);
    });
    tx.afterCommit(() => this.#relay(pending));
  }

  #relay({ events, ids }: Pending): void {
    if (ids.length === 0 || this.#closed) return;
    if (this.#behind) return this.#sweeper.hurry();
    const bytes = events.reduce((sum, event) => sum + event.value.length, 0);
    if (this.#relayBytes + bytes > this.#settings.relayBytesMax) {
      return this.fallBehind('too many events wait for Kafka');
    }
    this.#relayBytes += bytes;
    const parcel = this.#producer.offer(events, 'relay', this.#settings.deliveryTimeoutMs);
    const relay = this.#finishRelay(parcel, ids).finally(() => {
      this.#relayBytes -= bytes;
      this.#relays.delete(relay);
    });
    this.#relays.add(relay);
  }

  async #finishRelay(parcel: Parcel, ids: readonly number[]): Promise<void> {
    try {
      await parcel.done;
      this.#deleter.add(ids);
    } catch (error) {
      if (!this.#closed) this.fallBehind(error);
    }
  }

  /**
   * Publishes at once, or, where Kafka does not answer within `publishTimeoutMs`, as a row: durable either way.
   * @throws HubError DOCUMENT_TOO_LARGE, or DATABASE_AWAY where Kafka and the database are both away
   */
  async publish(events: readonly OutgoingEvent[]): Promise<void> {
    for (const event of events) eventBytes(event);
    if (this.#behind) {
      await this.#keeper.keep(events);
      return this.#sweeper.hurry();
    }
    const parcel = this.#producer.offer(events, 'direct', untilWithdrawnMs);
    const late = setTimeout(() => this.fallBehind('no answer in time'), this.#settings.publishTimeoutMs);
    try {
      await parcel.done;
    } finally {
      clearTimeout(late);
    }
  }

  /** Lets everything that is not in the log yet wait in rows, until Kafka answers again. */
  fallBehind(why: unknown): void {
    if (!this.#behind) this.#settings.onTrouble('Kafka does not take events; they wait in the outbox', why);
    this.#behind = true;
    // In the order of their calls, ahead of whatever is published from now on.
    for (const parcel of this.#producer.withdraw()) {
      this.#keeper.keep(parcel.events).then(
        () => parcel.resolve(),
        (error: unknown) => parcel.reject(error),
      );
    }
    this.#sweeper.hurry();
  }

  /** Ends the relays under way, within 5 s; what is not sent then stays in its row for whoever starts next. */
  async close(): Promise<void> {
    const slow = new Promise<void>((resolve) => setTimeout(resolve, closeWaitMs).unref());
    await Promise.race([Promise.allSettled(this.#relays), slow]);
    this.#closed = true;
    await this.#sweeper.stop();
    await this.#keeper.idle();
    await this.#deleter.close();
  }
}
