// mailbox: the first step: a mail's exact bytes are in the database before anybody looks what they say.
import { planMail, type MailSummary } from './plan-mail.ts';
import { realTime } from '@staffetta/platform/clock.ts';
import { uuidv7 } from '@staffetta/platform/ids.ts';
import type { World } from '@staffetta/platform/service.ts';
import { createHash } from 'node:crypto';
import type { FetchedMail } from './imap-session.ts';
import { findSameMails, insertMail, noteFetched, postponeFetch, type NewMail, type UnfetchedMail } from './mails.ts';
import { advancePlace } from './places.ts';
import type { Why } from './why-words.ts';

/** Where a mail was found. */
export interface FoundAt {
  readonly mailbox: string;
  readonly folder: string;
  readonly uidvalidity: number;
}

type Fate = Pick<NewMail, 'state' | 'why' | 'summary' | 'messageId' | 'repeats' | 'nextTryAt'>;

/** Headers tell little, and a plan of the beginning alone would be none; its facts are what people need to find the mail. */
function summaryOf(head: Buffer | undefined): MailSummary | undefined {
  return head && planMail(head, { limits: { partsMax: 1 } }).summary;
}

function setAside(why: Why, head: Buffer | undefined): Fate {
  const known = summaryOf(head);
  const summary = known && { ...known, words: { it: [], en: [] } };
  return {
    state: 'quarantined',
    why,
    summary,
    messageId: summary?.messageId,
    repeats: undefined,
    nextTryAt: undefined,
  };
}

function repeated(repeats: string): Fate {
  return { state: 'repeated', why: undefined, summary: undefined, messageId: undefined, repeats, nextTryAt: undefined };
}

function toDo(now: Date): Fate {
  const nothing = { why: undefined, summary: undefined, messageId: undefined, repeats: undefined };
  return { state: 'stored', ...nothing, nextTryAt: now };
}

function hashOf(bytes: Buffer): Buffer {
  return createHash('sha256').update(bytes).digest();
}

/** The row of a mail; one whose bytes are here already keeps none. */
function rowOf(
  world: World,
  at: FoundAt,
  mail: FetchedMail,
  sha256: Buffer | undefined,
  same: string | undefined,
): NewMail {
  const { bytes, uid, size, receivedAt, head } = mail;
  const now = realTime(world.clock);
  const fate = bytes ? (same === undefined ? toDo(now) : repeated(same)) : setAside('TOO_LARGE', head);
  const kept = same === undefined ? bytes : undefined;
  return { ...at, ...fate, mailId: uuidv7(), uid, sha256, bytes: kept, size, receivedAt, storedAt: world.clock.now() };
}

/**
 * Stores mails and notes that the mailbox is read up to the last of them, all or nothing. The same bytes again, under whatever UID,
 * become a row without bytes that is never acted upon; a mail over the limit becomes a row without bytes that people see.
 * @param world store and clocks
 * @param at where they were found
 * @param mails as the server gave them, the oldest first
 * @returns the state of each; undefined where it was here already under its UID
 */
export async function storeMails(
  world: World,
  at: FoundAt,
  mails: readonly FetchedMail[],
): Promise<(NewMail['state'] | undefined)[]> {
  const hashed = mails.map((mail) => ({ mail, sha256: mail.bytes && hashOf(mail.bytes) }));
  const hashes = hashed.flatMap(({ sha256 }) => sha256 ?? []);
  return world.store.transaction(async (tx) => {
    const here = await findSameMails(tx, at.mailbox, hashes);
    const states: (NewMail['state'] | undefined)[] = [];
    for (const { mail, sha256 } of hashed) {
      const hex = sha256?.toString('hex') ?? '';
      const row = rowOf(world, at, mail, sha256, here.get(hex));
      const isNew = await insertMail(tx, row);
      if (isNew && row.state === 'stored') here.set(hex, row.mailId);
      states.push(isNew ? row.state : undefined);
    }
    await advancePlace(tx, at, Math.max(0, ...mails.map(({ uid }) => uid)));
    return states;
  });
}

/**
 * Notes a mail that the server has and does not hand over, so that those behind it have their turn; it is asked for again later.
 * @param world store and clock
 * @param at where it lies
 * @param uid its UID
 * @param againMs after how long it is asked for again
 */
export async function storeUnfetched(world: World, at: FoundAt, uid: number, againMs: number): Promise<void> {
  const nextTryAt = new Date(realTime(world.clock).getTime() + againMs);
  const fate = { ...setAside('NOT_FETCHED', undefined), nextTryAt };
  await world.store.transaction(async (tx) => {
    const nothing = { sha256: undefined, bytes: undefined, size: 0, receivedAt: undefined };
    await insertMail(tx, { ...at, ...fate, ...nothing, mailId: uuidv7(), uid, storedAt: world.clock.now() });
    await advancePlace(tx, at, uid);
  });
}

/**
 * Puts the bytes of a mail that was set aside without them to its row, where it goes the way of all mails.
 * @param world store and clocks
 * @param mailbox its address
 * @param row the mail
 * @param mail as the server gave it now
 */
export async function storeFetched(
  world: World,
  mailbox: string,
  row: UnfetchedMail,
  mail: FetchedMail,
): Promise<void> {
  const { bytes, size, receivedAt } = mail;
  if (!bytes) return postponeFetch(world.store, row, 'TOO_LARGE', undefined, world.clock.now());
  const sha256 = hashOf(bytes);
  await world.store.transaction(async (tx) => {
    const same = (await findSameMails(tx, mailbox, [sha256])).get(sha256.toString('hex'));
    const { state, repeats, nextTryAt } = same === undefined ? toDo(realTime(world.clock)) : repeated(same);
    const kept = same === undefined ? bytes : undefined;
    const storedAt = world.clock.now();
    await noteFetched(tx, row, { sha256, bytes: kept, size, receivedAt, state, repeats, storedAt, nextTryAt });
  });
}
