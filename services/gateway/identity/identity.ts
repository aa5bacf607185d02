// gateway: who calls, as every way of signing in tells it to the gate: keys, tokens, sessions, certificates.
import type { ErrorCode } from '@staffetta/flow/errors.ts';
import type { Caller } from '@staffetta/platform/http/caller.ts';
import type { FastifyRequest } from 'fastify';
import type { RateRule } from '../limits/rate-limit.ts';
import type { Scope } from '../route-table.ts';

/** Whom a request stands for. */
export interface Identified {
  /** Names the credential in limits and logs without telling it: `key:…`, `token:…`, `session:…`, `certificate:…`. */
  readonly id: string;
  readonly how: 'key' | 'token' | 'session' | 'certificate';
  readonly caller: Caller;
  /** What the credential may be used for at most; undefined for all that its roles may. */
  readonly scopes?: readonly Scope[];
  /** Until when it counts at most, in milliseconds since 1970; undefined where nothing says so. */
  readonly untilMs?: number;
  /** The credential's own limit; undefined for the common one. */
  readonly rateRule?: RateRule;
}

/** A credential that is there and does not count, or cannot be judged now (`KEYS_AWAY`), with the reason for the caller. */
export interface Refusal {
  readonly refused: Extract<
    ErrorCode,
    | 'KEY_WRONG'
    | 'TOKEN_WRONG'
    | 'SESSION_OVER'
    | 'ROLE_WRONG'
    | 'RIGHTS_NOT_MAPPED'
    | 'CSRF_REFUSED'
    | 'KEYS_AWAY'
    | 'SESSIONS_AWAY'
    | 'PROVIDER_AWAY'
  >;
  /** One sentence for the caller; it never holds the credential. */
  readonly why: string;
  /** What the answer's head says besides: a challenge, a cookie to forget. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** What one way of signing in says of a request; undefined where the request carries no credential of its kind. */
export type Identification = Identified | Refusal | undefined;

/** One way of signing in. */
export interface Identifier {
  /** Answers without a promise where it can, for the sake of speed. */
  identify(request: FastifyRequest): Identification | Promise<Identification>;
}

/** Tells a refusal from an answer. */
export function isRefusal(found: Identification): found is Refusal {
  return found !== undefined && 'refused' in found;
}

/**
 * Asks the ways of signing in, one after the other; the first that finds a credential of its kind decides.
 * @param identifiers in their order
 * @param request the client's
 * @returns a promise only where one of them needs it
 */
export function identifyBy(
  identifiers: readonly Identifier[],
  request: FastifyRequest,
): Identification | Promise<Identification> {
  for (const [index, identifier] of identifiers.entries()) {
    const found = identifier.identify(request);
    if (found instanceof Promise) {
      return found.then((known) => known ?? identifyBy(identifiers.slice(index + 1), request));
    }
    if (found) return found;
  }
  return undefined;
}
