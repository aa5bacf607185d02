// mailbox: the third step: what mails hold goes to those whom it concerns, and what came of it is noted.
import { HubError } from '@staffetta/flow/errors.ts';
import { speakAs, type EncodedEvent } from '@staffetta/flow/events.ts';
import type { TraceContext } from '@staffetta/flow/trace-context.ts';
import { realTime } from '@staffetta/platform/clock.ts';
import type { World } from '@staffetta/platform/service.ts';
import { within } from '@staffetta/platform/telemetry/tracing.ts';
import type { MailboxSettings } from './config.ts';
import { handOver, type HandedThing } from './hand-over.ts';
import { noteAnswered, type Answered, type MailInHand, type ThingResult } from './mails.ts';
import type { Neighbours } from './neighbours.ts';
import { delayOf } from './pause.ts';
import type { MailPlan, Thing } from './plan-mail.ts';
import type { Why } from './why-words.ts';

/** What mails are answered for with. */
export interface AnsweringParts {
  readonly world: World;
  readonly values: Pick<MailboxSettings, 'retryDelaysMs' | 'recipientRetryMs'>;
  readonly neighbours: Neighbours;
}

type TravellingThing = Extract<Thing, { what: 'receipt' | 'address' }>;

const speak = speakAs('mailbox');
/** What somebody mends by making or correcting a customer. */
const recipientOutcomes: ReadonlySet<string> = new Set(['unknownRecipient', 'severalRecipients']);
/** From so many tries on, a mail at which a receiver falls silent that is ready for others no longer holds them up. */
const patience = 3;

function travels(thing: Thing): thing is TravellingThing {
  return thing.what === 'receipt' || thing.what === 'address';
}

/** A mail that was copied here from another mailbox says where the files of that one go. */
function isForMailbox(thing: TravellingThing, { mailbox }: MailInHand): boolean {
  return thing.what === 'receipt' || thing.to.length === 0 || thing.to.includes(mailbox);
}

function isHanded(thing: Thing): thing is HandedThing {
  return !travels(thing);
}

function eventOf(thing: TravellingThing, { mail, trace }: Handled): EncodedEvent {
  const { mailId, mailbox, sha256, storedAt } = mail;
  const correlationId = mailId;
  if (thing.what === 'receipt') {
    const message = { ...thing.receipt, mailbox, mailId, sha256: sha256.toString('hex') };
    const key = thing.receipt.ofMessageId.toLowerCase();
    return speak('pecReceipt', key, message, { eventId: `${mailId}:receipt`, correlationId, trace });
  }
  const { address, saidBy } = thing;
  const message = { mailbox, address, learnedAt: storedAt.toISOString(), mailId, saidBy };
  return speak('sdiAddress', mailbox, message, { eventId: `${mailId}:address`, correlationId, trace });
}

function travelled(thing: TravellingThing, at: string): ThingResult {
  const name = thing.what === 'receipt' ? thing.receipt.receipt : thing.address;
  return { id: thing.id, what: thing.what, name, outcome: 'handedOver', at };
}

function whyOf(results: readonly ThingResult[]): Why | undefined {
  const has = (outcome: ThingResult['outcome']): boolean => results.some((result) => result.outcome === outcome);
  if (has('failed')) return 'NOT_HANDED_OVER';
  if (has('refused')) return 'REFUSED';
  if (has('unknownRecipient')) return 'UNKNOWN_RECIPIENT';
  return has('severalRecipients') ? 'SEVERAL_RECIPIENTS' : undefined;
}

/** What the results make of the mail, and when it is tried again by itself. */
function verdictOn(plan: MailPlan, results: readonly ThingResult[], tries: number, { world, values }: AnsweringParts) {
  const why = whyOf(results) ?? plan.aside;
  const waitsForRecipient = results.some(({ outcome }) => recipientOutcomes.has(outcome));
  const state = why === 'NOT_HANDED_OVER' ? 'failed' : why === undefined ? 'understood' : 'quarantined';
  const failedWaitMs = state === 'failed' ? delayOf(values.retryDelaysMs, tries) : undefined;
  const waitMs = failedWaitMs ?? (waitsForRecipient ? values.recipientRetryMs : undefined);
  const nextTryAt = waitMs === undefined ? undefined : new Date(realTime(world.clock).getTime() + waitMs);
  return { state, why: why ?? plan.idle, nextTryAt } as const;
}

/** What was handed over before stays so; everything else is tried. */
function doneBefore(mail: MailInHand): Map<string, ThingResult> {
  return new Map(mail.results.filter(({ outcome }) => outcome === 'handedOver').map((result) => [result.id, result]));
}

/** A mail with what it holds. */
export interface PlannedMail {
  readonly mail: MailInHand;
  readonly plan: MailPlan;
}

/** Of an earlier try it says when; what came just now is dated when it is noted. */
type NewResult = Omit<ThingResult, 'at'> & Partial<Pick<ThingResult, 'at'>>;

interface HandedOver {
  readonly results: readonly NewResult[];
  readonly away: boolean;
}

/** A mail whose turn was, and how that ended: `away`, nobody can take anything right now; `alone`, only this mail is not taken. */
export interface Handled extends PlannedMail {
  readonly how: 'done' | 'away' | 'alone';
  readonly results: readonly NewResult[];
  /** The trace in which it was handed over, where traces are on. */
  readonly trace: TraceContext | undefined;
}

