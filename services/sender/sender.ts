// sender: the map; valid invoices come in, mails to SdI go out, and what the mail server said goes back.
import type { ServiceDefinition } from '@staffetta/platform/service.ts';
import { consumeFlows } from '@staffetta/platform/service.ts';
import { createHttpServer } from '@staffetta/platform/http/server.ts';
import { registerInstance } from '@staffetta/platform/store/live-instances.ts';
import { migrate } from '@staffetta/platform/store/migrate.ts';
import { migratePlatform } from '@staffetta/platform/store/platform-tables.ts';
import { requireMailServer, settings } from './config.ts';
import { mailInvoices } from './on-outgoing-invoice.ts';
import { createMailRecorder } from './record-mails.ts';
import { addRoutes } from './routes.ts';
import { createSmtpPool } from './smtp-pool.ts';
import { parseSmtpUrl } from './smtp-url.ts';

/** The service that takes invoices to SdI by e-mail. */
export const sender: ServiceDefinition<typeof settings> = {
  name: 'sender',
  says: 'Takes invoices to SdI by e-mail and tells what the mail server said.',
  settings,
  needs: ['store', 'bus'],
  async start(world, values) {
    await migratePlatform(world.store);
    await migrate(world.store, 'sender', new URL('./migrations/', import.meta.url));
    const instance = await registerInstance(world.store, 'sender', {
      onLost: (reason) => world.log.warn({ err: reason }, 'instance.lost'),
    });
    const url = parseSmtpUrl(requireMailServer(values.smtpUrl));
    const pool = createSmtpPool({ url, connectionsMax: values.smtpConnections });
    const recorder = createMailRecorder(world);
    const server = await createHttpServer({
      service: 'sender',
      says: sender.says,
      version: world.version,
      clock: world.clock,
      log: world.log,
      bodyBytesMax: 1024 * 1024,
      health: [
        { name: 'db', essential: true, check: () => world.store.ping() },
        { name: 'bus', essential: true, check: () => world.bus.ping() },
        { name: 'smtp', essential: false, check: () => pool.verify() },
      ],
    });
    addRoutes(server.app, world.store);
    const port = await server.listen(world.port, world.host);

    const consumers = await consumeFlows(world, 'sender', {
      outgoingInvoice: {
        step: mailInvoices({ world, values, pool, recorder, instance }),
        batchMax: values.batchMax,
        retry: { tries: values.mailTries + 2, delaysMs: values.mailRetryDelaysMs, jitter: 0.2 },
      },
    });

    return {
      port,
      async stop() {
        await consumers.stop();
        await recorder.close();
        await instance.close();
        await server.close();
        await pool.close();
      },
    };
  },
};
