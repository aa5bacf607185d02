// journeys: the services start in any order, before or after their database, their brokers, and those who tell them settings and
// neighbours; each says once what it waits for and goes on by itself.
import { serviceNames, type ServiceName } from '@staffetta/flow/services.ts';
import { kafkaBrokers, redisUrl, servers } from '@staffetta/tools/servers/available.ts';
import { freshDatabase } from '@staffetta/tools/servers/postgres.ts';
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { chanceFrom, seedOfRun } from './harness/chance.ts';
import { Estate, ownName, type ProcessName } from './harness/estate.ts';
import type { HubProcess } from './harness/hub-process.ts';
import { lateServer, type LateServer } from './harness/late-server.ts';
import { until } from './harness/wait.ts';

const seed = seedOfRun();

/** What appears, one after the other; the first is there first. */
type Step = ServiceName | 'sandbox' | 'database' | 'brokers';

function shuffled<T>(list: readonly T[], seedOfOrder: number): T[] {
  const chance = chanceFrom(seedOfOrder);
  return list
    .map((one) => ({ one, at: chance.share() }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ one }) => one);
}

const needsDatabase: readonly ServiceName[] = ['receiver', 'dbmanager', 'sender', 'mailbox', 'scheduler'];

/** A service that runs has either said what it waits for, or that it has started. */
async function untilItSaysSo(one: HubProcess): Promise<void> {
  await until(
    `${one.name} to say what it waits for, or that it runs`,
    async () => [...(await one.logged('"start.waits"')), ...(await one.logged('"service.started"'))],
    (lines) => lines.length > 0,
    { timeoutMs: 60_000 },
  );
}

interface Parts {
  readonly order: readonly Step[];
  readonly late: Readonly<Partial<Record<Step, LateServer>>>;
}

function startInOrder({ order, late }: Parts) {
  return async (processes: ReadonlyMap<ProcessName, HubProcess>): Promise<void> => {
    for (const step of order) {
      await late[step]?.come();
      const one = processes.get(step);
      await one?.start();
      if (one && step !== 'sandbox') await untilItSaysSo(one);
    }
  };
}

/** Parts that came after a service, and that it cannot start without. */
function missedBy(service: ServiceName, order: readonly Step[]): Step[] {
  const isLater = (part: Step): boolean => order.indexOf(part) > order.indexOf(service);
  return needsDatabase.includes(service) && isLater('database') ? ['database'] : [];
}

async function settingsOf(late: Parts['late'], databaseUrl: string): Promise<Record<string, string>> {
  const url = new URL(databaseUrl);
  if (late.database) url.host = late.database.address;
  const common = { DATABASE_URL: url.href };
  if (!late.brokers) return common;
  const kafka = { KAFKA_BROKERS: late.brokers.address, KAFKA_TOPIC_PREFIX: `${ownName()}.`, REDIS_URL: redisUrl() };
  return { ...common, ...kafka };
}

async function lateParts(databaseUrl: string, onKafka: boolean): Promise<Parts['late']> {
  const { hostname, port } = new URL(databaseUrl);
  const database = await lateServer(hostname, Number(port || 5432));
  if (!onKafka) return { database };
  const [host = '', brokerPort = '9092'] = (kafkaBrokers().split(',')[0] ?? '').split(':');
  return { database, brokers: await lateServer(host, Number(brokerPort)) };
}

function tellOrder(title: string, order: readonly Step[], missing: false | string): void {
  describe(title, { skip: missing }, () => {
    let ended = async (): Promise<void> => undefined;
    after(() => ended());

    test(`${order.join(', ')} (seed ${seed})`, async () => {
      const database = await freshDatabase();
      const late = await lateParts(database.url, order.includes('brokers'));
      const alsoEnds = async (): Promise<void> => {
        for (const server of Object.values(late)) server?.close();
        await database.drop();
      };
      ended = alsoEnds;
      const settings = await settingsOf(late, database.url);
      const estate = await Estate.start({ shape: 'split', settings, alsoEnds, startBy: startInOrder({ order, late }) });
      ended = () => estate.stop();

      await Promise.all([...estate.processes.values()].map((one) => one.untilReady()));
      const { client, sandbox } = estate;
      const answer = await client.post({ callback: sandbox.callbackUrl('order'), correlationId: 'any-order' });
      assert.equal(answer.status, 202, answer.text);
      await until(
        'the invoice was sent and its customer told',
        () => sandbox.callbacks({ correlationId: 'any-order', invoiceStatus: 'INTERNAL_INVOICE_SENT' }),
        (found) => found.length === 1,
        { timeoutMs: 60_000 },
      );
      for (const service of serviceNames) {
        const lines = (await estate.process(service).logged('"start.')).map(
          (line) => JSON.parse(line) as { msg: string; part: Step },
        );
        for (const part of ['database', 'brokers'] as const) {
          const words = lines.filter((line) => line.part === part).map(({ msg }) => msg);
          // A part that is busy may be waited for more than once, and each time it goes on.
          const waits = words.filter((word) => word === 'start.waits').length;
          assert.deepEqual([words.length, waits <= 4], [waits * 2, true], `${service}, ${part}: ${words.join(' ')}`);
        }
        for (const part of missedBy(service, order)) {
          assert.ok(
            lines.some((line) => line.part === part),
            `${service} did not say that it waits for the ${part}`,
          );
        }
        assert.equal(estate.process(service).runs, true);
      }
    });
  });
}

const all: readonly Step[] = [...serviceNames, 'sandbox', 'database'];
const withBrokers: readonly Step[] = [...all, 'brokers'];
const lateOnes: readonly Step[] = ['configserver', 'eurekaserver', 'database'];
const others = serviceNames.filter((name) => !lateOnes.includes(name));

tellOrder('what all lean on comes last', [...others, 'sandbox', ...lateOnes], servers.postgres.missing);
tellOrder('by chance, on one database', shuffled(all, seed), servers.postgres.missing);
const realParts = servers.postgres.missing || servers.kafka.missing || servers.redis.missing;
tellOrder('by chance, on Kafka', shuffled(withBrokers, seed + 1), realParts);
tellOrder('brokers before the database, and both last', [...serviceNames, 'sandbox', 'brokers', 'database'], realParts);
