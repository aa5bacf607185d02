// platform: spans by OpenTelemetry's SDK; loaded only where traces are on.
import {
  ROOT_CONTEXT,
  SpanKind as OtelKind,
  SpanStatusCode,
  context,
  createTraceState,
  trace,
  type Context,
  type Span,
  type SpanContext,
  type Tracer,
} from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { TracerProvider, type Sampler } from '@opentelemetry/sdk-trace';
import { HubError } from '@staffetta/flow/errors.ts';
import {
  formatTraceparent,
  isSampled,
  parseTraceparent,
  readTraceContext,
  type TraceContext,
} from '@staffetta/flow/trace-context.ts';
import type { SpanQueue } from './span-queue.ts';
import type { OnLost, OpenSpan, SpanFacts, SpanKind, SpanLink, SpanWish, Tracing } from './tracing.ts';

const kinds: Record<SpanKind, OtelKind> = {
  server: OtelKind.SERVER,
  client: OtelKind.CLIENT,
  producer: OtelKind.PRODUCER,
  consumer: OtelKind.CONSUMER,
  internal: OtelKind.INTERNAL,
};

/** As many as the largest batch of events, and some. */
const linksMax = 1024;

function spanContextOf({ traceparent, tracestate }: TraceContext): SpanContext | undefined {
  const parsed = parseTraceparent(traceparent);
  if (!parsed) return undefined;
  const { traceId, spanId, flags: traceFlags } = parsed;
  const state = tracestate === undefined ? undefined : createTraceState(tracestate);
  return { traceId, spanId, traceFlags, isRemote: true, ...(state && { traceState: state }) };
}

function traceOfSpan(span: Span): TraceContext {
  const { traceId, spanId, traceFlags: flags, traceState } = span.spanContext();
  const traceparent = formatTraceparent({ traceId, spanId, flags });
  return readTraceContext(traceparent, traceState?.serialize()) ?? { traceparent };
}

function linksOf(links: readonly SpanLink[]) {
  return links.flatMap(({ trace: linked, facts = {} }) => {
    const found = spanContextOf(linked);
    return found ? [{ context: found, attributes: { ...facts } }] : [];
  });
}

/** A span of the SDK. */
class SdkSpan implements OpenSpan {
  readonly #span: Span;
  readonly #base: Context;
  #trace: TraceContext | undefined;

  constructor(span: Span, base: Context) {
    this.#span = span;
    this.#base = base;
  }

  get trace(): TraceContext {
    this.#trace ??= traceOfSpan(this.#span);
    return this.#trace;
  }

  get isRecorded(): boolean {
    return this.#span.isRecording();
  }

  note(facts: SpanFacts): void {
    for (const [name, value] of Object.entries(facts)) if (value !== undefined) this.#span.setAttribute(name, value);
  }

  fail(error: unknown): void {
    const code = error instanceof HubError ? error.code : error instanceof Error ? error.name : String(error);
    this.#span.setAttribute('error.type', code.slice(0, 100)).setStatus({ code: SpanStatusCode.ERROR });
  }

  end(): void {
    this.#span.end();
  }

  run<T>(work: () => T): T {
    return context.with(trace.setSpan(this.#base, this.#span), work);
  }
}

/** What stands for a span of a trace that nobody records: its caller's context goes on as it is, and nothing is made. */
class PassedOn implements OpenSpan {
  readonly trace: TraceContext;
  readonly isRecorded = false;

  constructor(given: TraceContext) {
    this.trace = given;
  }

  note(): void {}
  fail(): void {}
  end(): void {}

  run<T>(work: () => T): T {
    return work();
  }
}

/** What the tracing of a process is made of. */
export interface OtelParts {
  readonly sampler: Sampler;
  /** Whether a caller that does not record its trace decides so for us. */
  readonly parentBased: boolean;
  readonly queue: SpanQueue;
  /** What is said of a service as the source of spans. */
  readonly resourceOf: (service: string) => Readonly<Record<string, string>>;
  readonly version: string;
}

/** The tracing of a process that records. */
export class OtelTracing implements Tracing {
  readonly #parts: OtelParts;
  readonly #tracers = new Map<string, Tracer>();

  /** @param parts sampler, queue and names */
  constructor(parts: OtelParts) {
    this.#parts = parts;
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  }

  begin(service: string, name: string, { kind, parent, links = [], facts = {} }: SpanWish): OpenSpan {
    const given = parent === 'none' ? undefined : parent;
    if (given && this.#parts.parentBased && !isSampled(given)) return new PassedOn(given);
    const base = parent === undefined ? activeContext() : contextOf(given);
    const wish = { kind: kinds[kind], links: linksOf(links), attributes: facts };
    return new SdkSpan(this.#tracerOf(service).startSpan(name, wish, base), base);
  }

  activeIds(): { traceId: string; spanId: string } | undefined {
    const span = trace.getActiveSpan();
    if (!span?.isRecording()) return undefined;
    const { traceId, spanId } = span.spanContext();
    return { traceId, spanId };
  }

  onLost(tell: OnLost): void {
    this.#parts.queue.onLost = tell;
  }

  /** Forgets the active spans; what ended is the queue's. */
  end(): void {
    context.disable();
  }

  #tracerOf(service: string): Tracer {
    let found = this.#tracers.get(service);
    if (!found) {
      const { sampler, queue, resourceOf, version } = this.#parts;
      const resource = resourceFromAttributes(resourceOf(service));
      const spanLimits = { linkCountLimit: linksMax, attributeValueLengthLimit: 500 };
      const provider = new TracerProvider({ sampler, resource, spanProcessors: [queue], spanLimits });
      found = provider.getTracer('staffetta', version);
      this.#tracers.set(service, found);
    }
    return found;
  }
}

function contextOf(given: TraceContext | undefined): Context {
  const found = given && spanContextOf(given);
  return found ? trace.setSpanContext(ROOT_CONTEXT, found) : ROOT_CONTEXT;
}

/** A span that has ended is nobody's parent: timers keep the context that they were set in. */
function activeContext(): Context {
  return trace.getActiveSpan()?.isRecording() ? context.active() : ROOT_CONTEXT;
}
