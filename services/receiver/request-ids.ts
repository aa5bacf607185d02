// receiver: the ids that come with a request: correlation, idempotency, trace.
import { HubError } from '@staffetta/flow/errors.ts';
import { formatTraceparent, readTraceContext, type TraceContext } from '@staffetta/flow/trace-context.ts';
import { correlationMadeHeader } from '@staffetta/platform/http/caller.ts';
import { correlationForm } from '@staffetta/platform/http/server.ts';
import { uuidv7 } from '@staffetta/platform/ids.ts';
import type { IncomingHttpHeaders } from 'node:http';

/** The ids of a request. */
export interface RequestIds {
  readonly correlationId: string;
  /** The caller gave it, in the header or in the body. */
  readonly correlationGiven: boolean;
  readonly idempotencyKey: string | undefined;
  /** The caller's W3C trace context, or the beginning of a trace of our own: an invoice is one story either way. */
  readonly trace: TraceContext;
}

/**
 * Finds the ids of a request: the caller's header wins over the body's field, which wins over an id that was made.
 * @param headers the request's
 * @param inBody the body's field, if any
 * @param made the id to fall back on (the server's, which is the gateway's where that made one)
 * @throws HubError BODY_NOT_VALID for a body's id that no header could carry, or an unreadable Idempotency-Key
 */
export function requestIds(headers: IncomingHttpHeaders, inBody: string | null | undefined, made: string): RequestIds {
  const header = headers['x-correlation-id'];
  const fromCaller =
    headers[correlationMadeHeader] !== 'true' && typeof header === 'string' && correlationForm.test(header);
  const field = inBody === '' ? undefined : (inBody ?? undefined);
  if (field !== undefined && !correlationForm.test(field)) {
    throw new HubError(
      'BODY_NOT_VALID',
      'body/correlationId must be 1 to 200 printable ASCII characters without blanks.',
    );
  }
  return {
    correlationId: fromCaller ? header : (field ?? made),
    correlationGiven: fromCaller || field !== undefined,
    idempotencyKey: idempotencyKeyOf(headers['idempotency-key']),
    trace: readTraceContext(headers['traceparent'], headers['tracestate']) ?? newTrace(),
  };
}

function idempotencyKeyOf(header: string | string[] | undefined): string | undefined {
  if (header === undefined) return undefined;
  if (typeof header === 'string' && /^[\x20-\x7e]{1,255}$/.test(header)) return header;
  throw new HubError('BODY_NOT_VALID', 'The header Idempotency-Key must be 1 to 255 printable ASCII characters.');
}

/** Begins a trace that nobody has asked to record yet (W3C Trace Context §3.2; flags 00). */
function newTrace(): TraceContext {
  const traceId = uuidv7().replaceAll('-', '');
  const spanId = uuidv7().replaceAll('-', '').slice(16);
  return { traceparent: formatTraceparent({ traceId, spanId, flags: 0 }) };
}
