// gateway: answers that carry what the gateway says of every request (limits, CORS, HSTS), whoever writes them: Fastify or the proxy.
import { ServerResponse } from 'node:http';
import { constants, Http2ServerResponse } from 'node:http2';

const told = Symbol('headers that the gateway adds');

interface Told {
  [told]?: string[];
}

type Headers = Record<string, unknown> | readonly unknown[];

/**
 * Adds headers to an answer, from whatever writes its head; they replace what that says under the same names, but for `vary`, which grows.
 * @param response where nothing was written yet
 * @param headers names in lower case and values, flat
 */
export function tell(response: object, headers: readonly string[]): void {
  const known = (response as Told)[told];
  if (known) known.push(...headers);
  else (response as Told)[told] = [...headers];
}

function isList(headers: Headers): headers is readonly unknown[] {
  return Array.isArray(headers);
}

function flat(headers: Headers | undefined): [name: string, value: unknown][] {
  if (!headers) return [];
  if (!isList(headers)) return Object.entries(headers);
  const pairs: [string, unknown][] = [];
  for (let index = 0; index + 1 < headers.length; index += 2) {
    pairs.push([String(headers[index]), headers[index + 1]]);
  }
  return pairs;
}

/** Puts what the gateway says behind what the answer says; a flat list, as both kinds of answers take it. */
function merged(headers: Headers | undefined, more: readonly string[]): unknown[] {
  const out: unknown[] = [];
  for (const [name, value] of flat(headers)) {
    const at = name === 'vary' ? -1 : more.indexOf(name.toLowerCase());
    if (at >= 0 && at % 2 === 0) continue;
    if (Array.isArray(value)) for (const one of value) out.push(name, one);
    else out.push(name, value);
  }
  out.push(...more);
  return out;
}

function headersOf(args: readonly unknown[]): Headers | undefined {
  const last = args.at(-1);
  return typeof last === 'object' && last !== null ? (last as Headers) : undefined;
}

/** An answer of HTTP/1. */
export class FrontAnswer extends ServerResponse {
  override writeHead(status: number, ...rest: unknown[]): this {
    const more = (this as Told)[told];
    if (!more) return super.writeHead(status, ...(rest as []));
    return super.writeHead(status, merged(headersOf(rest), more) as string[]);
  }
}

/** Headers of an HTTP/1 connection, which HTTP/2 does not know (RFC 9113 §8.2.2). */
const ofConnection = new Set(['connection', 'keep-alive', 'proxy-connection', 'transfer-encoding', 'upgrade']);

/** An answer of HTTP/2. */
export class FrontAnswer2 extends Http2ServerResponse {
  override writeHead(status: number, ...rest: unknown[]): this {
    const all = merged(headersOf(rest), (this as Told)[told] ?? []);
    const kept = all.filter((_, index) => !ofConnection.has(String(all[index - (index % 2)]).toLowerCase()));
    // HTTP/2 has no reason phrases either.
    return super.writeHead(status, kept as unknown as Record<string, string>);
  }

  /** Without a code a stream that is destroyed says that there was no error: an answer that broke off would look whole. */
  override destroy(error?: Error): this {
    if (!this.writableEnded && !this.stream.closed) this.stream.close(constants.NGHTTP2_INTERNAL_ERROR);
    return super.destroy(error);
  }
}
