// sender: the mailboxes that it sends from, each with a channel, connections and bounds of its own.
import { HubError } from '@staffetta/flow/errors.ts';
import { viewOf } from '@staffetta/platform/config/live-settings.ts';
import type { World } from '@staffetta/platform/service.ts';
import type { Channel } from './channel.ts';
import { requireMailServer, sendingMailboxes, smtpTimeouts, type SenderValues, type SendingMailbox } from './config.ts';
import { receiptTypes, type ReceiptType } from './compose-mail.ts';
import { measuredChannel, watchPools, type PooledMailbox } from './metrics.ts';
import { createPecChannel } from './pec-channel.ts';
import { createSmtpPool, type SmtpPool } from './smtp/smtp-pool.ts';
import { parseSmtpUrl, type SmtpUrl } from './smtp/smtp-url.ts';
import { createThrottle, type Throttle } from './throttle.ts';

/** A mailbox in use. */
export interface MailboxInUse {
  /** As it is set up. */
  readonly address: string;
  /** What the mailbox service calls it. */
  readonly readAs: string;
  /** Undefined where it cannot send, for want of an smtpUrl. */
  readonly channel: Channel | undefined;
  readonly throttle: Throttle;
  /** How long a mail whose fate is unknown waits for a receipt; 0 where none can come. */
  unsureWaitMs(): number;
}

/** All mailboxes in use. */
export interface MailboxesInUse {
  readonly all: readonly MailboxInUse[];
  /**
   * Finds a mailbox.
   * @param address any case; absent means the main one
   */
  find(address: string | undefined): MailboxInUse | undefined;
}

/**
 * Makes the mailboxes findable.
 * @param all the main one first
 */
export function mailboxesInUse(all: readonly MailboxInUse[]): MailboxesInUse {
  const byAddress = new Map(all.map((one) => [one.address.toLowerCase(), one]));
  return { all, find: (address) => (address === undefined ? all[0] : byAddress.get(address.toLowerCase())) };
}

function urlOf({ address, smtpUrl }: SendingMailbox, isMain: boolean): SmtpUrl | undefined {
  if (isMain) return parseSmtpUrl(requireMailServer(smtpUrl));
  if (smtpUrl === undefined) return undefined;
  try {
    return parseSmtpUrl(smtpUrl);
  } catch (error) {
    const words = error instanceof Error ? error.message.replace(/^SMTP_URL/, 'smtpUrl') : String(error);
    throw new HubError('SETTING_WRONG', `PEC_MAILBOXES, ${address}: ${words}`, error);
  }
}

function poolTo(url: SmtpUrl, values: SenderValues): SmtpPool {
  const options = () => ({ url, connectionsMax: values.smtpConnections, timeouts: smtpTimeouts(values) });
  return createSmtpPool(viewOf(options));
}

function typeOf(values: SenderValues): ReceiptType {
  return receiptTypes.find((type) => type === values.receiptType) ?? 'breve';
}

/**
 * Opens the mailboxes of the settings; connections are made only when there is something to send.
 * @param world clock, store and log
 * @param values the settings; where they are a view, what changes in it counts from the next mail on
 * @param open makes the connections to a mail server
 * @throws HubError SETTING_WRONG; Error for an SMTP_URL that is none
 */
export function openMailboxes(
  world: World,
  values: SenderValues,
  open: (url: SmtpUrl, values: SenderValues) => SmtpPool = poolTo,
): MailboxesInUse {
  const pools: PooledMailbox[] = [];
  const channelOf = (address: string, url: SmtpUrl): Channel => {
    const pool = open(url, values);
    pools.push({ address, pool });
    const { clock } = world;
    const parts = () => ({
      mailbox: address,
      pool,
      clock,
      mailBytesMax: values.mailBytesMax,
      receiptType: typeOf(values),
    });
    return measuredChannel(createPecChannel(viewOf(parts)), world);
  };
  const opened = sendingMailboxes(values).map((mailbox, index): MailboxInUse => {
    const { address, readAs } = mailbox;
    const url = urlOf(mailbox, index === 0);
    const channel = url && channelOf(address, url);
    const throttle = createThrottle({ world, mailbox: address, bounds: values });
    const unsureWaitMs = (): number => sendingMailboxes(values)[index]?.unsureWaitMs ?? 0;
    return { address, readAs, channel, throttle, unsureWaitMs };
  });
  watchPools(world, pools);
  return mailboxesInUse(opened);
}
