// sender: the map; valid invoices come in, mails to SdI go out, and what the mail server said goes back.
import { consumeFlows, flowsHealth, type ConsumingFlows, type ServiceDefinition } from '@staffetta/platform/service.ts';
import { createHttpServer } from '@staffetta/platform/http/server.ts';
import { registerInstance } from '@staffetta/platform/store/live-instances.ts';
import { migrate } from '@staffetta/platform/store/migrate.ts';
import { migratePlatform } from '@staffetta/platform/store/platform-tables.ts';
import { handOversMax, requireMailboxes, requireMailServer, retryJitter, settings, smtpTimeouts } from './config.ts';
import { MailsInHand } from './mails-in-hand.ts';
import { mailInvoices } from './on-outgoing-invoice.ts';
import { createMailRecorder } from './record-mails.ts';
import { addRoutes } from './routes.ts';
import { createSmtpPool } from './smtp/smtp-pool.ts';
import { parseSmtpUrl } from './smtp/smtp-url.ts';
import { stopSender } from './stop-sender.ts';

/** The service that takes invoices to SdI by e-mail. */
export const sender: ServiceDefinition<typeof settings> = {
  name: 'sender',
  says: 'Takes invoices to SdI by e-mail and tells what the mail server said.',
  settings,
  needs: ['store', 'bus'],
  async start(world, values) {
    const url = parseSmtpUrl(requireMailServer(values.smtpUrl));
    requireMailboxes(values);
    await migratePlatform(world.store);
    await migrate(world.store, 'sender', new URL('./migrations/', import.meta.url));
    const instance = await registerInstance(world.store, 'sender', {
      onLost: (reason) => world.log.warn({ err: reason }, 'instance.lost'),
    });
    const pool = createSmtpPool({ url, connectionsMax: values.smtpConnections, timeouts: smtpTimeouts(values) });
    const recorder = createMailRecorder(world);
    const inHand = new MailsInHand(values.inDoubtMax);
    const running: { flows?: ConsumingFlows } = {};
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
        flowsHealth(() => running.flows),
        { name: 'smtp', essential: false, check: () => pool.verify() },
      ],
    });
    addRoutes(server.app, world);
    const port = await server.listen(world.port, world.host);

    const closing = new AbortController();
    const mailing = { world, values, pool, recorder, inHand, instance, closing: closing.signal, unnoted: new Map() };
    const consumers = await consumeFlows(world, 'sender', {
      outgoingInvoice: {
        step: mailInvoices(mailing),
        batchMax: values.batchMax,
        retry: { tries: handOversMax(values), delaysMs: values.mailRetryDelaysMs, jitter: retryJitter },
      },
    });
    running.flows = consumers;

    return {
      port,
      async stop() {
        closing.abort();
        await stopSender({ consumers, pool, inHand, recorder, instance, server }, values.closeGraceMs, world.log);
      },
    };
  },
};
