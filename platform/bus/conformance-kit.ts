// platform: what the bus's conformance suite needs on every face: topics of its own, recorders, and waiting for facts.
import { HubError, type ErrorCode } from '@staffetta/flow/errors.ts';
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Store } from '../store/store.ts';
import type { Bus, ConsumedEvent, ConsumeOptions, EventHeaders, OutgoingEvent, RetryPolicy } from './bus.ts';

/** One face under test: a bus, more members of the same log, the store behind `publishIn`, and the end of it all. */
export interface OpenBus {
  readonly bus: Bus;
  /** Another process' view of the same log (its own connections and membership); the test closes it. */
  otherBus(): Promise<Bus>;
  readonly store: Store;
  close(): Promise<void>;
}

/** What a chapter of the suite gets: the face, opened before its first test. */
export type Face = () => OpenBus;

/** Tries that follow one another at once, so that tests are short. */
export const quickRetry: RetryPolicy = { tries: 3, delaysMs: [10], jitter: 0 };

/** Makes a topic with its dead letters, under a name of its own. */
export async function newTopic(face: Face): Promise<string> {
  const topic = `t-${randomBytes(6).toString('hex')}`;
  await face().bus.ensureTopics([topic, `${topic}.DLT`]);
  return topic;
}

/** A group name of its own. */
export function newGroup(): string {
  return `g-${randomBytes(6).toString('hex')}`;
}

/** Waits until a fact holds. @throws Error with `what` after 45 s */
export async function eventually(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  const end = performance.now() + 45_000;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`It did not come true within 45 s: ${what}`);
    await sleep(20);
  }
}

/** An event with a text value. */
export function event(topic: string, key: string, value: string, headers: EventHeaders = {}): OutgoingEvent {
  return { topic, key, value: Buffer.from(value), headers };
}

/** An event for a fixed partition. */
export function eventAt(partition: number, topic: string, key: string, value: string): OutgoingEvent {
  return { ...event(topic, key, value), partition };
}

/** Events `prefix0`, `prefix1`, … whose keys go round `keys`. */
export function numbered(topic: string, count: number, keys: readonly string[], prefix = ''): OutgoingEvent[] {
  return Array.from({ length: count }, (_, n) => event(topic, keys[n % keys.length]!, `${prefix}${n}`));
}

/** The value as text. */
export function textOf(of: { readonly value: Buffer }): string {
  return of.value.toString('utf8');
}

/** The hub's error of a code, as handlers throw it. */
export function failure(code: ErrorCode, message: string = code): HubError {
  return new HubError(code, message);
}

/** Remembers every event that it was handed, in order, and how many handlers ran at once. */
export class Recorder {
  readonly events: ConsumedEvent[] = [];
  readonly batchSizes: number[] = [];
  atOnceMax = 0;
  #atOnce = 0;

  /** Handles a batch by remembering it. */
  handle = async (batch: readonly ConsumedEvent[]): Promise<void> => {
    this.atOnceMax = Math.max(this.atOnceMax, ++this.#atOnce);
    this.batchSizes.push(batch.length);
    this.events.push(...batch);
    await sleep(1);
    this.#atOnce--;
  };

  /** The values seen, in order, of one key or all. */
  values(key?: string): string[] {
    return this.events.filter((seen) => key === undefined || seen.key === key).map(textOf);
  }

  /** The values seen, each once. */
  unique(): Set<string> {
    return new Set(this.values());
  }
}

/** Fills in what most tests do not care about. */
export function options(
  group: string,
  topic: string,
  handle: ConsumeOptions['handle'],
  more: Partial<ConsumeOptions> = {},
): ConsumeOptions {
  return { group, topic, handle, batchMax: 100, retry: quickRetry, ...more };
}

/** Starts a recorder of a topic's dead letters, in a group of its own. */
export async function recordDeadLetters(bus: Bus, topic: string): Promise<Recorder & { stop(): Promise<void> }> {
  const recorder = new Recorder();
  const handle = recorder.handle;
  const consumption = await bus.consume(options(newGroup(), `${topic}.DLT`, handle, { deadLetters: false }));
  return Object.assign(recorder, { stop: () => consumption.stop() });
}

/** A door that a handler waits at until the test opens it. */
export function gate(): { readonly opened: Promise<void>; open(): void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { opened: promise, open: resolve };
}
