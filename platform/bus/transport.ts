// platform: what a face of the bus must bring; batching, retries and dead letters above it are shared by all faces.
import type { ConsumedEvent } from './bus.ts';

/** One topic-partition. */
export interface Place {
  readonly topic: string;
  readonly partition: number;
}

/** What a face tells the shared consumer runtime. */
export interface TransportListener {
  /** Events in offset order per partition. The runtime answers when it has room for more (back-pressure). */
  onEvents(events: readonly ConsumedEvent[]): Promise<void>;
  /** These partitions are no longer ours: what is in hand for them may end, but is not committed any more. */
  onRevoked(places: readonly Place[]): Promise<void>;
  /**
   * Another member asks for these partitions and we may finish first: queued events are forgotten, what is in hand ends (or only
   * waits for a part that is away) and is committed; then the face may let go. A face that cannot wait calls `onRevoked`.
   */
  onHandover?(places: readonly Place[]): Promise<void>;
}

/** One member's reading of one topic in a group. */
export interface Subscription {
  /** Commits: every offset below `next` is done. Called at most once at a time per partition, offsets only rise. */
  commit(marks: readonly (Place & { readonly next: bigint })[]): Promise<void>;
  /** Leaves the group after a last commit. */
  close(): Promise<void>;
}

/** A face's way to read: joins the group and keeps calling the listener until closed; recovers by itself from lost connections. */
export type Subscribe = (
  group: string,
  topic: string,
  batchMax: number,
  listener: TransportListener,
) => Promise<Subscription>;
