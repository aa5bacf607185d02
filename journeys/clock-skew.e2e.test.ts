// journeys: machines whose clocks are wrong: what little hurts nobody, and what is too much is told by its name.
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
  sharedSecrets,
  signedIn,
  startEdgeWorld,
  type EdgeWorld,
} from './harness/gateways.ts';
import { startOurService, type OurService } from './harness/our-service.ts';
import { Person } from './harness/person.ts';
import { until } from './harness/wait.ts';

const second = 1000;
const minute = 60 * second;

/** Makes the clock of a process's machine wrong; positive is ahead. */
function clockAhead(ms: number): Record<string, string> {
  const preload = `--import=${new URL('harness/clock-ahead.ts', import.meta.url).href}`;
  const options = `${process.env['NODE_OPTIONS'] ?? ''} ${preload}`.trim();
  return { NODE_OPTIONS: options, STAFFETTA_JOURNEY_CLOCK_AHEAD: String(ms) };
}

const missing = servers.java.missing || servers.redisServer.missing || servers.postgres.missing;

describe('gateways on machines with other clocks', { skip: missing }, () => {
  let world: EdgeWorld;
  let dbmanager: OurService | undefined;
  let gateways: {
    right: OurService;
    bitLate: OurService;
    early: OurService;
    farAhead: OurService;
    farBehind: OurService;
  };
  before(async () => {
    world = await startEdgeWorld();
    dbmanager = await startOurService('dbmanager', { ...sharedSecrets, DATABASE_URL: world.databaseUrl });
    const start = (ms: number) => world.startGateway({ ...clockAhead(ms), DBMANAGER_URL: dbmanager?.url ?? '' });
    gateways = {
      right: await start(0),
      bitLate: await start(-20 * second),
      early: await start(4 * minute),
      farAhead: await start(10 * minute),
      farBehind: await start(-10 * minute),
    };
  });
  after(async () => {
    await dbmanager?.stop();
    await world?.stop();
  });

  const askBehind = (gateway: OurService) => askGateway(gateway, '/dbmanager/api/invoices?size=1', settingKey);

  test('that are seconds apart know each other’s people, and tokens within the skew count', async () => {
    const { right, bitLate } = gateways;
    const token = await programToken(world);
    for (const gateway of [right, bitLate]) {
      const { status, text } = await askGateway(gateway, '/me', token);
      assert.equal(status, 200, text);
      const person = await signedIn(gateway);
      for (const other of [right, bitLate]) assert.equal((await person.go(`${other.url}/me`)).status, 200);
    }
  });

  test('that are up to five minutes from a service vouch for their callers', async () => {
    const { right, bitLate, early } = gateways;
    for (const gateway of [right, bitLate, early]) {
      await until(
        'the service behind it answers',
        () => askBehind(gateway),
        ({ status }) => status === 200,
      );
    }
  });

  test('that are further apart are told so by the service, which blames no credential', async () => {
    const { farAhead, farBehind } = gateways;
    for (const [gateway, when] of [
      [farAhead, 'in 10 min from now'],
      [farBehind, '10 min ago'],
    ] as const) {
      const { status, text } = await askBehind(gateway);
      assert.equal(status, 503, text);
      assert.ok(text.includes(`the gateway vouched for this caller ${when}; 5 min are allowed either way`), text);
      assert.match(text, /Nothing is wrong with the request.*clocks of all its machines by NTP/);
      assert.equal((await askGateway(gateway, '/me', settingKey)).status, 200, 'what it answers itself needs no clock');
    }
  });

  test('beyond the skew say to which clock a token has ended, or has not begun', async () => {
    const { farAhead, farBehind } = gateways;
    const token = await programToken(world);
    for (const [gateway, words] of [
      [farAhead, /The token expired: it says exp \S+Z, and the clock of this hub \S+Z\./],
      [farBehind, /The token is not valid yet: it says iat \S+Z, and the clock of this hub \S+Z\./],
    ] as const) {
      const { status, text, headers } = await askGateway(gateway, '/me', token);
      assert.equal(status, 401, text);
      assert.match(text, words);
      assert.match(String(headers['www-authenticate']), /error="invalid_token"/);
    }
  });

  test('beyond the skew tell a person who signs in of the clocks', async () => {
    const page = await new Person().signIn(gateways.farAhead.url, operatorPerson);
    assert.equal(page.status, 400, page.text);
    assert.match(
      page.text,
      /clock of the identity provider and that of this hub are further apart than OIDC_CLOCK_SKEW/,
    );
  });

  test('share their limits by the clock of Redis: none gives more for being ahead', async () => {
    const { right } = gateways;
    const all = Object.values(gateways);
    const key = await keptKey(right);
    for (const gateway of all) {
      await until(
        'the key is known',
        () => askGateway(gateway, '/me', key),
        ({ status }) => status === 200,
      );
    }
    await until(
      'they share a limit',
      () => allowedAt(right, all),
      (allowed) => allowed === burst,
    );
  });
});
