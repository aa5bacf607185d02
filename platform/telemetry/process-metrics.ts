// platform: what a process tells of itself, once, however many services run in it: memory, event loop, garbage, database pool, outbox.
import { collectDefaultMetrics } from 'prom-client';
import type { Store } from '../store/store.ts';
import { measureCalls } from './call-metrics.ts';
import type { MetricName } from './metric-names.ts';
import { Metrics, type ReadingLimits, type Sample } from './metrics.ts';
import { countLostSpans } from './span-metrics.ts';
import { readOutbox } from '../bus/outbox-figures.ts';

/** What a process is made of. */
export interface ProcessParts {
  /** The service that runs in it, or `hub` where several do. */
  readonly name: string;
  readonly version: string;
  readonly limits: ReadingLimits;
  readonly store: Store | undefined;
  /** Whether its bus has an outbox table. */
  readonly hasBus: boolean;
  /** The base URL of a service or server → what it is called in figures. */
  readonly peers: ReadonlyMap<string, string>;
}

function plain(value: number): readonly Sample<never>[] {
  return [{ labels: {}, value }];
}

function watchPool(metrics: Metrics, store: Store): void {
  const names = [
    'staffetta_database_connections',
    'staffetta_database_connections_max',
    'staffetta_database_waiting',
  ] as const satisfies readonly MetricName[];
  metrics.watch(
    'databasePool',
    names,
    () => {
      const { total, idle, waiting, max } = store.pool();
      return {
        staffetta_database_connections: [
          { labels: { state: 'used' }, value: total - idle },
          { labels: { state: 'idle' }, value: idle },
        ],
        staffetta_database_connections_max: plain(max),
        staffetta_database_waiting: plain(waiting),
      };
    },
    0,
  );
}

function watchOutbox(metrics: Metrics, store: Store, name: string): void {
  metrics.watch('outbox', ['staffetta_outbox_rows', 'staffetta_outbox_oldest_seconds'], async () => {
    const found = await readOutbox(store);
    // Nothing waits is a figure too.
    const all = found.some(({ owner }) => owner === name) ? found : [...found, { owner: name, rows: 0, oldestMs: 0 }];
    return {
      staffetta_outbox_rows: all.map(({ owner, rows }) => ({ labels: { owner }, value: rows })),
      staffetta_outbox_oldest_seconds: all.map(({ owner, oldestMs }) => ({
        labels: { owner },
        value: oldestMs / 1000,
      })),
    };
  });
}

/**
 * Makes the metrics of a process. Shown at the door of each of its services they would be added up nine times over; so one service
 * shows them, under the process' own name (ADR 0020).
 * @param parts what the process is made of
 */
export function processMetrics(parts: ProcessParts): Metrics {
  const { name, version, limits, store, hasBus, peers } = parts;
  const metrics = new Metrics(name, limits);
  collectDefaultMetrics({ register: metrics.registry });
  metrics.watch(
    'process',
    ['staffetta_build_info', 'process_uptime_seconds'],
    () => ({
      staffetta_build_info: [{ labels: { version, node: process.version }, value: 1 }],
      process_uptime_seconds: plain(process.uptime()),
    }),
    0,
  );
  measureCalls(metrics, peers);
  countLostSpans(metrics);
  if (store) watchPool(metrics, store);
  if (store && hasBus) watchOutbox(metrics, store, name);
  return metrics;
}
