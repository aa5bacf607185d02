// gateway: the gate before every route: who calls, how often, and whether the table lets them through.
import { errorTable, type ErrorCode } from '@staffetta/flow/errors.ts';
import type { Clock } from '@staffetta/platform/clock.ts';
import { errorBody } from '@staffetta/platform/http/server.ts';
import type { FastifyReply, FastifyRequest, onRequestHookHandler } from 'fastify';
import type { ApiKeys, KeyHolder } from './api-keys.ts';
import { authorize } from './authorize.ts';
import type { RateLimit, Taken } from './rate-limit.ts';
import { readPath, type ReadPath } from './read-path.ts';
import { findRoute, type RouteRow } from './route-table.ts';

/** A request that passed the gate. */
export interface Passage {
  readonly row: RouteRow;
  readonly at: ReadPath;
  /** Undefined only on routes that are open to everybody. */
  readonly holder: KeyHolder | undefined;
}

/** What the gate leans on. */
export interface GateParts {
  readonly keys: ApiKeys;
  readonly rateLimit: RateLimit;
  readonly clock: Clock;
}

/** The gate: a hook for all routes, and what it found out about a request that it let through. */
export interface Gate {
  readonly hook: onRequestHookHandler;
  passageOf(request: FastifyRequest): Passage | undefined;
}

const statusOf = { KEY_WRONG: 401, ROLE_WRONG: 403, PATH_UNKNOWN: 404, TOO_MANY_REQUESTS: 429 } as const;
type RefusalCode = Extract<ErrorCode, keyof typeof statusOf>;

function explain(code: RefusalCode, request: FastifyRequest, path: string): string {
  switch (code) {
    case 'KEY_WRONG':
      return request.headers['x-api-key'] === undefined ? 'There is no API key.' : 'The API key is none of ours.';
    case 'ROLE_WRONG':
      return `The role of this API key may not ${request.method} ${path}.`;
    case 'PATH_UNKNOWN':
      return `There is no ${request.method} ${path} here.`;
    case 'TOO_MANY_REQUESTS':
      return 'This client sends more requests than it may.';
  }
}

function shownPath(request: FastifyRequest, at: ReadPath | undefined): string {
  return at?.path ?? request.url.split('?', 1)[0] ?? '/';
}

function refuse(parts: GateParts, request: FastifyRequest, reply: FastifyReply, code: RefusalCode, path: string): void {
  const status = statusOf[code];
  const message = `${explain(code, request, path)} ${errorTable[code].help}`;
  if (code === 'KEY_WRONG') reply.header('www-authenticate', 'ApiKey realm="staffetta", header="X-API-KEY"');
  reply
    .code(status)
    .type('application/json')
    .send(errorBody(path, status, message, parts.clock.now()));
}

function holderOf(parts: GateParts, request: FastifyRequest): KeyHolder | undefined {
  const key = request.headers['x-api-key'];
  return typeof key === 'string' && key !== '' ? parts.keys.holderOf(key) : undefined;
}

/**
 * Makes the gate.
 * @param parts keys, rate limit and clock
 */
export function createGate(parts: GateParts): Gate {
  const passages = new WeakMap<FastifyRequest, Passage>();

  function decide(request: FastifyRequest, reply: FastifyReply, taken: Taken, holder: KeyHolder | undefined): boolean {
    const at = readPath(request.raw.url ?? '/');
    const path = shownPath(request, at);
    if (!taken.allowed) {
      reply.header('retry-after', String(Math.max(1, Math.ceil(taken.retryAfterMs / 1000))));
      refuse(parts, request, reply, 'TOO_MANY_REQUESTS', path);
      return false;
    }
    const row = at && findRoute(request.method, at.path);
    const verdict = authorize(row, holder?.caller);
    if (verdict !== 'pass' || !row || !at) {
      refuse(parts, request, reply, verdict === 'pass' ? 'PATH_UNKNOWN' : verdict, path);
      return false;
    }
    passages.set(request, { row, at, holder });
    return true;
  }

  return {
    hook(request, reply, done) {
      const holder = holderOf(parts, request);
      const taken = parts.rateLimit.take(holder ? `key:${holder.id}` : `address:${request.ip}`);
      if (!(taken instanceof Promise)) {
        if (decide(request, reply, taken, holder)) done();
        return;
      }
      taken.then(
        (answer) => decide(request, reply, answer, holder) && done(),
        (error: unknown) => done(error instanceof Error ? error : new Error(String(error))),
      );
    },
    passageOf: (request) => passages.get(request),
  };
}
