// gateway: opens what people and machines sign in by besides keys: sessions and identity providers, with their paths.
import type { Clock } from '@staffetta/platform/clock.ts';
import type { HealthCheck } from '@staffetta/platform/http/health.ts';
import type { Profile } from '@staffetta/platform/service.ts';
import type { Log } from '@staffetta/platform/telemetry/log.ts';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { ClientReader } from '../../listener/client.ts';
import type { Identified, Identifier } from '../identity.ts';
import { openSessionStore, type SessionStoreSettings } from '../sessions/open-session-store.ts';
import { publicAddress } from '../sessions/public-url.ts';
import { sessionIdentifier } from '../sessions/session-identifier.ts';
import { addSessionRoutes } from '../sessions/session-routes.ts';
import { standingOnKeys } from '../sessions/stands-on-key.ts';
import { createSessions, type SessionParts, type Sessions } from '../sessions/sessions.ts';
import { backChannel } from './back-channel.ts';
import { bearerToken } from './bearer-token.ts';
import { readOidc, type OidcValues } from './oidc-rules.ts';
import type { Provider } from './provider.ts';
import { providerLogouts } from './provider-logouts.ts';
import { sessionRenewal } from './renew-session.ts';
import { addSignInRoutes } from './sign-in-routes.ts';
import { signIn } from './sign-in.ts';
import { signOut } from './sign-out.ts';

/** What it takes. */
export interface IdentityOptions {
  readonly profile: Profile;
  readonly values: OidcValues &
    SessionStoreSettings &
    SessionParts['rules'] & { readonly publicUrl: string | undefined };
  /** Shared by all gateways of a hub. */
  readonly callerSecret: string;
  readonly clientOf: ClientReader;
  /** Says why a key counts no more that a session stands on. */
  readonly whyKeyEnded: Parameters<typeof standingOnKeys>[1];
  readonly clock: Clock;
  readonly log: Log;
}

/** Signing in besides keys. */
export interface Identity {
  /** By token, then by session. */
  readonly identifiers: readonly Identifier[];
  readonly takesTokens: boolean;
  readonly sessions: Sessions;
  /** Providers that are away, and Redis; none turns readiness off. */
  readonly health: readonly HealthCheck[];
  /** @param holderOf whom a request that passed the gate stands for */
  addRoutes(app: FastifyInstance, holderOf: (request: FastifyRequest) => Identified | undefined): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens it. Identity providers are asked at once, and nobody waits for them.
 * @param options settings, secret, clock and log
 * @throws HubError SETTING_WRONG naming what is wrong
 */
export function openIdentity(options: IdentityOptions): Identity {
  const { profile, values, callerSecret, clientOf, clock, log } = options;
  const oidc = readOidc(profile, values, clock, log);
  const address = publicAddress(profile, values.publicUrl, clientOf);
  const store = openSessionStore(values, log);
  const sessions = createSessions({ store, address, clock, log, rules: values });
  const keepFresh = standingOnKeys(sessions, options.whyKeyEnded, sessionRenewal(oidc, sessions));
  const byCookie = sessionIdentifier({ sessions, address, keepFresh });
  const logouts = providerLogouts(sessions);
  const parts = { oidc, sessions, logouts, address, secret: callerSecret };
  const ask = async (provider: Provider): Promise<void> => {
    await provider.known();
    const trouble = provider.trouble();
    if (trouble) throw trouble;
  };
  for (const provider of oidc.providers.values()) ask(provider).catch(() => undefined);

  return {
    identifiers: [bearerToken(oidc), byCookie],
    takesTokens: oidc.providers.size > 0 && values.oidcAudiences.length > 0,
    sessions,
    // Health is open to everybody: where the providers are is not told there.
    health: [...oidc.providers.values()].map((provider, index) => ({
      name: index === 0 ? 'identityProvider' : `identityProvider${index + 1}`,
      essential: false,
      check: () => ask(provider),
    })),
    async addRoutes(app, holderOf) {
      const inHandOf = (request: FastifyRequest) => byCookie.inHandOf(request);
      const callerNameOf = (request: FastifyRequest): string => holderOf(request)?.caller.name ?? 'nobody';
      addSessionRoutes(app, { sessions, log, inHandOf, callerNameOf });
      const ways = {
        signIn: signIn(parts),
        signOut: signOut(parts),
        backChannel: backChannel(oidc, sessions, logouts),
      };
      await addSignInRoutes(app, { ...ways, holderOf, inHandOf });
    },
    close: () => store.close(),
  };
}
