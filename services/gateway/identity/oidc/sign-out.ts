// gateway: a person signs out: here first, then at the identity provider.
import { HubError } from '@staffetta/flow/errors.ts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { buildEndSessionUrl, tokenRevocation, type Configuration } from 'openid-client';
import { whyForeign } from '../sessions/own-page.ts';
import type { SessionInHand } from '../sessions/sessions.ts';
import { wantsPage } from './people-page.ts';
import { readKeptTokens, type KeptTokenSet } from './provider-account.ts';
import { troubleOf } from './provider-trouble.ts';
import type { SignInParts } from './sign-in.ts';

/** Signs a person out; answers the request or throws a HubError. */
export type SignOut = (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>;

function endUrl(config: Configuration, kept: KeptTokenSet, backTo: string): string | undefined {
  if (config.serverMetadata().end_session_endpoint === undefined || kept.id === undefined) return undefined;
  return buildEndSessionUrl(config, { id_token_hint: kept.id, post_logout_redirect_uri: backTo }).href;
}

/**
 * Makes signing out.
 * @param parts provider, sessions and our address
 */
export function signOut({ oidc, sessions, address }: SignInParts): SignOut {
  const { home, values, log } = oidc;

  /** The session here is over by then: what the provider does not hear, it notices when its tokens end. */
  async function tellProvider(inHand: SessionInHand, origin: string): Promise<string | undefined> {
    const kept = readKeptTokens(sessions.tokensOf(inHand));
    if (!home || !kept || inHand.session.issuer !== home.issuer) return undefined;
    try {
      const { config } = await home.known();
      const canRevoke = kept.refresh !== undefined && config.serverMetadata().revocation_endpoint !== undefined;
      if (canRevoke) await tokenRevocation(config, kept.refresh);
      return endUrl(config, kept, origin + values.oidcSignOutTo);
    } catch (error) {
      log.info(troubleOf(error), 'signOut.providerNotTold');
      return undefined;
    }
  }

  async function end(request: FastifyRequest, reply: FastifyReply, inHand: SessionInHand): Promise<string | undefined> {
    const origin = address.originOf(request);
    const { method, headers } = request;
    const why = whyForeign({ method, headers, id: inHand.id, ownOrigin: origin });
    if (why !== undefined) throw new HubError('CSRF_REFUSED', why);
    await sessions.endOf(request, reply, inHand.session);
    return origin === undefined ? undefined : tellProvider(inHand, origin);
  }

  return async (request, reply) => {
    const found = await sessions.of(request);
    if (typeof found === 'string') reply.header('set-cookie', sessions.forgetting(request));
    const url = typeof found === 'string' ? undefined : await end(request, reply, found);
    if (wantsPage(request)) return reply.redirect(url ?? values.oidcSignOutTo, 303);
    return reply.send({ statusCode: '200', statusMsg: 'You are signed out here.', providerSignOutUrl: url });
  };
}
