// platform: sends events to Kafka in micro-batches, one request at a time, so that the order of a key survives every
// failure.
import { HubError } from '@staffetta/flow/errors.ts';
import { findErrorBy, Producer, type MessageToProduce } from '@platformatic/kafka';
import { setTimeout as sleep } from 'node:timers/promises';
import type { OutgoingEvent } from '../bus.ts';
import { eventBytes, fillRequest, type Request } from './kafka-request.ts';
import { busAway, has, type KafkaTopics } from './kafka-topics.ts';
import { companyEventsMin, requestEventsMax, type KafkaSettings } from './kafka-settings.ts';

/**
 * `direct`: a caller waits for it; `relay`: its outbox row is written; `sweep`: read back from the outbox, passes a
 * hold.
 */
export type ParcelKind = 'direct' | 'relay' | 'sweep';

/** What one caller published together; done when all of it is durable. */
export interface Parcel {
  readonly kind: ParcelKind;
  readonly events: readonly OutgoingEvent[];
  readonly done: Promise<void>;
  resolve(): void;
  reject(error: unknown): void;
}

interface OpenParcel extends Parcel {
  /** Until when it waits for company. */
  readonly dueMs: number;
  readonly deadlineMs: number;
  left: number;
  settled: boolean;
}

interface Entry {
  readonly event: OutgoingEvent;
  readonly bytes: number;
  readonly parcel: OpenParcel;
}

const abandoned = Symbol('the request was given up');

/** The sending half of the Kafka face. */
export class KafkaProducer {
  readonly #settings: KafkaSettings;
  readonly #topics: KafkaTopics;
  #producer: Producer;
  #queue: Entry[] = [];
  #held: Entry[] | undefined;
  #inFlight: Entry[] = [];
  #pumping = false;
  #aloneLeft = 0;
  #backoffMs = 0;
  #wake: () => void = () => undefined;
  /** Until when the request that gathers now waits for company. */
  #dueMs = Number.POSITIVE_INFINITY;
  #giveUp: () => void = () => undefined;
  #closed = false;

  constructor(settings: KafkaSettings, topics: KafkaTopics) {
    this.#settings = settings;
    this.#topics = topics;
    this.#producer = this.#connect();
  }

  #connect(): Producer {
    const producer = new Producer({
      ...this.#settings.client,
      idempotent: true,
      // A retry inside the client keeps its sequence numbers, so the broker drops what it wrote already; our own
      // deadline ends it.
      retries: 1_000_000,
      retryDelay: (_client, _operation, attempt) => Math.min(50 * attempt, 500),
      timeout: 8000,
      requestTimeout: 10_000,
      metadataMaxAge: 60_000,
    });
    producer.on('error', (error) => this.#settings.onTrouble('The Kafka producer reports an error', error));
    return producer;
  }

