// gateway: a sign-in that is under way: what must come back from the provider, kept sealed in the browser that began it.
import { hash } from 'node:crypto';
import { randomNonce, randomPKCECodeVerifier, randomState } from 'openid-client';
import { seal, unseal } from '@staffetta/platform/sealed.ts';
import { cookieName, cookieValues, writeCookie, type CookieStyle } from '../sessions/session-cookie.ts';

/** What a sign-in must come back with, and where it leads. */
export interface SignInAttempt {
  readonly state: string;
  readonly nonce: string;
  /** PKCE's secret half (RFC 7636). */
  readonly verifier: string;
  readonly redirectUri: string;
  readonly returnTo: string;
  readonly endsAtMs: number;
}

const purpose = 'sign-in attempt';

/**
 * Begins a sign-in.
 * @param redirectUri where the provider sends the browser back to
 * @param returnTo where it goes then
 * @param endsAtMs until when it may come back
 */
export function newAttempt(redirectUri: string, returnTo: string, endsAtMs: number): SignInAttempt {
  const state = randomState();
  return { state, nonce: randomNonce(), verifier: randomPKCECodeVerifier(), redirectUri, returnTo, endsAtMs };
}

/** Each attempt has a cookie of its own, so that two tabs do not disturb each other. */
function nameFor(state: string, style: CookieStyle): string {
  return cookieName(`signin-${hash('sha256', state, 'hex').slice(0, 12)}`, style);
}

/**
 * Writes the cookie of an attempt.
 * @param secret of this gateway and its sisters
 * @param attempt the sign-in
 * @param style how cookies are written here
 * @param maxAgeS seconds
 */
export function writeAttempt(secret: string, attempt: SignInAttempt, style: CookieStyle, maxAgeS: number): string {
  const sealed = seal(secret, purpose, JSON.stringify(attempt));
  return writeCookie(nameFor(attempt.state, style), sealed, style, maxAgeS);
}

/**
 * Writes the value of `Set-Cookie` with which a browser forgets an attempt.
 * @param state the attempt's
 * @param style how cookies are written here
 */
export function forgetAttempt(state: string, style: CookieStyle): string {
  return writeCookie(nameFor(state, style), '', style, 0);
}

/**
 * Finds the attempt that a browser comes back with.
 * @param secret of this gateway and its sisters
 * @param cookies the request's `Cookie`
 * @param state of the provider's answer
 * @param style how cookies are written here
 * @returns undefined where this browser began no such sign-in
 */
export function readAttempt(
  secret: string,
  cookies: string | undefined,
  state: string,
  style: CookieStyle,
): SignInAttempt | undefined {
  for (const value of cookieValues(cookies, nameFor(state, style))) {
    const text = unseal(secret, purpose, value);
    const attempt = text === undefined ? undefined : (JSON.parse(text) as SignInAttempt);
    if (attempt?.state === state) return attempt;
  }
  return undefined;
}
