// gateway: asks the identity provider from time to time whether a session still stands, by renewing its tokens.
import { realTime } from '@staffetta/platform/clock.ts';
import { refreshTokenGrant } from 'openid-client';
import type { Rights } from '../sessions/session.ts';
import type { Freshness, KeepFresh } from '../sessions/session-identifier.ts';
import type { SessionInHand, Sessions } from '../sessions/sessions.ts';
import type { OidcParts } from './oidc-rules.ts';
import {
  idClaimsOf,
  readKeptTokens,
  rightsBehind,
  tokensToKeep,
  type KeptTokenSet,
  type Tokens,
} from './provider-account.ts';
import type { Provider } from './provider.ts';
import { troubleOf } from './provider-trouble.ts';

/** Whether new rights hold nothing that the old ones did not: more needs a new sign-in, with a new id. */
function isNoMore(now: Rights, before: Rights): boolean {
  const sameCustomer = now.customerId === undefined || now.customerId === before.customerId;
  return sameCustomer && now.roles.every((role) => before.roles.includes(role));
}

/**
 * Makes what keeps sessions fresh. A token is renewed beside the requests shortly before it ends, and before the next request once it
 * has ended; each refresh token is used once, by one gateway. Who was refused is signed out; while the provider is away sessions go
 * on for as long as the setting allows.
 * @param parts provider and rules
 * @param sessions those that are kept fresh
 */
export function sessionRenewal(parts: OidcParts, sessions: Sessions): KeepFresh {
  const { home, values, clock, log } = parts;
  const renewing = new Map<string, Promise<Freshness>>();
  const nowMs = (): number => realTime(clock).getTime();

  async function end({ session }: SessionInHand, why: string): Promise<Freshness> {
    await sessions.end(session);
    return { ended: why };
  }

  /** What counts where nothing new could be learned. */
  async function goOn(inHand: SessionInHand): Promise<Freshness> {
    const session = await sessions.find(inHand.session.key);
    if (!session) return { ended: 'The session is over.' };
    const isTooOld = session.tokens !== undefined && nowMs() - session.tokens.dueAtMs > values.oidcAwayMaxMs;
    if (isTooOld) return end(inHand, 'The identity provider could not be asked about this session for too long.');
    return { id: inHand.id, session };
  }

  async function take(
    inHand: SessionInHand,
    provider: Provider,
    tokens: Tokens,
    kept: KeptTokenSet,
  ): Promise<Freshness> {
    const claims = idClaimsOf(kept);
    const sub = inHand.session.subject.slice(provider.issuer.length + 1);
    if (tokens.claims() && tokens.claims()?.sub !== sub)
      return end(inHand, 'The identity provider spoke of another account.');
    const mapped = await rightsBehind(parts, provider, tokens, sub, claims);
    if ('why' in mapped) return end(inHand, mapped.why);
    if (!isNoMore(mapped.rights, inHand.session)) return end(inHand, 'This account may more than before.');
    await sessions.change(inHand, mapped.rights, tokensToKeep(tokens, nowMs(), kept));
    return goOn(inHand);
  }

  async function renew(inHand: SessionInHand, provider: Provider): Promise<Freshness> {
    const { key, tokens } = inHand.session;
    if (!(await sessions.claim(`renewal ${key} ${tokens?.renewAtMs}`, values.oidcRetryMs))) return goOn(inHand);
    const kept = readKeptTokens(sessions.tokensOf(inHand));
    if (kept?.refresh === undefined) return end(inHand, 'The session can no longer be renewed.');
    try {
      const { config } = await provider.known();
      return await take(inHand, provider, await refreshTokenGrant(config, kept.refresh), kept);
    } catch (error) {
      const trouble = troubleOf(error);
      log.info({ session: key.slice(0, 8), ...trouble }, 'session.notRenewed');
      if (trouble.kind === 'refused') return end(inHand, 'The identity provider has ended this session.');
      return goOn(inHand);
    }
  }

  function renewOnce(inHand: SessionInHand, provider: Provider): Promise<Freshness> {
    const { key } = inHand.session;
    const known = renewing.get(key);
    if (known) return known;
    const renewed = renew(inHand, provider).finally(() => renewing.delete(key));
    renewing.set(key, renewed);
    return renewed;
  }

  return (inHand) => {
    const { tokens, issuer } = inHand.session;
    if (!tokens || nowMs() < tokens.renewAtMs) return inHand;
    if (issuer !== home?.issuer || !home)
      return end(inHand, 'The identity provider of this session is no longer ours.');
    const renewed = renewOnce(inHand, home);
    if (nowMs() >= tokens.dueAtMs) return renewed;
    renewed.catch((error: unknown) => log.warn({ err: error }, 'session.notRenewed'));
    return inHand;
  };
}
