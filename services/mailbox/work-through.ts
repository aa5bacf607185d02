// mailbox: works through the stored mails of one mailbox: they are understood, then answered for, in the order of their arrival.
import { setImmediate as turn } from 'node:timers/promises';
import { HubError } from '@staffetta/flow/errors.ts';
import { realTime } from '@staffetta/platform/clock.ts';
import {
  aboutOf,
  handMail,
  isToHand,
  noteHandled,
  type AnsweringParts,
  type Handled,
  type PlannedMail,
} from './answer-mail.ts';
import type { MailboxSettings } from './config.ts';
import { inLanes } from './lanes.ts';
import {
  listToAnswer,
  listToUnderstand,
  noteUnderstood,
  readBytes,
  type Handful,
  type MailInHand,
  type MailWithBytes,
  type Understood,
} from './mails.ts';
import { delayOf } from './pause.ts';
import type { MailPlan } from './plan-mail.ts';
import { PlannedMails } from './planned-mails.ts';
import type { Troubles } from './troubles.ts';
import type { Understanding } from './understanding.ts';

/** What the mails of a mailbox are worked through with. */
export interface WorkingParts extends AnsweringParts {
  readonly values: MailboxSettings;
  readonly mailbox: string;
  readonly understanding: Understanding;
  readonly troubles: Troubles;
}

const handful: Handful = { mails: 32, bytes: 8 * 1024 * 1024 };

/** A mail at which reading breaks off; anything else that fails is not the mail's fault. */
async function planOf(
  { bytes, receivedAt, storedAt }: MailWithBytes,
  { understanding, world }: WorkingParts,
): Promise<MailPlan | undefined> {
  try {
    return await understanding.plan(bytes, receivedAt ?? storedAt);
  } catch (error) {
    if (error instanceof HubError && error.code !== 'WORK_BROKE_OFF') throw error;
    world.log.error({ err: error }, 'mail.notUnderstood');
    return undefined;
  }
}

function broken(mail: MailInHand, { world }: WorkingParts): Understood {
  const nothing = { kind: undefined, summary: undefined, nextTryAt: undefined };
  return { mail, state: 'quarantined', why: 'NOT_UNDERSTOOD', ...nothing, updatedAt: world.clock.now() };
}

async function noteBroken(mail: MailInHand, parts: WorkingParts): Promise<void> {
  await noteUnderstood(parts.world.store, [broken(mail, parts)]);
}

/** A trouble of the database that is not with the data it was given (SQLSTATE, classes 22 and 23). */
function isOfDatabase(error: unknown): boolean {
  const { code } = error as { code?: unknown };
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) && !/^2[23]/.test(code);
}

/**
 * What fails at one mail, and is not that somebody is away, is that mail's own: it is set aside, or it would hold up all others for ever.
 */
async function alone<T>(mail: MailInHand, parts: WorkingParts, work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof HubError || isOfDatabase(error)) throw error;
    parts.world.log.error({ err: error, mailId: mail.mailId }, 'mail.brokeOff');
    await noteBroken(mail, parts);
    return undefined;
  }
}

/** Notes many at once; where the data of one of them are what fails, each alone, so that only that one is set aside. */
async function noteTogether<T extends { readonly mail: MailInHand }>(
  all: readonly T[],
  parts: WorkingParts,
  note: (some: readonly T[]) => Promise<void>,
): Promise<void> {
  if (all.length === 0) return;
  try {
    await note(all);
  } catch (error) {
    if (error instanceof HubError || isOfDatabase(error)) throw error;
    for (const one of all) await alone(one.mail, parts, () => note([one]));
  }
}

function understoodAs(mail: MailInHand, plan: MailPlan | undefined, parts: WorkingParts): Understood {
  if (!plan) return broken(mail, parts);
  const { clock } = parts.world;
  const toDo = plan.things.length > 0;
  const state = toDo || plan.aside === undefined ? 'understood' : 'quarantined';
  const why = toDo ? undefined : (plan.aside ?? plan.idle);
  const { kind, summary } = plan;
  const nextTryAt = toDo ? realTime(clock) : undefined;
  return { mail, state, kind, why, summary, updatedAt: clock.now(), nextTryAt };
}

/** Understands the next few and says whether there were any. */
async function understandSome(parts: WorkingParts, signal: AbortSignal, planned?: PlannedMails): Promise<boolean> {
  const { world, mailbox } = parts;
  const mails = await listToUnderstand(world.store, mailbox, handful);
  const all: Understood[] = [];
  for (const mail of mails) {
    if (signal.aborted) break;
    const plan = await planOf(mail, parts);
    all.push(understoodAs(mail, plan, parts));
    if (plan && plan.things.length > 0) planned?.put(mail, plan);
    // Whoever else lives in this process has its turn.
    await turn();
  }
  await noteTogether(all, parts, async (some) => {
    await noteUnderstood(world.store, some);
  });
  for (const { mail, kind, state, why } of all) {
    world.log.debug({ mailId: mail.mailId, kind, state, why }, 'mail.understood');
  }
  return mails.length > 0;
}

/** Understanding waits for nobody, so that it goes on while the receiver is away. */
async function understandAll(parts: WorkingParts, signal: AbortSignal): Promise<void> {
  while (!signal.aborted && (await understandSome(parts, signal)));
}

