// gateway: a person signs in at the identity provider: authorization code with PKCE, bound to the browser that began it.
import { HubError } from '@staffetta/flow/errors.ts';
import { realTime } from '@staffetta/platform/clock.ts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { authorizationCodeGrant, buildAuthorizationUrl, calculatePKCECodeChallenge } from 'openid-client';
import type { PublicAddress } from '../sessions/public-url.ts';
import type { Opening, Sessions } from '../sessions/sessions.ts';
import type { OidcParts } from './oidc-rules.ts';
import { rightsBehind, tokensToKeep, type Tokens } from './provider-account.ts';
import type { Provider } from './provider.ts';
import type { ProviderLogouts } from './provider-logouts.ts';
import { troubleOf } from './provider-trouble.ts';
import { readReturnTo } from './return-to.ts';
import { forgetAttempt, newAttempt, readAttempt, writeAttempt, type SignInAttempt } from './sign-in-attempt.ts';

/** What signing in leans on. */
export interface SignInParts {
  readonly oidc: OidcParts;
  readonly sessions: Sessions;
  readonly logouts: ProviderLogouts;
  readonly address: PublicAddress;
  /** Seals what a browser keeps for us; the same at all gateways. */
  readonly secret: string;
}

/** The two halves of a sign-in; both answer the request or throw a HubError. */
export interface SignIn {
  /** Sends the browser to the provider. */
  begin(request: FastifyRequest, reply: FastifyReply, returnTo: unknown): Promise<FastifyReply>;
  /** Takes the browser back, opens its session and sends it where it wanted to go. */
  complete(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply>;
}

/** The path to which the provider sends browsers back; it must be told to the provider. */
export const callbackPath = '/signin/callback';

function failed(why: string, cause?: unknown): HubError {
  return new HubError('SIGN_IN_FAILED', why, cause);
}

/** The word of `openid-client` for a token that, by our clock, has ended or has not begun, though it was made this very moment. */
const timesWrong = 'OAUTH_JWT_TIMESTAMP_CHECK_FAILED';

/** Says for a person what went wrong; the provider's own words stay away from the page but for the protocol's. */
function explain(error: unknown): HubError {
  if (error instanceof HubError) return error;
  const { kind, word } = troubleOf(error);
  if (kind === 'away')
    return new HubError('PROVIDER_AWAY', `The identity provider does not answer as it should (${word}).`, error);
  if (word === timesWrong) {
    return failed(
      'The clock of the identity provider and that of this hub are further apart than OIDC_CLOCK_SKEW.',
      error,
    );
  }
  if (kind === 'refused') return failed(`The identity provider did not sign you in (${word}).`, error);
  return failed('What came back from the identity provider does not belong to this sign-in.', error);
}

function needHome({ home }: OidcParts): Provider {
  if (home) return home;
  throw new HubError('SIGN_IN_OFF', 'Nobody can sign in here by an identity provider: none is set.');
}

function needOrigin(address: PublicAddress, request: FastifyRequest): string {
  const origin = address.originOf(request);
  if (origin !== undefined) return origin;
  throw new HubError(
    'SIGN_IN_OFF',
    'The address under which browsers reach this hub is not known: set GATEWAY_PUBLIC_URL.',
  );
}

function queryOf(request: FastifyRequest): string {
  const question = request.url.indexOf('?');
  return question < 0 ? '' : request.url.slice(question);
}

async function authorizationUrl({ oidc }: SignInParts, home: Provider, attempt: SignInAttempt): Promise<URL> {
  // A browser that is sent to a provider which is away shows nothing that a person could act on.
  const { config } = await home.reachable();
  return buildAuthorizationUrl(config, {
    redirect_uri: attempt.redirectUri,
    scope: oidc.values.oidcScopes,
    state: attempt.state,
    nonce: attempt.nonce,
    code_challenge: await calculatePKCECodeChallenge(attempt.verifier),
    code_challenge_method: 'S256',
  });
}

/** Finds the attempt that this browser began and uses it up; whoever has none was sent here by somebody else. */
async function takeAttempt(parts: SignInParts, request: FastifyRequest): Promise<SignInAttempt> {
  const state = new URLSearchParams(queryOf(request)).get('state') ?? '';
  const style = parts.address.styleOf(request);
  const attempt = readAttempt(parts.secret, request.headers.cookie, state, style);
  if (!attempt) throw failed('This browser began no such sign-in.');
  const leftMs = attempt.endsAtMs - realTime(parts.oidc.clock).getTime();
  if (leftMs <= 0) throw failed('The sign-in took too long.');
  if (!(await parts.sessions.claim(`sign-in ${state}`, leftMs))) throw failed('This sign-in was completed before.');
  return attempt;
}

async function redeem(home: Provider, request: FastifyRequest, attempt: SignInAttempt): Promise<Tokens> {
  const { config } = await home.known();
  const cameBack = new URL(attempt.redirectUri + queryOf(request));
  return authorizationCodeGrant(config, cameBack, {
    pkceCodeVerifier: attempt.verifier,
    expectedState: attempt.state,
    expectedNonce: attempt.nonce,
    idTokenExpected: true,
  });
}

type IdClaims = NonNullable<ReturnType<Tokens['claims']>>;

function idClaims(tokens: Tokens): IdClaims {
  const claims = tokens.claims();
  if (!claims) throw failed('The identity provider did not say who signed in.');
  return claims;
}

function sidOf({ sid }: IdClaims): string | undefined {
  return typeof sid === 'string' ? sid : undefined;
}

async function openingOf(parts: SignInParts, home: Provider, tokens: Tokens): Promise<Opening> {
  const claims = idClaims(tokens);
  const mapped = await rightsBehind(parts.oidc, home, tokens, claims.sub);
  if ('why' in mapped) throw new HubError('RIGHTS_NOT_MAPPED', mapped.why);
  const sid = sidOf(claims);
  const kept = tokensToKeep(tokens, realTime(parts.oidc.clock).getTime());
  const { issuer } = home;
  const source = { subject: `${issuer} ${claims.sub}`, how: 'oidc', issuer } as const;
  return { ...mapped.rights, ...source, ...(sid !== undefined && { sid }), ...(kept && { tokens: kept }) };
}

/**
 * Makes signing in.
 * @param parts provider, sessions, our address and the secret of what browsers keep
 */
export function signIn(parts: SignInParts): SignIn {
  const { oidc, sessions, logouts, address, secret } = parts;

  /** A logout token may have come after the code was redeemed and before there was a session that it could end. */
  async function hasEnded({ issuer }: Provider, tokens: Tokens): Promise<boolean> {
    const claims = idClaims(tokens);
    return logouts.hasEnded({ issuer, sub: claims.sub, sid: sidOf(claims), madeAtMs: claims.iat * 1000 });
  }

  async function redeemAndOpen(request: FastifyRequest, reply: FastifyReply, attempt: SignInAttempt): Promise<void> {
    const home = needHome(oidc);
    try {
      const tokens = await redeem(home, request, attempt);
      const session = await sessions.openSession(request, reply, await openingOf(parts, home, tokens));
      if (!(await hasEnded(home, tokens))) return;
      await sessions.endOf(request, reply, session);
      throw failed('The identity provider signed you out again while you were on your way back.');
    } catch (error) {
      const shown = explain(error);
      oidc.log.info({ code: shown.code, ...(shown.cause ? troubleOf(shown.cause) : {}) }, 'signIn.failed');
      throw shown;
    }
  }

  return {
    async begin(request, reply, returnTo) {
      const home = needHome(oidc);
      const origin = needOrigin(address, request);
      const endsAtMs = realTime(oidc.clock).getTime() + oidc.values.signInMs;
      const attempt = newAttempt(origin + callbackPath, readReturnTo(returnTo, origin), endsAtMs);
      const url = await authorizationUrl(parts, home, attempt);
      const maxAgeS = Math.ceil(oidc.values.signInMs / 1000);
      reply.header('set-cookie', writeAttempt(secret, attempt, address.styleOf(request), maxAgeS));
      return reply.redirect(url.href, 303);
    },
    async complete(request, reply) {
      needHome(oidc);
      const attempt = await takeAttempt(parts, request);
      reply.header('set-cookie', forgetAttempt(attempt.state, address.styleOf(request)));
      await redeemAndOpen(request, reply, attempt);
      return reply.redirect(attempt.returnTo, 303);
    },
  };
}
