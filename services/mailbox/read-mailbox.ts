// mailbox: reads one mailbox for as long as this instance has it: connects, takes what is new, waits for more, and again after every trouble.
import { HubError } from '@staffetta/flow/errors.ts';
import { realTime } from '@staffetta/platform/clock.ts';
import { shownAddress } from '@staffetta/platform/telemetry/shown-address.ts';
import type { World } from '@staffetta/platform/service.ts';
import { firstDay, type MailboxSettings, type MailboxToRead } from './config.ts';
import { ImapTrouble, openImap, type FetchedMail, type ImapSession } from './imap-session.ts';
import { showImapUrl } from './imap-url.ts';
import { listRemovable, listToFetch, listUids, noteRemoved, postponeFetch } from './mails.ts';
import { delayOf, pause } from './pause.ts';
import { findPlace, noteLook, noteQuota, renumberPlace } from './places.ts';
import { storeFetched, storeMails, storeUnfetched, type FoundAt } from './store-mail.ts';
import type { Troubles } from './troubles.ts';

/** What a mailbox is read with. */
export interface ReadingParts {
  readonly world: World;
  readonly values: MailboxSettings;
  readonly mailbox: MailboxToRead;
  readonly troubles: Troubles;
  /** Told when new mails are stored. */
  readonly onStored: () => void;
  /** Told whether it is connected. */
  readonly onConnected: (connected: boolean) => void;
  /** Told whenever all that was new has been taken. */
  readonly onLooked: () => void;
}

const fetchTriesMax = 3;
const fetchAgainMs = 900_000;
const fetchAgainMax = 20;
/** How many mails, and bytes of them, come in one answer. */
const groupMax = 25;
const groupBytesMax = 2 * 1024 * 1024;
/** Of how many mails the sizes are asked at once. */
const sizesMax = 200;
const removeMax = 100;
/** How many UIDs behind the last one are looked at again. */
const lookBehind = 500;
/** A session that lasted so long begins its waits anew. */
const steadyMs = 60_000;

/** What is remembered from one connection to the next. */
interface Memory {
  /** UID → how often fetching it has failed. */
  readonly failed: Map<number, number>;
  lookedAtQuota: number;
}

function atOf({ mailbox, values }: ReadingParts, { uidvalidity }: ImapSession): FoundAt {
  return { mailbox: mailbox.address, folder: values.folder, uidvalidity };
}

/** Small mails come several in one answer, large ones alone. */
function groupsOf(sizes: ReadonlyMap<number, number>, alone: ReadonlySet<number>): Map<number, number>[] {
  const groups: Map<number, number>[] = [];
  let group = new Map<number, number>();
  let bytes = Infinity;
  for (const [uid, size] of [...sizes].toSorted(([one], [other]) => one - other)) {
    if (bytes + size > groupBytesMax || group.size >= groupMax || alone.has(uid)) {
      group = new Map();
      groups.push(group);
      bytes = 0;
    }
    group.set(uid, size);
    bytes = alone.has(uid) ? Infinity : bytes + size;
  }
  return groups;
}

/** Which mails the server fails to hand over: told by counting before it is asked, since it may end the connection. */
function countTry(uids: Iterable<number>, { failed }: Memory): void {
  for (const uid of uids) failed.set(uid, (failed.get(uid) ?? 0) + 1);
}

/** What the server failed at too often, always asked for alone: a row without bytes, or it would be asked for for ever. */
async function giveUp(parts: ReadingParts, session: ImapSession, uid: number, memory: Memory): Promise<void> {
  const { world } = parts;
  const at = atOf(parts, session);
  memory.failed.delete(uid);
  await storeUnfetched(world, at, uid, fetchAgainMs);
  world.log.warn({ mailbox: shownAddress(at.mailbox), uid }, 'mail.notFetched');
}