/** Plans from memory; what is not there is understood from its bytes. */
async function plansOf(
  mails: readonly MailInHand[],
  parts: WorkingParts,
  planned: PlannedMails,
): Promise<PlannedMail[]> {
  const found = mails.map((mail) => ({ mail, plan: planned.take(mail) }));
  const missing = found.filter(({ plan }) => !plan).map(({ mail }) => mail.mailId);
  const bytes = await readBytes(parts.world.store, missing);
  const all: PlannedMail[] = [];
  for (const { mail, plan: known } of found) {
    const own = bytes.get(mail.mailId);
    const plan = known ?? (own && (await planOf({ ...mail, bytes: own }, parts)));
    if (plan) all.push({ mail, plan });
    else await noteBroken(mail, parts);
    if (!known) await turn();
  }
  return all;
}

/** Hands over what the mails hold, several at once, until somebody is away. */
async function handSome(
  all: readonly PlannedMail[],
  parts: WorkingParts,
  signal: AbortSignal,
): Promise<readonly Handled[]> {
  const handled = new Map<PlannedMail, Handled>();
  let away = false;
  await inLanes(
    all,
    parts.values.handOvers,
    ({ plan }) => aboutOf(plan),
    async (one) => {
      const waits = (away || signal.aborted) && isToHand(one.plan);
      const how = waits ? undefined : await alone(one.mail, parts, () => handMail(one, parts));
      if (how) handled.set(one, how);
      away ||= how?.how === 'away';
    },
  );
  return all.flatMap((one) => handled.get(one) ?? []);
}

/** Answers for the next few whose turn has come; undefined where there were none. */
async function answerSome(
  parts: WorkingParts,
  signal: AbortSignal,
  planned: PlannedMails,
): Promise<Handled['how'] | undefined> {
  const { world, mailbox } = parts;
  const mails = await listToAnswer(world.store, mailbox, realTime(world.clock), handful);
  if (mails.length === 0) return undefined;
  const all = await handSome(await plansOf(mails, parts, planned), parts, signal);
  await noteTogether(all, parts, (some) => noteHandled(some, parts));
  if (all.some(({ how }) => how === 'away')) return 'away';
  return all.some(({ how }) => how === 'done') ? 'done' : 'alone';
}

/** Both have ended when one's failure is told. */
async function both<A, B>(one: Promise<A>, other: Promise<B>): Promise<[A, B]> {
  await Promise.allSettled([one, other]);
  return Promise.all([one, other]);
}

/**
 * Works through everything that is due, a handful of mails after the other: while one is answered for, the next is understood, so that in
 * a flood the first mails are answered for while the last ones still come in. The order that is kept: mails are understood, and their
 * handing over begins, in the order of their arrival; those about the same file are handed over one after the other; what came of a
 * handful is noted in one transaction, in which its receipts and addresses are told in the order of their mails, before the next is begun.
 * A kill at any moment leaves what was handed over and not noted to be handed over again, under the same keys.
 * @param parts the mailbox and what it takes
 * @param signal ends the work after the mails in hand
 * @returns `away` where the neighbours cannot take anything right now
 * @throws HubError DATABASE_AWAY, BUS_AWAY, SERVICE_AWAY while the service stops
 */
export async function workThrough(parts: WorkingParts, signal: AbortSignal): Promise<'away' | 'done'> {
  const planned = new PlannedMails();
  while (!signal.aborted) {
    const [wereThere, how] = await both(understandSome(parts, signal, planned), answerSome(parts, signal, planned));
    if (how === 'away') {
      await understandAll(parts, signal);
      return 'away';
    }
    if (how === 'done') parts.troubles.end('NOT_HANDED_OVER');
    if (!wereThere && how === undefined) return 'done';
  }
  return 'done';
}

const lookMs = 2000;

function tellAway({ troubles }: WorkingParts, error?: unknown): void {
  const what = error instanceof Error ? ` (${error.message})` : '';
  troubles.begin(
    'NOT_HANDED_OVER',
    {
      it: `Quello che le mail contengono non si può consegnare ora${what}: tutto resta conservato e riprende da sé.`,
      en: `What mails hold cannot be handed over for now${what}: all of it is kept and goes on by itself.`,
    },
    error,
  );
}

/**
 * Works through a mailbox until the signal ends it; a neighbour or database that is away is waited for.
 * @param parts the mailbox and what it takes
 * @param rest waits so many milliseconds, and `early` less where there is something new to do
 * @param signal ends it
 */
export async function keepWorking(
  parts: WorkingParts,
  rest: (ms: number, early: boolean) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  for (let failures = 0; !signal.aborted;) {
    const how = await workThrough(parts, signal).catch((error: unknown) => {
      if (!signal.aborted) tellAway(parts, error);
      return 'failed' as const;
    });
    if (how === 'away') tellAway(parts);
    // Also where nothing was left to do: what failed may have been the looking, or the mail that failed goes its own way.
    if (how === 'done') parts.troubles.end('NOT_HANDED_OVER');
    failures = how === 'done' ? 0 : failures + 1;
    await rest(failures === 0 ? lookMs : delayOf(parts.values.retryDelaysMs, failures), failures === 0);
  }
}
