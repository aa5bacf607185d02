// gateway: what it measures besides its own answers: the calls to each service and the state of each circuit breaker.
import { Gauge, Histogram, type Registry } from 'prom-client';
import type { Breaker, BreakerState, CallOutcome } from './breaker.ts';

/** The gateway's own metrics. */
export interface GatewayMetrics {
  /** Starts to measure a call; the function it gives ends it. */
  startCall(service: string): (outcome: CallOutcome) => void;
  /** Shows a breaker's state at every scrape. */
  watchBreaker(service: string, breaker: Breaker): void;
}

const stateNumbers: Record<BreakerState, number> = { closed: 0, halfOpen: 1, open: 2 };

/**
 * Adds the gateway's metrics.
 * @param registry the server's
 */
export function createGatewayMetrics(registry: Registry): GatewayMetrics {
  const breakers = new Map<string, Breaker>();
  const calls = new Histogram({
    name: 'gateway_upstream_seconds',
    help: 'Time of a call to a service behind the gateway, by its outcome',
    labelNames: ['upstream', 'outcome'],
    buckets: [0.005, 0.015, 0.05, 0.2, 1, 5],
    registers: [registry],
  });
  const states = new Gauge({
    name: 'gateway_breaker_state',
    help: 'State of the circuit breaker of a service: 0 closed, 1 half open, 2 open',
    labelNames: ['upstream'],
    registers: [registry],
    collect() {
      for (const [upstream, breaker] of breakers) states.set({ upstream }, stateNumbers[breaker.state]);
    },
  });
  return {
    startCall(upstream) {
      const startedMs = performance.now();
      return (outcome) => calls.observe({ upstream, outcome }, (performance.now() - startedMs) / 1000);
    },
    watchBreaker(service, breaker) {
      breakers.set(service, breaker);
    },
  };
}
