// gateway: a circuit breaker over the last calls, on the hub's clock so that tests can turn it.
import type { Clock } from '@staffetta/platform/clock.ts';

/** When a breaker opens, for how long, and how it tries again (the contract: 10 calls, 50 %, 10 s, 2 trials). */
export interface BreakerRule {
  readonly window: number;
  readonly failureShare: number;
  readonly openMs: number;
  readonly trials: number;
}

/** Closed lets all calls through, open none, half open only trials. */
export type BreakerState = 'closed' | 'open' | 'halfOpen';

/** What became of a call that was let through; `unknown` where the caller went away before anybody could tell. */
export type CallOutcome = 'good' | 'failed' | 'unknown';

/** A leave to call; its outcome is reported once. */
export type Leave = (outcome: CallOutcome) => void;

/** A circuit breaker for one route. */
export class Breaker {
  readonly #rule: BreakerRule;
  readonly #clock: Clock;
  #state: BreakerState = 'closed';
  #sinceMs = 0;
  /** True is a failure; at most `window` entries, the oldest first. */
  #recent: boolean[] = [];
  #trialsOut = 0;
  /** Leaves of an earlier state count no more. */
  #era = 0;

  constructor(rule: BreakerRule, clock: Clock) {
    this.#rule = rule;
    this.#clock = clock;
  }

  /** The state now. */
  get state(): BreakerState {
    const { openMs } = this.#rule;
    const elapsedMs = this.#clock.now().getTime() - this.#sinceMs;
    // Trials whose callers hold them back must not keep the route closed for good: after a while there are new ones.
    if (this.#state !== 'closed' && elapsedMs >= openMs && (this.#state === 'open' || this.#trialsOut > 0)) {
      this.#enter('halfOpen');
    }
    return this.#state;
  }

  /** Asks for leave to call; undefined where the route is to be spared. */
  ask(): Leave | undefined {
    const { state } = this;
    if (state === 'open') return undefined;
    if (state === 'halfOpen') {
      if (this.#trialsOut + this.#recent.length >= this.#rule.trials) return undefined;
      this.#trialsOut += 1;
    }
    const era = this.#era;
    return (outcome) => this.#report(era, outcome);
  }

  /** Lets everything through again: whoever failed is not who is asked from now on. */
  forget(): void {
    if (this.#state !== 'closed' || this.#recent.length > 0) this.#enter('closed');
  }

  /** How long callers should wait before they come again, in ms. */
  retryAfterMs(): number {
    return Math.max(0, this.#sinceMs + this.#rule.openMs - this.#clock.now().getTime());
  }

  #report(era: number, outcome: CallOutcome): void {
    if (era !== this.#era) return;
    if (this.#state === 'halfOpen') this.#trialsOut -= 1;
    if (outcome === 'unknown') return;
    this.#recent.push(outcome === 'failed');
    const size = this.#state === 'halfOpen' ? this.#rule.trials : this.#rule.window;
    if (this.#recent.length > size) this.#recent.shift();
    if (this.#recent.length === size) this.#judge();
  }

  #judge(): void {
    const failures = this.#recent.reduce((sum, failed) => sum + Number(failed), 0);
    const tooMany = failures / this.#recent.length >= this.#rule.failureShare;
    if (tooMany) this.#enter('open');
    else if (this.#state === 'halfOpen') this.#enter('closed');
  }

  #enter(state: BreakerState): void {
    this.#state = state;
    this.#sinceMs = this.#clock.now().getTime();
    this.#recent = [];
    this.#trialsOut = 0;
    this.#era += 1;
  }
}