  /**
   * Takes events for sending; several callers share one request.
   * @param timeoutMs after how long it is refused with BUS_AWAY
   * @throws HubError DOCUMENT_TOO_LARGE before anything is taken
   */
  offer(events: readonly OutgoingEvent[], kind: ParcelKind, timeoutMs: number): Parcel {
    const lingerMs = kind === 'relay' ? this.#settings.relayLingerMs : this.#settings.lingerMs;
    const parcel = openParcel(events, kind, timeoutMs, lingerMs);
    const entries = events.map((event) => ({ event, bytes: eventBytes(event), parcel }));
    if (this.#closed) parcel.reject(new HubError('BUS_AWAY', 'Publishing: the bus is closed'));
    else if (entries.length === 0) parcel.resolve();
    else if (this.#held && kind !== 'sweep') for (const entry of entries) this.#held.push(entry);
    else this.#enqueue(entries);
    return parcel;
  }

  #enqueue(entries: readonly Entry[]): void {
    for (const entry of entries) this.#queue.push(entry);
    if (!this.#pumping) void this.#pump();
    else if (this.#queue.length >= companyEventsMin) this.#wake();
    else if ((entries[0]?.parcel.dueMs ?? Number.POSITIVE_INFINITY) < this.#dueMs) this.#wake();
  }

  /** Lets nothing but sweeps pass until `release`, so that rows which are older than new events go first. */
  hold(): void {
    this.#held ??= [];
  }

  /** Lets what was held go on, in its order. */
  release(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    if (held.length > 0) this.#enqueue(held);
  }

  /**
   * Takes back everything that is not durable yet, because it will go another way; relays are refused (their rows
   * stay).
   * @returns the parcels whose callers wait, in their order; whoever called this settles them
   */
  withdraw(): Parcel[] {
    const open = new Set<OpenParcel>();
    for (const entry of [...this.#inFlight, ...this.#queue, ...(this.#held ?? [])]) {
      if (!entry.parcel.settled && entry.parcel.kind !== 'sweep') open.add(entry.parcel);
    }
    for (const parcel of open) {
      if (parcel.kind === 'relay') parcel.reject(new HubError('BUS_AWAY', 'It waits in the outbox'));
      parcel.settled = true;
    }
    this.#giveUp();
    return [...open].filter((parcel) => parcel.kind === 'direct');
  }

  async #pump(): Promise<void> {
    this.#pumping = true;
    while (this.#queue.length > 0) {
      await this.#linger();
      await this.#sendNext();
    }
    this.#pumping = false;
  }

  async #linger(): Promise<void> {
    while (!this.#closed && this.#queue.length < companyEventsMin) {
      this.#dueMs = this.#queue.reduce((least, { parcel }) => Math.min(least, parcel.dueMs), Number.POSITIVE_INFINITY);
      const waitMs = this.#dueMs - performance.now();
      if (waitMs <= 0) break;
      await this.#sleepUntilWoken(waitMs);
    }
    this.#dueMs = Number.NEGATIVE_INFINITY;
  }

  async #sleepUntilWoken(waitMs: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, waitMs);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  async #sendNext(): Promise<void> {
    try {
      const request = await this.#nextRequest();
      if (request.messages.length === 0) return;
      this.#inFlight = request.entries;
      await this.#send(request.messages);
      this.#inFlight = [];
      this.#backoffMs = 0;
      for (const { parcel } of request.entries) if (--parcel.left === 0) parcel.resolve();
    } catch (error) {
      const failed = this.#inFlight;
      this.#inFlight = [];
      this.#queue = failed.concat(this.#queue);
      await this.#recover(error, failed);
    }
  }

  async #nextRequest(): Promise<Request<Entry>> {
    this.#queue = this.#queue.filter((entry) => !entry.parcel.settled);
    const near = this.#queue.slice(0, requestEventsMax * 2);
    const topics = [...new Set(near.map((entry) => entry.event.topic))];
    if (topics.length === 0) return { entries: [], messages: [] };
    const metadata = await this.#producer.metadata({ topics, retries: 0 });
    const countOf = (topic: string): number => metadata.topics.get(topic)?.partitionsCount ?? 1;
    const most = this.#aloneLeft > 0 ? 1 : requestEventsMax;
    if (this.#aloneLeft > 0) this.#aloneLeft--;
    const { request, rest } = fillRequest(near, most, countOf);
    this.#queue = rest.concat(this.#queue.slice(near.length));
    return request;
  }

  async #send(messages: MessageToProduce[]): Promise<void> {
    const { promise: givenUp, resolve: giveUp } = Promise.withResolvers<typeof abandoned>();
    this.#giveUp = () => giveUp(abandoned);
    const deadlineMs = Math.min(...this.#inFlight.map((entry) => entry.parcel.deadlineMs));
    const timer = setTimeout(this.#giveUp, Math.max(0, deadlineMs - performance.now()));
    const sent = this.#producer.send({ messages }).then(() => undefined);
    try {
      if ((await Promise.race([sent, givenUp])) === abandoned) {
        this.#reset();
        throw new Error('no answer in time');
      }
    } finally {
      clearTimeout(timer);
      this.#giveUp = () => undefined;
    }
  }

  #reset(): void {
    const old = this.#producer;
    this.#producer = this.#connect();
    // Closing ends the client's own retries; what it says to that concerns nobody any more.
    old
      .close(true)
      .catch((error: unknown) => this.#settings.onTrouble('Closing a Kafka producer that was given up', error));
  }

  async #recover(error: unknown, failed: readonly Entry[]): Promise<void> {
    const now = performance.now();
    for (const { parcel } of this.#queue) {
      if (parcel.deadlineMs <= now) parcel.reject(busAway('Publishing', error));
    }
    const missing = /Unknown topic (\S+)\./.exec(error instanceof Error ? error.message : '')?.[1];
    if (missing) await this.#createTopic(missing);
    else if (failed.length > 0 && isFinal(error)) return this.#isolate(error, failed);
    if (this.#closed) return;
    this.#backoffMs = Math.min(Math.max(25, this.#backoffMs * 2), 500);
    await sleep(this.#backoffMs);
  }

  async #createTopic(topic: string): Promise<void> {
    this.#topics.forget(topic);
    // Where it cannot be created, the next round fails again until the deadlines pass.
    await this.#topics.ensure([topic]).catch((error: unknown) => {
      this.#settings.onTrouble(`Topic ${topic} is missing and could not be created`, error);
    });
  }

  /** Kafka refused a request for good: its events are sent one by one, so that only the guilty one is refused. */
  #isolate(error: unknown, failed: readonly Entry[]): void {
    if (failed.length > 1) {
      this.#aloneLeft = failed.length;
      return;
    }
    const { event, parcel, bytes } = failed[0]!;
    const why = error instanceof Error ? error.message : String(error);
    const tooLarge = has(error, 'MESSAGE_TOO_LARGE');
    const what = `Kafka refused an event of ${bytes} bytes for ${event.topic}: ${why}`;
    parcel.reject(new HubError(tooLarge ? 'DOCUMENT_TOO_LARGE' : 'BUS_AWAY', what, error));
  }

  /**
   * Sends what is there, within the delivery time-out, and disconnects; what could not be sent is refused with
   * BUS_AWAY.
   */
  async close(): Promise<void> {
    this.release();
    const end = performance.now() + this.#settings.deliveryTimeoutMs;
    while (this.#pumping && performance.now() < end) await sleep(5);
    this.#closed = true;
    for (const { parcel } of [...this.#inFlight, ...this.#queue]) {
      parcel.reject(new HubError('BUS_AWAY', 'Publishing: the bus was closed before Kafka answered'));
    }
    this.#giveUp();
    await this.#producer.close(true);
  }
}

function openParcel(
  events: readonly OutgoingEvent[],
  kind: ParcelKind,
  timeoutMs: number,
  lingerMs: number,
): OpenParcel {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const bornMs = performance.now();
  const parcel: OpenParcel = {
    kind,
    events,
    done: promise,
    dueMs: bornMs + lingerMs,
    deadlineMs: bornMs + timeoutMs,
    left: events.length,
    settled: false,
    resolve() {
      parcel.settled = true;
      resolve();
    },
    reject(error) {
      parcel.settled = true;
      reject(error);
    },
  };
  return parcel;
}

function isFinal(error: unknown): boolean {
  return error instanceof Error && findErrorBy(error, 'canRetry', false) !== null;
}
