// dbmanager: looks whose clock has run out, and tells each once: an alarm, an outcome and a callback in one transaction.
import { boundFindings } from '@staffetta/fatturapa/bound-findings.ts';
import type { Standing } from '@staffetta/flow/invoice-details.ts';
import type { World } from '@staffetta/platform/service.ts';
import type { Tx } from '@staffetta/platform/store/store.ts';
import { alarmFinding } from './alarm-words.ts';
import { clearPassedAlarms, raiseAlarms, type Alarm, type NewAlarm } from './alarms.ts';
import { applyMoves } from './apply-moves.ts';
import type { DbmanagerOptions } from './config.ts';
import { deadlineRules, type DeadlineRule } from './deadline-rules.ts';
import { dueSinceEvent, dueSinceSent, type DueInvoice, type DueSearch } from './due-deadlines.ts';
import { lockInvoices } from './invoices.ts';
import { readFindings } from './noted-findings.ts';
import { firstReceiptAt, receiptKinds } from './pec-receipts.ts';
import { tellWanted, type AskingMove } from './tell-wanted.ts';
import { watchAnswers } from './watch-answers.ts';

type Options = Pick<DbmanagerOptions, 'checking' | 'deadlines'>;

/** Undefined where the rule does not hold for anybody: nobody reads receipts. */
async function searchOf(
  tx: Tx,
  rule: DeadlineRule,
  { deadlines }: Options,
  at: Date,
  after: Date | null,
): Promise<DueSearch | undefined> {
  const { times, batchMax } = deadlines;
  const termMs = rule.term(times);
  const before = new Date(at.getTime() - termMs - rule.told(times));
  const search = { rule, before, termMs, limit: batchMax };
  if (!rule.withoutReceipt) return { ...search, notBefore: after };
  const first = await firstReceiptAt(tx, null);
  if (first === null) return undefined;
  // What was sent before somebody read the mailbox is not expected to have receipts.
  const read = new Date(first.getTime() - termMs);
  return { ...search, notBefore: after !== null && after > read ? after : read };
}

function alarmOf(rule: DeadlineRule, due: DueInvoice, { deadlines }: Options): NewAlarm {
  return { ...due, kind: rule.kind, dueAt: new Date(due.since.getTime() + rule.term(deadlines.times)) };
}

/** An outcome that says nothing new of the invoice itself. */
function stays(standing: Standing) {
  return { ...standing, kind: 'refined' } as const;
}

async function movesOf(
  tx: Tx,
  rule: DeadlineRule,
  raised: readonly Alarm[],
  findingsMax: number,
): Promise<AskingMove[]> {
  const known = await readFindings(
    tx,
    raised.map(({ invoiceId }) => invoiceId),
  );
  const receipts = await receiptKinds(
    tx,
    raised.flatMap(({ transmissionId }) => transmissionId ?? []),
  );
  return raised.map((alarm) => {
    const { alarmId, invoiceId, transmissionId } = alarm;
    const finding = alarmFinding(rule.kind, alarm, receipts.get(transmissionId ?? '') ?? []);
    return {
      invoiceId,
      event: 'noticed',
      ...(rule.detail === null ? { leads: stays } : { detail: rule.detail }),
      findings: boundFindings([finding, ...(known.get(invoiceId) ?? [])], findingsMax),
      causationId: null,
      by: 'dbmanager',
      cause: { eventId: undefined, correlationId: alarmId, trace: undefined },
      answerAlways: false,
      asks: true,
    };
  });
}

/** How many were found, and how many of them another instance had not raised meanwhile. */
interface Round {
  readonly found: number;
  readonly raised: number;
  /** When the clock of the last one began: the next round need not look at what is older. */
  readonly reached: Date | null;
}

const none: Round = { found: 0, raised: 0, reached: null };

async function raiseSome(world: World, options: Options, rule: DeadlineRule, after: Date | null): Promise<Round> {
  return world.store.transaction(async (tx) => {
    const at = world.clock.now();
    const search = await searchOf(tx, rule, options, at, after);
    if (!search) return none;
    const due = await (rule.from === 'sentAt' ? dueSinceSent(tx, search) : dueSinceEvent(tx, search));
    if (due.length === 0) return none;
    const alarms = due.map((one) => alarmOf(rule, one, options));
    const raised = await raiseAlarms(tx, alarms, at);
    const states = await lockInvoices(
      tx,
      raised.map(({ invoiceId }) => invoiceId),
    );
    const moves = await movesOf(tx, rule, raised, options.checking.findingsMax);
    world.bus.publishIn(tx, await tellWanted(tx, await applyMoves(tx, states, moves, at), states));
    tx.afterCommit(() => world.log.warn({ kind: rule.kind, count: raised.length }, 'alarms.raised'));
    return { found: due.length, raised: raised.length, reached: due.at(-1)?.since ?? null };
  });
}

/**
 * Raises every alarm that is due and clears those that hold no more. Several instances share the work: what one has in hand the other
 * passes over, and an alarm that was raised is never raised again.
 * @param world store, bus, the hub's clock and the log
 * @param options the expected times, and how many are taken in one transaction
 * @returns how many were raised
 */
export async function watchDeadlines(world: World, options: Options): Promise<number> {
  await clearPassedAlarms(world.store, null, world.clock.now());
  let raised = 0;
  for (const rule of deadlineRules) {
    let reached: Date | null = null;
    for (;;) {
      const round: Round = await raiseSome(world, options, rule, reached);
      raised += round.raised;
      reached = round.reached;
      if (round.found < options.deadlines.batchMax) break;
    }
  }
  return raised + (await watchAnswers(world, options));
}
