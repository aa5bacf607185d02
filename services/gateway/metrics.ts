// gateway: what it measures besides its own answers: tries, retries, refusals, instances, breakers, bulkheads, streams.
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { BreakerState, CallOutcome } from './traffic/breaker.ts';
import { tryOutcomes, type TryOutcome } from './traffic/endpoint.ts';

/** An instance as it is measured. */
export interface InstanceFigures {
  readonly upstream: string;
  readonly instance: string;
  readonly inFlight: number;
  readonly isEjected: boolean;
}

/** A lane as it is measured. */
export interface LaneFigures {
  readonly upstream: string;
  readonly breaker: BreakerState;
  readonly inFlight: number;
  readonly waiting: number;
}

/** What a scrape finds. */
export interface TrafficFigures {
  readonly instances: readonly InstanceFigures[];
  readonly lanes: readonly LaneFigures[];
  readonly streams: Readonly<Record<string, number>>;
  /** How late timers come, in ms. */
  readonly lateMs: number;
}

/** The gateway's own metrics. `upstream` is a service, a tuning or a route: as many values as there are rows. */
export interface GatewayMetrics {
  /** Starts to measure a call, all tries together; the function it gives ends it. */
  startCall(upstream: string): (outcome: CallOutcome) => void;
  /** Counts one try at an instance. */
  countTry(upstream: string, instance: string, outcome: TryOutcome): void;
  /** Forgets an instance that has left, so that what comes and goes does not grow for ever. */
  forgetInstance(upstream: string, instance: string): void;
  /** Counts a second try, by why the one before gave no answer. */
  countRetry(upstream: string, why: string): void;
  /** Counts a request that was not handed on. */
  countRefusal(upstream: string, why: string): void;
  /** Counts an instance that is left out from now on. */
  countEjection(upstream: string, why: string): void;
  /** Shows the figures of the moment at every scrape. */
  watch(read: () => TrafficFigures): void;
}

const stateNumbers: Record<BreakerState, number> = { closed: 0, halfOpen: 1, open: 2 };

type Labels = Readonly<Record<string, string>>;

/** A gauge whose values are those of the moment; what has gone is not shown any more. */
function addGauge(
  registry: Registry,
  name: string,
  help: string,
  labelNames: string[],
  read: () => readonly (readonly [Labels, number])[],
): void {
  const gauge: Gauge = new Gauge({
    name,
    help,
    labelNames,
    registers: [registry],
    collect() {
      gauge.reset();
      for (const [labels, value] of read()) gauge.set(labels, value);
    },
  });
}

function addGauges(registry: Registry, read: () => TrafficFigures): void {
  const byLane = (of: (lane: LaneFigures) => number) => () =>
    read().lanes.map((lane) => [{ upstream: lane.upstream }, of(lane)] as const);
  const byInstance = (of: (one: InstanceFigures) => number) => () =>
    read().instances.map((one) => [{ upstream: one.upstream, instance: one.instance }, of(one)] as const);
  const both = ['upstream', 'instance'];
  const breaker = 'State of the circuit breaker of a route: 0 closed, 1 half open, 2 open';
  addGauge(
    registry,
    'gateway_breaker_state',
    breaker,
    ['upstream'],
    byLane((lane) => stateNumbers[lane.breaker]),
  );
  addGauge(
    registry,
    'gateway_in_flight',
    'Requests of a route in hand',
    ['upstream'],
    byLane((lane) => lane.inFlight),
  );
  addGauge(
    registry,
    'gateway_waiting',
    'Requests of a route that wait for their turn',
    ['upstream'],
    byLane((lane) => lane.waiting),
  );
  addGauge(
    registry,
    'gateway_instance_in_flight',
    'Requests in hand at an instance',
    both,
    byInstance((one) => one.inFlight),
  );
  addGauge(
    registry,
    'gateway_instance_ejected',
    '1 while an instance is left out',
    both,
    byInstance((one) => Number(one.isEjected)),
  );
  addGauge(registry, 'gateway_streams', 'WebSockets and streams of events that are open', ['kind'], () =>
    Object.entries(read().streams).map(([kind, count]) => [{ kind }, count]),
  );
  addGauge(registry, 'gateway_late_seconds', 'How late timers of the gateway come', [], () => [
    [{}, read().lateMs / 1000],
  ]);
}

/**
 * Adds the gateway's metrics.
 * @param registry the server's
 */
export function createGatewayMetrics(registry: Registry): GatewayMetrics {
  const registers = [registry];
  const calls = new Histogram({
    name: 'gateway_upstream_seconds',
    help: 'Time of a call to a service behind the gateway, all tries together, by its outcome',
    labelNames: ['upstream', 'outcome'],
    buckets: [0.005, 0.015, 0.05, 0.2, 1, 5],
    registers,
  });
  const counter = (name: string, help: string, labelNames: string[]) =>
    new Counter({ name, help, labelNames, registers });
  const tries = counter('gateway_tries_total', 'Tries at an instance by outcome', ['upstream', 'instance', 'outcome']);
  const retries = counter('gateway_retries_total', 'Second tries, by why the one before gave no answer', [
    'upstream',
    'why',
  ]);
  const refusals = counter('gateway_refusals_total', 'Requests that were not handed on', ['upstream', 'why']);
  const ejections = counter('gateway_ejections_total', 'Instances that were left out for a while', ['upstream', 'why']);
  return {
    startCall(upstream) {
      const startedMs = performance.now();
      return (outcome) => calls.observe({ upstream, outcome }, (performance.now() - startedMs) / 1000);
    },
    countTry: (upstream, instance, outcome) => tries.inc({ upstream, instance, outcome }),
    forgetInstance(upstream, instance) {
      for (const outcome of tryOutcomes) tries.remove({ upstream, instance, outcome });
    },
    countRetry: (upstream, why) => retries.inc({ upstream, why }),
    countRefusal: (upstream, why) => refusals.inc({ upstream, why }),
    countEjection: (upstream, why) => ejections.inc({ upstream, why }),
    watch: (read) => addGauges(registry, read),
  };
}