/**
 * Tells whether a mail holds something that the receiver has to take.
 * @param plan what it holds
 */
export function isToHand({ things }: MailPlan): boolean {
  return things.some(isHanded);
}

/**
 * Tells what a mail is about, for order.
 * @param plan what it holds
 * @returns keys; two mails that share none may be handed over in any order
 */
export function aboutOf({ things }: MailPlan): string[] {
  return things.filter(isHanded).flatMap(({ about }) => about);
}

/** The things that go by HTTP, one after the other, until one is not taken because nobody is there. */
async function handOverAll({ mail, plan }: PlannedMail, parts: AnsweringParts): Promise<HandedOver> {
  const before = doneBefore(mail);
  const results: NewResult[] = [];
  for (const thing of plan.things.filter(isHanded)) {
    try {
      results.push(before.get(thing.id) ?? (await handOver(thing, mail, parts.neighbours)));
    } catch (error) {
      if (!(error instanceof HubError) || error.code !== 'SERVICE_AWAY') throw error;
      parts.world.log.debug({ err: error, mailId: mail.mailId }, 'mail.notTaken');
      const kept = [...before.values()].filter(({ id }) => results.every((result) => result.id !== id));
      return { results: [...results, ...kept], away: true };
    }
  }
  return { results, away: false };
}

/**
 * Hands a mail's notices and invoices over, one after the other; what was handed over in an earlier try is not handed over again.
 * Receipts and addresses wait for `noteHandled`.
 * @param planned a mail and what it holds
 * @param parts the neighbours and the settings
 * @returns how it ended, which is to be noted
 */
export async function handMail(planned: PlannedMail, parts: AnsweringParts): Promise<Handled> {
  const { mail, plan } = planned;
  // What a mail brings is a story of its own: it is linked to the invoice's where its file is known.
  const facts = { 'staffetta.mail.id': mail.mailId, 'staffetta.mail.kind': plan.kind };
  const wish = { kind: 'internal', parent: 'none', facts } as const;
  return within('mailbox', 'hand over mail', wish, async (span) => {
    let { results, away } = await handOverAll(planned, parts);
    const isReady = away && mail.tries + 1 >= patience && (await parts.neighbours.isReceiverReady());
    // It may have come back just now.
    if (isReady) ({ results, away } = await handOverAll(planned, parts));
    return { ...planned, results, how: away ? (isReady ? 'alone' : 'away') : 'done', trace: span?.trace };
  });
}

/** What is noted of a mail, and the events that go with it. */
interface Note {
  readonly answered: Answered;
  readonly events: readonly EncodedEvent[];
}

/** Nobody took the rest of it; alone, it no longer holds up those behind it. */
function noteOfAway({ mail, how, results }: Handled, at: Date, { world, values }: AnsweringParts): Note {
  const tries = mail.tries + 1;
  const now = realTime(world.clock);
  const wait = { mail, results: results.map((result) => dated(result, at)), tries, updatedAt: at };
  if (how === 'away') return { answered: { ...wait, state: mail.state, why: undefined, nextTryAt: now }, events: [] };
  world.log.warn({ mailId: mail.mailId, tries }, 'mail.failedAlone');
  const nextTryAt = new Date(now.getTime() + delayOf(values.retryDelaysMs, tries));
  return { answered: { ...wait, state: 'failed', why: 'NOT_HANDED_OVER', nextTryAt }, events: [] };
}

function dated(result: NewResult, at: Date): ThingResult {
  return { ...result, at: result.at ?? at.toISOString() };
}

function noteOf(handled: Handled, at: Date, parts: AnsweringParts): Note {
  const { mail, plan, how } = handled;
  if (how !== 'done') return noteOfAway(handled, at, parts);
  const before = doneBefore(mail);
  const travelling = plan.things.filter(travels).filter((thing) => isForMailbox(thing, mail));
  const told = travelling.map((thing) => before.get(thing.id) ?? travelled(thing, at.toISOString()));
  const results = [...handled.results.map((result) => dated(result, at)), ...told];
  const tries = mail.tries + 1;
  return {
    answered: { mail, ...verdictOn(plan, results, tries, parts), results, tries, updatedAt: at },
    events: travelling.filter(({ id }) => !before.has(id)).map((thing) => eventOf(thing, handled)),
  };
}

/**
 * Notes what came of mails, in one transaction with the receipts and addresses that they tell, which are published in the order given.
 * @param all mails whose turn was
 * @param parts the store and the bus
 * @throws HubError DATABASE_AWAY, BUS_AWAY
 */
export async function noteHandled(all: readonly Handled[], parts: AnsweringParts): Promise<void> {
  if (all.length === 0) return;
  const { world } = parts;
  const at = world.clock.now();
  const notes = all.map((handled) => noteOf(handled, at, parts));
  await world.store.transaction(async (tx) => {
    const noted = await noteAnswered(
      tx,
      notes.map(({ answered }) => answered),
    );
    const isNoted = ({ answered }: Note): boolean => noted.has(answered.mail.mailId);
    // A person or another instance was faster: what was handed over is repeated under the same keys, if at all.
    for (const { answered } of notes.filter((note) => !isNoted(note))) {
      world.log.info({ mailId: answered.mail.mailId }, 'mail.changedMeanwhile');
    }
    const events = notes.filter(isNoted).flatMap((note) => note.events);
    if (events.length > 0) world.bus.publishIn(tx, events);
  });
}
