// gateway: the gate before every route: who calls, how often, and whether the table lets them through.
import { errorTable, type ErrorCode } from '@staffetta/flow/errors.ts';
import type { Clock } from '@staffetta/platform/clock.ts';
import { errorCodeHeader } from '@staffetta/platform/http/server.ts';
import type { FastifyReply, FastifyRequest, onRequestHookHandler } from 'fastify';
import { authorize } from './authorize.ts';
import {
  identifyBy,
  isRefusal,
  type Identification,
  type Identified,
  type Identifier,
  type Refusal,
} from './identity/identity.ts';
import { errorAnswer } from './invoices/problem.ts';
import { addressBlock } from './limits/limit-rules.ts';
import { sayLimit, type Limiter, type LimitVerdict } from './limits/limiter.ts';
import type { Client, ClientReader } from './listener/client.ts';
import { tell } from './listener/front-answer.ts';
import { ownHeaders } from './listener/own-headers.ts';
import { readPath, type ReadPath } from './read-path.ts';
import { findRoute, type RouteRow } from './route-table.ts';

/** A request that passed the gate. */
export interface Passage {
  readonly row: RouteRow;
  readonly at: ReadPath;
  /** Undefined only on routes that are open to everybody. */
  readonly holder: Identified | undefined;
  readonly client: Client;
}

/** What the gate leans on. */
export interface GateParts {
  /** The ways of signing in, in their order. */
  readonly identifiers: readonly Identifier[];
  readonly limiter: Limiter;
  /** From where a request comes. */
  readonly clientOf: ClientReader;
  readonly clock: Clock;
  /** Whether access tokens of an identity provider are one of the ways; a refusal then says so. */
  readonly takesTokens?: boolean;
  /** Finds the row of a route of a firm's own, where none of the table takes the request. */
  readonly findOwn?: (request: FastifyRequest, at: ReadPath, host: string | undefined) => RouteRow | undefined;
}

/** The gate: a hook for all routes, and what it found out about a request that it let through. */
export interface Gate {
  readonly hook: onRequestHookHandler;
  passageOf(request: FastifyRequest): Passage | undefined;
}

const statusOf = {
  KEY_WRONG: 401,
  TOKEN_WRONG: 401,
  SESSION_OVER: 401,
  ROLE_WRONG: 403,
  RIGHTS_NOT_MAPPED: 403,
  CSRF_REFUSED: 403,
  PATH_UNKNOWN: 404,
  TOO_MANY_REQUESTS: 429,
  KEYS_AWAY: 503,
  SESSIONS_AWAY: 503,
  PROVIDER_AWAY: 503,
} as const;
type RefusalCode = Extract<ErrorCode, keyof typeof statusOf>;

/** A request at the gate. */
interface Arrival {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  /** Undefined where the path is refused. */
  readonly at: ReadPath | undefined;
  readonly row: RouteRow | undefined;
  readonly found: Identification;
}

function shownPath({ request, at }: Arrival): string {
  return at?.path ?? request.url.split('?', 1)[0] ?? '/';
}

const explanations: Partial<Record<RefusalCode, (asked: string) => string>> = {
  KEY_WRONG: () => 'There is no API key.',
  ROLE_WRONG: (asked) => `The roles and scopes of this credential may not ${asked}.`,
  PATH_UNKNOWN: (asked) => `There is no ${asked} here.`,
  KEYS_AWAY: () => 'Whether this key counts cannot be said now.',
};

function explain(code: RefusalCode, arrival: Arrival): string {
  const asked = `${arrival.request.method} ${shownPath(arrival)}`;
  return explanations[code]?.(asked) ?? 'This credential does not count here.';
}

/** The challenges of RFC 9110 §11.6.1, Bearer's as RFC 6750 §3 words them. */
function challengesOf(code: RefusalCode, { found }: Arrival, { takesTokens = false }: GateParts): readonly string[] {
  if (code === 'ROLE_WRONG' && found && !isRefusal(found) && found.how === 'token') {
    return ['Bearer realm="staffetta", error="insufficient_scope"'];
  }
  if (statusOf[code] !== 401) return [];
  return ['ApiKey realm="staffetta", header="X-API-KEY"', ...(takesTokens ? ['Bearer realm="staffetta"'] : [])];
}