/** Stores what came, up to a mail that did not: what is behind it would make it count as read. */
async function storeGroup(
  parts: ReadingParts,
  session: ImapSession,
  uids: readonly number[],
  { mails, memory }: { readonly mails: ReadonlyMap<number, FetchedMail>; readonly memory: Memory },
): Promise<void> {
  const { world } = parts;
  const at = atOf(parts, session);
  const missing = uids.findIndex((uid) => !mails.has(uid));
  const here = uids.slice(0, missing < 0 ? uids.length : missing).flatMap((uid) => mails.get(uid) ?? []);
  if (here.length > 0) {
    const states = await storeMails(world, at, here);
    for (const [index, { uid }] of here.entries()) {
      memory.failed.delete(uid);
      const state = states[index];
      if (state !== undefined) world.log.debug({ mailbox: shownAddress(at.mailbox), uid, state }, 'mail.stored');
    }
    if (states.includes('stored')) parts.onStored();
  }
  if (missing >= 0) throw new ImapTrouble('away', 'it does not hand over a mail that it has');
}

type Coming = ReturnType<ImapSession['fetch']>;

/** Asks for the next mails while others are stored; not for those that the server failed at, which are asked for when all before are here. */
function askAhead(
  session: ImapSession,
  next: ReadonlyMap<number, number> | undefined,
  { failed }: Memory,
): Coming | undefined {
  if (!next || [...next.keys()].some((uid) => failed.has(uid))) return undefined;
  const coming = session.fetch(next);
  // Whoever waits for it hears of its failure; nobody does where storing fails before.
  coming.catch(() => undefined);
  return coming;
}

/** Takes mails group by group: while one is stored the next is on its way. */
async function takeGroups(
  parts: ReadingParts,
  session: ImapSession,
  groups: readonly ReadonlyMap<number, number>[],
  { memory, signal }: { readonly memory: Memory; readonly signal: AbortSignal },
): Promise<void> {
  let coming: Coming | undefined;
  for (const [index, group] of groups.entries()) {
    if (signal.aborted) return;
    const [first = 0] = group.keys();
    if ((memory.failed.get(first) ?? 0) >= fetchTriesMax) {
      await giveUp(parts, session, first, memory);
      continue;
    }
    countTry(group.keys(), memory);
    const mails = await (coming ?? session.fetch(group));
    coming = askAhead(session, groups[index + 1], memory);
    await storeGroup(parts, session, [...group.keys()], { mails, memory });
    parts.troubles.end('SERVER_AWAY');
  }
}

/** A failure to store is no fault of the mails, so that it does not count against them. */
function forgive(error: unknown, memory: Memory): void {
  if (!(error instanceof ImapTrouble)) memory.failed.clear();
}

/** Mails that were set aside without their bytes, and that somebody, or time, wants to have fetched again. */
async function fetchAgain(parts: ReadingParts, session: ImapSession): Promise<void> {
  const { world, mailbox } = parts;
  const now = realTime(world.clock);
  const rows = await listToFetch(world.store, atOf(parts, session), now, fetchAgainMax);
  if (rows.length === 0) return;
  const sizes = await session.sizes(rows.map(({ uid }) => uid));
  for (const row of rows) {
    const size = sizes.get(row.uid);
    const again = size === undefined ? undefined : new Date(now.getTime() + fetchAgainMs);
    // Put off first: the server may end the connection over it.
    await postponeFetch(world.store, row, 'NOT_FETCHED', again, world.clock.now());
    if (size === undefined) continue;
    const mail = (await session.fetch(new Map([[row.uid, size]]))).get(row.uid);
    if (mail) await storeFetched(world, mailbox.address, { ...row, version: row.version + 1 }, mail);
    parts.onStored();
  }
}

/**
 * The sizes of mails. One that is no longer listed is gone; one that is, though nothing is told of it, is asked for all the same, and
 * alone, since it may be large.
 */
async function sizesOf(
  session: ImapSession,
  uids: readonly number[],
  values: MailboxSettings,
): Promise<ReadonlyMap<number, number>> {
  const sizes = await session.sizes(uids);
  const silent = uids.filter((uid) => !sizes.has(uid));
  const [first] = silent;
  if (first === undefined) return sizes;
  const listed = new Set(await session.uidsAfter(first - 1, firstDay(values)));
  const supposed = Math.min(groupBytesMax, values.bytesMax);
  return new Map([...sizes, ...silent.filter((uid) => listed.has(uid)).map((uid) => [uid, supposed] as const)]);
}

