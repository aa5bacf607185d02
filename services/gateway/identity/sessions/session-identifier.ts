// gateway: signing in by the cookie of a session.
import { HubError } from '@staffetta/flow/errors.ts';
import type { FastifyRequest } from 'fastify';
import type { Identification, Identifier, Refusal } from '../identity.ts';
import type { PublicAddress } from './public-url.ts';
import { whyForeign } from './own-page.ts';
import type { FoundSession, SessionInHand, Sessions } from './sessions.ts';

/** What a renewal made of a session: the session as it is now, or the sentence with which it ended. */
export type Freshness = SessionInHand | { readonly ended: string };

/** Keeps the identity provider's word about a session fresh; without a promise where nothing is due. */
export type KeepFresh = (inHand: SessionInHand) => Freshness | Promise<Freshness>;

/** What it leans on. */
export interface SessionIdentifierParts {
  readonly sessions: Sessions;
  readonly address: PublicAddress;
  readonly keepFresh: KeepFresh;
}

/** Signs in by cookie, and remembers which session a request came with. */
export interface SessionIdentifier extends Identifier {
  /** The session of a request that passed; undefined where it came with another credential. */
  inHandOf(request: FastifyRequest): SessionInHand | undefined;
}

function refusalOf(error: unknown): Refusal {
  if (!(error instanceof HubError)) throw error;
  const { code, message } = error;
  if (code === 'SESSIONS_AWAY' || code === 'KEYS_AWAY') return { refused: code, why: message };
  throw error;
}

/**
 * Makes the way of signing in by cookie.
 * @param parts sessions, our address, and what renews them
 */
export function sessionIdentifier({ sessions, address, keepFresh }: SessionIdentifierParts): SessionIdentifier {
  const inHands = new WeakMap<FastifyRequest, SessionInHand>();

  function over(request: FastifyRequest, why: string): Refusal {
    return { refused: 'SESSION_OVER', why, headers: { 'set-cookie': sessions.forgetting(request) } };
  }

  function admit(request: FastifyRequest, fresh: Freshness): Identification {
    if ('ended' in fresh) return over(request, fresh.ended);
    const { session } = fresh;
    const { name, roles, customerId, endsAtMs, key } = session;
    inHands.set(request, fresh);
    sessions.touch(session);
    const caller = { name, roles, ...(customerId !== undefined && { customerId }) };
    return { id: `session:${key.slice(0, 16)}`, how: 'session', caller, untilMs: endsAtMs };
  }

  function judge(request: FastifyRequest, found: FoundSession): Identification | Promise<Identification> {
    if (found === 'none') return undefined;
    if (found === 'unclear') return over(request, 'The cookie of the session is none of ours, or there are two.');
    if (found === 'over') return over(request, 'The session is over.');
    const { method, headers } = request;
    const why = whyForeign({ method, headers, id: found.id, ownOrigin: address.originOf(request) });
    if (why !== undefined) return { refused: 'CSRF_REFUSED', why };
    const fresh = keepFresh(found);
    return fresh instanceof Promise ? fresh.then((one) => admit(request, one)) : admit(request, fresh);
  }

  return {
    identify(request) {
      const found = sessions.of(request);
      if (!(found instanceof Promise)) {
        const judged = judge(request, found);
        return judged instanceof Promise ? judged.catch(refusalOf) : judged;
      }
      return found.then((one) => judge(request, one)).catch(refusalOf);
    },
    inHandOf: (request) => inHands.get(request),
  };
}
