// gateway: its paths: what it answers itself, and what it hands on by the table.
import { signCaller } from '@staffetta/platform/http/caller.ts';
import type { World } from '@staffetta/platform/service.ts';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { KeyHolder } from './api-keys.ts';
import { fallbackStatus, wordFallback } from './fallback.ts';
import type { Gate, Passage } from './gate.ts';
import type { Proxy } from './proxy.ts';
import { routedServices, routeTable } from './route-table.ts';

/** What the routes lean on. */
export interface RouteParts {
  readonly world: Pick<World, 'callerSecret' | 'clock'>;
  readonly gate: Gate;
  readonly proxy: Proxy;
  readonly supportContact: string;
}

/** How long a signature is used again; it is valid for five minutes. */
const signatureKeptMs = 1000;

function callerSigner({ callerSecret, clock }: RouteParts['world']): (holder: KeyHolder) => string {
  const signed = new Map<string, { readonly text: string; readonly atMs: number }>();
  return ({ id, caller }) => {
    const now = clock.now();
    const known = signed.get(id);
    if (known && Math.abs(now.getTime() - known.atMs) < signatureKeptMs) return known.text;
    const text = signCaller(callerSecret, caller, now);
    signed.set(id, { text, atMs: now.getTime() });
    return text;
  };
}

function answeredAlready(): never {
  throw new Error('the request was answered before its body was looked at');
}

function forwarder({ world, proxy }: RouteParts) {
  const sign = callerSigner(world);
  return (request: FastifyRequest, reply: FastifyReply, passage: Passage): void => {
    const { row, at, holder } = passage;
    if (row.to === 'here' || !holder) throw new Error(`${row.path} is not handed on`);
    const prefix = `/${row.to}`;
    const rest = at.encoded.slice(prefix.length);
    proxy.forward(request, reply, {
      service: row.to,
      target: `${rest === '' ? '/' : rest}${at.query}`,
      path: at.path,
      introduction: { correlationId: request.id, caller: sign(holder), prefix },
    });
  };
}

function answerContactSupport(app: FastifyInstance, { world, supportContact }: RouteParts): void {
  // Answered before the body is looked at: whatever was sent, the answer is the same.
  const onRequest = (_request: FastifyRequest, reply: FastifyReply): void => {
    const now = world.clock.now();
    const words = { path: '/contactSupport', service: undefined, reason: 'asked', retryAfterMs: 1000, now } as const;
    const { body, retryAfterS } = wordFallback({ ...words, supportContact });
    reply.code(fallbackStatus).header('retry-after', retryAfterS).type('application/json').send(body);
  };
  app.all('/contactSupport', { schema: { hide: true }, onRequest }, answeredAlready);
}

function showTable(app: FastifyInstance): void {
  const schema = { summary: 'What can be reached through the gateway, and with which role' };
  app.get('/', { schema }, () => ({ service: 'gatewayserver', header: 'X-API-KEY', routes: routeTable }));
}

/**
 * Adds the gateway's paths. Requests that are handed on are taken before Fastify looks at their body: it goes through as
 * it came, whatever its type or size.
 * @param app the gateway's server, whose gate every request has passed
 * @param parts what the routes lean on
 */
export function addRoutes(app: FastifyInstance, parts: RouteParts): void {
  answerContactSupport(app, parts);
  showTable(app);
  const forward = forwarder(parts);
  const take = {
    schema: { hide: true },
    onRequest(request: FastifyRequest, reply: FastifyReply) {
      const passage = parts.gate.passageOf(request);
      if (!passage) throw new Error('a request came past the gate');
      forward(request, reply, passage);
    },
  };
  for (const service of routedServices) {
    app.all(`/${service}`, { ...take }, answeredAlready);
    app.all(`/${service}/*`, { ...take }, answeredAlready);
  }
}
