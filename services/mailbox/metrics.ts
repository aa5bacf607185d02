// mailbox: what it tells of its mailboxes and of their mails, read when somebody asks.
import type { World } from '@staffetta/platform/service.ts';
import { shownAddress } from '@staffetta/platform/telemetry/shown-address.ts';
import { countByState, oldestWaiting } from './mail-rows.ts';

/** A mailbox, as far as its connection is concerned. */
export interface Connecting {
  readonly address: string;
  isConnected(): boolean;
  /** When this instance last looked into it with success, by `performance.now()`; undefined where it never did. */
  lastSeenMs(): number | undefined;
}

function watchMails({ metrics, store, clock }: World): void {
  metrics.watch('mails', ['staffetta_mailbox_mails', 'staffetta_mailbox_oldest_waiting_seconds'], async () => {
    const [counts, at] = await Promise.all([countByState(store), oldestWaiting(store)]);
    const waits = at ? Math.max(0, (clock.now().getTime() - at.getTime()) / 1000) : 0;
    return {
      staffetta_mailbox_mails: counts.map(({ mailbox, state, count }) => {
        return { labels: { mailbox: shownAddress(mailbox), state }, value: count };
      }),
      staffetta_mailbox_oldest_waiting_seconds: [{ labels: {}, value: waits }],
    };
  });
}

/**
 * Registers the mailbox's metrics.
 * @param world store, clock and metrics
 * @param mailboxes those that this instance would read
 */
export function addMetrics(world: World, mailboxes: readonly Connecting[]): void {
  watchMails(world);
  const names = ['staffetta_imap_connected', 'staffetta_imap_last_seen_seconds'] as const;
  world.metrics.watch(
    'mailboxes',
    names,
    () => ({
      staffetta_imap_connected: mailboxes.map((mailbox) => ({
        labels: { mailbox: shownAddress(mailbox.address) },
        value: mailbox.isConnected() ? 1 : 0,
      })),
      staffetta_imap_last_seen_seconds: mailboxes.flatMap((mailbox) => {
        const seenMs = mailbox.lastSeenMs();
        if (seenMs === undefined) return [];
        return [{ labels: { mailbox: shownAddress(mailbox.address) }, value: (performance.now() - seenMs) / 1000 }];
      }),
    }),
    0,
  );
}
