// dbmanager: the store of customers and invoices: checks, numbers, names and moves them. This page is its map.
import { flows } from '@staffetta/flow/flows.ts';
import { retryBy } from '@staffetta/platform/bus/bus.ts';
import { fixedSettings, viewOf } from '@staffetta/platform/config/live-settings.ts';
import { createHttpServer } from '@staffetta/platform/http/server.ts';
import type { HealthCheck } from '@staffetta/platform/http/health.ts';
import {
  consumeFlows,
  flowsHealth,
  type ConsumingFlows,
  type Running,
  type ServiceDefinition,
  type World,
} from '@staffetta/platform/service.ts';
import { migrate } from '@staffetta/platform/store/migrate.ts';
import { repeat } from '@staffetta/platform/work/repeating.ts';
import { migratePlatform } from '@staffetta/platform/store/platform-tables.ts';
import { dbmanagerOptions, settings, type DbmanagerSettings } from './config.ts';
import { obeyCustomerCommands } from './on-customer-command.ts';
import { takeNotifications } from './on-dsi-notification.ts';
import { takeInvoices } from './on-incoming-invoice.ts';
import { takeReceipts } from './on-pec-receipt.ts';
import { openAskedJudging, openJudging } from './judging.ts';
import { addMetrics } from './metrics.ts';
import { obeyInvoiceCommands } from './on-invoice-command.ts';
import { takeNotices } from './on-sdi-notice.ts';
import { takeSentInvoices } from './on-sent-invoice.ts';
import { takeSignedInvoices } from './on-signed-invoice.ts';
import { rebuildEvent } from './rebuild-event.ts';
import { addRoutes } from './routes.ts';
import { openShowing } from './showing.ts';
import { watchDeadlines } from './watch-deadlines.ts';
import { seedCustomers } from './seed-customers.ts';

/** The service that owns customers and invoices. */
export const dbmanager: ServiceDefinition<typeof settings> = {
  name: 'dbmanager',
  says: 'Keeps customers and invoices: checks, numbers and names them, and tells every change of their status.',
  settings,
  needs: ['store', 'bus'],
  rebuild: rebuildEvent,
  start,
};

const spokenOn = ['incomingInvoice', 'savedInvoice', 'unsignedInvoice', 'outgoingInvoice', 'savedCustomer'] as const;

/**
 * Brings the service's tables up to date and, where wanted, gives a new store its first customers.
 * @param world the store, the clock
 * @param seeds whether the contract's customers are wanted
 */
export async function prepareStore(world: World, seeds: boolean): Promise<void> {
  await migratePlatform(world.store);
  await migrate(world.store, 'dbmanager', new URL('./migrations/', import.meta.url));
  if (seeds) await seedCustomers(world.store, world.clock.now());
}

function healthParts(world: World, consuming: () => ConsumingFlows | undefined): HealthCheck[] {
  return [
    { name: 'db', essential: true, check: () => world.store.ping() },
    { name: 'bus', essential: true, check: () => world.bus.ping() },
    flowsHealth(consuming),
  ];
}

async function start(world: World, values: DbmanagerSettings, live = fixedSettings(values)): Promise<Running> {
  // Read where it is used: what it says may change meanwhile.
  const options = viewOf(live.derived((now) => dbmanagerOptions(now, world.profile)));
  await prepareStore(world, options.seedCustomers);
  await world.bus.ensureTopics(spokenOn.map((flow) => flows[flow].topic));

  const running: { flows?: ConsumingFlows } = {};
  const { version, clock, log } = world;
  const server = await createHttpServer({
    service: 'dbmanager',
    says: dbmanager.says,
    version,
    clock,
    log,
    metrics: world.metrics,
    hasStarted: world.hasStarted,
    bodyBytesMax: options.bodyBytesMax,
    health: healthParts(world, () => running.flows),
  });
  const stopCounting = addMetrics(world);
  const judges = openJudging(options, clock);
  const asked = openAskedJudging(options, clock);
  const showing = openShowing(viewOf(() => options.showing));
  addRoutes(server.app, world, options, { judging: asked.judging, sending: judges.judging, showing });
  const port = await server.listen(world.port, world.host);

  const fed = { batchMax: values.batchMax, retry: retryBy(values) };
  running.flows = await consumeFlows(world, 'dbmanager', {
    // In: a new invoice. Out: savedInvoice; and where it goes to SdI outgoingInvoice, or unsignedInvoice if it is signed first.
    incomingInvoice: { step: takeInvoices(world, options, judges.judging), ...fed },
    // In: the signed file of an invoice. Out: outgoingInvoice.
    signedInvoice: { step: takeSignedInvoices(world), ...fed },
    // In: what the mail server said. Out: savedInvoice.
    sentInvoice: { step: takeSentInvoices(world), ...fed },
    // In: what SdI said. Out: savedInvoice.
    dsiNotification: { step: takeNotifications(world), ...fed },
    // In: SdI's own notices. Out: savedInvoice.
    sdiNotice: { step: takeNotices(world, options), ...fed },
    // In: what the PEC provider certifies of our mails. Out: savedInvoice.
    pecReceipt: { step: takeReceipts(world, options), ...fed },
    // In: what trusted systems ask. Out: savedCustomer, savedInvoice, incomingInvoice.
    customerCommand: { step: obeyCustomerCommands(world), ...fed },
    invoiceCommand: { step: obeyInvoiceCommands(world, options), ...fed },
  });
  // On a timer: what should have happened by now. Out: savedInvoice.
  const watching = repeat(
    () => options.deadlines.checkMs,
    () => watchDeadlines(world, options),
    (error) => log.error({ err: error }, 'deadlines.failed'),
  );

  return {
    port,
    async stop() {
      await server.close();
      await watching.stop();
      await running.flows?.stop();
      await judges.close();
      await asked.close();
      await showing.close();
      stopCounting();
    },
  };
}
