// gateway: sessions of people: opened at a sign-in, found by their cookie, touched, renewed and ended.
import { realTime, type Clock } from '@staffetta/platform/clock.ts';
import type { Log } from '@staffetta/platform/telemetry/log.ts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { PublicAddress } from './public-url.ts';
import { seal, unseal } from '@staffetta/platform/sealed.ts';
import type { KeptTokens, Rights, Session } from './session.ts';
import { cookieName, newSessionId, readSessionId, sessionKey, writeCookie } from './session-cookie.ts';
import type { SessionPage, SessionStore } from './session-store.ts';

/** The tokens of an identity provider, as text, and when they are to be renewed. */
export interface TokensToKeep {
  readonly text: string;
  readonly renewAtMs: number;
  readonly dueAtMs: number;
}

/** A sign-in that has succeeded. */
export interface Opening extends Rights {
  /** The account at its source, always the same text for the same one; `<issuer> <sub>` with OIDC. */
  readonly subject: string;
  readonly how: 'oidc' | 'link';
  readonly issuer?: string;
  readonly sid?: string;
  readonly tokens?: TokensToKeep;
}

/** A session with the id that the request carries. */
export interface SessionInHand {
  readonly id: string;
  readonly session: Session;
}

/** What the cookie of a request leads to. */
export type FoundSession = SessionInHand | 'none' | 'unclear' | 'over';

/** The sessions. All fail with HubError SESSIONS_AWAY where their store does not answer. */
export interface Sessions {
  /**
   * Opens a session with a new id and gives it to the browser by a cookie; the session that the request came with ends, so that
   * a planted id never becomes a signed-in one.
   * @param request whose cookie may name an earlier session
   * @param reply gets the cookie; the caller answers it
   */
  openSession(request: FastifyRequest, reply: FastifyReply, opening: Opening): Promise<Session>;
  /** Finds the session of a request's cookie; without a promise where it can. */
  of(request: FastifyRequest): FoundSession | Promise<FoundSession>;
  /** Notes that it is used, at most about thirty times in its idle time. Does not wait. */
  touch(session: Session): void;
  /** Ends a session and tells the browser to forget it. */
  endOf(request: FastifyRequest, reply: FastifyReply, session: Session): Promise<boolean>;
  /** Ends a session wherever it is used. */
  end(session: Session): Promise<boolean>;
  find(key: string): Promise<Session | undefined>;
  /** @returns whether it was still there */
  change(inHand: SessionInHand, rights: Rights, tokens: TokensToKeep | undefined): Promise<boolean>;
  /** Gives what `tokens.text` held; undefined where there are none. */
  tokensOf(inHand: SessionInHand): string | undefined;
  ofSubject(subject: string): Promise<readonly Session[]>;
  ofProviderSession(issuer: string, sid: string): Promise<readonly Session[]>;
  page(offset: number, limit: number): Promise<SessionPage>;
  /** See `SessionStore`. */
  claim(name: string, forMs: number): Promise<boolean>;
  /** See `SessionStore`. */
  note(name: string, atMs: number, forMs: number): Promise<void>;
  /** See `SessionStore`. */
  noted(name: string): Promise<number | undefined>;
  /** The value of `Set-Cookie` with which a browser forgets its session. */
  forgetting(request: FastifyRequest): string;
}

/** What sessions lean on. */
export interface SessionParts {
  readonly store: SessionStore;
  readonly address: PublicAddress;
  readonly clock: Clock;
  readonly log: Log;
  readonly rules: {
    readonly sessionIdleMs: number;
    readonly sessionLifeMs: number;
    readonly sessionsPerPersonMax: number;
  };
}

const tokensPurpose = 'tokens of a session';

function keep(id: string, tokens: TokensToKeep): KeptTokens {
  return { sealed: seal(id, tokensPurpose, tokens.text), renewAtMs: tokens.renewAtMs, dueAtMs: tokens.dueAtMs };
}

