// gateway: the address under which browsers reach the gateway, and how cookies are written there.
import { HubError } from '@staffetta/flow/errors.ts';
import type { Profile } from '@staffetta/platform/service.ts';
import type { FastifyRequest } from 'fastify';
import type { ClientReader } from '../../listener/client.ts';
import type { CookieStyle } from './session-cookie.ts';

/** What is known of our address. */
export interface PublicAddress {
  /**
   * The origin, without a slash at its end.
   * @returns undefined in production where GATEWAY_PUBLIC_URL is not set: a request's `Host` is the sender's word
   */
  originOf(request: FastifyRequest): string | undefined;
  styleOf(request: FastifyRequest): CookieStyle;
  /** From where the browser calls. */
  clientOf(request: FastifyRequest): string;
}

function readOrigin(publicUrl: string): string {
  const { origin, protocol, pathname } = new URL(publicUrl);
  if (/^https?:$/.test(protocol) && pathname === '/') return origin;
  const why = 'write scheme and host alone, https://hub.example.it';
  throw new HubError('SETTING_WRONG', `GATEWAY_PUBLIC_URL=${JSON.stringify(publicUrl)}: ${why}.`);
}

/**
 * Makes the answerer. Over plain http cookies can only be plain ones, which dev allows; production always writes `__Host-`
 * cookies, which browsers take over https alone (and from this very machine).
 * @param profile dev or production
 * @param publicUrl the setting
 * @param clientOf from where a request comes, as far as proxies before us are believed
 * @throws HubError SETTING_WRONG where the setting is more than scheme and host
 */
export function publicAddress(profile: Profile, publicUrl: string | undefined, clientOf: ClientReader): PublicAddress {
  const origin = publicUrl === undefined ? undefined : readOrigin(publicUrl);
  const asked = (request: FastifyRequest): string | undefined => {
    const { proto, host } = clientOf(request.raw);
    return host === undefined ? undefined : `${proto}://${host}`;
  };
  return {
    originOf: (request) => origin ?? (profile === 'dev' ? asked(request) : undefined),
    styleOf: (request) => ({
      secure: profile === 'production' || (origin ?? clientOf(request.raw).proto).startsWith('https'),
    }),
    clientOf: (request) => clientOf(request.raw).address,
  };
}
