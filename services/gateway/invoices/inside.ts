// gateway: asks the services behind it itself, by the same proxy as everybody's requests: balancing, retries and breakers count alike.
import { HubError } from '@staffetta/flow/errors.ts';
import { fastify, type FastifyRequest } from 'fastify';
import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { Gate, Passage } from '../gate.ts';
import { findRoute } from '../route-table.ts';
import type { Proxy } from '../traffic/proxy.ts';

/** What a service is asked. */
export interface InsideAsk {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** With the service's prefix, as at the gateway; every piece of it encoded. */
  readonly path: string;
  readonly query?: URLSearchParams;
  readonly body?: object | Buffer;
  /** The media type of a body of bytes. */
  readonly type?: string | undefined;
}

/** What it answered. */
export interface InsideAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly bytes: Buffer;
}

/** Asks services for whom a request of our own REST stands. */
export interface Inside {
  ask(request: FastifyRequest, ask: InsideAsk): Promise<InsideAnswer>;
  close(): Promise<void>;
}

/** One of our own headers, so that no client can send it and no service sees it. */
const ticketHeader = 'x-staffetta-inside';

/** What goes on from the client's request: the trace, its key against doubling, and the correlation id where the client gave it. */
function passedOn({ headers, id }: FastifyRequest): Record<string, string> {
  const out: Record<string, string> = {};
  for (const name of ['traceparent', 'tracestate', 'idempotency-key', 'accept-language'] as const) {
    const value = headers[name];
    if (typeof value === 'string') out[name] = value;
  }
  if (headers['x-correlation-id'] === id) out['x-correlation-id'] = id;
  return out;
}

function passageTo({ method, path, query }: InsideAsk, { holder, client }: Passage): Passage {
  const row = findRoute(method, decodeURIComponent(path));
  if (!row) throw new Error(`no row leads to ${method} ${path}`);
  const words = query?.toString() ?? '';
  return { row, at: { path, encoded: path, query: words === '' ? '' : `?${words}` }, holder, client };
}

function bodyOf({ body, type }: InsideAsk): { readonly headers: Record<string, string>; readonly payload?: Buffer } {
  if (body === undefined) return { headers: {} };
  const isBytes = Buffer.isBuffer(body);
  const contentType = isBytes ? (type ?? 'application/octet-stream') : 'application/json';
  return { headers: { 'content-type': contentType }, payload: isBytes ? body : Buffer.from(JSON.stringify(body)) };
}

/**
 * Makes the way inside.
 * @param gate knows whom a request stands for
 * @param proxy hands requests on
 */
export function createInside(gate: Pick<Gate, 'passageOf'>, proxy: Proxy): Inside {
  const calls = new Map<string, { readonly passage: Passage; readonly id: string }>();
  const ticketOf = (headers: IncomingHttpHeaders): string => String(headers[ticketHeader]);
  const inner = fastify({ genReqId: ({ headers }) => calls.get(ticketOf(headers))?.id ?? '' });
  inner.all('/*', {
    onRequest(request, reply) {
      proxy.forward(request, reply, calls.get(ticketOf(request.headers))!.passage);
    },
    handler: () => undefined,
  });

  return {
    async ask(request, ask) {
      const passage = gate.passageOf(request);
      if (!passage) throw new HubError('UNEXPECTED', 'A request came past the gate.');
      const ticket = randomUUID();
      calls.set(ticket, { passage: passageTo(ask, passage), id: request.id });
      const { headers, payload } = bodyOf(ask);
      try {
        const answer = await inner.inject({
          method: ask.method,
          url: ask.path,
          headers: { ...passedOn(request), ...headers, [ticketHeader]: ticket },
          ...(payload && { payload }),
        });
        return { status: answer.statusCode, headers: answer.headers as IncomingHttpHeaders, bytes: answer.rawPayload };
      } finally {
        calls.delete(ticket);
      }
    },
    close: () => inner.close(),
  };
}
