// gateway: the identity provider says that one of its sessions ended (OpenID Connect Back-Channel Logout 1.0); ours end with it.
import { realTime } from '@staffetta/platform/clock.ts';
import type { Session } from '../sessions/session.ts';
import type { Sessions } from '../sessions/sessions.ts';
import type { Claims } from './claim-rules.ts';
import type { OidcParts } from './oidc-rules.ts';
import type { ProviderLogouts } from './provider-logouts.ts';
import { TokenRefused, verifyToken } from './verify-token.ts';

const logoutEvent = 'http://schemas.openid.net/event/backchannel-logout';

/** How long a logout token without `exp` counts from when it was made. */
const usualLifeMs = 120_000;

/** What a logout token says. */
interface Logout {
  readonly sub: string | undefined;
  readonly sid: string | undefined;
  readonly jti: string;
  readonly madeAtMs: number;
  readonly untilMs: number;
}

function textOf(claims: Claims, name: string): string | undefined {
  const value = claims[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function readLogout(claims: Claims): Logout {
  const { events, nonce, iat, exp } = claims;
  const event = typeof events === 'object' && events !== null ? (events as Claims)[logoutEvent] : undefined;
  if (typeof event !== 'object' || event === null) throw new TokenRefused('The token tells of no logout.');
  if (nonce !== undefined) throw new TokenRefused('A logout token has no nonce.');
  const [sub, sid, jti] = [textOf(claims, 'sub'), textOf(claims, 'sid'), textOf(claims, 'jti')];
  if (jti === undefined || (sub === undefined && sid === undefined)) {
    throw new TokenRefused('A logout token needs jti, and sub or sid.');
  }
  const madeAtMs = (iat as number) * 1000;
  const untilMs = typeof exp === 'number' ? exp * 1000 : madeAtMs + usualLifeMs;
  return { sub, sid, jti, madeAtMs, untilMs };
}

/** Takes logout tokens. */
export interface BackChannel {
  /**
   * @param token as it was posted
   * @returns how many sessions it ended
   * @throws TokenRefused with the reason; HubError PROVIDER_AWAY or SESSIONS_AWAY where it cannot be judged or done now
   */
  take(token: string): Promise<number>;
}

/**
 * Makes it.
 * @param parts provider and rules
 * @param sessions those that end
 * @param logouts remembers it for those that are just being opened
 */
export function backChannel(parts: OidcParts, sessions: Sessions, logouts: ProviderLogouts): BackChannel {
  const { home, values, clock } = parts;
  const skewMs = values.oidcClockSkewMs;

  async function verify(token: string): Promise<Logout> {
    if (!home || values.oidcClientId === undefined)
      throw new TokenRefused('Nobody signs in here by an identity provider.');
    if (token.length > values.oidcTokenBytesMax) throw new TokenRefused('The token is too large.');
    const rules = {
      algorithms: values.oidcAlgorithms,
      audiences: [values.oidcClientId],
      types: ['', 'jwt', 'logout+jwt'],
      skewMs,
      required: ['iat', 'jti', 'events'],
    };
    const logout = readLogout(await verifyToken(token, home, rules, realTime(clock)));
    if (logout.untilMs + skewMs <= realTime(clock).getTime()) throw new TokenRefused('The token expired.');
    return logout;
  }

  /** A session that began after the token was made is none of those that it speaks of. */
  async function meant({ sub, sid, madeAtMs }: Logout, issuer: string): Promise<readonly Session[]> {
    const all =
      sid === undefined ? await sessions.ofSubject(`${issuer} ${sub}`) : await sessions.ofProviderSession(issuer, sid);
    const isMeant = (one: Session): boolean => sub === undefined || one.subject === `${issuer} ${sub}`;
    return all.filter((one) => isMeant(one) && one.openedAtMs <= madeAtMs + skewMs + 1000);
  }

  return {
    async take(token) {
      const logout = await verify(token);
      const issuer = home?.issuer ?? '';
      const used = `logout ${issuer} ${logout.jti}`;
      if ((await sessions.noted(used)) !== undefined) throw new TokenRefused('This logout token was used before.');
      // Remembered before the open ones are looked for: who opens one looks the other way round, so that none slips through.
      await logouts.remember({ ...logout, issuer });
      const ended = await Promise.all((await meant(logout, issuer)).map((one) => sessions.end(one)));
      // Last of all: where this gateway dies before it, or the sessions are away, the provider sends the token again, and it counts.
      const nowMs = realTime(clock).getTime();
      await sessions.note(used, nowMs, logout.untilMs + skewMs - nowMs + 1000);
      return ended.filter(Boolean).length;
    },
  };
}
