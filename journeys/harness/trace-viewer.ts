// journeys: a hub's traces as somebody at a trace viewer sees them: found by an invoice's ids, read from a span up to where it began.
import { parseTraceparent } from '@staffetta/flow/trace-context.ts';
import type { CallbackRecord } from '@staffetta/sandbox/callback-book.ts';
import { startOtlpSink, type OtlpSink, type SeenSpan } from '@staffetta/tools/servers/otlp-sink.ts';
import assert from 'node:assert/strict';
import type { SetUp } from './set-ups.ts';
import { until } from './wait.ts';

/** A span by whose it is, what it is, and some of its facts. */
interface SpanWanted {
  readonly service: string;
  readonly name: string;
  readonly facts?: Readonly<Record<string, unknown>>;
}

/** A collector of a hub's spans, and what it is asked. */
export class TraceViewer {
  #sink: OtlpSink | undefined;

  /** The collector, once a set-up has started. */
  get sink(): OtlpSink {
    if (!this.#sink) throw new Error('the collector is there only once a set-up runs');
    return this.#sink;
  }

  /** The same set-up with a collector of its own, which ends with the estate. */
  watching(setUp: SetUp): SetUp {
    return {
      ...setUp,
      start: async (wishes) => {
        const sink = await startOtlpSink();
        this.#sink = sink;
        const settings = { OTEL_EXPORTER_OTLP_ENDPOINT: sink.url, OTEL_BSP_SCHEDULE_DELAY: '50ms', ...wishes.settings };
        return setUp.start({ ...wishes, settings, alsoEnds: () => sink.close() });
      },
    };
  }

  /** All spans that are as wanted, in the order in which they came. */
  find({ service, name, facts = {} }: SpanWanted): SeenSpan[] {
    return this.sink.spans.filter(
      (span) =>
        span.service === service &&
        span.name === name &&
        Object.entries(facts).every(([fact, value]) => String(span.facts[fact]) === String(value)),
    );
  }

  /** Waits for the first span that is as wanted. */
  async untilSeen(wanted: SpanWanted): Promise<SeenSpan> {
    const look = () => Promise.resolve(this.find(wanted));
    const what = `a span ${wanted.service}: ${wanted.name} ${JSON.stringify(wanted.facts ?? {})}`;
    const [span] = await until(what, look, (found) => found.length > 0);
    return span!;
  }

  /** Waits for the span of the callback that told an outcome, and checks that it is the one that the customer was given to go on from. */
  async spanOfTold(correlationId: string, told: CallbackRecord | undefined): Promise<SeenSpan> {
    const facts = { 'staffetta.callback.sequence': told?.sequence, 'http.response.status_code': told?.answered };
    const span = await this.untilSeen(callbackSpan(correlationId, facts));
    assert.deepEqual(traceNamedBy(told), { traceId: span.traceId, spanId: span.spanId });
    return span;
  }

  /**
   * Waits until the way from a span up to the beginning of its trace is whole: spans come when they end, parents after their children.
   * @param last the span at the end of it
   * @param begins the id of the span, not ours, that the trace goes on from; left out, it begins with us
   * @returns the spans from the first one on
   */
  async wayTo(last: SeenSpan, begins?: string): Promise<readonly SeenSpan[]> {
    const look = () => Promise.resolve(this.#wayUp(last));
    return until(`the way up from ${last.name}`, look, ([first]) => first?.parentId === begins);
  }

  #wayUp(last: SeenSpan): SeenSpan[] {
    const way: SeenSpan[] = [];
    let above: SeenSpan | undefined = last;
    while (above) {
      const { traceId, parentId }: SeenSpan = above;
      way.unshift(above);
      above = this.sink.spans.find((one) => one.traceId === traceId && one.spanId === parentId);
    }
    return way;
  }
}

/** The span of a callback about an invoice. */
export function callbackSpan(correlationId: string, facts: Readonly<Record<string, unknown>>): SpanWanted {
  return { service: 'receiver', name: 'callback', facts: { 'staffetta.correlation_id': correlationId, ...facts } };
}

/** The trace and the span that a callback named to whom it called. */
export function traceNamedBy(told: CallbackRecord | undefined) {
  const { traceId, spanId } = parseTraceparent(told?.headers['traceparent']) ?? {};
  return { traceId, spanId };
}

/** A way as a person would read it: `service: name` of each span. */
export function stagesOf(way: readonly SeenSpan[]): string[] {
  return way.map(({ service, name }) => `${service}: ${name}`);
}

/** An invoice, and the trace that it came in by. */
interface TracedInvoice {
  readonly traceId: string;
  readonly invoiceId: string;
  readonly invoiceNumber: number;
  readonly correlationId: string;
}

/** Expects that a viewer finds a span by its invoice's ids, and from it, by its link, the trace in which the invoice came. */
export function expectLeadsBack(span: SeenSpan | undefined, invoice: TracedInvoice): void {
  assert.ok(span);
  const { traceId, invoiceId, invoiceNumber, correlationId } = invoice;
  assert.deepEqual(
    span.links.map((link) => link.traceId),
    [traceId],
  );
  const { facts } = span;
  assert.equal(facts['staffetta.invoice.id'], invoiceId);
  assert.equal(Number(facts['staffetta.invoice.number']), invoiceNumber);
  assert.equal(facts['staffetta.correlation_id'], correlationId);
}
