// journeys: health tells the truth: readiness goes with what a service cannot work without and comes back by itself; liveness never goes.
import { serviceNames, type ServiceName } from '@staffetta/flow/services.ts';
import { readyParts } from '@staffetta/platform/http/readiness.ts';
import { servers } from '@staffetta/tools/servers/available.ts';
import { startKafka, type KafkaServer } from '@staffetta/tools/servers/kafka.ts';
import { freshDatabase } from '@staffetta/tools/servers/postgres.ts';
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Estate } from './harness/estate.ts';
import { lateServer, type LateServer } from './harness/late-server.ts';
import { realSetUp } from './harness/set-ups.ts';
import { until } from './harness/wait.ts';

interface Health {
  readonly status: string;
  readonly components: Readonly<
    Record<string, { readonly status: string; readonly details?: { readonly error: string } }>
  >;
}

const patience = { timeoutMs: 60_000 };

async function ask(estate: Estate, service: ServiceName, page: '' | '/readiness' | '/liveness') {
  const { status, json } = await estate.client.ask(service, { path: `/actuator/health${page}`, direct: true });
  return { status, health: json as Health };
}

/** Each service's readiness and liveness, in one look. */
async function look(estate: Estate, names: readonly ServiceName[]) {
  const rows = names.map(async (name) => {
    const [ready, live] = [await ask(estate, name, '/readiness'), await ask(estate, name, '/liveness')];
    return [name, { ready: ready.status, live: live.status }] as const;
  });
  return Object.fromEntries(await Promise.all(rows));
}

function expected(names: readonly ServiceName[], isOff: (name: ServiceName) => boolean) {
  return Object.fromEntries(names.map((name) => [name, { ready: isOff(name) ? 503 : 200, live: 200 }]));
}

async function untilAll(
  what: string,
  estate: Estate,
  names: readonly ServiceName[],
  isOff: (name: ServiceName) => boolean,
) {
  const wanted = JSON.stringify(expected(names, isOff));
  await until(
    what,
    () => look(estate, names),
    (seen) => JSON.stringify(seen) === wanted,
    patience,
  );
}

const nobody = (): boolean => false;
/** Those behind the gateway: its own readiness follows theirs. */
const behind = serviceNames.filter((name) => name !== 'gatewayserver');

describe('each service in a process of its own, on one database', { skip: servers.postgres.missing }, () => {
  let estate: Estate;
  let database: LateServer;
  before(async () => {
    const fresh = await freshDatabase();
    const address = new URL(fresh.url);
    database = await lateServer(address.hostname, Number(address.port || 5432));
    await database.come();
    address.host = database.address;
    const alsoEnds = async (): Promise<void> => {
      database.close();
      await fresh.drop();
    };
    estate = await Estate.start({ shape: 'split', settings: { DATABASE_URL: address.href }, alsoEnds });
  });
  after(() => estate?.stop());

  test('readiness asks for exactly what the table says', async () => {
    for (const name of serviceNames) {
      const { health } = await ask(estate, name, '/readiness');
      assert.deepEqual(Object.keys(health.components), readyParts[name], name);
    }
  });

  test('the database away: those that need it are not ready, all are alive, and all come back by themselves', async () => {
    // Here the bus lives in the database.
    const isOff = (name: ServiceName): boolean => readyParts[name].some((part) => part === 'db' || part === 'bus');
    await database.go();
    await untilAll('the database is missed', estate, behind, isOff);
    const { health } = await ask(estate, 'dbmanager', '');
    assert.equal(health.status, 'DOWN');
    assert.equal(health.components['db']?.status, 'DOWN');
    await database.come();
    await untilAll('all are ready again', estate, serviceNames, nobody);
  });

  test('mail server and mailbox away: nobody is less ready, and health says what is degraded', async () => {
    await estate.sandbox.misbehaveSmtp({ down: true });
    const smtp = await until(
      'the mail server is missed',
      () => ask(estate, 'sender', ''),
      ({ health }) => health.components['smtp']?.status === 'DEGRADED',
      patience,
    );
    assert.deepEqual([smtp.status, smtp.health.status], [200, 'UP']);
    await estate.process('sandbox').stop();
    await until(
      'the mailbox is missed',
      () => ask(estate, 'mailbox', ''),
      ({ health }) => health.components['mailboxes']?.status === 'DEGRADED',
      patience,
    );
    assert.deepEqual(await look(estate, serviceNames), expected(serviceNames, nobody));
    await estate.startAgain('sandbox');
    await estate.sandbox.behaveSmtp();
    await until(
      'both are back',
      async () => [await ask(estate, 'sender', ''), await ask(estate, 'mailbox', '')],
      (both) => {
        return both.every(({ health }) => !Object.values(health.components).some(({ status }) => status !== 'UP'));
      },
      patience,
    );
  });

  test('discovery and configuration away: nobody is less ready', async () => {
    const left = behind.filter((name) => name !== 'configserver' && name !== 'eurekaserver');
    await estate.process('configserver').stop();
    await estate.process('eurekaserver').stop();
    assert.deepEqual(await look(estate, left), expected(left, nobody));
    await estate.startAgain('configserver');
    await estate.startAgain('eurekaserver');
  });
});

describe('one process with a Kafka of its own', { skip: servers.java.missing || realSetUp.missing }, () => {
  let kafka: KafkaServer | undefined;
  let estate: Estate | undefined;
  before(async () => {
    kafka = await startKafka();
    estate = await realSetUp.start({ mail: 'sandbox', kafkaBrokers: kafka.brokers });
  });
  after(async () => {
    await estate?.stop();
    await kafka?.stop();
  });

  test('Kafka away: those that need the bus are not ready, all are alive, and all come back by themselves', async () => {
    if (!estate || !kafka) throw new Error('nothing runs');
    await kafka.kill9();
    await untilAll('Kafka is missed', estate, behind, (name) => readyParts[name].includes('bus'));
    const { health } = await ask(estate, 'receiver', '');
    assert.deepEqual([health.components['db']?.status, health.components['bus']?.status], ['UP', 'DOWN']);
    await kafka.restart();
    await untilAll('all are ready again', estate, serviceNames, nobody);
  });
});
