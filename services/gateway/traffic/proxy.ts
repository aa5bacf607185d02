// gateway: hands a request to whom its row names, and the answer back: it says who calls, and takes the path apart.
import { callerHeader, type Caller } from '@staffetta/platform/http/caller.ts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Passage } from '../gate.ts';
import type { Identified } from '../identity/identity.ts';
import type { RoutedService } from '../route-table.ts';
import { Exchange, type Destination, type ExchangeParts } from './exchange.ts';
import type { Lanes } from './lane.ts';
import type { Introduction } from './proxy-headers.ts';
import { targetPathOf, type RouteBook } from './route-book.ts';
import { ownRouteOf, type OwnRoute } from './route-row.ts';
import type { Upstreams } from './upstreams.ts';

/** What the proxy leans on. */
export interface ProxyParts extends ExchangeParts {
  readonly upstreams: Upstreams;
  readonly lanes: Lanes;
  readonly book: () => RouteBook;
  /** Signs who calls, for the hub's own services. */
  readonly sign: (holder: Identified) => string;
}

/** Hands requests on. */
export interface Proxy {
  /** Answers a request that passed the gate; takes the reply out of Fastify's hands. */
  forward(request: FastifyRequest, reply: FastifyReply, passage: Passage): void;
}

function sayable(text: string): string {
  return /^[\u0021-\u007e]+$/.test(text) ? text : encodeURIComponent(text);
}

/**
 * What a service of a firm's own reads of who calls. It gets no signature: whoever has one can call the hub's services with it.
 * @param caller undefined where the route is open to everybody
 */
function plainCaller(caller: Caller | undefined): readonly string[] {
  if (!caller) return [];
  const customer = caller.customerId === undefined ? [] : ['x-staffetta-customer', String(caller.customerId)];
  return ['x-staffetta-user', sayable(caller.name), 'x-staffetta-roles', caller.roles.join(','), ...customer];
}

function introduce({ client, holder, at }: Passage, route: OwnRoute, correlationId: string): Introduction {
  const stripped = at.encoded.split('/').slice(0, route.stripPrefix + 1);
  return {
    correlationId,
    says: plainCaller(holder?.caller),
    prefix: route.stripPrefix > 0 ? stripped.join('/') : '',
    host: route.hostHeader === 'keep' ? client.host : route.hostHeader,
    changes: { request: route.requestHeaders, answer: route.answerHeaders },
    client,
    relayToken: route.relayToken,
  };
}

/**
 * Makes the proxy.
 * @param parts clusters, lanes and what an exchange leans on
 */
export function createProxy(parts: ProxyParts): Proxy {
  const { upstreams, lanes, book, sign } = parts;

  function toService(service: RoutedService, passage: Passage, method: string, id: string): Destination | undefined {
    const { at, holder, client, row } = passage;
    if (!holder) throw new Error(`${service} is not open to everybody`);
    const lane = lanes.get(book().laneOf(service, method, at.path));
    const prefix = `/${service}`;
    const rest = at.encoded.slice(prefix.length);
    return (
      lane && {
        lane,
        cluster: upstreams.ofService(service),
        service: `service "${service}"`,
        target: `${rest === '' ? '/' : rest}${at.query}`,
        path: at.path,
        introduction: { correlationId: id, says: [callerHeader, sign(holder)], prefix, client },
        honoursKeys: row.keyed === true,
      }
    );
  }

  function toOwn(route: OwnRoute, passage: Passage, id: string): Destination | undefined {
    const { at } = passage;
    const { to, numbers } = route;
    const lane = lanes.get(route.id);
    const cluster = upstreams.ofTarget({ id: route.id, to, connectTimeoutMs: numbers.connectTimeout });
    if (!lane || !cluster) return undefined;
    const target = targetPathOf(route, at.path, at.encoded) + at.query;
    const introduction = introduce(passage, route, id);
    // Of a firm's own service its row says it (`retryKeyed`).
    const service = `service of the route "${route.id}"`;
    return { lane, cluster, service, target, path: at.path, introduction, honoursKeys: true };
  }

  function destinationOf(request: FastifyRequest, passage: Passage): Destination | undefined {
    const { row } = passage;
    const route = ownRouteOf(row);
    if (route) return toOwn(route, passage, request.id);
    if (row.to === 'here' || row.to === 'own') throw new Error(`${row.path} is not handed on`);
    return toService(row.to, passage, request.method, request.id);
  }

  return {
    forward(request, reply, passage) {
      const to = destinationOf(request, passage);
      // A new table of routes came into force in this very instant.
      if (!to) return reply.callNotFound();
      reply.hijack();
      new Exchange(parts, request.raw, reply.raw, to).begin();
    },
  };
}
