// gateway: where the services are, and the connections to them.
import type { Clock } from '@staffetta/platform/clock.ts';
import { Pool } from 'undici';
import type { RoutedService } from './route-table.ts';

/** One place a service can be called at. */
export interface Upstream {
  readonly pool: Pool;
  /** What goes before every path; empty for a plain `http://host:port`. */
  readonly basePath: string;
}

/** How connections are made. */
export interface UpstreamOptions {
  readonly connectTimeoutMs: number;
  readonly responseTimeoutMs: number;
  readonly connectionsMax: number;
}

/** The services' places. */
export interface Upstreams {
  of(service: RoutedService): Upstream;
  close(): Promise<void>;
}

/** How long an address is believed before it is asked for again. */
const addressKeptMs = 1000;

function open(address: string, options: UpstreamOptions): Upstream {
  const { origin, pathname } = new URL(address);
  const pool = new Pool(origin, {
    connections: options.connectionsMax,
    pipelining: 1,
    connect: { timeout: options.connectTimeoutMs },
    headersTimeout: options.responseTimeoutMs,
    bodyTimeout: options.responseTimeoutMs,
    // Shorter than the services keep idle connections, so that none is used in the instant it is closed.
    keepAliveTimeout: 30_000,
  });
  return { pool, basePath: pathname.replace(/\/$/, '') };
}

/**
 * Makes the connections as they are needed, one pool per address.
 * @param addressOf gives a service's base URL; asked again every second, so that a moved service is found
 * @param options time-outs in ms and the connections per service
 * @param clock tells when to ask again
 */
export function createUpstreams(
  addressOf: (service: RoutedService) => string,
  options: UpstreamOptions,
  clock: Clock,
): Upstreams {
  const byAddress = new Map<string, Upstream>();
  const byService = new Map<RoutedService, { readonly upstream: Upstream; readonly atMs: number }>();

  function find(service: RoutedService): Upstream {
    const address = addressOf(service);
    let upstream = byAddress.get(address);
    if (!upstream) {
      upstream = open(address, options);
      byAddress.set(address, upstream);
    }
    return upstream;
  }

  return {
    of(service) {
      const nowMs = clock.now().getTime();
      const known = byService.get(service);
      if (known && Math.abs(nowMs - known.atMs) < addressKeptMs) return known.upstream;
      const upstream = find(service);
      byService.set(service, { upstream, atMs: nowMs });
      return upstream;
    },
    async close() {
      await Promise.all([...byAddress.values()].map(({ pool }) => pool.destroy()));
    },
  };
}
