// gateway: the clusters of all services and routes, kept as discovery tells; a lookup is a look into a map.
import type { ServiceName } from '@staffetta/flow/services.ts';
import { watchRegistry, type RegistryWatch } from '@staffetta/platform/discovery/registry-watch.ts';
import type { World } from '@staffetta/platform/service.ts';
import type { GatewayMetrics } from '../metrics.ts';
import { routedServices, type RoutedService } from '../route-table.ts';
import { Cluster, type ClusterParts, type ClusterRule } from './cluster.ts';
import type { Place } from './endpoint.ts';
import { placesOfService, placesOfTarget, type PlacesParts } from './places.ts';
import type { PoolOpener } from './upstream-pool.ts';

/** What the clusters lean on. */
export interface UpstreamsParts {
  readonly world: Pick<World, 'addressOf' | 'discovery' | 'log'>;
  readonly opener: PoolOpener;
  readonly nowMs: () => number;
  readonly rule: () => ClusterRule;
  /** Between two questions to a discovery server that does not tell changes by itself, in ms. */
  readonly pollMs: number;
  /** Told where somebody joined, or was started anew. */
  readonly onJoin: (name: string) => void;
  readonly metrics: Pick<GatewayMetrics, 'countEjection' | 'forgetInstance'>;
}

/** Where a route of one's own goes. */
export interface Target {
  /** The route's name. */
  readonly id: string;
  /** Addresses, or `lb://APPLICATION`. */
  readonly to: readonly string[];
  readonly connectTimeoutMs: number | undefined;
}

interface Known {
  readonly name: string;
  readonly cluster: Cluster;
  readonly find: () => Place[];
}

function keyOf({ id, to, connectTimeoutMs }: Target): string {
  return JSON.stringify([id, to, connectTimeoutMs]);
}

/** All clusters. */
export class Upstreams {
  readonly #parts: UpstreamsParts;
  readonly #watch: RegistryWatch | undefined;
  readonly #services = new Map<RoutedService, Known>();
  #targets = new Map<string, Known>();

  constructor(parts: UpstreamsParts) {
    this.#parts = parts;
    const serverUrls = parts.world.discovery?.serverUrls ?? [];
    const options = { serverUrls, log: parts.world.log, everyMs: parts.pollMs, onRead: () => this.#refresh() };
    this.#watch = serverUrls.length > 0 ? watchRegistry(options) : undefined;
    for (const service of routedServices) {
      const find = (): Place[] => placesOfService(this.#places, service);
      this.#services.set(service, this.#open(service, find));
    }
  }

  /** The cluster of a service. */
  ofService(service: RoutedService): Cluster {
    return this.#services.get(service)!.cluster;
  }

  /** The cluster of a route of one's own; undefined where that is no more in force. */
  ofTarget(target: Target): Cluster | undefined {
    return this.#targets.get(keyOf(target))?.cluster;
  }

  /** Puts other targets into force; those that stay keep their connections, those that go end what they have in hand. */
  useTargets(targets: readonly Target[]): void {
    const before = this.#targets;
    this.#targets = new Map(
      targets.map((target) => [keyOf(target), before.get(keyOf(target)) ?? this.#openTarget(target)]),
    );
    for (const [key, { cluster }] of before) if (!this.#targets.has(key)) cluster.update([]);
  }

  /** All clusters with their names. */
  all(): readonly { readonly name: string; readonly cluster: Cluster }[] {
    return [...this.#services.values(), ...this.#targets.values()];
  }

  /** The addresses at which a service can be asked now; one at least. */
  addressesOf(service: ServiceName): readonly string[] {
    return placesOfService(this.#places, service).map(({ address }) => address);
  }

  /** Stops the watching and breaks all connections off. */
  async close(): Promise<void> {
    await this.#watch?.stop();
    await Promise.all(this.all().map(({ cluster }) => cluster.close()));
  }

  get #places(): PlacesParts {
    return { world: this.#parts.world, watch: this.#watch };
  }

  #refresh(): void {
    for (const { name, cluster, find } of [...this.#services.values(), ...this.#targets.values()]) {
      if (cluster.update(find())) this.#parts.onJoin(name);
    }
  }

  #openTarget(target: Target): Known {
    const find = (): Place[] => placesOfTarget(this.#places, target.to);
    return this.#open(target.id, find, target.connectTimeoutMs);
  }

  #open(name: string, find: () => Place[], connectTimeoutMs?: number): Known {
    const { opener, nowMs, rule, metrics, world } = this.#parts;
    const parts: ClusterParts = {
      open: (address) => opener.open(address, connectTimeoutMs),
      nowMs,
      random: Math.random,
      rule,
      onEject(address, why) {
        world.log.warn({ upstream: name, address, why }, 'upstream.ejected');
        metrics.countEjection(name, why);
      },
      onGone: (address) => metrics.forgetInstance(name, address),
    };
    const cluster = new Cluster(parts);
    cluster.update(find());
    return { name, cluster, find };
  }
}