function refuse(
  parts: GateParts,
  arrival: Arrival,
  code: RefusalCode,
  refusal?: Pick<Refusal, 'why' | 'headers'>,
): false {
  const { reply } = arrival;
  reply.headers(ownHeaders(shownPath(arrival)));
  const status = statusOf[code];
  const why = refusal?.why ?? explain(code, arrival);
  const challenges = challengesOf(code, arrival, parts);
  if (challenges.length > 0) reply.header('www-authenticate', challenges);
  if (status === 503) reply.header('retry-after', '5');
  for (const [name, value] of Object.entries(refusal?.headers ?? {})) reply.header(name, value);
  const message = `${why} ${errorTable[code].help}`;
  const { type, body } = errorAnswer(shownPath(arrival), status, message, parts.clock.now(), { code });
  reply.code(status).header(errorCodeHeader, code).type(type).send(body);
  return false;
}

function wasRefused(found: Identification, row: RouteRow | undefined): Refusal | undefined {
  // What is open to everybody is open to those with an old cookie or key too.
  return isRefusal(found) && row?.who !== 'everybody' ? found : undefined;
}

/**
 * Makes the gate.
 * @param parts ways of signing in, limits and clock
 */
export function createGate(parts: GateParts): Gate {
  const passages = new WeakMap<FastifyRequest, Passage>();

  function decide(arrival: Arrival, verdict: LimitVerdict): boolean {
    const { request, reply, at, row, found } = arrival;
    tell(reply.raw, verdict.headers);
    if (!verdict.allowed) {
      const retryAfterS = String(Math.max(1, Math.ceil(verdict.retryAfterMs / 1000)));
      const refusal = { why: sayLimit(verdict.limit), headers: { 'retry-after': retryAfterS } };
      return refuse(parts, arrival, 'TOO_MANY_REQUESTS', refusal);
    }
    const refused = wasRefused(found, row);
    if (refused) return refuse(parts, arrival, refused.refused, refused);
    const holder = isRefusal(found) ? undefined : found;
    const judged = authorize(row, holder);
    if (judged !== 'pass') return refuse(parts, arrival, judged);
    if (!row || !at) return refuse(parts, arrival, 'PATH_UNKNOWN');
    passages.set(request, { row, at, holder, client: parts.clientOf(request.raw) });
    // What is handed on is answered by its service, which speaks for itself.
    if (row.to === 'here') reply.headers(ownHeaders(at.path));
    // Only now, so that nobody uploads what is refused anyway.
    if (request.headers.expect !== undefined) reply.raw.writeContinue();
    return true;
  }

  function limit(request: FastifyRequest, reply: FastifyReply, found: Identification): boolean | Promise<boolean> {
    const at = readPath(request.raw.url ?? '/');
    const client = parts.clientOf(request.raw);
    const row = at && (findRoute(request.method, at.path) ?? parts.findOwn?.(request, at, client.host));
    const arrival = { request, reply, at, row, found };
    const verdict = parts.limiter.take({
      address: addressBlock(client.address),
      found,
      isExpensive: row?.cost === 'expensive',
      isOpen: row?.who === 'everybody',
    });
    return verdict instanceof Promise ? verdict.then((answer) => decide(arrival, answer)) : decide(arrival, verdict);
  }

  function pass(request: FastifyRequest, reply: FastifyReply): boolean | Promise<boolean> {
    const found = identifyBy(parts.identifiers, request);
    return found instanceof Promise
      ? found.then((known) => limit(request, reply, known))
      : limit(request, reply, found);
  }

  return {
    hook(request, reply, done) {
      const passed = pass(request, reply);
      if (!(passed instanceof Promise)) {
        if (passed) done();
        return;
      }
      passed.then(
        (answer) => answer && done(),
        (error: unknown) => done(error instanceof Error ? error : new Error(String(error))),
      );
    },
    passageOf: (request) => passages.get(request),
  };
}
