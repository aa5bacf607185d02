// gateway: the instances of one service: who is asked next, who is left out for a while, who leaves with what it has in hand.
import type { Pool } from 'undici';
import { chooseOf } from './choice.ts';
import { Endpoint, type EjectionRule, type Place, type TryOutcome } from './endpoint.ts';
import { RetryBudget, type BudgetRule } from './retry-rule.ts';

/** The rules of a cluster; durations in ms. */
export interface ClusterRule extends EjectionRule, BudgetRule {
  readonly slowStartMs: number;
}

/** What a cluster leans on. */
export interface ClusterParts {
  /** Opens the connections to an address. */
  readonly open: (address: string) => Pool;
  readonly nowMs: () => number;
  readonly random: () => number;
  /** Asked at each use, since they may change. */
  readonly rule: () => ClusterRule;
  /** Told of each instance that is left out. */
  readonly onEject: (address: string, why: 'refused' | 'failed') => void;
  /** Told of each instance that has left and has nothing in hand any more. */
  readonly onGone: (address: string) => void;
}

/** The instances of a service. */
export class Cluster {
  readonly #parts: ClusterParts;
  /** Bounds second tries. */
  readonly budget: RetryBudget;
  #all: readonly Endpoint[] = [];
  /** Made anew on change only, so that a choice costs nothing. */
  #in: readonly Endpoint[] = [];
  #out: readonly Endpoint[] = [];
  readonly #leaving = new Set<Endpoint>();

  constructor(parts: ClusterParts) {
    this.#parts = parts;
    this.budget = new RetryBudget(parts.rule);
  }

  /** The instances there are, also those left out. */
  get endpoints(): readonly Endpoint[] {
    return this.#all;
  }

  /** Those that have left, and still end what they had in hand. */
  get leaving(): ReadonlySet<Endpoint> {
    return this.#leaving;
  }

  /** Whether a request that met these could be sent to somebody else. */
  hasOther(than: readonly Endpoint[]): boolean {
    return this.#asked.some((one) => !than.includes(one));
  }

  /** Whether one is there that is not left out, besides this one. */
  hasHealthyOther(than: Endpoint): boolean {
    return this.#in.some((one) => one !== than);
  }

  /** Where all are left out, all are asked: a wrong guess about everybody must not close the service. */
  get #asked(): readonly Endpoint[] {
    return this.#in.length > 0 ? this.#in : this.#all;
  }

  /**
   * Chooses the next one.
   * @param tried those that this request met already
   * @param isSafe whether the request may be sent again after it was sent
   * @param mayDare whether there is another try should this one fail
   * @returns undefined where there is nobody else
   */
  choose(tried: readonly Endpoint[], isSafe: boolean, mayDare: boolean): Endpoint | undefined {
    const { nowMs, random, rule } = this.#parts;
    const now = nowMs();
    if (this.#out.length > 0 && this.#in.length > 0 && mayDare) {
      const due = this.#out.find((one) => !tried.includes(one) && one.takeTrial(now, isSafe));
      if (due) return due;
    }
    const left = tried.length === 0 ? this.#asked : this.#asked.filter((one) => !tried.includes(one));
    return chooseOf(left, random, now, rule().slowStartMs);
  }

  /** Notes what became of a try; see `Endpoint.note`. */
  note(endpoint: Endpoint, outcome: TryOutcome, era: number): void {
    const { nowMs, rule, onEject } = this.#parts;
    const change = endpoint.note(outcome, era, nowMs(), rule());
    if (change === undefined || this.#leaving.has(endpoint)) return;
    if (change === 'out') onEject(endpoint.address, endpoint.ejection?.why ?? 'failed');
    else endpoint.warmAtMs = nowMs() + rule().slowStartMs;
    this.#sort();
  }

  /**
   * Takes over where the instances are now. Who stays keeps its connections and what is known of it; who was started anew is
   * forgiven; who left is asked no more, ends what it has in hand, and is closed then.
   * @param places all of them, each address once
   * @returns whether somebody is there who was not before, or who was started anew
   */
  update(places: readonly Place[]): boolean {
    const before = new Map(this.#all.map((one) => [one.address, one]));
    // The first ones, and those that come when everybody else leaves, have nobody to lean on.
    const lives = new Map(this.#all.map(({ address, life }) => [address, life]));
    const joins = places.some(({ address }) => before.has(address));
    const next = places.map((place) => this.#endpointOf(place, before.get(place.address), joins));
    const isNew = places.some(({ address, life }) => lives.get(address) !== life);
    const stays = new Set(next);
    this.#all = next;
    for (const one of before.values()) if (!stays.has(one)) this.#dismiss(one);
    this.#sort();
    return isNew;
  }

  /** Breaks everything off. */
  async close(): Promise<void> {
    await Promise.all([...this.#all, ...this.#leaving].map(({ pool }) => pool.destroy()));
  }

  #endpointOf(place: Place, known: Endpoint | undefined, joins: boolean): Endpoint {
    const { open, nowMs, rule } = this.#parts;
    if (known) {
      known.weight = place.weight;
      if (known.life !== place.life) known.forgive();
      known.life = place.life;
      return known;
    }
    const endpoint = new Endpoint(place, open(place.address));
    if (joins) endpoint.warmAtMs = nowMs() + rule().slowStartMs;
    return endpoint;
  }

  #dismiss(endpoint: Endpoint): void {
    this.#leaving.add(endpoint);
    const gone = (): void => {
      this.#leaving.delete(endpoint);
      if (!this.#all.some(({ address }) => address === endpoint.address)) this.#parts.onGone(endpoint.address);
    };
    endpoint.pool.close().then(gone, gone);
  }

  #sort(): void {
    this.#in = this.#all.filter(({ ejection }) => !ejection);
    this.#out = this.#all.filter(({ ejection }) => ejection);
  }
}
