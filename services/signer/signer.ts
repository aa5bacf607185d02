// signer: the map; invoices that must be signed come in, their signed files go back.
import { flows } from '@staffetta/flow/flows.ts';
import { retryBy } from '@staffetta/platform/bus/bus.ts';
import { createHttpServer } from '@staffetta/platform/http/server.ts';
import {
  consumeFlows,
  flowsHealth,
  type ConsumingFlows,
  type ServiceDefinition,
  type World,
} from '@staffetta/platform/service.ts';
import { settings, type SignerSettings } from './config.ts';
import { keyHealth } from './key-status.ts';
import { chooseKey } from './keys/choose-key.ts';
import { KeyHolder } from './keys/key-holder.ts';
import { addMetrics } from './metrics.ts';
import { signInvoices } from './on-unsigned-invoice.ts';
import { addRoutes } from './routes.ts';

const lookEveryMs = 5000;

/** The service that signs. */
export const signer: ServiceDefinition<typeof settings> = {
  name: 'signer',
  says: 'Signs what must be signed before it goes out, with a key in a file, on a token or behind a service.',
  settings,
  needs: ['bus'],
  async start(world, values) {
    const holder = await openKey(world, values);
    const running: { flows?: ConsumingFlows } = {};
    const server = await createHttpServer({
      service: 'signer',
      says: signer.says,
      version: world.version,
      clock: world.clock,
      log: world.log,
      metrics: world.metrics,
      hasStarted: world.hasStarted,
      bodyBytesMax: 1024 * 1024,
      health: [
        { name: 'bus', essential: true, check: () => world.bus.ping() },
        flowsHealth(() => running.flows),
        keyHealth(holder, world.clock, values.expiryWarningMs),
      ],
    });
    addRoutes(server.app, world, holder, values.expiryWarningMs);
    const measure = addMetrics(world, holder);
    const port = await server.listen(world.port, world.host);

    await world.bus.ensureTopics([flows.signedInvoice.topic]);
    running.flows = await consumeFlows(world, 'signer', {
      // In: a file to sign. Out: signedInvoice.
      unsignedInvoice: {
        step: signInvoices({ world, holder, measure, concurrency: values.concurrency }),
        batchMax: values.batchMax,
        retry: retryBy(values),
      },
    });
    // On a timer: looks for a key that is away.

    return {
      port,
      async stop() {
        await server.close();
        await running.flows?.stop();
        await holder?.close();
      },
    };
  },
};

async function openKey(world: World, values: SignerSettings): Promise<KeyHolder | undefined> {
  const face = await chooseKey(values, world);
  if (!face) return undefined;
  const holder = new KeyHolder({ face, clock: world.clock, log: world.log, lookEveryMs });
  await holder.start();
  world.log.info({ place: holder.says }, 'signer.keyOpened');
  return holder;
}
