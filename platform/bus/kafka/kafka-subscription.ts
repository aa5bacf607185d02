// platform: reads one topic in a group on Kafka, and builds the reading anew after whatever breaks it.
import { setTimeout as sleep } from 'node:timers/promises';
import { busAway } from './kafka-topics.ts';
import { KafkaMember } from './kafka-member.ts';
import type { KafkaSettings } from './kafka-settings.ts';
import { Reading } from './kafka-reading.ts';
import type { Subscribe, Subscription, TransportListener } from '../transport.ts';

const backoffMsMax = 2000;
const closeWaitMs = 3000;
/** After how many stalls in a row the membership itself is renewed, not only its stream. */
const stallsMax = 2;

/**
 * Makes the Kafka face's way to read.
 * @param settings how to connect, wait and recover
 * @returns a function that subscribes; it does not wait for the broker, which may come later
 */
export function kafkaSubscribe(settings: KafkaSettings): Subscribe {
  return async (group, topic, batchMax, listener) => new KafkaSubscription(settings, group, topic, batchMax, listener);
}

class KafkaSubscription implements Subscription {
  readonly #settings: KafkaSettings;
  readonly #group: string;
  readonly #topic: string;
  readonly #batchMax: number;
  readonly #listener: TransportListener;
  readonly #running: Promise<void>;
  #member: KafkaMember | undefined;
  #reading: Reading | undefined;
  #closed = false;
  #wake: () => void = () => undefined;
  #stalls = 0;

  constructor(settings: KafkaSettings, group: string, topic: string, batchMax: number, listener: TransportListener) {
    this.#settings = settings;
    this.#group = group;
    this.#topic = topic;
    this.#batchMax = batchMax;
    this.#listener = listener;
    this.#running = this.#run();
  }

  /**
   * @throws HubError BUS_AWAY where Kafka is away or the partitions are being shared out anew; the newest marks may be
   * tried again
   */
  async commit(marks: Parameters<Subscription['commit']>[0]): Promise<void> {
    const reading = this.#reading;
    if (!reading?.isOurs()) throw busAway(`Committing for ${this.#group} on ${this.#topic}`, 'not in the group now');
    const ours = marks.filter((mark) => reading.reads(mark));
    if (ours.length === 0) return;
    try {
      await reading.member.commit(ours);
    } catch (error) {
      throw busAway(`Committing for ${this.#group} on ${this.#topic}`, error);
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#wake();
    await this.#member?.close();
    await Promise.race([this.#running, sleep(closeWaitMs, undefined, { ref: false })]);
  }

  #trouble(doing: string, error: unknown): void {
    if (!this.#closed) this.#settings.onTrouble(`${doing} (${this.#group} on ${this.#topic})`, error);
  }

  async #run(): Promise<void> {
    for (let waitMs = 100; !this.#closed; waitMs = Math.min(waitMs * 2, backoffMsMax)) {
      const startMs = performance.now();
      const member = new KafkaMember(this.#settings, this.#group, this.#topic);
      this.#member = member;
      await this.#serve(member);
      await member.close();
      if (performance.now() - startMs > 10_000) waitMs = 100;
      if (!this.#closed) await this.#pause(waitMs);
    }
  }

  /** Reads as one member, through rebalances and broken streams, until the membership is past help. */
  async #serve(member: KafkaMember): Promise<void> {
    let waitMs = 50;
    while (!this.#closed && member.dead === undefined) {
      try {
        await this.#readOnce(member);
        waitMs = 50;
      } catch (error) {
        this.#trouble('reading broke and starts anew', error);
        // Without a first heartbeat there is no membership worth keeping.
        if (!member.isIn() && member.silentMs() > this.#settings.sessionTimeoutMs) member.dead ??= error;
        waitMs = Math.min(waitMs * 2, backoffMsMax);
        await this.#pause(waitMs);
      }
    }
    if (member.dead !== undefined) this.#trouble('the membership is given up', member.dead);
  }

  async #pause(waitMs: number): Promise<void> {
    const stop = new AbortController();
    this.#wake = () => stop.abort();
    await sleep(waitMs, undefined, { signal: stop.signal }).catch(() => undefined);
    this.#wake = () => undefined;
  }

  /** Reads from the committed offsets on until the partitions change, the stream breaks or all is closed. */
  async #readOnce(member: KafkaMember): Promise<void> {
    const reading = new Reading(await member.read(), member, this.#settings.stallMs, this.#batchMax);
    this.#reading = reading;
    this.#wake = () => reading.end();
    if (this.#closed) reading.end();
    let taken: Promise<void> = Promise.resolve();
    try {
      for (let batch = await reading.next(); batch !== undefined; batch = await reading.next()) {
        this.#stalls = 0;
        taken = this.#listener.onEvents(batch);
        // The runtime may have no room for minutes; losing partitions must not wait for that.
        await Promise.race([taken, reading.over]);
      }
      this.#judge(member, reading);
    } finally {
      this.#wake = () => undefined;
      this.#reading = undefined;
      await reading.close();
      if (reading.places.length > 0) await this.#listener.onRevoked(reading.places);
      await taken;
    }
  }

  #judge(member: KafkaMember, reading: Reading): void {
    if (reading.stalled) {
      this.#stalls++;
      if (this.#stalls >= stallsMax) member.dead ??= new Error('no event arrives though some are waiting');
      throw new Error('no event arrives though some are waiting');
    }
    if (reading.error !== undefined) throw reading.error;
  }
}
