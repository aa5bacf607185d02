// gateway: what an identity provider publishes, its description and its keys: fetched with bounds, and judged before it counts.
import { createLocalJWKSet, type JWK, type JWTVerifyGetKey } from 'jose';
import {
  allowInsecureRequests,
  ClientSecretBasic,
  ClientSecretPost,
  clockTolerance,
  customFetch,
  discovery,
  enableNonRepudiationChecks,
  None,
  type Configuration,
} from 'openid-client';
import { boundedFetch } from './bounded-fetch.ts';

/** Who is asked, as whom, and how long it may take. */
export interface PublishedOptions {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string | undefined;
  readonly clientAuth: string;
  /** Whether it may be asked over plain http. */
  readonly insecure: boolean;
  readonly timeoutMs: number;
  readonly skewMs: number;
}

/** What counts of it. */
export interface Published {
  /** For `openid-client`. */
  readonly config: Configuration;
  /** Finds the key of a signature by its name and algorithm among those that the provider publishes, nowhere else. */
  readonly keys: JWTVerifyGetKey;
}

function clientAuthOf({ clientSecret, clientAuth }: PublishedOptions) {
  if (clientSecret === undefined) return None();
  return clientAuth === 'post' ? ClientSecretPost(clientSecret) : ClientSecretBasic(clientSecret);
}

/** Browsers are sent to these addresses and secrets to others: none may be anything but the web's. */
function checkAddresses(config: Configuration, insecure: boolean): void {
  for (const [name, address] of Object.entries(config.serverMetadata())) {
    if (!(name.endsWith('_endpoint') || name === 'jwks_uri') || address === undefined) continue;
    const protocol = typeof address === 'string' && URL.canParse(address) ? new URL(address).protocol : undefined;
    const isGood = protocol === 'https:' || (insecure && protocol === 'http:');
    if (!isGood) throw new Error(`its description has no address in ${name} that counts`);
  }
}

async function describe(options: PublishedOptions): Promise<Configuration> {
  const { issuer, clientId, insecure } = options;
  const metadata = { [clockTolerance]: Math.ceil(options.skewMs / 1000) };
  // An ID token comes straight from the provider, but where plain http is allowed only its signature tells that.
  const execute = [enableNonRepudiationChecks, ...(insecure ? [allowInsecureRequests] : [])];
  const how = { execute, timeout: options.timeoutMs / 1000, [customFetch]: boundedFetch };
  const config = await discovery(new URL(issuer), clientId, metadata, clientAuthOf(options), how);
  checkAddresses(config, insecure);
  return config;
}

/** A key whose private half is published too can be used by anybody; secrets that both sides share are none of ours. */
function isUsable({ kty, use, d }: JWK): boolean {
  return use !== 'enc' && d === undefined && (kty === 'RSA' || kty === 'EC' || kty === 'OKP');
}

async function fetchKeys(config: Configuration, timeoutMs: number): Promise<JWTVerifyGetKey> {
  const { jwks_uri: address } = config.serverMetadata();
  if (address === undefined) throw new Error('its description names no keys (jwks_uri)');
  const signal = AbortSignal.timeout(timeoutMs);
  const headers = { accept: 'application/json' };
  const answer = await boundedFetch(address, { method: 'GET', headers, body: null, redirect: 'manual', signal });
  if (!answer.ok) throw new Error(`its keys are answered with ${answer.status}`);
  const { keys } = (await answer.json()) as { keys?: JWK[] };
  if (!Array.isArray(keys)) throw new Error('its keys are no list');
  return createLocalJWKSet({ keys: keys.filter(isUsable) });
}

/**
 * Fetches what a provider publishes.
 * @param options who is asked
 * @throws Error saying what is wrong with it, or why there was no answer
 */
export async function fetchPublished(options: PublishedOptions): Promise<Published> {
  const config = await describe(options);
  return { config, keys: await fetchKeys(config, options.timeoutMs) };
}
