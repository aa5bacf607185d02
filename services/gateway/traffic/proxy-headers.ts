// gateway: which headers go through, which are dropped, and which the gateway adds.
import { correlationMadeHeader } from '@staffetta/platform/http/caller.ts';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { isOwnCookie, withoutOwnCookies } from '../identity/sessions/session-cookie.ts';
import type { Client } from '../listener/client.ts';

/** What is done with the headers of one way. */
export interface HeaderChanges {
  /** Names in lower case and values, flat. */
  readonly set: readonly string[];
  /** Names in lower case; what is set anew is among them. */
  readonly drop: ReadonlySet<string>;
}

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
  'authorization',
  'content-length',
  'cookie',
  'expect',
  'forwarded',
  'host',
  'traceparent',
  'tracestate',
  'x-api-key',
  'x-correlation-id',
  'x-csrf-token',
]);
const droppedFromAnswer = new Set([...hopByHop, 'x-correlation-id']);

/** What the gateway knows of a request and says to the service. */
export interface Introduction {
  readonly correlationId: string;
  /** What else it says to the service, the signed caller for example: names in lower case and values, flat. Of the client's headers none of these names goes through. */
  readonly says: readonly string[];
  /** What the path lost at its beginning, `/receiver`; empty for nothing. */
  readonly prefix: string;
  /** `Host` for the service; absent: that of its address. */
  readonly host?: string | undefined;
  /** What a route of one's own changes. */
  readonly changes?: { readonly request: HeaderChanges; readonly answer: HeaderChanges };
  /** From where the request comes. */
  readonly client: Client;
  /** Whether the service gets the client's `Authorization` too; only a route that asks for it. */
  readonly relayToken?: boolean;
}

function namedIn(connection: string | string[] | undefined): readonly string[] {
  if (typeof connection !== 'string' || connection === 'keep-alive' || connection === 'close') return [];
  return connection
    .toLowerCase()
    .split(',')
    .map((name) => name.trim());
}

/**
 * What becomes of a client's credentials: a service learns who calls by the gateway's word alone. HTTP/2 may send cookies one by one,
 * HTTP/1 knows one line of them (RFC 9113 §8.2.3).
 */
function credentialsFor({ cookie, authorization }: IncomingHttpHeaders, relayToken = false): [string, string][] {
  const kept = cookie === undefined ? undefined : withoutOwnCookies(cookie);
  const relayed = relayToken ? authorization : undefined;
  return [
    ...(kept === undefined ? [] : [['cookie', kept] as [string, string]]),
    ...(relayed === undefined ? [] : [['authorization', relayed] as [string, string]]),
  ];
}

/** Servers that hand headers on as variables (CGI, WSGI) cannot tell `X_Staffetta_User` from `X-Staffetta-User`. */
function isOurs(name: string): boolean {
  const read = name.includes('_') ? name.replaceAll('_', '-') : name;
  return read.startsWith('x-staffetta-') || read.startsWith('x-forwarded-');
}

/**
 * Makes the headers that a service gets, as a flat list of names and values.
 * @param incoming the client's request; its `X-Staffetta-*`, `X-Forwarded-*`, API key, token and our cookies do not go through
 * @param introduction what the gateway says of it
 */
export function requestHeaders(incoming: IncomingMessage, introduction: Introduction): string[] {
  const { rawHeaders, headers } = incoming;
  const { says, changes } = introduction;
  const named = namedIn(headers.connection);
  const isKept = (name: string): boolean =>
    !named.includes(name) && !says.includes(name) && changes?.request.drop.has(name) !== true;
  const out: string[] = introduction.host === undefined ? [] : ['host', introduction.host];
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const name = rawHeaders[index]!.toLowerCase();
    // HTTP/2 carries the request line among the headers.
    if (name.startsWith(':') || droppedFromRequest.has(name) || isOurs(name) || !isKept(name)) continue;
    out.push(name, rawHeaders[index + 1]!);
  }
  for (const [name, value] of credentialsFor(headers, introduction.relayToken)) {
    if (isKept(name)) out.push(name, value);
  }
  out.push('x-correlation-id', introduction.correlationId, ...says);
  if (headers['x-correlation-id'] !== introduction.correlationId) out.push(correlationMadeHeader, 'true');
  const { forwardedFor, proto, host } = introduction.client;
  out.push('x-forwarded-for', forwardedFor, 'x-forwarded-proto', proto);
  if (introduction.prefix !== '') out.push('x-forwarded-prefix', introduction.prefix);
  if (host !== undefined) out.push('x-forwarded-host', host);
  if (changes) out.push(...changes.request.set);
  return out;
}

function valueFor(name: string, value: string, prefix: string): string {
  // A service knows nothing of the segment it lost; a redirect within it must find it again.
  const withinService = name === 'location' && value.startsWith('/') && !value.startsWith('//');
  return withinService ? `${prefix}${value}` : value;
}

/** No service signs anybody in: a session's cookie comes from the gateway alone. */
function cookiesOf(values: readonly string[]): string[] {
  return values.filter((one) => !isOwnCookie(one)).flatMap((one) => ['set-cookie', one]);
}

/**
 * Makes the headers that the client gets, as a flat list of names and values.
 * @param answered what the service sent
 * @param introduction of the request
 */
export function answerHeaders(
  answered: IncomingHttpHeaders,
  introduction: Pick<Introduction, 'correlationId' | 'prefix' | 'changes'>,
): string[] {
  const changes = introduction.changes?.answer;
  const named = namedIn(answered.connection);
  const out = ['x-correlation-id', introduction.correlationId];
  for (const name in answered) {
    const value = answered[name];
    if (value === undefined || droppedFromAnswer.has(name) || named.includes(name) || changes?.drop.has(name)) continue;
    if (name === 'set-cookie') out.push(...cookiesOf([value].flat()));
    else if (typeof value === 'string') out.push(name, valueFor(name, value, introduction.prefix));
    else for (const one of value) out.push(name, one);
  }
  if (changes) out.push(...changes.set);
  return out;
}
