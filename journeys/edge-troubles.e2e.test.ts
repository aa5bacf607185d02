// journeys: two gateways whose Redis forgets, falls silent and dies, whose identity provider dies and whose database goes away.
import { servers } from '@staffetta/tools/servers/available.ts';
import { operatorPerson } from '@staffetta/tools/servers/keycloak-realm.ts';
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import {
  allowedAt,
  askGateway,
  burst,
  keptKey,
  programToken,
  settingKey,
  signedIn,
  startEdgeWorld,
  type EdgeWorld,
} from './harness/gateways.ts';
import type { OurService } from './harness/our-service.ts';
import { Person, type Shown } from './harness/person.ts';
import { until } from './harness/wait.ts';

type Credential = Readonly<Record<string, string>>;
interface Health {
  readonly status: string;
  readonly components: Readonly<Record<string, { readonly status: string } | undefined>>;
}

const missing = servers.java.missing || servers.redisServer.missing || servers.postgres.missing;

describe('two gateways', { skip: missing }, () => {
  let world: EdgeWorld;
  let gateways: [OurService, OurService];
  before(async () => {
    world = await startEdgeWorld();
    gateways = await Promise.all([world.startGateway(), world.startGateway()]);
  });
  after(() => world?.stop());

  const meOf = (person: Person, gateway: OurService): Promise<Shown> => person.go(`${gateway.url}/me`);

  async function expectLetIn(credentials: readonly Credential[]): Promise<void> {
    for (const gateway of gateways) {
      for (const credential of credentials) {
        const { status, headers, text } = await askGateway(gateway, '/me', credential);
        assert.equal(status, 200, text);
        assert.ok(Number(headers['x-ratelimit-remaining']) > 0, 'its limit is told whatever is away');
      }
    }
  }

  async function untilAllowed(count: number, why: string): Promise<void> {
    const [one] = gateways;
    // A Redis that a busy machine lets wait is counted past for a second: what holds, holds in some round.
    await until(
      why,
      () => allowedAt(one, gateways),
      (allowed) => allowed === count,
    );
  }

  async function untilHealth(part: string, status: string): Promise<void> {
    for (const gateway of gateways) {
      const look = async () => (await askGateway(gateway, '/actuator/health', {})).json as Health;
      await until(`${part} is ${status}`, look, ({ components }) => components[part]?.status === status);
      const readiness = await askGateway(gateway, '/actuator/health/readiness', {});
      assert.equal(readiness.status, 200, 'a neighbour in trouble takes no gateway out of service');
    }
  }

  /** A session is told to come again by a sentence that says what goes on meanwhile. */
  async function untilSessionsAreAway(person: Person): Promise<void> {
    for (const gateway of gateways) {
      const away = await until(
        'sessions are away',
        () => meOf(person, gateway),
        ({ status }) => status === 503,
      );
      assert.match(away.text, /Sessions cannot be read or written at the moment\. API keys and tokens go on/);
      assert.ok(Number(away.headers.get('retry-after')) > 0);
    }
  }

  test('are one door: sessions, keys and tokens count at both, and a limit is one for both', async () => {
    const [one, other] = gateways;
    const person = await signedIn(one);
    assert.equal((await meOf(person, other)).status, 200);
    await expectLetIn([settingKey, await keptKey(one), await programToken(world)]);
    await untilAllowed(burst, 'the gateways share a limit');
    await untilHealth('redis', 'UP');
  });

  test('whose Redis forgets everything let people sign in again; keys and tokens go on, limits begin anew', async () => {
    const [one, other] = gateways;
    const [person, credentials] = [await signedIn(one), [settingKey, await keptKey(one), await programToken(world)]];
    const spent = await keptKey(one, { rateLimit: { perSecond: 0.001, burst: 1 } });
    const look = async () => (await askGateway(other, '/me', spent)).status;
    await until('its limit is reached', look, (status) => status === 429);

    await world.redis.flush();
    const over = await until(
      'the session is over',
      () => meOf(person, one),
      ({ status }) => status === 401,
    );
    assert.match(over.text, /The session is over\. Sign in again at \/signin/);
    await until('its limit begins anew', look, (status) => status === 200);
    await expectLetIn(credentials);
    assert.equal((await person.signIn(other.url, operatorPerson)).status, 200, 'it signs in again');
    assert.equal((await meOf(person, one)).status, 200);
  });

  test('whose Redis falls silent say so to people; keys, tokens and limits go on; then all is as before, without a restart', async () => {
    const [one] = gateways;
    const [person, credentials] = [await signedIn(one), [settingKey, await keptKey(one), await programToken(world)]];
    world.redis.fallSilent();
    try {
      await untilSessionsAreAway(person);
      await expectLetIn(credentials);
      await untilAllowed(2 * burst, 'each gateway counts for itself');
      await untilHealth('redis', 'DEGRADED');
    } finally {
      world.redis.speakAgain();
    }
    for (const gateway of gateways) {
      await until(
        'the session counts again',
        () => meOf(person, gateway),
        ({ status }) => status === 200,
      );
    }
    await untilAllowed(burst, 'the gateways share a limit again');
    await untilHealth('redis', 'UP');
  });

  test('whose Redis dies say so to people, who sign in again once there is another one', async () => {
    const [one, other] = gateways;
    const [person, credentials] = [await signedIn(one), [settingKey, await keptKey(one), await programToken(world)]];
    await world.redis.kill9();
    await untilSessionsAreAway(person);
    const page = await new Person().signIn(other.url, operatorPerson);
    assert.equal(page.status, 503, 'whoever comes back from the provider gets a page that says so');
    assert.match(page.text, /<h1>.*Sessions cannot be read or written/s);
    await expectLetIn(credentials);
    await untilAllowed(2 * burst, 'each gateway counts for itself');

    await world.redis.restart();
    await until(
      'it is over',
      () => meOf(person, one),
      ({ status }) => status === 401,
    );
    const again = () => person.signIn(other.url, operatorPerson);
    await until('it signs in again', again, ({ status }) => status === 200);
    await until(
      'it counts at both',
      () => meOf(person, one),
      ({ status }) => status === 200,
    );
    await untilAllowed(burst, 'the gateways share a limit again');
  });

  test('whose identity provider dies let known people and tokens go on, and tell who signs in what is away', async () => {
    const [one, other] = gateways;
    const person = await signedIn(one);
    const [used, neverSeen] = [await programToken(world), await programToken(world)];
    assert.equal((await askGateway(one, '/me', used)).status, 200);
    await world.keycloak.kill9();
    await expectLetIn([used, neverSeen, settingKey]);
    for (const gateway of [one, other]) assert.equal((await meOf(person, gateway)).status, 200);
    for (const gateway of [one, other]) {
      const begin = () => new Person().go(`${gateway.url}/signin`);
      const page = await until(
        'a page tells',
        begin,
        ({ url, status }) => url.origin === gateway.url && status === 503,
      );
      assert.match(page.text, /<h1>.*The identity provider does not answer as it should.*OIDC_ISSUER/s);
    }
    await untilHealth('identityProvider', 'DEGRADED');

    await world.keycloak.restart();
    const begin = () => new Person().go(`${one.url}/signin`);
    await until('people are sent there again', begin, ({ text }) => text.includes('name="password"'));
    await signedIn(one);
    await expectLetIn([await programToken(world)]);
  });

  test('whose database goes away let known keys go on; a gateway that starts then knows those of the settings', async () => {
    const [one] = gateways;
    const [person, kept] = [await signedIn(one), await keptKey(one)];
    await expectLetIn([kept]);
    await world.database.go();
    await untilHealth('keys', 'DEGRADED');
    await expectLetIn([kept, settingKey, await programToken(world)]);
    assert.equal((await meOf(person, one)).status, 200);
    const unmade = await askGateway(one, '/gateway/api/keys', settingKey, { name: 'late', role: 'SDI' });
    assert.equal(unmade.status, 503, unmade.text);

    const third = await world.startGateway();
    assert.equal((await askGateway(third, '/me', settingKey)).status, 200);
    const unknown = await askGateway(third, '/me', kept);
    assert.equal(unknown.status, 503, unknown.text);
    assert.match(unknown.text, /not known here, and the database that knows it does not answer/);
    await world.database.come();
    const look = () => askGateway(third, '/me', kept);
    await until('the third gateway knows the key', look, ({ status }) => status === 200);
    await untilHealth('keys', 'UP');
  });

  test('ran through all of it without a restart', async () => {
    for (const { url, pid } of gateways) {
      assert.doesNotThrow(() => process.kill(pid, 0), `the gateway at ${url} still runs`);
    }
  });
});
