// sender: the map; valid invoices come in, mails to SdI go out, and what the mail server (or the provider's receipt) said goes back.
import type { RetryPolicy } from '@staffetta/platform/bus/bus.ts';
import { fixedSettings } from '@staffetta/platform/config/live-settings.ts';
import type { HealthCheck } from '@staffetta/platform/http/health.ts';
import {
  consumeFlows,
  flowsHealth,
  type ConsumingFlows,
  type ServiceDefinition,
  type World,
} from '@staffetta/platform/service.ts';
import { createHttpServer } from '@staffetta/platform/http/server.ts';
import { registerInstance } from '@staffetta/platform/store/live-instances.ts';
import { migrate } from '@staffetta/platform/store/migrate.ts';
import { migratePlatform } from '@staffetta/platform/store/platform-tables.ts';
import { handOversMax, requireMailTo, retryJitter, settings, type SenderValues } from './config.ts';
import { forgetHeard } from './heard-receipts.ts';
import { MailsInHand } from './mails-in-hand.ts';
import { mailInvoices, type Mailing } from './on-outgoing-invoice.ts';
import { takePecReceipts } from './on-pec-receipt.ts';
import { learnAddresses } from './on-sdi-address.ts';
import { createMailRecorder } from './record-mails.ts';
import { addRoutes } from './routes.ts';
import { openMailboxes, type MailboxesInUse } from './sending-mailboxes.ts';
import { stopSender } from './stop-sender.ts';

/** A receipt that no mail of ours asked for in this time is another hub's. */
const heardKeptMs = 90 * 86_400_000;

/** Of what comes from the mailbox service: small, and done again without harm. */
const heardRetry = { tries: 10, delaysMs: [1000, 5000, 30_000, 120_000, 600_000], jitter: retryJitter };

/** A part for each mail server, and one that says which mailboxes wait for the day to pass. */
function mailboxesHealth({ all }: MailboxesInUse): HealthCheck[] {
  const servers = all.flatMap(({ address, channel }, index) =>
    channel
      ? [{ name: index === 0 ? 'smtp' : `smtp ${address}`, essential: false, check: () => channel.verify() }]
      : [],
  );
  const check = async (): Promise<void> => {
    const full = all.flatMap(({ throttle }) => throttle.fullDay() ?? []);
    if (full.length > 0) throw new Error(full.join(' '));
  };
  return [...servers, { name: 'mailLimits', essential: false, check }];
}

/** The settings of the moment in which a mail fails. */
function retryBy(values: SenderValues): RetryPolicy {
  return {
    get tries() {
      return handOversMax(values);
    },
    get delaysMs() {
      return values.mailRetryDelaysMs;
    },
    jitter: retryJitter,
  };
}

function consume(world: World, values: SenderValues, mailing: Mailing): Promise<ConsumingFlows> {
  const { batchMax } = values;
  return consumeFlows(world, 'sender', {
    outgoingInvoice: {
      step: mailInvoices(mailing),
      batchMax,
      retry: retryBy(values),
    },
    pecReceipt: { step: takePecReceipts(world, values), batchMax, retry: heardRetry },
    sdiAddress: { step: learnAddresses(world, values), batchMax, retry: heardRetry },
  });
}

/** The service that takes invoices to SdI by e-mail. */
export const sender: ServiceDefinition<typeof settings> = {
  name: 'sender',
  says: 'Takes invoices to SdI by e-mail and tells what the mail server said.',
  settings,
  needs: ['store', 'bus'],
  async start(world, values, live = fixedSettings(values)) {
    live.derived(requireMailTo);
    const mailboxes = openMailboxes(world, values);
    await migratePlatform(world.store);
    await migrate(world.store, 'sender', new URL('./migrations/', import.meta.url));
    await forgetHeard(world.store, new Date(world.clock.now().getTime() - heardKeptMs));
    const instance = await registerInstance(world.store, 'sender', {
      onLost: (reason) => world.log.warn({ err: reason }, 'instance.lost'),
    });
    const recorder = createMailRecorder(world);
    const inHand = new MailsInHand(values.inDoubtMax);
    const running: { flows?: ConsumingFlows } = {};
    const server = await createHttpServer({
      service: 'sender',
      says: sender.says,
      version: world.version,
      clock: world.clock,
      log: world.log,
      metrics: world.metrics,
      hasStarted: world.hasStarted,
      bodyBytesMax: 1024 * 1024,
      health: [
        { name: 'db', essential: true, check: () => world.store.ping() },
        { name: 'bus', essential: true, check: () => world.bus.ping() },
        flowsHealth(() => running.flows),
        ...mailboxesHealth(mailboxes),
      ],
    });
    const addresses = mailboxes.all.map(({ readAs }) => readAs);
    addRoutes(server.app, { world, mailboxes: addresses, values });
    const port = await server.listen(world.port, world.host);

    const closing = new AbortController();
    const consumers = await consume(world, values, {
      world,
      values,
      mailboxes,
      recorder,
      inHand,
      instance,
      closing: closing.signal,
      unnoted: new Map(),
    });
    running.flows = consumers;

    return {
      port,
      async stop() {
        closing.abort();
        await stopSender({ consumers, mailboxes, inHand, recorder, instance, server }, values.closeGraceMs, world.log);
      },
    };
  },
};
