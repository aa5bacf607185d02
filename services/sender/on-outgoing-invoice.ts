// sender: mails a batch of invoices, each transmission once, whatever comes twice.
import { HubError } from '@staffetta/flow/errors.ts';
import type { FlowStep } from '@staffetta/platform/service.ts';
import type { Queryable } from '@staffetta/platform/store/store.ts';
import { setTimeout as sleep } from 'node:timers/promises';
import { lookMs, type SenderValues } from './config.ts';
import { holdTransmissions, letGoTransmissions } from './held-transmissions.ts';
import { findHeard } from './heard-receipts.ts';
import { mailOne, type Known, type MailParts } from './mail-one.ts';
import { untilStill, type MailInHand, type MailsInHand } from './mails-in-hand.ts';
import { findMails } from './mails.ts';
import { NotYet } from './not-yet.ts';
import { insistOnIds, type Outgoing } from './outgoing-file.ts';
import { readAddresses } from './sdi-addresses.ts';

/** What the step works with. */
export interface Mailing extends MailParts {
  readonly values: Pick<SenderValues, 'mailTries' | 'mailTo' | 'sendWaitMs'>;
  readonly inHand: MailsInHand;
  /** A connection of its own, whose locks say what is in hand. */
  readonly instance: Queryable;
  /** Aborted when the sender stops: nothing more is waited for. */
  readonly closing: AbortSignal;
}

const waitForOtherMs = 50;
const waitForOtherMsMax = 10_000;

interface Failed {
  readonly event: Outgoing;
  readonly error: unknown;
}

/** An event and its mail under way; `began` where this round began it, and so has to let it go. */
interface Mailed {
  readonly event: Outgoing;
  readonly mail: MailInHand;
  readonly began: boolean;
}

function idOf(event: Outgoing): string {
  return event.message.transmission.transmissionId;
}

/** One event per transmission; the same one again waits for the first to be decided. */
function firstOfEach(batch: readonly Outgoing[]): Outgoing[] {
  const first = new Map<string, Outgoing>();
  for (const event of batch) if (!first.has(idOf(event))) first.set(idOf(event), event);
  return [...first.values()];
}

async function letGo({ instance, world }: Mailing, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await letGoTransmissions(instance, ids).catch((error: unknown) => {
    // The connection is gone, and its locks with it.
    world.log.warn({ err: error }, 'mail.notLetGo');
  });
}

/** Looks up what is known of transmissions in hand. */
async function lookUp(
  events: readonly Outgoing[],
  { world, values, mailboxes }: Mailing,
): Promise<(event: Outgoing) => Known> {
  const ids = events.map(idOf);
  const [mails, heard, addresses] = await Promise.all([
    findMails(world.store, ids),
    findHeard(world.store, ids),
    readAddresses(world.store),
  ]);
  return (event) => {
    const mailbox = mailboxes.find(event.message.transmission.mailbox)?.readAs.toLowerCase();
    const learned = mailbox === undefined ? undefined : addresses.get(mailbox);
    return {
      mail: mails.get(idOf(event)),
      heard: heard.get(idOf(event)),
      recipient: learned?.address ?? values.mailTo,
    };
  };
}

/** Begins those that nobody else has in hand. */
async function begin(events: readonly Outgoing[], mailing: Mailing): Promise<Mailed[]> {
  if (events.length === 0) return [];
  const { instance, inHand, mailboxes } = mailing;
  // Asked before the ledger is read: what another sender has just let go is in it.
  const held = await holdTransmissions(instance, events.map(idOf));
  try {
    const ours = events.filter((event) => held.has(idOf(event)));
    if (ours.length === 0) return [];
    const knownOf = await lookUp(ours, mailing);
    return ours.map((event) => {
      const mailbox = mailboxes.find(event.message.transmission.mailbox)?.address;
      const mail = inHand.begin(idOf(event), (reach) => mailOne(event, knownOf(event), mailing, reach), mailbox);
      return { event, mail, began: true };
    });
  } catch (error) {
    await letGo(mailing, [...held]);
    throw error;
  }
}

/** What a mail that has not ended is left behind with; only one that the mail server has counts as a try. */
function stillInHand({ event, mail: { stage } }: Mailed, { mailboxes, values }: Mailing): HubError {
  const { fileName } = event.message.transmission;
  if (stage === 'queued') {
    const words = `All connections hang; ${fileName} waits for one.`;
    // Other mailboxes' mails go on meanwhile.
    if (mailboxes.all.length > 1) return new NotYet('MAIL_SERVER_AWAY', words, values.sendWaitMs);
    return new HubError('MAIL_SERVER_AWAY', words);
  }
  if (stage === 'noting') return new HubError('DATABASE_AWAY', `What became of ${fileName} cannot be noted yet.`);
  return new HubError('MAIL_REFUSED', `The mail server has not answered about ${fileName} yet.`);
}

