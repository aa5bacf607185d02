// platform: how spans are made, wherever one is worth it; where traces are off there is nothing to ask, and contexts only go through.
import type { TraceContext } from '@staffetta/flow/trace-context.ts';

/** What a span stands for, as OpenTelemetry sorts them. */
export type SpanKind = 'server' | 'client' | 'producer' | 'consumer' | 'internal';

/** Facts of a span: ids, names of ours, counts and codes; never what people wrote, numbers of taxpayers, addresses or keys. */
export type SpanFacts = Readonly<Record<string, string | number | boolean | undefined>>;

/** Another span, in whatever trace, that this one has to do with. */
export interface SpanLink {
  readonly trace: TraceContext;
  readonly facts?: SpanFacts;
}

/** How a span begins. */
export interface SpanWish {
  readonly kind: SpanKind;
  /** What it continues; `none` begins a trace; left out, the span that is active here, if any. */
  readonly parent?: TraceContext | 'none' | undefined;
  readonly links?: readonly SpanLink[];
  readonly facts?: SpanFacts;
}

/** A span that has begun. Where its trace is not recorded, all that it does is to be carried on. */
export interface OpenSpan {
  /** What whoever continues it is given. */
  readonly trace: TraceContext;
  readonly isRecorded: boolean;
  note(facts: SpanFacts): void;
  /** Says that it failed, by the error's code: messages name files, and files taxpayers. */
  fail(error: unknown): void;
  end(): void;
  /** Runs with the span as the active one: what begins inside continues it, and log lines carry its ids. */
  run<T>(work: () => T): T;
}

/** Told how many spans were lost, and why. */
export type OnLost = (why: 'full' | 'refused', count: number) => void;

/** Makes spans. */
export interface Tracing {
  /**
   * Begins a span.
   * @param service whose it is: a service's name in discovery
   * @param name a word of ours, never what came from outside
   * @param wish its kind and what it belongs to
   */
  begin(service: string, name: string, wish: SpanWish): OpenSpan;
  /** The ids of the active span, where it is recorded and has not ended. */
  activeIds(): { readonly traceId: string; readonly spanId: string } | undefined;
  /** Has somebody told of each loss of spans: no room in the queue, or the collector did not take them. */
  onLost(tell: OnLost): void;
}

let installed: Tracing | undefined;

/** The process' tracing; undefined where traces are off. */
export function tracing(): Tracing | undefined {
  return installed;
}

/**
 * Makes a tracing that of this process.
 * @param made undefined to have none any more
 */
export function installTracing(made: Tracing | undefined): void {
  installed = made;
}

/** The ids that a log line carries; nothing where no recorded span is active. A new object each time: the logger writes into it. */
export function traceOfLine(): Record<string, string> {
  return { ...installed?.activeIds() };
}

/**
 * Writes a trace context as headers.
 * @param trace where there is one
 */
export function traceHeaders(trace: TraceContext | undefined): Record<string, string> {
  return { ...trace };
}

/**
 * Does something within a span, where traces are on.
 * @param service whose span
 * @param name a word of ours
 * @param wish its kind and what it belongs to
 * @param work is given the span, or undefined where traces are off; what it throws makes the span a failed one
 */
export async function within<T>(
  service: string,
  name: string,
  wish: SpanWish,
  work: (span: OpenSpan | undefined) => Promise<T>,
): Promise<T> {
  const span = installed?.begin(service, name, wish);
  if (!span) return work(undefined);
  try {
    return await span.run(() => work(span));
  } catch (error) {
    span.fail(error);
    throw error;
  } finally {
    span.end();
  }
}
