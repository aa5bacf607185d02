// journeys: the mailbox service as its REST shows it: the mailboxes with what is wrong, and what came of each mail.
import type { HubClient } from './client.ts';
import { until, type Patience } from './wait.ts';

/** A mailbox, as far as the stories look. */
export interface ShownMailbox {
  readonly mailbox: string;
  readonly uidvalidity: number | null;
  readonly renumberedAt: string | null;
  readonly lookedAt: string | null;
  readonly troubles: readonly { readonly code: string; readonly it: string; readonly en: string }[];
  /** How many mails are in which state. */
  readonly mails: Readonly<Partial<Record<MailState, number>>>;
}

type MailState = 'stored' | 'understood' | 'quarantined' | 'failed' | 'repeated';

/** A mail, as far as the stories look. */
export interface ShownMail {
  readonly uid: number;
  readonly subject?: string;
  readonly storedAt: string;
  readonly state: MailState;
  readonly kind?: string;
  readonly why?: { readonly code: string };
  readonly size: number;
  readonly results: readonly { readonly what: string; readonly outcome: string; readonly at: string }[];
}

const pageSize = 200;

/** The one mailbox that the hub reads. */
export async function shownMailbox(client: HubClient): Promise<ShownMailbox> {
  const answer = await client.ask('mailbox', { path: '/api/mailboxes' });
  const [mailbox, ...more] = answer.json as ShownMailbox[];
  if (answer.status !== 200 || !mailbox || more.length > 0) throw new Error(`not one mailbox: ${answer.text}`);
  return mailbox;
}

/** All mails in a state, or all, in the order in which they were stored. */
export async function shownMails(client: HubClient, state?: MailState): Promise<readonly ShownMail[]> {
  const found: ShownMail[] = [];
  for (let page = 0; ; page += 1) {
    const search = new URLSearchParams({ page: String(page), size: String(pageSize), ...(state && { state }) });
    const answer = await client.ask('mailbox', { path: `/api/mails?${search.toString()}` });
    if (answer.status !== 200) throw new Error(`the mails were answered ${answer.status}: ${answer.text}`);
    const { content } = answer.json as { content: ShownMail[] };
    found.push(...content);
    if (content.length < pageSize) return found.reverse();
  }
}

/** Waits until the mailbox says of itself what is wanted. */
export async function untilMailbox(
  client: HubClient,
  what: string,
  isSo: (mailbox: ShownMailbox) => boolean,
  patience?: Patience,
): Promise<ShownMailbox> {
  return until(`the mailbox: ${what}`, () => shownMailbox(client), isSo, patience);
}

/** Whether something is wrong with it that goes by this code. */
export function hasTrouble({ troubles }: ShownMailbox, code: string): boolean {
  return troubles.some((trouble) => trouble.code === code);
}

/** Whether all mails that came are done, one way or the other, and nothing is wrong. */
export function isAtRest({ troubles, mails: { stored = 0, failed = 0 } }: ShownMailbox): boolean {
  return troubles.length === 0 && stored === 0 && failed === 0;
}
