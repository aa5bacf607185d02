// dbmanager: the term to answer received invoices: somebody is reminded before it ends, and its end is noted.
import { boundFindings } from '@staffetta/fatturapa/bound-findings.ts';
import type { EncodedEvent } from '@staffetta/flow/events.ts';
import type { World } from '@staffetta/platform/service.ts';
import type { Tx } from '@staffetta/platform/store/store.ts';
import { alarmFinding } from './alarm-words.ts';
import { raiseAlarms, type Alarm } from './alarms.ts';
import type { DbmanagerOptions } from './config.ts';
import { dueAnswers } from './due-answers.ts';
import { outcomeEvent, type Cause } from './invoice-events.ts';
import { asTold, documentJson } from './invoice-value.ts';
import { readInvoices } from './invoice-views.ts';
import { lockInvoices, type InvoiceState } from './invoices.ts';
import { readFindings } from './noted-findings.ts';
import { insertOutcomes, type Outcome } from './outcomes.ts';
import { endedTerms, noteTermEnded } from './received-files.ts';
import { refreshReceived } from './refresh-received.ts';

type Options = Pick<DbmanagerOptions, 'checking' | 'deadlines'>;

function causeOf(correlationId: string): Cause {
  return { eventId: undefined, correlationId, trace: undefined };
}

async function endOne(world: World, invoiceId: string): Promise<void> {
  await world.store.transaction(async (tx) => {
    const [state] = await lockInvoices(tx, [invoiceId]);
    // Another instance may have been here since we looked.
    if (!(await noteTermEnded(tx, invoiceId)) || !state) return;
    const news = { event: 'deadlinePassed', by: 'dbmanager', cause: causeOf(invoiceId) } as const;
    world.bus.publishIn(tx, await refreshReceived(tx, state, news, world.clock.now()));
  });
}

async function endTerms(world: World, { deadlines }: Options): Promise<void> {
  for (;;) {
    const ended = await endedTerms(world.store, world.clock.now(), deadlines.batchMax);
    for (const invoiceId of ended) await endOne(world, invoiceId);
    if (ended.length < deadlines.batchMax) return;
  }
}

async function remind(tx: Tx, alarm: Alarm, state: InvoiceState, options: Options, at: Date): Promise<EncodedEvent[]> {
  const { invoiceId, status, detail, sequence } = state;
  const known = (await readFindings(tx, [invoiceId])).get(invoiceId) ?? [];
  const findings = boundFindings([alarmFinding('ANSWER_DUE', alarm, []), ...known], options.checking.findingsMax);
  const outcome: Outcome = {
    invoiceId,
    sequence: sequence + 1,
    status,
    detail,
    event: 'answerDue',
    causationId: null,
    reason: null,
    happenedAt: at,
    doneBy: 'dbmanager',
    findings,
  };
  await insertOutcomes(tx, [outcome]);
  const view = (await readInvoices(tx, [invoiceId])).get(invoiceId);
  return view ? [outcomeEvent(asTold(view, outcome), documentJson(view, view.bytes), causeOf(alarm.alarmId))] : [];
}

async function remindSome(world: World, options: Options): Promise<{ found: number; raised: number }> {
  const { answerReminderMs, batchMax } = options.deadlines;
  return world.store.transaction(async (tx) => {
    const at = world.clock.now();
    const due = await dueAnswers(tx, at, new Date(at.getTime() + answerReminderMs), batchMax);
    const alarms = due.map(({ invoiceId, receivedAt, answerBy }) => {
      return { invoiceId, transmissionId: null, kind: 'ANSWER_DUE', since: receivedAt, dueAt: answerBy };
    });
    const raised = await raiseAlarms(tx, alarms, at);
    const states = await lockInvoices(
      tx,
      raised.map(({ invoiceId }) => invoiceId),
    );
    const byId = new Map(states.map((state) => [state.invoiceId, state]));
    for (const alarm of raised) {
      const state = byId.get(alarm.invoiceId);
      if (state) world.bus.publishIn(tx, await remind(tx, alarm, state, options, at));
    }
    if (raised.length > 0) world.log.warn({ kind: 'ANSWER_DUE', count: raised.length }, 'alarms.raised');
    return { found: due.length, raised: raised.length };
  });
}

/**
 * Notes the terms that have ended, and reminds of those that end soon: each once, whatever number of instances looks.
 * @param world store, bus, the hub's clock and the log
 * @param options how long before the end somebody is reminded, and how many are taken in one transaction
 * @returns how many reminders were raised
 */
export async function watchAnswers(world: World, options: Options): Promise<number> {
  await endTerms(world, options);
  let raised = 0;
  for (;;) {
    const round = await remindSome(world, options);
    raised += round.raised;
    if (round.found < options.deadlines.batchMax) return raised;
  }
}
