// receiver: accepts invoices and notifications, waits for their outcome, calls the customer back. This page is its map.
import { flows as flowTable } from '@staffetta/flow/flows.ts';
import { retryBy } from '@staffetta/platform/bus/bus.ts';
import { fixedSettings, viewOf } from '@staffetta/platform/config/live-settings.ts';
import { createHttpServer } from '@staffetta/platform/http/server.ts';
import { consumeFlows, type Running, type ServiceDefinition, type World } from '@staffetta/platform/service.ts';
import { migrate } from '@staffetta/platform/store/migrate.ts';
import { migratePlatform } from '@staffetta/platform/store/platform-tables.ts';
import { addCheckRoute } from './check-routes.ts';
import { receiverOptions, settings, type ReceiverSettings } from './config.ts';
import { giveUpExpiredCallbacks } from './dead-callbacks.ts';
import { forgetFinished, waiterKeepMs } from './forget-finished.ts';
import { openJudging } from './judging.ts';
import { receiverMetrics } from './metrics.ts';
import { onDsiNotification } from './on-dsi-notification.ts';
import { onIncomingInvoice } from './on-incoming-invoice.ts';
import { onSavedInvoice } from './on-saved-invoice.ts';
import { addOperatorRoutes } from './operator-routes.ts';
import { repeat } from '@staffetta/platform/work/repeating.ts';
import { addRoutes, createGate } from './routes.ts';
import { healthOf } from './receiver-health.ts';
import { openDelivery } from './open-delivery.ts';
import { tellOverdueWaiters } from './watch-waiters.ts';

const says = 'accepts invoices and notifications, waits for their outcome, calls the customer back';
const expiryCheckMs = 60_000;

/** The receiver. */
export const receiver: ServiceDefinition<typeof settings> = {
  name: 'receiver',
  says,
  settings,
  needs: ['store', 'bus'],
  start,
};

async function start(world: World, values: ReceiverSettings, live = fixedSettings(values)): Promise<Running> {
  // Read where it is used: what it says may change meanwhile.
  const options = viewOf(live.derived((now) => receiverOptions(now, world.profile)));
  await migratePlatform(world.store);
  await migrate(world.store, 'receiver', new URL('./migrations/', import.meta.url));

  const health = healthOf(world);
  const { clock, log, version } = world;
  const { bodyBytesMax } = options;
  const server = await createHttpServer({
    service: 'receiver',
    says,
    version,
    clock,
    log,
    metrics: world.metrics,
    hasStarted: world.hasStarted,
    bodyBytesMax,
    health: health.parts,
  });
  const metrics = receiverMetrics(world, options.waiterTimeoutMs);
  const { delivery, instance, slots } = await openDelivery(world, options, metrics);

  // In by REST, out on incomingInvoice, dsiNotification and sdiNotice, of which the last has no reader here that makes its topic.
  await world.bus.ensureTopics([flowTable.sdiNotice.topic]);
  const gate = createGate(world);
  addRoutes(server.app, gate, { world, options, metrics });
  // In by REST, out by its answer alone.
  const judging = openJudging(options, clock);
  addCheckRoute(server.app, gate, { world, options, judging });
  addOperatorRoutes(server.app, gate, world);

  // In by the log; of the first two dbmanager is the reader that sets aside what cannot be read.
  const fed = { batchMax: options.batchMax, retry: retryBy(options) };
  const waitMs = (): number => options.waiterTimeoutMs;
  const second = { ...fed, passOverUnreadable: true };
  const flows = await consumeFlows(world, 'receiver', {
    incomingInvoice: { step: onIncomingInvoice(world, waitMs), ...second },
    dsiNotification: { step: onDsiNotification(world, waitMs), ...second },
    savedInvoice: { step: onSavedInvoice({ world, delivery, instance }), ...fed },
  });
  health.watch(flows, slots);

  // On timers.
  const told = async (): Promise<void> => metrics.overdue.inc(await tellOverdueWaiters(world));
  const expired = async (): Promise<void> => metrics.dead.inc(await giveUpExpiredCallbacks(world));
  const failed = (error: unknown): void => log.warn({ err: error }, 'timer.failed');
  const timers = [
    repeat(() => options.waiterCheckMs, told, failed),
    repeat(expiryCheckMs, expired, failed),
    repeat(waiterKeepMs, () => forgetFinished(world, options.callbackKeepMs), failed),
  ];
  delivery.start();

  const port = await server.listen(world.port, world.host);
  return {
    port,
    async stop() {
      await server.close();
      await judging.close();
      await Promise.all([flows.stop(), ...timers.map((timer) => timer.stop())]);
      await delivery.stop();
      await instance.close();
    },
  };
}
