// gateway: one instance of a service: the connections to it, what it has in hand, and whether it is left out for a while.
import type { Pool } from 'undici';

/** Where an instance is, as discovery or a setting tells. */
export interface Place {
  /** A base URL without a slash at its end, `http://host:port`. */
  readonly address: string;
  /** How much it takes compared with others; 1 by default. */
  readonly weight: number;
  /** Another text after each start of the instance; empty where nobody tells. */
  readonly life: string;
}

/** What may become of a try at an instance: `refused` before anything was sent, `unknown` where the client left before anybody could tell. */
export const tryOutcomes = ['good', 'refused', 'failed', 'unknown'] as const;

/** One of them. */
export type TryOutcome = (typeof tryOutcomes)[number];

/** When failing instances are left out; durations in ms. */
export interface EjectionRule {
  readonly ejectAfter: number;
  readonly ejectMs: number;
  readonly ejectMsMax: number;
}

/** Why an instance is left out. */
export interface Ejection {
  readonly why: 'refused' | 'failed';
  readonly forMs: number;
  readonly untilMs: number;
}

/** An instance. */
export class Endpoint {
  readonly address: string;
  readonly pool: Pool;
  /** What goes before every path; empty for a plain `http://host:port`. */
  readonly basePath: string;
  weight: number;
  life: string;
  /** Requests in hand; those that wait for a connection too. */
  inFlight = 0;
  /** From when on it counts as warm. */
  warmAtMs = 0;
  #failuresInRow = 0;
  #ejectionsInRow = 0;
  #ejection: Ejection | undefined;
  #onTrial = false;
  /** Tries of an earlier era say nothing about this one. */
  #era = 0;

  constructor(place: Place, pool: Pool) {
    this.address = place.address;
    this.weight = place.weight;
    this.life = place.life;
    this.pool = pool;
    this.basePath = new URL(place.address).pathname.replace(/\/$/, '');
  }

  /** Why it is left out; undefined while it is not. */
  get ejection(): Ejection | undefined {
    return this.#ejection;
  }

  /** Counts what a try belongs to. */
  get era(): number {
    return this.#era;
  }

  /** Forgets its failures: it was started anew. */
  forgive(): void {
    this.#failuresInRow = 0;
    this.#ejectionsInRow = 0;
    this.#ejection = undefined;
    this.#onTrial = false;
    this.#era += 1;
  }

  /**
   * Takes the one trial that is due once the time of an ejection is over.
   * @param nowMs the instant
   * @param isSafe whether the request may be sent again should the trial fail; others wait twice as long, unless connections were refused
   * @returns whether it was taken
   */
  takeTrial(nowMs: number, isSafe: boolean): boolean {
    if (!this.#ejection || this.#onTrial) return false;
    const { why, untilMs, forMs } = this.#ejection;
    const dueMs = isSafe || why === 'refused' ? untilMs : untilMs + forMs;
    this.#onTrial = nowMs >= dueMs;
    return this.#onTrial;
  }

  /**
   * Notes what became of a try.
   * @param outcome what
   * @param era the endpoint's when the try began
   * @param nowMs the instant
   * @returns `out` where it is left out from now on, `in` where it is back
   */
  note(outcome: TryOutcome, era: number, nowMs: number, rule: EjectionRule): 'out' | 'in' | undefined {
    if (era !== this.#era) return undefined;
    if (outcome === 'unknown') this.#onTrial = false;
    if (outcome === 'good') return this.#noteGood();
    if (outcome === 'refused') return this.#eject('refused', nowMs, rule);
    if (outcome !== 'failed') return undefined;
    this.#failuresInRow += 1;
    const isOver = this.#onTrial || this.#failuresInRow >= rule.ejectAfter;
    return isOver ? this.#eject('failed', nowMs, rule) : undefined;
  }

  #noteGood(): 'in' | undefined {
    this.#failuresInRow = 0;
    if (!this.#ejection) return undefined;
    this.forgive();
    return 'in';
  }

  #eject(why: Ejection['why'], nowMs: number, { ejectMs, ejectMsMax }: EjectionRule): 'out' | undefined {
    // Asked although it is left out, since all are: that says no more than is known.
    if (this.#ejection && !this.#onTrial && nowMs < this.#ejection.untilMs) return undefined;
    const forMs = Math.min(ejectMs * 2 ** Math.min(this.#ejectionsInRow, 30), ejectMsMax);
    this.#ejectionsInRow += 1;
    this.#failuresInRow = 0;
    this.#onTrial = false;
    this.#era += 1;
    this.#ejection = { why, forMs, untilMs: nowMs + forMs };
    return 'out';
  }
}
