// gateway: its paths: what it answers itself, and what it hands on by the table.
import { HubError } from '@staffetta/flow/errors.ts';
import { realTime } from '@staffetta/platform/clock.ts';
import { signCaller } from '@staffetta/platform/http/caller.ts';
import type { World } from '@staffetta/platform/service.ts';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Identified } from './identity/identity.ts';
import { fallbackStatus, wordFallback } from './traffic/fallback.ts';
import type { Gate, Passage } from './gate.ts';
import type { Traffic } from './traffic/traffic.ts';
import { isFromElsewhere, upgradeOf } from './traffic/upgrade.ts';
import { routedServices, routeTable } from './route-table.ts';

/** What the routes lean on. */
export interface RouteParts {
  readonly world: Pick<World, 'callerSecret' | 'clock'>;
  readonly gate: Gate;
  readonly traffic: Pick<Traffic, 'proxy' | 'view' | 'routes'>;
  readonly supportContact: string;
}

/** How long a signature is used again; it is valid for five minutes. */
const signatureKeptMs = 1000;
const signaturesMax = 10_000;

/**
 * Makes what signs callers for the services behind the gateway.
 * @param world the secret that they share, and the clock
 */
export function callerSigner({ callerSecret, clock }: RouteParts['world']): (holder: Identified) => string {
  const signed = new Map<string, { readonly text: string; readonly atMs: number }>();
  return ({ id, caller }) => {
    const now = realTime(clock);
    const known = signed.get(id);
    if (known && Math.abs(now.getTime() - known.atMs) < signatureKeptMs) return known.text;
    const text = signCaller(callerSecret, caller, now);
    // Tokens and sessions come and go: what they leave behind is bounded.
    if (signed.size >= signaturesMax) signed.clear();
    signed.set(id, { text, atMs: now.getTime() });
    return text;
  };
}

function answeredAlready(): never {
  throw new Error('the request was answered before its body was looked at');
}

/** A page of somebody else must not open a WebSocket with the cookie of who looks at it. */
function needOwnPage(request: FastifyRequest, { holder, client }: Passage): void {
  if (holder?.how !== 'session' || !upgradeOf(request.raw) || !isFromElsewhere(request.raw, client.host)) return;
  throw new HubError('CSRF_REFUSED', 'A page of another host asked for this WebSocket.');
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

function showTable(app: FastifyInstance, { traffic, gate }: RouteParts): void {
  const schema = { summary: 'What can be reached through the gateway, and with which role' };
  app.get('/', { schema }, (request) => {
    const { routes, tunings } = traffic.routes.book();
    // Where a firm's machines are, and what they can bear, is nothing for its customers.
    const isOurs = gate.passageOf(request)?.holder?.caller.roles.includes('ARUBA') === true;
    const own = routes.map(({ id, rows, to }) => ({ id, ...(isOurs && { to }), rows }));
    const said = { service: 'gatewayserver', header: 'X-API-KEY', routes: routeTable, ownRoutes: own };
    return isOurs ? { ...said, tuned: tunings } : said;
  });
}

function showUpstreams(app: FastifyInstance, { traffic }: RouteParts): void {
  const schema = {
    summary: 'The instances behind the gateway: who is asked, who is left out and until when, what is in hand',
  };
  app.get('/gateway/api/upstreams', { schema }, () => ({ upstreams: traffic.view() }));
}

/**
 * Adds the gateway's paths. Requests that are handed on are taken before Fastify looks at their body: it goes through as
 * it came, whatever its type or size.
 * @param app the gateway's server, whose gate every request has passed
 * @param parts what the routes lean on
 */
export function addRoutes(app: FastifyInstance, parts: RouteParts): void {
  answerContactSupport(app, parts);
  showTable(app, parts);
  showUpstreams(app, parts);
  const take = {
    schema: { hide: true },
    onRequest(request: FastifyRequest, reply: FastifyReply) {
      const passage = parts.gate.passageOf(request);
      if (!passage) throw new Error('a request came past the gate');
      // A row of the gateway's own, with a method or a path below it that nobody answers.
      if (passage.row.to === 'here') return reply.callNotFound();
      needOwnPage(request, passage);
      parts.traffic.proxy.forward(request, reply, passage);
    },
  };
  for (const service of routedServices) {
    app.all(`/${service}`, { ...take }, answeredAlready);
    app.all(`/${service}/*`, { ...take }, answeredAlready);
  }
  // Routes of a firm's own come and go: the gate knows them; whatever else comes here it has answered.
  app.all('/*', { ...take }, answeredAlready);
}
