// gateway: the settings of identity providers, checked once at the start and put into the form that the parts work with.
import { HubError } from '@staffetta/flow/errors.ts';
import type { Clock } from '@staffetta/platform/clock.ts';
import type { SettingsOf } from '@staffetta/platform/config/settings.ts';
import type { Profile } from '@staffetta/platform/service.ts';
import type { Log } from '@staffetta/platform/telemetry/log.ts';
import { readClaimRules, type ClaimRules } from './claim-rules.ts';
import type { oidcSettings } from './oidc-settings.ts';
import { createProvider, type Provider } from './provider.ts';

/** The values of the settings. */
export type OidcValues = SettingsOf<typeof oidcSettings>;

/** Identity providers and the rules for what they say. */
export interface OidcParts {
  /** By issuer, in the order of the setting. */
  readonly providers: ReadonlyMap<string, Provider>;
  /** The one at which people sign in; undefined where none does. */
  readonly home: Provider | undefined;
  readonly claims: ClaimRules;
  readonly values: OidcValues;
  readonly clock: Clock;
  readonly log: Log;
}

const asymmetric = /^(?:(?:RS|PS|ES)(?:256|384|512)|EdDSA|Ed25519)$/;

function wrong(setting: string, value: string, why: string): HubError {
  return new HubError('SETTING_WRONG', `${setting}=${JSON.stringify(value)}: ${why}.`);
}

function checkIssuer(profile: Profile, issuer: string): void {
  const url = URL.canParse(issuer) ? new URL(issuer) : undefined;
  if (!url || !/^https?:$/.test(url.protocol) || url.search !== '' || url.hash !== '' || url.username !== '') {
    throw wrong('OIDC_ISSUER', issuer, 'it is no issuer URL; write it as the provider does in its tokens');
  }
  if (url.protocol === 'http:' && profile === 'production') {
    throw wrong('OIDC_ISSUER', issuer, 'production believes an identity provider over https alone');
  }
}

function checkAlgorithms(names: readonly string[]): void {
  const bad = names.find((name) => !asymmetric.test(name));
  if (bad !== undefined)
    throw wrong('OIDC_ALGORITHMS', bad, 'only RS, PS and ES with 256, 384 or 512, EdDSA and Ed25519 count');
  if (names.length === 0) throw wrong('OIDC_ALGORITHMS', '', 'name at least one');
}

function checkTogether(profile: Profile, values: OidcValues & { readonly publicUrl: string | undefined }): void {
  const { oidcIssuers, oidcClientId, publicUrl, oidcRoleMap, oidcIntrospection } = values;
  if (oidcIssuers.length === 0) return;
  if (oidcRoleMap.length === 0) {
    throw wrong('OIDC_ROLE_MAP', '', 'with OIDC_ISSUER it says which roles count here, else nobody may anything');
  }
  if (oidcIntrospection && oidcClientId === undefined) {
    throw wrong('OIDC_INTROSPECTION', 'true', 'it needs OIDC_CLIENT_ID');
  }
  if (profile === 'production' && oidcClientId !== undefined && !publicUrl?.startsWith('https:')) {
    throw wrong('GATEWAY_PUBLIC_URL', publicUrl ?? '', 'in production people sign in over https; write https://…');
  }
}

function makeProvider(issuer: string, profile: Profile, values: OidcValues, clock: Clock, log: Log): Provider {
  return createProvider({
    issuer,
    clientId: values.oidcClientId ?? 'staffetta',
    clientSecret: values.oidcClientSecret,
    clientAuth: values.oidcClientAuth,
    insecure: profile === 'dev' && issuer.startsWith('http:'),
    timeoutMs: values.oidcTimeoutMs,
    skewMs: values.oidcClockSkewMs,
    refreshMs: values.oidcKeysRefreshMs,
    cooldownMs: values.oidcKeysCooldownMs,
    awayMaxMs: values.oidcAwayMaxMs,
    clock,
    log,
  });
}

/**
 * Reads and checks the settings.
 * @param profile production refuses providers and sign-ins over plain http
 * @param values the settings
 * @param clock the hub's
 * @param log tells when a provider goes and comes
 * @throws HubError SETTING_WRONG naming what is wrong
 */
export function readOidc(
  profile: Profile,
  values: OidcValues & { readonly publicUrl: string | undefined },
  clock: Clock,
  log: Log,
): OidcParts {
  for (const issuer of values.oidcIssuers) checkIssuer(profile, issuer);
  checkAlgorithms(values.oidcAlgorithms);
  checkTogether(profile, values);
  const all = values.oidcIssuers.map((issuer) => makeProvider(issuer, profile, values, clock, log));
  const claims = readClaimRules(values);
  const home = values.oidcClientId === undefined ? undefined : all[0];
  return { providers: new Map(all.map((one) => [one.issuer, one])), home, claims, values, clock, log };
}
