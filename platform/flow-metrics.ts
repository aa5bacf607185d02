// platform: what is counted and measured of the flows that a service consumes: events, failures, batches, pauses, lag.
import { HubError } from '@staffetta/flow/errors.ts';
import type { Bus, GroupReader } from './bus/bus.ts';
import type { Metrics } from './telemetry/metrics.ts';

/** A flow with the group that reads its topic. */
export interface ReadFlow extends GroupReader {
  readonly flow: string;
}

/** Where figures go, and who knows the lag: a service's world has both. */
export interface Measured {
  readonly metrics: Metrics;
  readonly bus: Pick<Bus, 'lags'>;
}

/** Where one flow's work is counted. */
export interface FlowMeter {
  /** Measures a step's work on a batch of so many events; it gives those that failed, or throws where all did. */
  batch<T>(events: number, work: () => Promise<readonly T[]>): Promise<readonly T[]>;
  /** An event went to the dead letters. */
  setAside(error: unknown): void;
}

function watchFlows(world: Measured, read: readonly ReadFlow[], paused: () => Readonly<Record<string, string>>): void {
  world.metrics.watch('lag', ['staffetta_consumer_lag_records'], async () => {
    const lags = await world.bus.lags(read);
    return {
      staffetta_consumer_lag_records: read.map(({ flow, group }, place) => {
        return { labels: { flow, group }, value: lags[place] ?? 0 };
      }),
    };
  });
  world.metrics.watch(
    'flows',
    ['staffetta_flow_paused'],
    () => ({
      staffetta_flow_paused: read.map(({ flow }) => ({ labels: { flow }, value: flow in paused() ? 1 : 0 })),
    }),
    0,
  );
}

/**
 * Registers what is told of a service's flows.
 * @param world its metrics, and the bus that knows the lag
 * @param read the flows
 * @param paused flow → why it stands still
 * @returns makes the meter of a flow
 */
export function measureFlows(
  world: Measured,
  read: readonly ReadFlow[],
  paused: () => Readonly<Record<string, string>>,
): (flow: string) => FlowMeter {
  watchFlows(world, read, paused);
  const events = world.metrics.counter('staffetta_events_total');
  const aside = world.metrics.counter('staffetta_events_set_aside_total');
  const seconds = world.metrics.histogram('staffetta_batch_seconds');
  return (flow) => ({
    async batch(count, work) {
      const since = performance.now();
      let failed = count;
      try {
        const fell = await work();
        failed = fell.length;
        return fell;
      } finally {
        seconds.observe({ flow }, (performance.now() - since) / 1000);
        if (failed < count) events.inc({ flow, result: 'done' }, count - failed);
        if (failed > 0) events.inc({ flow, result: 'failed' }, failed);
      }
    },
    setAside: (error) => aside.inc({ flow, code: error instanceof HubError ? error.code : 'UNEXPECTED' }),
  });
}
