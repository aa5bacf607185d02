// platform: where the servers are that all services ask: for settings, for one another; and what each address is called in figures.
import { serviceNames } from '@staffetta/flow/services.ts';
import { addressOf, type WorldSettings } from './config/world-settings.ts';
import { withDiscoveryLogin } from './discovery/server-login.ts';

/** What tells the addresses. */
interface Given {
  readonly settings: WorldSettings;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** The addresses of the configuration servers; none where they are switched off. Our own wants the login that it has been given. */
export function configServersOf({ settings, environment }: Given): readonly string[] {
  const { configUrl, portOffset } = settings;
  if (configUrl === 'off') return [];
  if (configUrl !== undefined) return configUrl.split(',').map((url) => url.trim());
  const [user = '', ...password] = (environment['CONFIG_LOGIN'] ?? '').split(':');
  const login = user === '' ? '' : `${encodeURIComponent(user)}:${encodeURIComponent(password.join(':'))}@`;
  return [addressOf('configserver', portOffset, environment).replace('//', `//${login}`)];
}

/** The addresses of the discovery servers; none where discovery is switched off. */
export function eurekaServersOf(shared: Given): readonly string[] {
  const { settings, environment } = shared;
  const { eurekaUrls, portOffset } = settings;
  if (eurekaUrls?.[0] === 'off') return [];
  return (
    eurekaUrls ?? [withDiscoveryLogin(`${addressOf('eurekaserver', portOffset, environment)}/eureka`, environment)]
  );
}

/** Base URL → what is there, for the figures of calls. */
export function peersOf(shared: Given): ReadonlyMap<string, string> {
  const { settings, environment } = shared;
  return new Map([
    ...configServersOf(shared).map((url) => [url, 'configserver'] as const),
    ...eurekaServersOf(shared).map((url) => [url, 'eurekaserver'] as const),
    ...serviceNames.map((name) => [addressOf(name, settings.portOffset, environment), name] as const),
  ]);
}
