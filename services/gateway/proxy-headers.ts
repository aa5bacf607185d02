// gateway: which headers go through, which are dropped, and which the gateway adds.
import { callerHeader, correlationMadeHeader } from '@staffetta/platform/http/caller.ts';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';

/** Hop-by-hop headers (RFC 9110 §7.6.1). */
const hopByHop = [
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
];

/** Besides those, what a request never carries on: the gateway sets it anew, keeps it, or the connection does. */
const droppedFromRequest = new Set([
  ...hopByHop,
  'content-length',
  'expect',
  'forwarded',
  'host',
  'x-api-key',
  'x-correlation-id',
]);
const droppedFromAnswer = new Set([...hopByHop, 'x-correlation-id']);

/** What the gateway knows of a request and says to the service. */
export interface Introduction {
  readonly correlationId: string;
  /** The signed caller. */
  readonly caller: string;
  /** The first segment that the path lost, `/receiver`. */
  readonly prefix: string;
}

function namedIn(connection: string | string[] | undefined): readonly string[] {
  if (typeof connection !== 'string' || connection === 'keep-alive' || connection === 'close') return [];
  return connection
    .toLowerCase()
    .split(',')
    .map((name) => name.trim());
}

function isOurs(name: string): boolean {
  return name.startsWith('x-staffetta-') || name.startsWith('x-forwarded-');
}

/**
 * Makes the headers that a service gets, as a flat list of names and values.
 * @param incoming the client's request; its `X-Staffetta-*`, `X-Forwarded-*` and API key do not go through
 * @param introduction what the gateway says of it
 */
export function requestHeaders(incoming: IncomingMessage, introduction: Introduction): string[] {
  const { rawHeaders, headers } = incoming;
  const named = namedIn(headers.connection);
  const out: string[] = [];
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const name = rawHeaders[index]!.toLowerCase();
    if (droppedFromRequest.has(name) || isOurs(name) || named.includes(name)) continue;
    out.push(name, rawHeaders[index + 1]!);
  }
  out.push('x-correlation-id', introduction.correlationId, callerHeader, introduction.caller);
  if (headers['x-correlation-id'] !== introduction.correlationId) out.push(correlationMadeHeader, 'true');
  out.push('x-forwarded-for', incoming.socket.remoteAddress ?? 'unknown');
  out.push('x-forwarded-proto', 'http', 'x-forwarded-prefix', introduction.prefix);
  if (headers.host !== undefined) out.push('x-forwarded-host', headers.host);
  return out;
}

function valueFor(name: string, value: string, prefix: string): string {
  // A service knows nothing of the segment it lost; a redirect within it must find it again.
  const withinService = name === 'location' && value.startsWith('/') && !value.startsWith('//');
  return withinService ? `${prefix}${value}` : value;
}

/**
 * Makes the headers that the client gets, as a flat list of names and values.
 * @param answered what the service sent
 * @param introduction of the request
 */
export function answerHeaders(answered: IncomingHttpHeaders, introduction: Introduction): string[] {
  const named = namedIn(answered.connection);
  const out = ['x-correlation-id', introduction.correlationId];
  for (const name in answered) {
    const value = answered[name];
    if (value === undefined || droppedFromAnswer.has(name) || named.includes(name)) continue;
    if (typeof value === 'string') out.push(name, valueFor(name, value, introduction.prefix));
    else for (const one of value) out.push(name, one);
  }
  return out;
}
