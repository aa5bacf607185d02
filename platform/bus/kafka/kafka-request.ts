// platform: what goes into one request to Kafka: sizes, partitions and the shape of a message.
import { HubError } from '@staffetta/flow/errors.ts';
import type { MessageToProduce } from '@platformatic/kafka';
import type { OutgoingEvent } from '../bus.ts';
import { partitionBytesMax, partitionEventsMax, recordBytesMax, requestBytesMax } from './kafka-settings.ts';
import { partitionOf } from '../partition-of.ts';

/** An event that waits to be sent, with its size. */
export interface Sized {
  readonly event: OutgoingEvent;
  readonly bytes: number;
}

/** What is sent at once: the events taken and their messages, side by side. */
export interface Request<E extends Sized> {
  readonly entries: E[];
  readonly messages: MessageToProduce[];
}

/**
 * Counts what an event takes in a record batch, generously.
 * @throws HubError DOCUMENT_TOO_LARGE where our topics would refuse it
 */
export function eventBytes(event: OutgoingEvent): number {
  let bytes = event.value.length + event.key.length * 3 + 128;
  for (const name in event.headers) bytes += name.length * 3 + headerLength(event.headers[name]!) + 16;
  if (bytes > recordBytesMax) {
    const what = `The event for ${event.topic} takes ${bytes} bytes, the most is ${recordBytesMax}`;
    throw new HubError('DOCUMENT_TOO_LARGE', what);
  }
  return bytes;
}

function headerLength(value: string | Buffer): number {
  return typeof value === 'string' ? value.length * 3 : value.length;
}

/**
 * Takes as much as one request may hold, in order within each partition; a full partition's later events stay behind.
 * An event
 * that is larger than a partition's share goes alone on its partition.
 * @param queue what waits, in order
 * @param most how many events at most
 * @param countOf how many partitions a topic has
 * @returns the request, and the rest in its order
 */
export function fillRequest<E extends Sized>(
  queue: readonly E[],
  most: number,
  countOf: (topic: string) => number,
): { request: Request<E>; rest: E[] } {
  const request: Request<E> = { entries: [], messages: [] };
  const rest: E[] = [];
  const lanes = new Map<string, { events: number; bytes: number; full: boolean }>();
  let bytes = 0;
  for (const entry of queue) {
    const partition = entry.event.partition ?? partitionOf(entry.event.key, countOf(entry.event.topic));
    const name = `${entry.event.topic}:${partition}`;
    const lane = lanes.get(name) ?? { events: 0, bytes: 0, full: false };
    lanes.set(name, lane);
    const company = request.entries.length;
    lane.full ||= company >= most || (company > 0 && bytes + entry.bytes > requestBytesMax);
    lane.full ||=
      lane.events > 0 && (lane.events >= partitionEventsMax || lane.bytes + entry.bytes > partitionBytesMax);
    if (lane.full) {
      rest.push(entry);
      continue;
    }
    lane.events++;
    lane.bytes += entry.bytes;
    bytes += entry.bytes;
    request.entries.push(entry);
    request.messages.push(toMessage(entry.event, partition));
  }
  return { request, rest };
}

const headerNames = new Map<string, Buffer>();

function headerName(name: string): Buffer {
  let bytes = headerNames.get(name);
  if (bytes === undefined) {
    if (headerNames.size > 1000) headerNames.clear();
    bytes = Buffer.from(name);
    headerNames.set(name, bytes);
  }
  return bytes;
}

function toMessage(event: OutgoingEvent, partition: number): MessageToProduce {
  const headers = new Map<Buffer, Buffer>();
  for (const name in event.headers) {
    const value = event.headers[name]!;
    headers.set(headerName(name), typeof value === 'string' ? Buffer.from(value) : value);
  }
  return { topic: event.topic, partition, key: Buffer.from(event.key), value: event.value, headers };
}