function failureOf(mailed: Mailed, mailing: Mailing): Failed[] {
  const { event, mail } = mailed;
  if (mail.outcome === undefined) return [{ event, error: stillInHand(mailed, mailing) }];
  return 'error' in mail.outcome ? [{ event, error: mail.outcome.error }] : [];
}

/** Lets go what has ended; what hangs stays held until it ends, so that no other sender mails it. */
async function letGoEnded(mailed: readonly Mailed[], mailing: Mailing): Promise<void> {
  const begun = mailed.filter(({ began }) => began);
  for (const { event, mail } of begun) {
    if (mail.outcome === undefined) void mail.ended.then(() => letGo(mailing, [idOf(event)]));
  }
  await letGo(
    mailing,
    begun.filter(({ mail }) => mail.outcome !== undefined).map(({ event }) => idOf(event)),
  );
}

/** Mails those that nobody else has in hand; gives the failed ones, and those that are still to do. */
async function mailFree(
  batch: readonly Outgoing[],
  mailing: Mailing,
  signal: AbortSignal,
): Promise<{ failed: Failed[]; left: Outgoing[] }> {
  const { inHand, values } = mailing;
  const first = firstOfEach(batch);
  // Looked up before the ledger is read: what ends in between is in the ledger.
  const joined = first.flatMap((event) => {
    const mail = inHand.get(idOf(event));
    return mail ? [{ event, mail, began: false }] : [];
  });
  const known = new Set(joined.map(({ event }) => event));
  const begun = await begin(
    first.filter((event) => !known.has(event)),
    mailing,
  );
  const mailed = [...joined, ...begun];
  const stillMs = begun.length > 0 ? values.sendWaitMs : Math.min(values.sendWaitMs, lookMs);
  await untilStill(
    mailed.map(({ mail }) => mail),
    stillMs,
    signal,
  );
  const failed = mailed.flatMap((one) => failureOf(one, mailing));
  await letGoEnded(mailed, mailing);
  const done = new Set(mailed.map(({ event }) => event));
  return { failed, left: batch.filter((event) => !done.has(event)) };
}

function readable(batch: readonly Outgoing[]): { failed: Failed[]; left: Outgoing[] } {
  const failed: Failed[] = [];
  const left = batch.filter((event) => {
    try {
      insistOnIds(event);
      return true;
    } catch (error) {
      failed.push({ event, error });
      return false;
    }
  });
  return { failed, left };
}

/**
 * Makes the step for `outgoingInvoice`. What the ledger calls decided is told again and not mailed again; a mail refused for now
 * fails alone and is tried again; while the server cannot be reached mails fail as `unavailable`, which pauses sending as a whole
 * (with several mailboxes that of one alone waits). What has to wait for a receipt or for its place within the bounds comes again
 * uncounted.
 * A mail that hangs is left to itself and joined by its next try. A transmission that another sender has in hand (its partition
 * has just come to us) is waited for, so that it is not mailed twice.
 * @param mailing mailboxes, ledger and settings
 */
export function mailInvoices(mailing: Mailing): FlowStep<'outgoingInvoice'> {
  return async (batch, signal) => {
    const { failed, left: whole } = readable(batch);
    const deadline = performance.now() + waitForOtherMsMax;
    const fail = (events: readonly Outgoing[], errorOf: (event: Outgoing) => unknown): void => {
      for (const event of events) failed.push({ event, error: errorOf(event) });
    };
    for (let left: readonly Outgoing[] = whole; left.length > 0;) {
      const before = left;
      try {
        const round = await mailFree(before, mailing, signal);
        failed.push(...round.failed);
        left = round.left;
      } catch (error) {
        // Thrown, it would take with it what is known of the others.
        if (failed.length === 0 && before.length === batch.length) throw error;
        fail(before, () => error);
        break;
      }
      if (left.length < before.length) continue;
      if (signal.aborted || mailing.closing.aborted || performance.now() > deadline) {
        fail(left, inOtherHands);
        break;
      }
      await sleep(waitForOtherMs);
    }
    return failed;
  };
}

function inOtherHands({ message }: Outgoing): HubError {
  return new HubError('MAIL_REFUSED', `Another sender has ${message.transmission.fileName} in hand.`);
}
