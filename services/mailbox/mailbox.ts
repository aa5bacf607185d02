// mailbox: the map; mails of the PEC mailboxes come in, what they hold goes to those whom it concerns.
import { flows } from '@staffetta/flow/flows.ts';
import type { HealthCheck } from '@staffetta/platform/http/health.ts';
import { createHttpServer } from '@staffetta/platform/http/server.ts';
import type { Running, ServiceDefinition, World } from '@staffetta/platform/service.ts';
import { registerInstance } from '@staffetta/platform/store/live-instances.ts';
import { migrate } from '@staffetta/platform/store/migrate.ts';
import { migratePlatform } from '@staffetta/platform/store/platform-tables.ts';
import {
  firstDay,
  mailboxesToRead,
  providerTrust,
  settings,
  type MailboxSettings,
  type MailboxToRead,
} from './config.ts';
import { MailboxKeeper, type KeepingParts } from './keep-mailbox.ts';
import { addMetrics } from './metrics.ts';
import { Neighbours } from './neighbours.ts';
import { listPlaces } from './places.ts';
import { addRoutes } from './routes.ts';
import { openUnderstanding } from './understanding.ts';

/** The service that reads the PEC mailboxes. */
export const mailbox: ServiceDefinition<typeof settings> = {
  name: 'mailbox',
  says: 'Reads the PEC mailboxes, keeps each mail and hands on what it holds.',
  settings,
  needs: ['store', 'bus'],
  start,
};

/** Shows what is wrong with the mailboxes; never turns readiness off, since all of it goes on by itself. */
function mailboxesHealth(read: readonly MailboxToRead[], keepers: readonly MailboxKeeper[]): HealthCheck {
  return {
    name: 'mailboxes',
    essential: false,
    async check() {
      if (read.length === 0) throw new Error('No mailbox is configured: set IMAP_URL and PEC_ADDRESS.');
      const troubles = keepers.flatMap((keeper) => keeper.troubles());
      if (troubles.length > 0) throw new Error(troubles.join(' '));
    },
  };
}

/** Those that are read, and those that were once: what came from them is answered for to its end. */
async function keepersOf(parts: KeepingParts, read: readonly MailboxToRead[]): Promise<MailboxKeeper[]> {
  const known = new Set(read.map(({ address }) => address));
  const former = (await listPlaces(parts.world.store))
    .map(({ address }) => address)
    .filter((address) => !known.has(address));
  return [
    ...read.map((one) => new MailboxKeeper(parts, { address: one.address, read: one })),
    ...[...new Set(former)].map((address) => new MailboxKeeper(parts, { address })),
  ];
}

async function start(world: World, values: MailboxSettings): Promise<Running> {
  const read = mailboxesToRead(values);
  firstDay(values);
  const trust = providerTrust(values);
  await migratePlatform(world.store);
  await migrate(world.store, 'mailbox', new URL('./migrations/', import.meta.url));
  // Out on pecReceipt and sdiAddress, and by HTTP to the receiver.
  await world.bus.ensureTopics([flows.pecReceipt.topic, flows.sdiAddress.topic]);

  const keepers: MailboxKeeper[] = [];
  const instance = await registerInstance(world.store, 'mailbox', {
    onLost(reason) {
      world.log.warn({ err: reason }, 'instance.lost');
      for (const keeper of keepers) keeper.lose();
    },
  });
  const understanding = openUnderstanding(values, trust);
  const neighbours = new Neighbours(world, values);
  keepers.push(...(await keepersOf({ world, values, instance, understanding, neighbours }, read)));

  const server = await createHttpServer({
    service: 'mailbox',
    says: mailbox.says,
    version: world.version,
    clock: world.clock,
    log: world.log,
    metrics: world.metrics,
    hasStarted: world.hasStarted,
    bodyBytesMax: 64 * 1024,
    health: [
      { name: 'db', essential: true, check: () => world.store.ping() },
      { name: 'bus', essential: true, check: () => world.bus.ping() },
      mailboxesHealth(read, keepers),
    ],
  });
  const configured = read.map(({ address }) => address);
  const wake = (address: string): void => keepers.find((keeper) => keeper.address === address)?.wake();
  addRoutes(server.app, { world, configured, wake });
  addMetrics(world, keepers);
  const port = await server.listen(world.port, world.host);
  for (const keeper of keepers) keeper.start();

  return {
    port,
    async stop() {
      await Promise.all([server.close(), ...keepers.map((keeper) => keeper.stop())]);
      await understanding.close();
      await instance.close();
    },
  };
}
