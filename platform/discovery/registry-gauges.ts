// platform: figures of a discovery server, read anew at every scrape.
import { Gauge, type Registry } from 'prom-client';

/** What a scrape finds. */
export interface RegistryFigures {
  /** Status → instances. */
  readonly instances: Readonly<Record<string, number>>;
  readonly renewsLastMinute: number;
  readonly renewsThreshold: number;
  /** True while silent instances are kept. */
  readonly preserving: boolean;
  readonly evicted: number;
  readonly version: number;
  readonly streams: number;
  /** Peer → changes that it was not told yet. */
  readonly waiting: Readonly<Record<string, number>>;
  /** Peer → whether it answered last. */
  readonly peersThere: Readonly<Record<string, boolean>>;
}

/**
 * Adds the gauges of a discovery server.
 * @param metrics the server's
 * @param read gives the figures of the moment
 */
export function addRegistryGauges(metrics: Registry, read: () => RegistryFigures): void {
  const registers = [metrics];
  const byLabel = (name: string, help: string, label: string, of: () => Readonly<Record<string, number>>): void => {
    const gauge: Gauge = new Gauge({
      name,
      help,
      labelNames: [label],
      registers,
      collect() {
        gauge.reset();
        for (const [key, value] of Object.entries(of())) gauge.set({ [label]: key }, value);
      },
    });
  };
  const plain = (name: string, help: string, of: (figures: RegistryFigures) => number) => {
    const gauge: Gauge = new Gauge({ name, help, registers, collect: () => gauge.set(of(read())) });
  };
  byLabel('eureka_instances', 'Instances in the registry by status', 'status', () => read().instances);
  byLabel('eureka_replication_waiting', 'Changes that a peer was not told yet', 'peer', () => read().waiting);
  byLabel('eureka_peer_up', 'Whether a peer answered last', 'peer', () => {
    return Object.fromEntries(Object.entries(read().peersThere).map(([peer, there]) => [peer, there ? 1 : 0]));
  });
  plain('eureka_renews_last_minute', 'Heartbeats in the last minute', ({ renewsLastMinute }) => renewsLastMinute);
  plain('eureka_renews_threshold', 'Heartbeats below which nobody is taken off', (figures) => figures.renewsThreshold);
  plain('eureka_self_preservation_active', '1 while silent instances are kept', ({ preserving }) => Number(preserving));
  plain('eureka_evicted', 'Silent instances taken off since the start', ({ evicted }) => evicted);
  plain('eureka_registry_version', 'Rises with every change of the registry', ({ version }) => version);
  plain('eureka_streams', 'Listeners to the stream of changes', ({ streams }) => streams);
}