/**
 * The UIDs of mails that are not here. Some servers give a large mail its UID before it can be seen, so that smaller ones overtake it:
 * those shortly behind the last one count too.
 */
async function newUids(parts: ReadingParts, session: ImapSession, lastUid: number): Promise<number[]> {
  const from = Math.max(0, lastUid - lookBehind);
  const uids = await session.uidsAfter(from, firstDay(parts.values));
  if (!uids.some((uid) => uid <= lastUid)) return uids;
  const known = new Set(await listUids(parts.world.store, atOf(parts, session), from));
  return uids.filter((uid) => !known.has(uid));
}

/** Takes everything that is new, the oldest first. */
async function takeNew(parts: ReadingParts, session: ImapSession, memory: Memory, signal: AbortSignal): Promise<void> {
  const { world, values, mailbox, troubles } = parts;
  const place = { address: mailbox.address, folder: values.folder };
  const { lastUid = 0 } = (await findPlace(world.store, mailbox.address, values.folder)) ?? {};
  const uids = await newUids(parts, session, lastUid);
  for (let from = 0; from < uids.length; from += sizesMax) {
    const sizes = await sizesOf(session, uids.slice(from, from + sizesMax), values);
    await takeGroups(parts, session, groupsOf(sizes, new Set(memory.failed.keys())), { memory, signal });
    if (signal.aborted) return;
  }
  memory.failed.clear();
  await fetchAgain(parts, session);
  await noteLook(world.store, place, world.clock.now());
  parts.onLooked();
  troubles.end('NOT_STORED', 'UIDVALIDITY_CHANGED', 'SERVER_AWAY');
}

/** UIDs that were given out anew mean other mails: all are read again, and those that are here already are known by their bytes. */
async function compareUidvalidity(parts: ReadingParts, { uidvalidity }: ImapSession, memory: Memory): Promise<void> {
  const { world, values, mailbox, troubles } = parts;
  const place = await findPlace(world.store, mailbox.address, values.folder);
  if (place?.uidvalidity === uidvalidity) return;
  const before = place?.uidvalidity ?? undefined;
  memory.failed.clear();
  if (before !== undefined) {
    troubles.begin('UIDVALIDITY_CHANGED', {
      it: `Il server ha rinumerato la casella (UIDVALIDITY ${before} → ${uidvalidity}): viene riletta tutta, le mail già note non contano due volte.`,
      en: `The server has renumbered the mailbox (UIDVALIDITY ${before} → ${uidvalidity}): all of it is read again, and mails that are known do not count twice.`,
    });
  }
  const renumberedAt = before === undefined ? undefined : world.clock.now();
  await renumberPlace(world.store, { address: mailbox.address, folder: values.folder, uidvalidity }, renumberedAt);
}

async function lookAtQuota(parts: ReadingParts, session: ImapSession, memory: Memory): Promise<void> {
  const { world, values, mailbox, troubles } = parts;
  if (performance.now() - memory.lookedAtQuota < values.quotaCheckMs) return;
  memory.lookedAtQuota = performance.now();
  const quota = await session.quota();
  if (!quota) return troubles.end('NEARLY_FULL');
  await noteQuota(world.store, { address: mailbox.address, folder: values.folder }, quota);
  const percent = Math.floor((quota.used / quota.limit) * 100);
  if (percent < values.quotaWarning) return troubles.end('NEARLY_FULL');
  troubles.begin('NEARLY_FULL', {
    it: `La casella è piena al ${percent}%: svuotarla prima che il gestore respinga le mail di SdI.`,
    en: `The mailbox is ${percent}% full: make room before the provider turns mails of SdI away.`,
  });
}

