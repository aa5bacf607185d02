// gateway: where the instances of a service are: at the address that was set, else where discovery tells, else at the usual one.
import type { ServiceName } from '@staffetta/flow/services.ts';
import { textOf, type Instance } from '@staffetta/platform/discovery/instance.ts';
import type { RegistryWatch } from '@staffetta/platform/discovery/registry-watch.ts';
import type { World } from '@staffetta/platform/service.ts';
import { isIPv6 } from 'node:net';
import type { Place } from './endpoint.ts';

function hostOf({ hostName, ipAddr }: Instance): string {
  const host = hostName || ipAddr;
  return isIPv6(host) ? `[${host}]` : host;
}

/**
 * Reads an instance of the registry. Where it opened its secure port it is called by https, as Spring's clients do.
 * @param instance the registry's
 * @returns its place, or undefined where it has no port that is open, or no host that can be written in a URL
 */
export function placeOf(instance: Instance): Place | undefined {
  const isSecure = instance.securePort['@enabled'] === 'true';
  if (!isSecure && instance.port['@enabled'] !== 'true') return undefined;
  const { $: port } = isSecure ? instance.securePort : instance.port;
  const address = `${isSecure ? 'https' : 'http'}://${hostOf(instance)}:${port}`;
  if (!URL.canParse(address)) return undefined;
  const weight = Number(textOf(instance.metadata['weight']));
  return { address, weight: weight > 0 && weight < Infinity ? weight : 1, life: instance.lastDirtyTimestamp };
}

function placeAt(address: string): Place {
  return { address: address.replace(/\/+$/, ''), weight: 1, life: '' };
}

/** The places of an application that discovery knows; each address once. */
function discovered(watch: Pick<RegistryWatch, 'instancesOf'> | undefined, app: string): Place[] {
  const places = (watch?.instancesOf(app) ?? []).flatMap((instance) => placeOf(instance) ?? []);
  return [...new Map(places.map((place) => [place.address, place])).values()];
}

/** What is asked where the instances are. */
export interface PlacesParts {
  readonly world: Pick<World, 'addressOf' | 'discovery'>;
  /** Undefined where discovery is switched off. */
  readonly watch: Pick<RegistryWatch, 'instancesOf'> | undefined;
}

/**
 * Finds the instances of one of the hub's services.
 * @param parts discovery and the addresses that were set
 * @param service which
 * @returns one place at least: an empty registry, or one that is away since the start, leaves the usual address
 */
export function placesOfService({ world, watch }: PlacesParts, service: ServiceName): Place[] {
  const given = world.discovery?.givenAddressOf(service);
  if (given !== undefined) return [placeAt(given)];
  const found = discovered(watch, service);
  return found.length > 0 ? found : [placeAt(world.addressOf(service))];
}

/**
 * Finds the instances of what a route of one's own goes to.
 * @param parts discovery
 * @param to addresses, or `lb://APPLICATION`
 * @returns none where the application is not in the registry
 */
export function placesOfTarget({ watch }: PlacesParts, to: readonly string[]): Place[] {
  return to.flatMap((one) => (one.startsWith('lb://') ? discovered(watch, one.slice('lb://'.length)) : [placeAt(one)]));
}
