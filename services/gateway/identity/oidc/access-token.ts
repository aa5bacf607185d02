// gateway: what an access token says of who sent it: a JWT is verified here, an opaque one is asked about at the provider.
import { HubError } from '@staffetta/flow/errors.ts';
import { realTime } from '@staffetta/platform/clock.ts';
import { hash } from 'node:crypto';
import { tokenIntrospection } from 'openid-client';
import type { Identified, Refusal } from '../identity.ts';
import { mapClaims, scopesOf, type Claims } from './claim-rules.ts';
import type { OidcParts } from './oidc-rules.ts';
import { peek, TokenRefused, verifyToken } from './verify-token.ts';

/** A token that was judged, and until when the judgement holds (milliseconds since 1970). */
export interface JudgedToken {
  readonly found: Identified | Refusal;
  readonly untilMs: number;
}

/** Header types that an access token may have where it need not say that it is one. */
const plainTypes = ['', 'jwt', 'at+jwt'];

/** What a provider calls tokens of other kinds in the claim `typ` (Keycloak), in small letters. */
const otherKinds = new Set(['id', 'refresh', 'offline', 'logout']);

/** How long a refusal is kept, so that a client that goes on asking with a dead token does not cost the provider an answer each. */
const refusalKeptMs = 10_000;

/** Tokens that are signed by the same key but are none for us: they must not open a door. */
function refuseOtherKinds(claims: Claims): void {
  const { typ, nonce, events, cnf } = claims;
  const kind = typeof typ === 'string' ? typ.toLowerCase() : '';
  if (otherKinds.has(kind) || nonce !== undefined || events !== undefined || claims['at_hash'] !== undefined) {
    throw new TokenRefused('The token is no access token.');
  }
  // RFC 9449 §7.1: who holds it must prove a key as well, which this way of sending it does not.
  if (cnf !== undefined) throw new TokenRefused('The token is bound to a key and does not count as a bearer token.');
}

function clientOf(claims: Claims): string | undefined {
  const one = claims['azp'] ?? claims['client_id'];
  return typeof one === 'string' ? one : undefined;
}

function checkClient(claims: Claims, allowed: readonly string[]): void {
  if (allowed.length === 0 || allowed.includes(clientOf(claims) ?? '')) return;
  throw new TokenRefused('The token was given to a client that does not count here.');
}

/**
 * Writes the challenge of RFC 6750 §3.1.
 * @param error its code
 * @param why one sentence without quotes and backslashes
 */
