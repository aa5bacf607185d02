// sender: what it measures of mails, and what its connections to the mail servers do.
import { HubError } from '@staffetta/flow/errors.ts';
import type { World } from '@staffetta/platform/service.ts';
import { shownAddress } from '@staffetta/platform/telemetry/shown-address.ts';
import type { Channel } from './channel.ts';
import type { SmtpPool } from './smtp/smtp-pool.ts';

/** A mailbox that sends by SMTP. */
export interface PooledMailbox {
  readonly address: string;
  readonly pool: Pick<SmtpPool, 'stats'>;
}

/**
 * Registers what the connections do.
 * @param world its metrics
 * @param mailboxes those that can send
 */
export function watchPools({ metrics }: World, mailboxes: readonly PooledMailbox[]): void {
  metrics.watch(
    'smtp',
    ['staffetta_smtp_connections', 'staffetta_smtp_queued'],
    () => ({
      staffetta_smtp_connections: mailboxes.flatMap(({ address, pool: { stats } }) =>
        [
          { state: 'used', value: stats.open - stats.idle },
          { state: 'idle', value: stats.idle },
          { state: 'opening', value: stats.opening },
        ].map(({ state, value }) => ({ labels: { mailbox: shownAddress(address), state }, value })),
      ),
      staffetta_smtp_queued: mailboxes.map(({ address, pool }) => {
        return { labels: { mailbox: shownAddress(address) }, value: pool.stats.queued };
      }),
    }),
    0,
  );
}

function wordFor(error: unknown): string {
  return error instanceof HubError && error.code === 'MAIL_SERVER_AWAY' ? 'away' : 'failed';
}

/**
 * Makes a channel whose tries are measured, the waiting for a connection included.
 * @param channel the one that sends
 * @param world its metrics
 */
export function measuredChannel(channel: Channel, { metrics }: World): Channel {
  const seconds = metrics.histogram('staffetta_mail_seconds');
  return {
    ...channel,
    async send(file, begin) {
      const since = performance.now();
      let answer = 'failed';
      try {
        const told = await channel.send(file, begin);
        answer = told.kind;
        return told;
      } catch (error) {
        answer = wordFor(error);
        throw error;
      } finally {
        seconds.observe({ answer }, (performance.now() - since) / 1000);
      }
    },
  };
}