async function removeDone(parts: ReadingParts, session: ImapSession): Promise<void> {
  const { world, values } = parts;
  if (values.deleteAfterMs === undefined) return;
  const at = atOf(parts, session);
  const before = new Date(world.clock.now().getTime() - values.deleteAfterMs);
  const uids = await listRemovable(world.store, at, before, removeMax);
  if (uids.length === 0) return;
  if (!(await session.remove(uids))) {
    world.log.info({ mailbox: shownAddress(at.mailbox), count: uids.length }, 'mails.notRemoved');
    return;
  }
  await noteRemoved(world.store, at, uids, world.clock.now());
  world.log.info({ mailbox: shownAddress(at.mailbox), count: uids.length }, 'mails.removed');
}

async function readWhileConnected(parts: ReadingParts, memory: Memory, signal: AbortSignal): Promise<void> {
  const { values, mailbox, troubles } = parts;
  const { folder, bytesMax, imapTimeoutMs: timeoutMs, deleteAfterMs } = values;
  const canRemove = deleteAfterMs !== undefined;
  const session = await openImap({ url: mailbox.url, folder, bytesMax, timeoutMs, canRemove, signal });
  try {
    troubles.end('LOGIN_REFUSED', 'FOLDER_MISSING');
    parts.onConnected(true);
    await compareUidvalidity(parts, session, memory);
    while (!signal.aborted) {
      await takeNew(parts, session, memory, signal);
      await lookAtQuota(parts, session, memory);
      await removeDone(parts, session);
      if (!signal.aborted) await session.waitForNews(values.pollMs);
    }
  } catch (error) {
    forgive(error, memory);
    throw error;
  } finally {
    parts.onConnected(false);
    await session.close();
  }
}

function tellImapTrouble({ mailbox, values, troubles }: ReadingParts, trouble: ImapTrouble): void {
  const server = showImapUrl(mailbox.url);
  const { kind, message } = trouble;
  if (kind === 'login') {
    troubles.begin(
      'LOGIN_REFUSED',
      {
        it: `${server} rifiuta utente o password (${message}): correggere IMAP_URL. Si riprova ogni tanto.`,
        en: `${server} refuses user or password (${message}): correct IMAP_URL. It is tried again now and then.`,
      },
      trouble,
    );
  } else if (kind === 'folder') {
    troubles.begin(
      'FOLDER_MISSING',
      {
        it: `${server} non apre la cartella ${values.folder} (${message}): controllare IMAP_FOLDER.`,
        en: `${server} does not open the folder ${values.folder} (${message}): check IMAP_FOLDER.`,
      },
      trouble,
    );
  } else {
    troubles.begin(
      'SERVER_AWAY',
      {
        it: `${server} non risponde (${message}): le mail restano nella casella, la lettura riprende da sé.`,
        en: `${server} does not answer (${message}): mails stay in the mailbox, reading goes on by itself.`,
      },
      trouble,
    );
  }
}

function tell(parts: ReadingParts, error: unknown): void {
  if (error instanceof ImapTrouble) return tellImapTrouble(parts, error);
  const words = error instanceof HubError ? error.message : String(error);
  parts.troubles.begin(
    'NOT_STORED',
    {
      it: `Le mail non si possono conservare (${words}): restano nella casella, la lettura riprende da sé.`,
      en: `Mails cannot be kept (${words}): they stay in the mailbox, reading goes on by itself.`,
    },
    error,
  );
}

/**
 * Reads a mailbox until the signal ends it. A trouble is told, waited out and ended by itself; nothing is ever taken for read that
 * is not stored.
 * @param parts the mailbox and whom to tell
 * @param signal ends the reading at once
 */
export async function readMailbox(parts: ReadingParts, signal: AbortSignal): Promise<void> {
  const { values } = parts;
  const memory: Memory = { failed: new Map(), lookedAtQuota: -Infinity };
  for (let tries = 1; !signal.aborted; tries++) {
    const began = performance.now();
    try {
      await readWhileConnected(parts, memory, signal);
    } catch (error) {
      if (signal.aborted) return;
      tell(parts, error);
      if (performance.now() - began > steadyMs) tries = 1;
      const refused = error instanceof ImapTrouble && error.kind === 'login';
      await pause(refused ? values.loginRetryMs : delayOf(values.reconnectDelaysMs, tries), signal);
    }
  }
}
