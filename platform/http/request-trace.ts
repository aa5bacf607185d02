// platform: the trace that a request belongs to.
import { readTraceContext, type TraceContext } from '@staffetta/flow/trace-context.ts';
import type { IncomingHttpHeaders } from 'node:http';

/**
 * Reads the trace context of a request: the caller's, or where spans are recorded that of our own span (see server-spans.ts).
 * @param request its headers
 * @returns undefined where there is none, or none that is valid
 */
export function requestTrace({ headers }: { readonly headers: IncomingHttpHeaders }): TraceContext | undefined {
  return readTraceContext(headers['traceparent'], headers['tracestate']);
}
