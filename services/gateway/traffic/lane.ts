// gateway: a lane: what a route's requests share: time-outs, bounds, their circuit breaker and their bulkhead.
import type { SettingsOf } from '@staffetta/platform/config/settings.ts';
import type { Clock } from '@staffetta/platform/clock.ts';
import { isDeepStrictEqual } from 'node:util';
import { Breaker, type BreakerRule } from './breaker.ts';
import { Bulkhead, type BulkheadRule } from './bulkhead.ts';
import type { trafficSettings } from './traffic-settings.ts';

/** The values of the traffic's settings. */
export type TrafficValues = SettingsOf<typeof trafficSettings>;

/** A route's rules of traffic; durations in ms. */
export interface LaneRules extends BulkheadRule {
  /** To the first byte of the answer, connecting included, all tries together. */
  readonly answerTimeoutMs: number;
  /** For a try that is not the last one; 0 for all of the above. */
  readonly tryTimeoutMs: number;
  readonly bodyBytesMax: number;
  readonly retries: number;
  /** Whether an `Idempotency-Key` makes a POST one that may be tried again. */
  readonly retryKeyed: boolean;
  readonly breaker: BreakerRule;
}

/**
 * The rules where nobody wrote others.
 * @param values the settings
 */
export function commonRules(values: TrafficValues): LaneRules {
  return {
    answerTimeoutMs: values.connectTimeoutMs + values.responseTimeoutMs,
    tryTimeoutMs: values.tryTimeoutMs,
    bodyBytesMax: values.bodyBytesMax,
    retries: values.retries,
    retryKeyed: true,
    breaker: {
      window: values.breakerWindow,
      failureShare: values.breakerFailureShare,
      openMs: values.breakerOpenMs,
      trials: values.breakerTrials,
    },
    inFlightMax: values.inFlightMax,
    queueMax: values.queueMax,
    queueWaitMs: values.queueWaitMs,
  };
}

/** A lane. */
export interface Lane {
  /** The service or the route, for messages and metrics. */
  readonly name: string;
  readonly rules: LaneRules;
  readonly breaker: Breaker;
  readonly bulkhead: Bulkhead;
}

/** All lanes, by their names; what happened on a lane is remembered for as long as its rules stay the same. */
export class Lanes {
  readonly #clock: Clock;
  #lanes = new Map<string, Lane>();

  /** @param clock for the breakers */
  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Puts new rules into force. */
  update(rules: ReadonlyMap<string, LaneRules>): void {
    this.#lanes = new Map([...rules].map(([name, one]) => [name, this.#laneOf(name, one)]));
  }

  /** The lane of that name; undefined where its route is no more in force. */
  get(name: string): Lane | undefined {
    return this.#lanes.get(name);
  }

  /** All of them. */
  all(): readonly Lane[] {
    return [...this.#lanes.values()];
  }

  #laneOf(name: string, rules: LaneRules): Lane {
    const known = this.#lanes.get(name);
    if (known && isDeepStrictEqual(known.rules, rules)) return known;
    const keepsBreaker = known && isDeepStrictEqual(known.rules.breaker, rules.breaker);
    const breaker = keepsBreaker ? known.breaker : new Breaker(rules.breaker, this.#clock);
    return { name, rules, breaker, bulkhead: new Bulkhead(rules) };
  }
}
