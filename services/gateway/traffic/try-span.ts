// gateway: a try of a request at an instance as a span, where traces are on; a try after it has one of its own.
import type { TraceContext } from '@staffetta/flow/trace-context.ts';
import { tracing, type OpenSpan } from '@staffetta/platform/telemetry/tracing.ts';
import type { HopEnd } from './proxy-hop.ts';

/** What is known of a try before it is made. */
export interface TryFacts {
  readonly method: string;
  /** The route's name. */
  readonly lane: string;
  /** From 1. */
  readonly number: number;
}

/**
 * Begins the span of a try.
 * @param parent the request's own
 * @param facts what is known of it
 * @returns undefined where traces are off
 */
export function beginTry(parent: TraceContext | undefined, { method, lane, number }: TryFacts): OpenSpan | undefined {
  return tracing()?.begin('gatewayserver', `${method} ${lane}`, {
    kind: 'client',
    parent,
    facts: { 'http.request.method': method, 'peer.service': lane, 'http.request.resend_count': number - 1 },
  });
}

/** Ends it; what was not answered failed. */
export function endTry(span: OpenSpan, end: HopEnd): void {
  if (end.kind === 'answered' || end.kind === 'upgraded') span.note({ 'http.response.status_code': end.status });
  if (end.kind === 'answered' && end.status >= 400) span.fail(String(end.status));
  else if (end.kind === 'away') span.fail(end.reason);
  else if (end.kind !== 'answered' && end.kind !== 'upgraded') span.fail(end.kind);
  span.end();
}

/** Writes a trace as headers, flat; they take the place of the client's. */
export function traceList(trace: TraceContext | undefined): readonly string[] {
  if (!trace) return [];
  const { traceparent, tracestate } = trace;
  return tracestate === undefined
    ? ['traceparent', traceparent]
    : ['traceparent', traceparent, 'tracestate', tracestate];
}
