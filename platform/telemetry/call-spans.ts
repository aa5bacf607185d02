// platform: a span for a call to another service, which continues the caller's trace by its headers.
import type { TraceContext } from '@staffetta/flow/trace-context.ts';
import { traceHeaders, within } from './tracing.ts';

/** A call by HTTP. */
export interface TracedCall {
  /** Who calls. */
  readonly service: string;
  /** Who is called. */
  readonly to: string;
  readonly method: string;
  /** The path's pattern: nothing of what is asked for, and no query. */
  readonly route: string;
  /** What the call continues; left out, the active span, if any. */
  readonly parent?: TraceContext | undefined;
}

/**
 * Makes a call within a span, where traces are on; where they are off a given trace goes along as it is.
 * @param call who calls whom, and how
 * @param send is given the headers that carry the trace
 * @throws what `send` throws
 */
export function calling<T extends { readonly statusCode: number }>(
  { service, to, method, route, parent }: TracedCall,
  send: (headers: Readonly<Record<string, string>>) => Promise<T>,
): Promise<T> {
  const facts = { 'http.request.method': method, 'url.template': route, 'peer.service': to };
  return within(service, `${method} ${route}`, { kind: 'client', parent, facts }, async (span) => {
    const answer = await send(traceHeaders(span?.trace ?? parent));
    span?.note({ 'http.response.status_code': answer.statusCode });
    if (answer.statusCode >= 400) span?.fail(String(answer.statusCode));
    return answer;
  });
}
