// platform: an event on its way through the consumer runtime, and the partition that it belongs to while that is ours.
import type { ConsumedEvent } from '../bus.ts';
import { CommitMarks, type Ticket } from './commit-marks.ts';
import type { Place } from '../transport.ts';

/** A partition while it is ours; a partition that comes back is a new one. */
export interface OwnedPartition extends Place {
  readonly marks: CommitMarks;
  /** No longer ours, or about to be given back: nothing more of it is handed over. */
  gone: boolean;
  /** Events of it that wait for a retry, behind one, or for their dead letter to be durable. */
  parkedCount: number;
  parkedBytes: number;
}

/** An event on its way: queued, in hand, parked, or waiting for its dead letter. */
export interface WorkItem {
  readonly event: ConsumedEvent;
  readonly ticket: Ticket;
  readonly owner: OwnedPartition;
  /** Events of one lane keep their order. */
  readonly lane: string;
  /** Counted failures so far. */
  tries: number;
  parked: boolean;
}

/** Takes a partition as ours. */
export function ownPartition(place: Place): OwnedPartition {
  const { topic, partition } = place;
  return { topic, partition, marks: new CommitMarks(), gone: false, parkedCount: 0, parkedBytes: 0 };
}

/**
 * Makes the item of an event that arrived.
 * @returns the item, or undefined where the event is on its way already (a face that read it twice)
 */
export function arrive(event: ConsumedEvent, owner: OwnedPartition): WorkItem | undefined {
  const ticket = owner.marks.arrived(event.offset);
  if (!ticket) return undefined;
  // Events without a key have no order to keep, so none of them waits for another.
  const lane = event.key === '' ? `${event.partition}#${event.offset}` : `${event.partition}/${event.key}`;
  return { event, ticket, owner, lane, tries: 0, parked: false };
}

/** Counts an item as parked, once. */
export function notePark(item: WorkItem): void {
  if (item.parked) return;
  item.parked = true;
  item.owner.parkedCount++;
  item.owner.parkedBytes += item.event.value.length;
}

/** Counts an item as no longer parked. */
export function noteUnpark(item: WorkItem): void {
  if (!item.parked) return;
  item.parked = false;
  item.owner.parkedCount--;
  item.owner.parkedBytes -= item.event.value.length;
}
