// platform: one stream of a Kafka topic, read in batches until the group shares it out anew, it breaks or it stands
// still.
import type { Message } from '@platformatic/kafka';
import type { ConsumedEvent, EventHeaders } from '../bus.ts';
import type { KafkaMember, RawStream } from './kafka-member.ts';
import type { Place } from '../transport.ts';

const watchEveryMs = 1000;
/** How long without an answered heartbeat until the membership is given up; an outage shorter than this keeps it. */
const silentMsMax = 30_000;

/** One stream, read in batches until it is over. */
export class Reading {
  readonly #stream: RawStream;
  readonly member: KafkaMember;
  readonly places: readonly Place[];
  readonly #stallMs: number;
  readonly #batchMax: number;
  readonly #assignment: string;
  readonly #watch: NodeJS.Timeout;
  #ended = false;
  #waiting = false;
  #quietSinceMs = performance.now();
  #checking = false;
  #wake: () => void = () => undefined;
  readonly over: Promise<void>;
  #sayOver: () => void = () => undefined;
  stalled = false;
  error: unknown;

  constructor(stream: RawStream, member: KafkaMember, stallMs: number, batchMax: number) {
    this.#stream = stream;
    this.member = member;
    this.places = member.places();
    this.#stallMs = stallMs;
    this.#batchMax = batchMax;
    this.#assignment = member.assignment();
    this.over = new Promise((resolve) => {
      this.#sayOver = resolve;
    });
    member.onTurn = () => this.#endIfTurned();
    stream.on('readable', () => this.#wake());
    stream.on('error', (error) => {
      this.error ??= error;
      this.end();
    });
    stream.on('close', () => {
      this.error ??= this.#ended ? undefined : new Error('the stream ended by itself');
      this.end();
    });
    this.#watch = setInterval(() => this.#look(), watchEveryMs);
    if (stream.destroyed) {
      this.error ??= stream.errored ?? new Error('the stream ended before it was read');
      this.end();
    }
  }

  /** Whether our place in the group is still the one that this reading began with. */
  isOurs(): boolean {
    return !this.#ended && this.member.isIn() && this.member.assignment() === this.#assignment;
  }

  /** Whether this reading reads a partition. */
  reads(place: Place): boolean {
    return this.places.some(({ topic, partition }) => topic === place.topic && partition === place.partition);
  }

  /** Ends the reading: `next` gives nothing any more. */
  end(): void {
    this.#ended = true;
    this.#sayOver();
    this.#wake();
  }

  /** Waits for events and takes at most a batch of what is there; undefined when the reading is over. */
  async next(): Promise<ConsumedEvent[] | undefined> {
    for (;;) {
      if (this.#ended) return undefined;
      const batch = this.#take();
      if (batch.length > 0) {
        this.#quietSinceMs = performance.now();
        return batch;
      }
      this.#waiting = true;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      this.#waiting = false;
    }
  }

  #take(): ConsumedEvent[] {
    const batch: ConsumedEvent[] = [];
    while (batch.length < this.#batchMax) {
      const message = this.#stream.read() as Message | null;
      if (message === null) break;
      batch.push(toEvent(message));
    }
    return batch;
  }

  #endIfTurned(): void {
    if (this.member.dead !== undefined || this.member.assignment() !== this.#assignment) this.end();
  }

  #look(): void {
    // With KIP-848 partitions come and go without an event of their own.
    this.#endIfTurned();
    if (this.member.silentMs() > silentMsMax) {
      this.member.dead ??= new Error(`no heartbeat was answered for ${silentMsMax} ms`);
      this.end();
    }
    const quietMs = performance.now() - this.#quietSinceMs;
    if (!this.#waiting || this.#checking || quietMs < this.#stallMs) return;
    this.#checking = true;
    void this.#checkStall().finally(() => {
      this.#checking = false;
    });
  }

  /** A stream may stand still without a word after a broker's restart (seen in the wild): the log's ends tell. */
  async #checkStall(): Promise<void> {
    const since = this.#quietSinceMs;
    const places = this.member.places();
    const positions = new Map(this.#stream.offsetsToFetch);
    const ends = await this.member.ends().catch(() => []);
    const behind = places.some(({ topic, partition }) => {
      const position = positions.get(`${topic}:${partition}`);
      return position !== undefined && (ends[partition] ?? -1n) > position;
    });
    if (!this.#waiting || since !== this.#quietSinceMs) return;
    this.#quietSinceMs = performance.now();
    if (!behind) return;
    this.stalled = true;
    this.end();
  }

  async close(): Promise<void> {
    clearInterval(this.#watch);
    this.member.onTurn = () => undefined;
    this.end();
    if (this.#stream.closed) return;
    const closed = new Promise<void>((resolve) => this.#stream.once('close', () => resolve()));
    this.#stream.destroy();
    await closed;
  }
}

function toEvent(message: Message): ConsumedEvent {
  return {
    topic: message.topic,
    partition: message.partition,
    offset: message.offset,
    // Others may publish without a key or a value; the handler decides what that means.
    key: message.key?.toString('utf8') ?? '',
    value: message.value ?? Buffer.alloc(0),
    headers: toHeaders(message.headerEntries),
    timestamp: new Date(Number(message.timestamp)),
  };
}

/** Reads Kafka's headers: names as text, values as bytes; of several with one name the last counts. */
export function toHeaders(entries: readonly (readonly [Buffer | null, Buffer | null])[]): EventHeaders {
  // From entries, so that even a header called __proto__ is one.
  return Object.fromEntries(entries.map(([name, value]) => [name?.toString('utf8') ?? '', value ?? Buffer.alloc(0)]));
}
