// gateway: signing in by an access token in the Authorization header (RFC 6750).
import { realTime } from '@staffetta/platform/clock.ts';
import { hash } from 'node:crypto';
import type { Identified, Identifier, Refusal } from '../identity.ts';
import { challenge, isJwt, judgeToken, type JudgedToken } from './access-token.ts';
import { keptAnswers } from './kept-answers.ts';
import type { OidcParts } from './oidc-rules.ts';

type Found = Identified | Refusal;

const bearer = /^bearer +(\S.*)$/i;
const tokenForm = /^[A-Za-z0-9\-._~+/]+=*$/;

/** Keys of our own making come in the same header. */
const ownKeyPrefix = 'stf_';

function readToken(header: string | undefined): string | undefined {
  if (header === undefined) return undefined;
  const token = bearer.exec(header)?.[1];
  return token === undefined || token.startsWith(ownKeyPrefix) ? undefined : token;
}

function wrong(why: string): Refusal {
  return { refused: 'TOKEN_WRONG', why, headers: challenge('invalid_token', why) };
}

/** What no provider needs to be asked for. */
function whyNotLooked(token: string, { providers, values }: OidcParts): Refusal | undefined {
  if (providers.size === 0 || values.oidcAudiences.length === 0) {
    return wrong('This hub takes no access tokens: OIDC_ISSUER and OIDC_AUDIENCE are not both set.');
  }
  if (token.length > values.oidcTokenBytesMax) {
    return wrong(`The token is larger than ${values.oidcTokenBytesMax} bytes.`);
  }
  return tokenForm.test(token) ? undefined : wrong('The token holds characters that no token has.');
}

/**
 * Makes the way of signing in by access token. A token that was judged a while ago is answered for at once; refused ones are kept
 * apart, so that a flood of them drives no good one out.
 * @param parts providers and rules
 */
export function bearerToken(parts: OidcParts): Identifier {
  const { values, clock } = parts;
  const good = keptAnswers<Found>(values.oidcTokensKeptMax);
  const bad = keptAnswers<Found>(Math.min(1000, values.oidcTokensKeptMax));
  const running = new Map<string, Promise<Found>>();
  let asking = 0;

  async function judge(name: string, token: string): Promise<Found> {
    const { found, untilMs }: JudgedToken = await judgeToken(parts, token);
    if (untilMs > 0) ('refused' in found ? bad : good).keep(name, found, untilMs);
    return found;
  }

  async function ask(name: string, token: string): Promise<Found> {
    const isAsked = !isJwt(token) && values.oidcIntrospection;
    if (isAsked && asking >= values.oidcIntrospectionsMax) {
      return { refused: 'PROVIDER_AWAY', why: 'Too many tokens are being asked about at the identity provider.' };
    }
    if (isAsked) asking += 1;
    try {
      return await judge(name, token);
    } finally {
      if (isAsked) asking -= 1;
    }
  }

  /** Requests that bring the same token at once wait for one judgement. */
  function judgeOnce(name: string, token: string): Promise<Found> {
    const known = running.get(name);
    if (known) return known;
    const judged = ask(name, token).finally(() => running.delete(name));
    running.set(name, judged);
    return judged;
  }

  return {
    identify(request) {
      const token = readToken(request.headers.authorization);
      if (token === undefined) return undefined;
      const nowMs = realTime(clock).getTime();
      // The token itself is nowhere kept.
      const name = hash('sha256', token, 'base64url');
      const known = good.get(name, nowMs) ?? bad.get(name, nowMs);
      return known ?? whyNotLooked(token, parts) ?? judgeOnce(name, token);
    },
  };
}
