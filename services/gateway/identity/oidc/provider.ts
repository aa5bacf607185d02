// gateway: an identity provider as we know it: its description and its keys, fetched beside the requests and kept while it is away.
import { HubError } from '@staffetta/flow/errors.ts';
import { realTime, type Clock } from '@staffetta/platform/clock.ts';
import type { Log } from '@staffetta/platform/telemetry/log.ts';
import { createLocalJWKSet, type JWK, type JWTVerifyGetKey } from 'jose';
import {
  allowInsecureRequests,
  ClientSecretBasic,
  ClientSecretPost,
  clockTolerance,
  discovery,
  enableNonRepudiationChecks,
  None,
  type Configuration,
} from 'openid-client';

/** What is known of a provider. */
export interface Known {
  /** For `openid-client`. */
  readonly config: Configuration;
  /** Finds the key of a signature by its name and algorithm among those that the provider publishes, nowhere else. */
  readonly keys: JWTVerifyGetKey;
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
}

/** What a provider is asked with. */
export interface ProviderOptions {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string | undefined;
  readonly clientAuth: string;
  /** Whether it may be asked over plain http. */
  readonly insecure: boolean;
  readonly timeoutMs: number;
  readonly skewMs: number;
  readonly refreshMs: number;
  readonly cooldownMs: number;
  readonly awayMaxMs: number;
  readonly clock: Clock;
  readonly log: Log;
}

/** A provider that did not answer is left alone for a moment, so that a busy gateway does not run against a wall. */
const holdOffMs = 1000;
const keysBytesMax = 1024 * 1024;

function clientAuthOf({ clientSecret, clientAuth }: ProviderOptions) {
  if (clientSecret === undefined) return None();
  return clientAuth === 'post' ? ClientSecretPost(clientSecret) : ClientSecretBasic(clientSecret);
}

async function discover(options: ProviderOptions): Promise<Configuration> {
  const metadata = { [clockTolerance]: Math.ceil(options.skewMs / 1000) };
  // An ID token comes straight from the provider, but where plain http is allowed only its signature tells that.
  const execute = [enableNonRepudiationChecks, ...(options.insecure ? [allowInsecureRequests] : [])];
  const timeout = options.timeoutMs / 1000;
  const { issuer, clientId } = options;
  return discovery(new URL(issuer), clientId, metadata, clientAuthOf(options), { execute, timeout });
}

function isUsable({ kty, use }: JWK): boolean {
  return use !== 'enc' && (kty === 'RSA' || kty === 'EC' || kty === 'OKP');
}

async function fetchKeys(config: Configuration, { timeoutMs, insecure }: ProviderOptions): Promise<JWTVerifyGetKey> {
  const { jwks_uri: address } = config.serverMetadata();
  if (address === undefined) throw new Error('its description names no keys (jwks_uri)');
  if (!insecure && !address.startsWith('https:')) throw new Error('its keys lie at a plain http address');
  const answer = await fetch(address, { redirect: 'error', signal: AbortSignal.timeout(timeoutMs) });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`its keys are answered with ${answer.status}`);
  if (text.length > keysBytesMax) throw new Error('its keys are larger than 1 MiB');
  const { keys = [] } = JSON.parse(text) as { keys?: JWK[] };
  return createLocalJWKSet({ keys: keys.filter(isUsable) });
}

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
      const config = await discover(options);
      last = { config, keys: await fetchKeys(config, options), fetchedAtMs: nowMs() };
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
  };
}
