// journeys: gateways alone, each a process of its own, before one identity provider, one Redis and one database; and who calls them.
import { companyRealm, operatorPerson, operatorProgram, webClientId } from '@staffetta/tools/servers/keycloak-realm.ts';
import { startKeycloak, type KeycloakServer } from '@staffetta/tools/servers/keycloak.ts';
import { freshDatabase } from '@staffetta/tools/servers/postgres.ts';
import { startRedis, type RedisServer } from '@staffetta/tools/servers/redis.ts';
import assert from 'node:assert/strict';
import { request } from 'undici';
import { keys, type Answer } from './client.ts';
import { lateServer, type LateServer } from './late-server.ts';
import { startOurService, type OurService } from './our-service.ts';
import { Person, tokenOf } from './person.ts';
import { until } from './wait.ts';

/** The administrator's key of profile dev, as a header: it stands in the settings. */
export const settingKey = { 'x-api-key': keys.platform };

/** What stands beside the gateways. */
export interface EdgeWorld {
  readonly keycloak: KeycloakServer;
  readonly redis: RedisServer;
  /** The database as the gateways reach it; it is there. */
  readonly database: LateServer;
  /** The database as it is reached whatever becomes of that. */
  readonly databaseUrl: string;
  /** Starts one more gateway; it ends with the world. @param more settings over those that all share */
  startGateway(more?: Readonly<Record<string, string>>): Promise<OurService>;
  stop(): Promise<void>;
}

/** The secrets that all gateways, and the services behind them, are given alike. */
export const sharedSecrets = {
  STAFFETTA_CALLER_SECRET: 'the-edge-knows-itself',
  STAFFETTA_KEY_PEPPER: 'only-for-tests-only-for-tests-only-for-tests',
};

const audience = 'hub';

function gatewaySettings(keycloak: KeycloakServer, redis: RedisServer, databaseUrl: string): Record<string, string> {
  return {
    ...sharedSecrets,
    DATABASE_URL: databaseUrl,
    REDIS_URL: redis.url,
    OIDC_ISSUER: keycloak.issuer,
    OIDC_CLIENT_ID: webClientId,
    OIDC_AUDIENCE: audience,
    OIDC_ROLES_CLAIM: 'realm_access.roles',
    OIDC_ROLE_MAP: 'ARUBA:ARUBA',
    GATEWAY_WAIT_FOR_SERVICES: 'false',
    LOG_LEVEL: 'info',
  };
}

/**
 * Starts what stands beside the gateways.
 * @throws Error with the end of a log when something does not come up
 */
export async function startEdgeWorld(): Promise<EdgeWorld> {
  const ends: (() => Promise<unknown> | void)[] = [];
  const stop = async (): Promise<void> => {
    for (const end of ends.splice(0).toReversed()) await end();
  };
  try {
    const fresh = await freshDatabase();
    ends.push(() => fresh.drop());
    const url = new URL(fresh.url);
    const database = await lateServer(url.hostname, Number(url.port || 5432));
    ends.push(() => database.close());
    await database.come();
    url.host = database.address;
    const redis = await startRedis();
    ends.push(() => redis.stop());
    const keycloak = await startKeycloak({ realm: companyRealm({ audience }) });
    ends.push(() => keycloak.stop());
    const settings = gatewaySettings(keycloak, redis, url.href);
    return {
      keycloak,
      redis,
      database,
      databaseUrl: fresh.url,
      async startGateway(more = {}) {
        const gateway = await startOurService('gatewayserver', { ...settings, ...more });
        ends.push(() => gateway.stop());
        return gateway;
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Asks a gateway. @param headers the credential, if any */
export async function askGateway(
  { url }: Pick<OurService, 'url'>,
  path: string,
  headers: Readonly<Record<string, string>>,
  body?: object,
): Promise<Answer> {
  const sent = body && { method: 'POST' as const, body: JSON.stringify(body) };
  const type = body && { 'content-type': 'application/json' };
  const answer = await request(url + path, { ...sent, headers: { ...headers, ...type } });
  const text = await answer.body.text();
  return { status: answer.statusCode, headers: answer.headers, text, json: text.startsWith('{') && JSON.parse(text) };
}

/** Makes a key that the gateways keep in their database. @returns it as a header */
export async function keptKey(gateway: OurService, wish: object = {}): Promise<Record<string, string>> {
  const made = await askGateway(gateway, '/gateway/api/keys', settingKey, { name: 'erp', role: 'ARUBA', ...wish });
  assert.equal(made.status, 201, made.text);
  return { 'x-api-key': (made.json as { key: string }).key };
}

/** A program's access token, as a header. */
export async function programToken({ keycloak }: EdgeWorld): Promise<Record<string, string>> {
  return { authorization: `Bearer ${await tokenOf(keycloak.issuer, operatorProgram)}` };
}

/** A person of the operator who has signed in at a gateway. */
export async function signedIn(gateway: OurService): Promise<Person> {
  const person = new Person();
  // A gateway that has just started may still be on its way to Redis.
  const signIn = () => person.signIn(gateway.url, operatorPerson);
  await until('a person signs in', signIn, ({ status, url }) => status === 200 && url.pathname === '/me');
  return person;
}

/** How many requests at once a key has that `allowedAt` makes. */
export const burst = 3;

/**
 * Makes a key of few requests and uses it at gateways in turn until each of them refuses it.
 * @param makeAt where the key is made
 * @returns how often it was let in; every other answer told of the limit as it should
 */
export async function allowedAt(makeAt: OurService, gateways: readonly OurService[]): Promise<number> {
  const key = await keptKey(makeAt, { rateLimit: { perSecond: 0.005, burst } });
  let allowed = 0;
  for (let round = 0; round <= burst; round += 1) {
    for (const gateway of gateways) {
      const { status, headers, text } = await askGateway(gateway, '/me', key);
      assert.ok(status === 200 || status === 429, text);
      assert.match(String(headers['ratelimit-policy']), /"key";q=3;w=600/);
      assert.equal(headers['x-ratelimit-limit'], String(burst));
      if (status === 200) allowed += 1;
      else assert.ok(Number(headers['retry-after']) > 0, text);
    }
  }
  return allowed;
}
