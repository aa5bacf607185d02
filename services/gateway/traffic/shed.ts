// gateway: turns requests away before anything is done for them while it has more in hand than it can do; never questions of health.
import type { Clock } from '@staffetta/platform/clock.ts';
import type { onRequestHookHandler } from 'fastify';
import { fallbackStatus, wordFallback } from './fallback.ts';
import type { Load } from './load.ts';

/** What it leans on. */
export interface ShedParts {
  readonly load: Load;
  readonly supportContact: string;
  readonly clock: Clock;
  readonly onShed: () => void;
}

/**
 * Puts the question before a gate.
 * @param gate asked where there is room
 * @param parts the load, and what an answer needs
 */
export function shedBefore(gate: onRequestHookHandler, parts: ShedParts): onRequestHookHandler {
  const { load, supportContact, clock, onShed } = parts;
  return function (request, reply, done) {
    if (!load.isTooMuchFor(request.raw) || request.url.startsWith('/actuator/health')) {
      return gate.call(this, request, reply, done);
    }
    onShed();
    const path = request.url.split('?', 1)[0] ?? '/';
    const words = { path, service: undefined, reason: 'busy', supportContact, retryAfterMs: 1000 } as const;
    const { body, retryAfterS } = wordFallback({ ...words, now: clock.now() });
    reply.code(fallbackStatus).header('retry-after', retryAfterS).type('application/json').send(body);
  };
}
