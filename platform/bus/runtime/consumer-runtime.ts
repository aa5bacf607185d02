// platform: one consumption of one topic, the same on every face: room, partitions that come and go, commits, the end.
import { BatchWorker } from './batch-worker.ts';
import type { ConsumedEvent, ConsumeOptions, Consumption } from '../bus.ts';
import { Committer } from './committer.ts';
import { DeadLetterBox, type PublishDeadLetters } from './dead-letter-box.ts';
import { errorMessage } from '../failure-kinds.ts';
import { runtimeLimits } from './ready-queue.ts';
import { systemTimers, type Timers } from './timers.ts';
import type { Place, Subscribe, Subscription, TransportListener } from '../transport.ts';
import { arrive, noteUnpark, ownPartition, type OwnedPartition, type WorkItem } from './work-items.ts';

/** How long a stopping consumption waits for the batch in hand before it aborts the handler's signal. */
const stopGraceMs = 20_000;

/** How long it waits after that abort, and for letters and commits to become durable. */
const lastGraceMs = 3000;

class Runtime implements Consumption, TransportListener {
  readonly #options: ConsumeOptions;
  readonly #timers: Timers;
  readonly #partitions = new Map<number, OwnedPartition>();
  readonly #worker: BatchWorker;
  readonly #committer: Committer;
  readonly #letters: DeadLetterBox;
  readonly #stopping = new AbortController();
  readonly #abort = new AbortController();
  readonly #closing = new AbortController();
  #subscription: Subscription | undefined;
  #roomWaiters: (() => void)[] = [];
  #working: Promise<void> = Promise.resolve();
  #stopped: Promise<void> | undefined;

  constructor(options: ConsumeOptions, publishDeadLetters: PublishDeadLetters, timers: Timers) {
    this.#options = options;
    this.#timers = timers;
    this.#committer = new Committer(() => this.#partitions.values(), timers, this.#closing.signal);
    const durable = (item: WorkItem, error: unknown): void => this.#letterDurable(item, error);
    this.#letters = new DeadLetterBox(options.group, publishDeadLetters, durable, timers);
    this.#worker = new BatchWorker({
      options,
      timers,
      setAside: (item, error) => this.#letters.add(item, error),
      onProgress: () => this.#progress(),
      stopping: this.#stopping.signal,
      abort: this.#abort.signal,
    });
  }

  async start(subscribe: Subscribe): Promise<void> {
    const { group, topic, batchMax } = this.#options;
    this.#working = this.#worker.run();
    void this.#letters.run(this.#closing.signal);
    try {
      this.#subscription = await subscribe(group, topic, batchMax, this);
    } catch (error) {
      this.#end();
      throw error;
    }
    this.#committer.use(this.#subscription);
  }

  async onEvents(events: readonly ConsumedEvent[]): Promise<void> {
    if (this.#stopping.signal.aborted) return;
    const owners = new Set<OwnedPartition>();
    const items: WorkItem[] = [];
    for (const event of events) {
      const owner = this.#ownerOf(event);
      const item = arrive(event, owner);
      if (item) items.push(item);
      owners.add(owner);
    }
    this.#worker.ready.push(items);
    this.#worker.wake();
    for (const owner of owners) await this.#room(owner);
  }

  async onRevoked(places: readonly Place[]): Promise<void> {
    for (const { partition } of places) {
      const owner = this.#partitions.get(partition);
      if (owner) owner.gone = true;
      this.#partitions.delete(partition);
    }
    this.#worker.forgetGone();
    this.#letRoom();
  }

  async onHandover(places: readonly Place[]): Promise<void> {
    const leaving = places.flatMap(({ partition }) => this.#partitions.get(partition) ?? []);
    for (const owner of leaving) owner.gone = true;
    this.#worker.forgetGone();
    this.#letRoom();
    await this.#worker.boundary();
    await this.#committer.flush();
    for (const owner of leaving) {
      if (this.#partitions.get(owner.partition) === owner) this.#partitions.delete(owner.partition);
    }
  }

  paused(): string | undefined {
    const { pauseReason } = this.#worker;
    if (pauseReason) return errorMessage(pauseReason.error);
    const { trouble } = this.#letters;
    return trouble === undefined ? undefined : `dead letters cannot be published: ${errorMessage(trouble)}`;
  }

  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  async #stop(): Promise<void> {
    this.#stopping.abort();
    this.#worker.wake();
    this.#letRoom();
    if (!(await this.#within(this.#working, stopGraceMs))) {
      this.#abort.abort();
      await this.#within(this.#working, lastGraceMs);
    }
    await this.#within(this.#letters.emptied(), lastGraceMs);
    await this.#within(this.#committer.flush(), lastGraceMs);
    this.#end();
    await this.#subscription?.close();
  }

  #end(): void {
    for (const control of [this.#stopping, this.#abort, this.#closing]) control.abort();
    this.#worker.wake();
    this.#letRoom();
  }

  /** Whether the work ended within the time. */
  async #within(work: Promise<void>, limitMs: number): Promise<boolean> {
    const giveUp = new AbortController();
    const late = this.#timers.sleep(limitMs, giveUp.signal).then(() => false);
    const inTime = await Promise.race([work.then(() => true), late]);
    giveUp.abort();
    return inTime;
  }

  #ownerOf(event: ConsumedEvent): OwnedPartition {
    let owner = this.#partitions.get(event.partition);
    if (!owner) {
      owner = ownPartition(event);
      this.#partitions.set(event.partition, owner);
    }
    return owner;
  }

  async #room(owner: OwnedPartition): Promise<void> {
    while (!this.#stopping.signal.aborted && !owner.gone && !this.#hasRoom(owner)) {
      await new Promise<void>((go) => this.#roomWaiters.push(go));
    }
  }

  #hasRoom({ parkedCount, parkedBytes }: OwnedPartition): boolean {
    const { parkedCountMax, parkedBytesMax } = runtimeLimits;
    return this.#worker.ready.hasRoom() && parkedCount < parkedCountMax && parkedBytes < parkedBytesMax;
  }

  #letRoom(): void {
    for (const go of this.#roomWaiters.splice(0)) go();
  }

  #progress(): void {
    this.#letRoom();
    this.#committer.kick();
  }

  #letterDurable(item: WorkItem, error: unknown): void {
    noteUnpark(item);
    item.ticket.done = true;
    this.#progress();
    this.#options.onDeadLetter?.({ event: item.event, error }, item.tries);
  }
}

/**
 * Starts to consume a topic by a face's transport and keeps every promise of `ConsumeOptions`. On stop the batch in hand has 20 s
 * before the handler's signal is aborted.
 * @param subscribe the face's way to read
 * @param options what the service asks
 * @param publishDeadLetters the face's way to publish; resolves once the letters are durable
 * @param timers time and chance, for tests
 * @throws what `subscribe` throws where the group cannot be joined
 */
export async function startConsumption(
  subscribe: Subscribe,
  options: ConsumeOptions,
  publishDeadLetters: PublishDeadLetters,
  timers: Timers = systemTimers,
): Promise<Consumption> {
  const runtime = new Runtime(options, publishDeadLetters, timers);
  await runtime.start(subscribe);
  return runtime;
}