function makeSession(id: string, { tokens, ...known }: Opening, nowMs: number, lifeMs: number): Session {
  const times = { openedAtMs: nowMs, usedAtMs: nowMs, endsAtMs: nowMs + lifeMs };
  return { ...known, ...times, key: sessionKey(id), ...(tokens && { tokens: keep(id, tokens) }) };
}

/**
 * Makes the sessions.
 * @param parts store, our address, clock, log and the time-outs in ms
 */
export function createSessions({ store, address, clock, log, rules }: SessionParts): Sessions {
  const nowMs = (): number => realTime(clock).getTime();
  const restMs = ({ endsAtMs }: Session): number => Math.max(1, Math.min(rules.sessionIdleMs, endsAtMs - nowMs()));

  function isOver({ endsAtMs, usedAtMs }: Session): boolean {
    const now = nowMs();
    return now >= endsAtMs || now - usedAtMs >= rules.sessionIdleMs;
  }

  function judge(id: string, session: Session | undefined): FoundSession {
    return session && !isOver(session) ? { id, session } : 'over';
  }

  function of(request: FastifyRequest): FoundSession | Promise<FoundSession> {
    const found = readSessionId(request.headers.cookie, address.styleOf(request));
    if (typeof found === 'string') return found;
    const session = store.find(sessionKey(found.id));
    return session instanceof Promise ? session.then((one) => judge(found.id, one)) : judge(found.id, session);
  }

  async function end(session: Session): Promise<boolean> {
    const was = await store.remove(session);
    if (was) log.info({ session: session.key.slice(0, 8), how: session.how }, 'session.ended');
    return was;
  }

  /** Ends what a person has over the bound, the oldest first. */
  async function bound(subject: string): Promise<void> {
    const own = [...(await store.ofSubject(subject))].sort((one, other) => one.openedAtMs - other.openedAtMs);
    const over = own.slice(0, Math.max(0, own.length - rules.sessionsPerPersonMax));
    await Promise.all(over.map(end));
  }

  function forgetting(request: FastifyRequest): string {
    const style = address.styleOf(request);
    return writeCookie(cookieName('', style), '', style, 0);
  }

  return {
    async openSession(request, reply, opening) {
      const earlier = await of(request);
      if (typeof earlier === 'object') await end(earlier.session);
      const id = newSessionId();
      const agent = request.headers['user-agent']?.slice(0, 200);
      const from = { ...(agent !== undefined && { agent }), address: address.clientOf(request) };
      const session = { ...makeSession(id, opening, nowMs(), rules.sessionLifeMs), ...from };
      await store.add(session, restMs(session));
      await bound(session.subject);
      const style = address.styleOf(request);
      reply.header('set-cookie', writeCookie(cookieName('', style), id, style));
      log.info({ session: session.key.slice(0, 8), how: session.how, roles: session.roles }, 'session.opened');
      return session;
    },
    of,
    touch(session) {
      const now = nowMs();
      if (now - session.usedAtMs < rules.sessionIdleMs / 30) return;
      store
        .touch(session.key, now, restMs(session))
        .catch((error: unknown) => log.debug({ err: error }, 'session.notTouched'));
    },
    async endOf(request, reply, session) {
      const was = await end(session);
      reply.header('set-cookie', forgetting(request));
      return was;
    },
    end,
    async find(key) {
      const session = await store.find(key);
      return session && !isOver(session) ? session : undefined;
    },
    change: ({ id, session }, rights, tokens) =>
      store.change(session.key, { rights, tokens: tokens && keep(id, tokens) }),
    tokensOf: ({ id, session }) => session.tokens && unseal(id, tokensPurpose, session.tokens.sealed),
    ofSubject: async (subject) => (await store.ofSubject(subject)).filter((one) => !isOver(one)),
    ofProviderSession: (issuer, sid) => store.ofProviderSession(issuer, sid),
    page: (offset, limit) => store.page(offset, limit),
    claim: (name, forMs) => store.claim(name, forMs),
    note: (name, atMs, forMs) => store.note(name, atMs, forMs),
    noted: (name) => store.noted(name),
    forgetting,
  };
}
