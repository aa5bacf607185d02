// gateway: hands a request to a service and its answer back: one buffer out, raw bytes back, never a hang.
import type { Clock } from '@staffetta/platform/clock.ts';
import { errorBody } from '@staffetta/platform/http/server.ts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';
import { Breaker, type BreakerRule, type Leave } from './breaker.ts';
import { answerFallback, type AwayReason } from './fallback.ts';
import type { GatewayMetrics } from './metrics.ts';
import { Hop } from './proxy-hop.ts';
import { requestHeaders, type Introduction } from './proxy-headers.ts';
import { bodyKindOf, readWhole, streamOf } from './request-body.ts';
import { routedServices, type RoutedService } from './route-table.ts';
import type { Upstream, Upstreams } from './upstreams.ts';

/** What the proxy leans on. */
export interface ProxyParts {
  readonly upstreams: Upstreams;
  readonly breakerRule: BreakerRule;
  /** From handing over to the first byte of the answer, connecting included, in ms. */
  readonly answerTimeoutMs: number;
  readonly supportContact: string;
  readonly clock: Clock;
  readonly metrics: GatewayMetrics;
}

/** Where one request goes. */
export interface Destination {
  readonly service: RoutedService;
  /** The path behind the prefix, encoded, with its query. */
  readonly target: string;
  /** The client's path, for what it reads in errors. */
  readonly path: string;
  readonly introduction: Introduction;
}

/** Hands requests on. */
export interface Proxy {
  /** Answers the request; takes the reply out of Fastify's hands. */
  forward(request: FastifyRequest, reply: FastifyReply, destination: Destination): void;
}

/**
 * Makes the proxy, with one circuit breaker per service. Nothing is ever sent twice: a POST must not be, and with one
 * address per service a second try would meet the same refusal.
 * @param parts connections, rules and clock
 */
export function createProxy(parts: ProxyParts): Proxy {
  const breakers = new Map(routedServices.map((service) => [service, new Breaker(parts.breakerRule, parts.clock)]));
  for (const [service, breaker] of breakers) parts.metrics.watchBreaker(service, breaker);

  function fall(response: ServerResponse, destination: Destination, reason: AwayReason, retryAfterMs = 1000): void {
    const { service, path, introduction } = destination;
    const now = parts.clock.now();
    const words = { path, service, reason, supportContact: parts.supportContact, retryAfterMs, now };
    answerFallback(response, words, introduction.correlationId);
  }

  function answerUnfit(response: ServerResponse, { path, introduction }: Destination, why: string): void {
    const body = errorBody(path, 400, `The request cannot be handed on: ${why}. Correct it.`, parts.clock.now());
    response.writeHead(400, { 'content-type': 'application/json', 'x-correlation-id': introduction.correlationId });
    response.end(JSON.stringify(body));
  }

  function send(
    request: IncomingMessage,
    response: ServerResponse,
    destination: Destination,
    body: Buffer | Readable | null,
    leave: Leave,
  ): void {
    const { service, introduction } = destination;
    const headers = requestHeaders(request, introduction);
    const length = request.headers['content-length'];
    const streamed = body !== null && !Buffer.isBuffer(body);
    if (streamed && length !== undefined) headers.push('content-length', length);
    const stopTimer = parts.metrics.startCall(service);
    const hop = new Hop({
      response,
      introduction,
      streamed,
      answerTimeoutMs: parts.answerTimeoutMs,
      onAway: (reason) => fall(response, destination, reason),
      onUnfit: (why) => answerUnfit(response, destination, why),
      onOver(outcome) {
        leave(outcome);
        stopTimer(outcome);
      },
    });
    const upstream: Upstream = parts.upstreams.of(service);
    const path = upstream.basePath + destination.target;
    upstream.pool.dispatch({ method: request.method ?? 'GET', path, headers, body }, hop);
  }

  function handOver(request: IncomingMessage, response: ServerResponse, to: Destination, whole?: Buffer): void {
    const breaker = breakers.get(to.service)!;
    const leave = breaker.ask();
    if (!leave) return fall(response, to, 'spared', breaker.retryAfterMs());
    const body = whole ?? (bodyKindOf(request) === 'stream' ? streamOf(request) : null);
    send(request, response, to, body, leave);
  }

  return {
    forward(request, reply, destination) {
      reply.hijack();
      if (bodyKindOf(request.raw) !== 'whole') return handOver(request.raw, reply.raw, destination);
      readWhole(request.raw, (body) => handOver(request.raw, reply.raw, destination, body));
    },
  };
}