export function challenge(error: 'invalid_token' | 'insufficient_scope', why: string): Record<string, string> {
  const words = why.replaceAll(/["\\]/g, "'");
  return { 'www-authenticate': `Bearer realm="staffetta", error="${error}", error_description="${words}"` };
}

function refusal(why: string): Refusal {
  return { refused: 'TOKEN_WRONG', why, headers: challenge('invalid_token', why) };
}

function unmapped(why: string): Refusal {
  return { refused: 'RIGHTS_NOT_MAPPED', why, headers: challenge('insufficient_scope', why) };
}

/** The name of who stands behind a token, the same for all tokens that say the same. */
function nameOf(issuer: string, claims: Claims, said: unknown): string {
  const who = JSON.stringify([issuer, claims['sub'], clientOf(claims), said]);
  return `token:${hash('sha256', who, 'base64url').slice(0, 22)}`;
}

function admit(parts: OidcParts, issuer: string, claims: Claims, untilMs: number): Identified | Refusal {
  const mapped = mapClaims([claims], parts.claims);
  if ('why' in mapped) return unmapped(mapped.why);
  const scopes = scopesOf(claims, parts.claims);
  const said = { caller: mapped.rights, ...(scopes && { scopes }) };
  return { ...said, id: nameOf(issuer, claims, said), how: 'token', untilMs };
}

async function judgeJwt(parts: OidcParts, token: string): Promise<JudgedToken> {
  const { providers, values, clock } = parts;
  const provider = providers.get(String(peek(token).iss));
  if (!provider) throw new TokenRefused('The token has another issuer.');
  const now = realTime(clock);
  const claims: Claims = await verifyToken(
    token,
    provider,
    {
      algorithms: values.oidcAlgorithms,
      audiences: values.oidcAudiences,
      types: values.oidcTokenType === 'any' ? plainTypes : ['at+jwt'],
      skewMs: values.oidcClockSkewMs,
    },
    now,
  );
  refuseOtherKinds(claims);
  checkClient(claims, values.oidcTokenClients);
  const expiresAtMs = (claims['exp'] as number) * 1000 + values.oidcClockSkewMs;
  const untilMs = Math.min(expiresAtMs, now.getTime() + values.oidcTokenKeptMs);
  return { found: admit(parts, provider.issuer, claims, expiresAtMs), untilMs };
}

/** An answer without `aud` (RFC 7662 makes it optional) must at least come from a client that the settings name. */
function checkIntrospected(
  claims: Claims,
  { oidcAudiences, oidcTokenClients }: OidcParts['values'],
  issuer: string,
): void {
  if (claims['active'] !== true) throw new TokenRefused('The token is not valid, or no longer.');
  if (claims['iss'] !== undefined && claims['iss'] !== issuer) throw new TokenRefused('The token has another issuer.');
  refuseOtherKinds(claims);
  const audiences = [claims['aud']].flat().filter((one) => one !== undefined);
  if (audiences.length > 0 && !audiences.some((one) => oidcAudiences.includes(String(one)))) {
    throw new TokenRefused('The token was made for another audience.');
  }
  if (audiences.length === 0 && oidcTokenClients.length === 0) {
    throw new TokenRefused('The token names no audience, and no clients are named whose tokens count.');
  }
  checkClient(claims, oidcTokenClients);
}

async function judgeOpaque(parts: OidcParts, token: string): Promise<JudgedToken> {
  const { home, values, clock } = parts;
  if (!home || !values.oidcIntrospection) throw new TokenRefused('The token is no JSON Web Token.');
  const { config } = await home.known();
  const claims = (await tokenIntrospection(config, token).catch((error: unknown) => {
    throw new HubError('PROVIDER_AWAY', 'The identity provider cannot be asked about this token.', error);
  })) as Claims;
  checkIntrospected(claims, values, home.issuer);
  const nowMs = realTime(clock).getTime();
  const expiresAtMs = typeof claims['exp'] === 'number' ? claims['exp'] * 1000 : Number.POSITIVE_INFINITY;
  if (expiresAtMs <= nowMs - values.oidcClockSkewMs) throw new TokenRefused('The token expired.');
  const untilMs = Math.min(expiresAtMs, nowMs + values.oidcIntrospectionKeptMs);
  return { found: admit(parts, home.issuer, claims, expiresAtMs), untilMs };
}

/**
 * Judges an access token.
 * @param parts providers and rules
 * @param token as it came
 * @returns never throws for what the token is; where the provider is needed and away, a refusal that holds for no time
 */
export async function judgeToken(parts: OidcParts, token: string): Promise<JudgedToken> {
  const nowMs = realTime(parts.clock).getTime();
  try {
    return await (isJwt(token) ? judgeJwt(parts, token) : judgeOpaque(parts, token));
  } catch (error) {
    if (error instanceof TokenRefused) return { found: refusal(error.message), untilMs: nowMs + refusalKeptMs };
    if (error instanceof HubError && error.code === 'PROVIDER_AWAY') {
      return { found: { refused: error.code, why: error.message }, untilMs: 0 };
    }
    throw error;
  }
}

/**
 * Tells a JWT (RFC 7519 in its compact form) from an opaque token.
 * @param token as it came
 */
export function isJwt(token: string): boolean {
  return /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*$/.test(token);
}
