// gateway: what a caller reads when a service is down, slow or spared: a 503 in the contract's shape, at once.
import { errorBody, errorCodeHeader } from '@staffetta/platform/http/server.ts';
import type { ServerResponse } from 'node:http';

/** Why there is no answer from the service. */
export type AwayReason = 'asked' | 'spared' | 'unreachable' | 'slow' | 'broken' | 'full' | 'busy' | 'absent';

/** What the fallback says. */
export interface Fallback {
  readonly path: string;
  /** As a sentence names it: `service "receiver"`. */
  readonly service: string | undefined;
  readonly reason: AwayReason;
  readonly supportContact: string;
  readonly retryAfterMs: number;
  readonly now: Date;
}

const sentences: Record<AwayReason, (service: string) => string> = {
  asked: () => 'The service that was asked for is not available at the moment.',
  spared: (service) => `The ${service} is recovering from failures, and this request was not handed to it.`,
  unreachable: (service) => `The ${service} cannot be reached at the moment, and this request was not handed to it.`,
  slow: (service) => `The ${service} did not answer in time; whether it took this request is not known.`,
  full: (service) => `The ${service} has as much in hand as it may, and this request was not handed to it.`,
  busy: (service) => `The gateway has more in hand than it can do, and this request was not handed to the ${service}.`,
  absent: (service) => `There is no instance of the ${service} at the moment, and this request was not handed to it.`,
  broken: (service) => `The connection to the ${service} broke; whether it took this request is not known.`,
};

/** The status of every fallback. */
export const fallbackStatus = 503;

/**
 * Words a fallback.
 * @param fallback what happened
 * @returns the body in the contract's shape and the seconds for `Retry-After` (at least 1)
 */
export function wordFallback(fallback: Fallback): { readonly body: string; readonly retryAfterS: string } {
  const { path, service, reason, supportContact, retryAfterMs, now } = fallback;
  const sentence = sentences[reason](service ?? 'service');
  const advice = `Try again in a moment, with the same Idempotency-Key if you sent one, or write to ${supportContact}.`;
  const body = JSON.stringify(errorBody(path, fallbackStatus, `${sentence} ${advice}`, now));
  return { body, retryAfterS: String(Math.max(1, Math.ceil(retryAfterMs / 1000))) };
}

/**
 * Answers a proxied request with the fallback.
 * @param response where nothing was written yet
 * @param fallback what happened
 * @param correlationId echoed as in every answer
 */
export function answerFallback(response: ServerResponse, fallback: Fallback, correlationId: string): void {
  const { body, retryAfterS } = wordFallback(fallback);
  response.writeHead(fallbackStatus, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(body),
    'retry-after': retryAfterS,
    'x-correlation-id': correlationId,
    [errorCodeHeader]: 'SERVICE_AWAY',
  });
  response.end(body);
}
