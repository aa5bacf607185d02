// gateway: the account that the provider's tokens of a person speak of: its claims, its rights here, and what is kept to renew them.
import { HubError } from '@staffetta/flow/errors.ts';
import { realTime } from '@staffetta/platform/clock.ts';
import { decodeJwt } from 'jose';
import {
  fetchUserInfo,
  type Configuration,
  type TokenEndpointResponse,
  type TokenEndpointResponseHelpers,
} from 'openid-client';
import type { TokensToKeep } from '../sessions/sessions.ts';
import { isJwt } from './access-token.ts';
import { mapClaims, namesRole, type Claims, type Mapped } from './claim-rules.ts';
import type { OidcParts } from './oidc-rules.ts';
import type { Provider } from './provider.ts';
import { peek, TokenRefused, verifyToken } from './verify-token.ts';

/** What a token endpoint answered. */
export type Tokens = TokenEndpointResponse & TokenEndpointResponseHelpers;

/** What is kept of the tokens, sealed, in a session. */
export interface KeptTokenSet {
  readonly refresh?: string;
  /** Names the provider's session when it is ended from here. */
  readonly id?: string;
}

/** How long before its end a token is renewed beside the requests: a third of its life, at most five minutes. */
const renewAheadMsMax = 300_000;
/** Where the provider does not say how long its token lives. */
const usualLifeS = 300;
const never = Number.MAX_SAFE_INTEGER;

/** What the access token says, where it is a JWT of the same issuer about the same account (Keycloak writes roles there). */
async function accessClaims(parts: OidcParts, provider: Provider, tokens: Tokens, sub: string): Promise<Claims[]> {
  if (!isJwt(tokens.access_token)) return [];
  const { oidcAlgorithms: algorithms, oidcClockSkewMs: skewMs } = parts.values;
  // It came straight from the provider for us, so that it need not name us as its audience.
  const rules = { algorithms, audiences: undefined, types: ['', 'jwt', 'at+jwt'], skewMs };
  try {
    // It was made a moment ago: how our clock differs from the provider's must not cost a person their roles.
    const { iat } = peek(tokens.access_token);
    const now = iat === undefined ? realTime(parts.clock) : new Date(iat * 1000);
    const claims = await verifyToken(tokens.access_token, provider, rules, now);
    return claims.sub === sub ? [claims] : [];
  } catch (error) {
    if (error instanceof TokenRefused) return [];
    throw error;
  }
}

async function userClaims(config: Configuration, tokens: Tokens, sub: string): Promise<Claims[]> {
  if (config.serverMetadata().userinfo_endpoint === undefined) return [];
  try {
    return [await fetchUserInfo(config, tokens.access_token, sub)];
  } catch (error) {
    throw new HubError('PROVIDER_AWAY', 'The identity provider does not say what this account may.', error);
  }
}

/**
 * Says what a person may do here. The ID token is asked first, then the access token, and the provider itself where neither names a
 * role that counts.
 * @param parts rules
 * @param provider who gave the tokens
 * @param tokens as the token endpoint answered them, checked
 * @param sub the account
 * @param before claims of an earlier ID token, for a name and a customer where this answer brought none; its roles may be lost by now,
 * and count only where nobody could say anything newer
 */
export async function rightsBehind(
  parts: OidcParts,
  provider: Provider,
  tokens: Tokens,
  sub: string,
  before: Claims = {},
): Promise<Mapped> {
  const { config } = await provider.known();
  const idClaims = tokens.claims();
  const told = [...(idClaims ? [idClaims] : []), ...(await accessClaims(parts, provider, tokens, sub))];
  const all = namesRole(told, parts.claims) ? told : [...told, ...(await userClaims(config, tokens, sub))];
  const isSilent = all.length === 0;
  return mapClaims(isSilent || namesRole(all, parts.claims) ? [...all, before] : all, parts.claims);
}

/**
 * Says what to keep of tokens, and when to renew them.
 * @param tokens as the token endpoint answered them
 * @param nowMs the real time
 * @param before what was kept so far: a renewal may bring no new refresh token or ID token
 * @returns undefined where there is nothing to keep
 */
export function tokensToKeep(tokens: Tokens, nowMs: number, before?: KeptTokenSet): TokensToKeep | undefined {
  const refresh = tokens.refresh_token ?? before?.refresh;
  const id = tokens.id_token ?? before?.id;
  if (refresh === undefined && id === undefined) return undefined;
  const text = JSON.stringify({ refresh, id } satisfies Record<keyof KeptTokenSet, unknown>);
  if (refresh === undefined) return { text, renewAtMs: never, dueAtMs: never };
  const lifeMs = (tokens.expires_in ?? usualLifeS) * 1000;
  return { text, renewAtMs: nowMs + lifeMs - Math.min(lifeMs / 3, renewAheadMsMax), dueAtMs: nowMs + lifeMs };
}

/**
 * Reads what was kept.
 * @param text what a session gave
 */
export function readKeptTokens(text: string | undefined): KeptTokenSet | undefined {
  return text === undefined ? undefined : (JSON.parse(text) as KeptTokenSet);
}

/**
 * Reads the claims of an ID token that was verified when it came.
 * @param kept what a session kept
 */
export function idClaimsOf(kept: KeptTokenSet): Claims {
  return kept.id === undefined ? {} : decodeJwt(kept.id);
}
