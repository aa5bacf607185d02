// gateway: judges a JSON Web Token: its signature by the provider's own keys, and every claim that limits it.
import { HubError } from '@staffetta/flow/errors.ts';
import { decodeJwt, errors, jwtVerify, type JWTPayload, type JWTVerifyOptions, type JWTVerifyResult } from 'jose';
import type { Known, Provider } from './provider.ts';

/** A token that does not count, with one sentence for who sent it. */
export class TokenRefused extends Error {}

/** What a token must be. */
export interface TokenRules {
  readonly algorithms: readonly string[];
  /** One of them must be in `aud`; undefined where the token was fetched by ourselves. */
  readonly audiences: readonly string[] | undefined;
  /** The header `typ` may be one of these, in small letters and without `application/`; `''` stands for none. */
  readonly types: readonly string[];
  readonly skewMs: number;
  /** Claims that must be there; `exp` and `sub` where nothing is said. */
  readonly required?: readonly string[];
}

/** Reads a part of a token without believing it. */
export function peek(token: string): JWTPayload {
  try {
    return decodeJwt(token);
  } catch (error) {
    throw new TokenRefused('The token is no JSON Web Token.', { cause: error });
  }
}

/** Both clocks are told: where they are apart nothing is wrong with the token, and whoever reads this cannot see ours. */
function whyOfTime(what: string, claim: 'exp' | 'nbf' | 'iat', { [claim]: atS }: JWTPayload, now: Date): string {
  const at = typeof atS === 'number' && Math.abs(atS) < 8e12 ? new Date(atS * 1000).toISOString() : 'an odd time';
  return `The token ${what}: it says ${claim} ${at}, and the clock of this hub ${now.toISOString()}.`;
}

function whyOf(error: unknown, now: Date): string {
  if (error instanceof errors.JWTExpired) return whyOfTime('expired', 'exp', error.payload, now);
  if (error instanceof errors.JWTClaimValidationFailed) return whyOfClaim(error, now);
  if (error instanceof errors.JOSEAlgNotAllowed)
    return 'The token is signed with an algorithm that does not count here.';
  if (error instanceof errors.JWSSignatureVerificationFailed) return 'The signature of the token is wrong.';
  if (error instanceof errors.JWKSNoMatchingKey)
    return 'The token is signed with a key that its issuer does not publish.';
  if (error instanceof errors.JWKSMultipleMatchingKeys)
    return 'The token does not say which key of its issuer signed it.';
  return 'The token cannot be read.';
}

function whyOfClaim({ claim, reason, payload }: errors.JWTClaimValidationFailed, now: Date): string {
  if (claim === 'aud') return 'The token was made for another audience.';
  if (claim === 'iss') return 'The token has another issuer.';
  if (claim === 'nbf' && reason === 'check_failed') return whyOfTime('is not valid yet', 'nbf', payload, now);
  return `The claim "${claim}" of the token is missing or wrong.`;
}

function checkType({ typ = '' }: { readonly typ?: string }, types: readonly string[]): void {
  const plain = typ.toLowerCase().replace(/^application\//, '');
  if (!types.includes(plain)) throw new TokenRefused('The token is of another type than is asked for here.');
}

function checkIssued(payload: JWTPayload, now: Date, skewMs: number): void {
  const { iat } = payload;
  if (iat === undefined || iat * 1000 <= now.getTime() + skewMs) return;
  throw new TokenRefused(whyOfTime('is not valid yet', 'iat', payload, now));
}

async function verifyWith(token: string, known: Known, options: JWTVerifyOptions): Promise<JWTVerifyResult> {
  return jwtVerify(token, known.keys, options);
}

/** Verifies; a key that is not known makes us look once whether the provider has a new one. */
async function verifyOrLookAgain(token: string, provider: Provider, options: JWTVerifyOptions) {
  const known = await provider.known();
  try {
    return await verifyWith(token, known, options);
  } catch (error) {
    if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
    const newer = await provider.lookAgain();
    if (newer === known) throw error;
    return verifyWith(token, newer, options);
  }
}

/**
 * Verifies a token. Keys come from the issuer's published set alone: `jku`, `x5u`, `jwk` and `x5c` of the header are not looked at.
 * @param token as it came
 * @param provider its issuer
 * @param rules what it must be
 * @param now the real time
 * @returns its claims
 * @throws TokenRefused with the reason; HubError PROVIDER_AWAY where the keys are not known
 */
export async function verifyToken(
  token: string,
  provider: Provider,
  rules: TokenRules,
  now: Date,
): Promise<JWTPayload> {
  const options: JWTVerifyOptions = {
    algorithms: [...rules.algorithms],
    issuer: provider.issuer,
    ...(rules.audiences && { audience: [...rules.audiences] }),
    clockTolerance: Math.ceil(rules.skewMs / 1000),
    requiredClaims: [...(rules.required ?? ['exp', 'sub'])],
    currentDate: now,
  };
  try {
    const { payload, protectedHeader } = await verifyOrLookAgain(token, provider, options);
    checkType(protectedHeader, rules.types);
    checkIssued(payload, now, rules.skewMs);
    return payload;
  } catch (error) {
    if (error instanceof HubError || error instanceof TokenRefused) throw error;
    throw new TokenRefused(whyOf(error, now), { cause: error });
  }
}
