// gateway: an identity provider as we know it: its description and its keys, fetched beside the requests and kept while it is away.
import { HubError } from '@staffetta/flow/errors.ts';
import { realTime, type Clock } from '@staffetta/platform/clock.ts';
import type { Log } from '@staffetta/platform/telemetry/log.ts';
import { fetchPublished, type Published, type PublishedOptions } from './published.ts';

/** What is known of a provider. */
export interface Known extends Published {
  readonly fetchedAtMs: number;
}

/** An identity provider. */
export interface Provider {
  readonly issuer: string;
  /**
   * Gives what is known, fetching it where nothing is; what is old is fetched anew beside the request.
   * @throws HubError PROVIDER_AWAY where it never answered or has been away for longer than the setting allows
   */
  known(): Known | Promise<Known>;
  /** Why the last fetch failed; undefined where it did not. */
  trouble(): HubError | undefined;
  /** Fetches anew, unless that was done a moment ago: a token named a key that is not known. */
  lookAgain(): Promise<Known>;
  /**
   * Gives what is known where it answered a moment ago, else asks it: before a person is sent there.
   * @throws HubError PROVIDER_AWAY where it does not answer now
   */
  reachable(): Promise<Known>;
}

/** What a provider is asked with, and how often. */
export interface ProviderOptions extends PublishedOptions {
  readonly refreshMs: number;
  readonly cooldownMs: number;
  readonly awayMaxMs: number;
  readonly clock: Clock;
  readonly log: Log;
}

/** A provider that did not answer is left alone for a moment, so that a busy gateway does not run against a wall. */
const holdOffMs = 1000;
/** For how long one that answered counts as there: however many people begin a sign-in, it is asked no more often for it. */
const reachedMs = 5000;

function causesOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? error.message : `${error.message}: ${causesOf(error.cause)}`;
}

/**
 * Makes a provider; nothing is asked before the first need.
 * @param options see there
 */
export function createProvider(options: ProviderOptions): Provider {
  const { issuer, clock, log } = options;
  const nowMs = (): number => realTime(clock).getTime();
  let last: Known | undefined;
  let triedAtMs = Number.NEGATIVE_INFINITY;
  let failure: HubError | undefined;
  let running: Promise<Known> | undefined;

  async function load(): Promise<Known> {
    try {
      last = { ...(await fetchPublished(options)), fetchedAtMs: nowMs() };
      if (failure) log.info({ issuer }, 'provider.isBack');
      failure = undefined;
      return last;
    } catch (error) {
      if (!failure) log.warn({ issuer, why: causesOf(error) }, 'provider.away');
      failure = new HubError('PROVIDER_AWAY', `The identity provider does not answer as it should.`, error);
      throw failure;
    }
  }

  function fetchAnew(): Promise<Known> {
    if (running) return running;
    triedAtMs = nowMs();
    running = load().finally(() => {
      running = undefined;
    });
    // Whoever waits for it hears of a failure; nobody may be waiting.
    running.catch(() => undefined);
    return running;
  }

  const restedMs = (): number => Math.abs(nowMs() - triedAtMs);

  function withNothing(): Promise<Known> {
    return failure && restedMs() < holdOffMs ? Promise.reject(failure) : fetchAnew();
  }

  return {
    issuer,
    known() {
      if (!last) return withNothing();
      const ageMs = Math.abs(nowMs() - last.fetchedAtMs);
      if (ageMs >= options.refreshMs && restedMs() >= Math.min(options.cooldownMs, options.refreshMs)) void fetchAnew();
      return ageMs < options.refreshMs + options.awayMaxMs ? last : withNothing();
    },
    trouble: () => failure,
    lookAgain() {
      if (running) return running;
      if (last && restedMs() < options.cooldownMs) return Promise.resolve(last);
      return last ? fetchAnew() : withNothing();
    },
    async reachable() {
      if (failure || !last) return withNothing();
      return Math.abs(nowMs() - last.fetchedAtMs) < reachedMs ? last : fetchAnew();
    },
  };
}
