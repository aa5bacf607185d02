// dbmanager: moves invoices that are locked by the table of moves, in order, and writes what changed for all of them at once.
import {
  followNews,
  type InvoiceDetail,
  type NewsAnswer,
  type NewsEvent,
  type Standing,
} from '@staffetta/flow/invoice-details.ts';
import type { Finding } from '@staffetta/flow/messages.ts';
import type { InvoiceStatus } from '@staffetta/flow/statuses.ts';
import type { Tx } from '@staffetta/platform/store/store.ts';
import { clearPassedAlarms } from './alarms.ts';
import { noteAct } from './audit.ts';
import type { InvoiceState } from './invoices.ts';
import { insertOutcomes, type Outcome } from './outcomes.ts';
import { changeTransmissions, type TransmissionState } from './transmissions.ts';

/** Something that happened to an invoice. */
export interface Move {
  readonly invoiceId: string;
  readonly event: NewsEvent;
  /** Asks another table than that of news where it leads, as the files of an archive or somebody's decision do. */
  readonly leads?: ((standing: Standing) => NewsAnswer) | undefined;
  /** The finer state that a notice of SdI tells; it counts also where the status stays. */
  readonly detail?: InvoiceDetail | undefined;
  /** Whether it is an outcome though status and detail stay: something of one body of a lot became known. */
  readonly refines?: boolean;
  /** What is told with the outcome in place of the invoice's own findings. */
  readonly findings?: readonly Finding[] | undefined;
  readonly causationId: string | null;
  /** From when terms of the law count, as the mail that brought the news says; what is not before now does not count. */
  readonly countsFrom?: Date | undefined;
  readonly by: string;
  readonly reason?: string | undefined;
  /** The Message-ID of the mail, where the news comes from the mail server. */
  readonly messageId?: string | undefined;
}

/** A move with the table's answer; `outcome` where it changed something. */
export interface Answered<M extends Move> {
  readonly move: M;
  readonly answer: NewsAnswer;
  readonly outcome: Outcome | undefined;
}

/** The finer state that goes with an event; SMTP's 250 is not yet SdI's word: that comes as a notice. */
const details: Partial<Record<NewsEvent, InvoiceDetail>> = { sent: 'SUBMITTED' };

interface Running {
  readonly state: InvoiceState;
  status: InvoiceStatus;
  detail: string | null;
  sequence: number;
  last: { outcome: Outcome; move: Move } | undefined;
  messageId: string | undefined;
  sentAt: Date | undefined;
}

function start(state: InvoiceState): Running {
  const { status, detail, sequence } = state;
  return { state, status, detail, sequence, last: undefined, messageId: undefined, sentAt: undefined };
}

/** Only a notice refines where the status stays: other news says no more than its status. */
function ask({ status, detail }: Running, move: Move): NewsAnswer {
  const standing: Standing = { status, detail };
  const answer = move.leads?.(standing) ?? followNews(standing, move.event, move.detail ?? details[move.event] ?? null);
  if (answer.kind === 'repeated' && move.refines) return { ...answer, kind: 'refined' };
  const isNothing = answer.kind === 'refined' && move.detail === undefined && !move.leads;
  return isNothing ? { kind: 'repeated', status, detail } : answer;
}

function step<M extends Move>(running: Running, move: M, at: Date): Answered<M> {
  const answer = ask(running, move);
  if (answer.kind !== 'moved' && answer.kind !== 'refined') return { move, answer, outcome: undefined };
  running.status = answer.status;
  running.detail = answer.detail;
  running.sequence += 1;
  const outcome: Outcome = {
    invoiceId: move.invoiceId,
    sequence: running.sequence,
    status: answer.status,
    detail: answer.detail,
    findings: move.findings ?? null,
    event: move.event,
    causationId: move.causationId,
    reason: move.reason ?? null,
    happenedAt: at,
    countsFrom: move.countsFrom && move.countsFrom < at ? move.countsFrom : null,
    doneBy: move.by,
  };
  running.last = { outcome, move };
  running.messageId = move.messageId ?? running.messageId;
  if (move.event === 'sent') running.sentAt = at;
  return { move, answer, outcome };
}

const states: Partial<Record<InvoiceStatus, TransmissionState>> = {
  INTERNAL_INVOICE_SENT: 'SENT',
  INTERNAL_INVOICE_NOT_SENT: 'NOT_SENT',
  INTERNAL_INVOICE_DELIVERED: 'DELIVERED',
  INTERNAL_INVOICE_DISCARDED: 'DISCARDED',
  INTERNAL_INVOICE_NOT_DELIVERED: 'NOT_DELIVERED',
  INVOICE_ERROR: 'ERROR',
};

async function writeTransmissions(tx: Tx, moved: readonly Running[], at: Date): Promise<void> {
  const changes = moved.flatMap(({ state: { transmissionId }, status, last, messageId, sentAt }) => {
    const state = states[status];
    if (transmissionId === null || !state) return [];
    return [{ transmissionId, state, messageId, reason: last?.move.reason, sentAt, updatedAt: at }];
  });
  await changeTransmissions(tx, changes);
}

async function noteReturns(tx: Tx, moved: readonly Running[], at: Date): Promise<void> {
  for (const { state, status } of moved) {
    if (state.deletedAt === null) continue;
    const reason = `It moved to ${status} after it was deleted: what was sent must stay (ADR-0008).`;
    await noteAct(tx, {
      at,
      by: 'dbmanager',
      action: 'invoice.return',
      subject: `invoice ${state.invoiceNumber}`,
      reason,
    });
  }
}

/** What goes out for the first time has no alarms: most moves are spared the look. */
async function clearAlarms(tx: Tx, moved: readonly Running[], at: Date): Promise<void> {
  const ids = moved
    .filter(({ state }) => state.status !== 'INTERNAL_INVOICE_TOBE_SENT')
    .map(({ state }) => state.invoiceId);
  if (ids.length > 0) await clearPassedAlarms(tx, ids, at);
}

/**
 * Applies moves in their order; several for one invoice follow one another. An invoice that was deleted and moves all the same
 * comes back.
 * @param tx a transaction that holds the rows of `states`
 * @param states the invoices as they are, locked
 * @param moves only for invoices among `states`
 * @param at the instant
 * @returns the table's answers in the order of the moves
 */
export async function applyMoves<M extends Move>(
  tx: Tx,
  states: readonly InvoiceState[],
  moves: readonly M[],
  at: Date,
): Promise<Answered<M>[]> {
  const all = new Map(states.map((state) => [state.invoiceId, start(state)]));
  const answered = moves.flatMap((move) => {
    const running = all.get(move.invoiceId);
    return running ? [step(running, move, at)] : [];
  });
  const moved = [...all.values()].filter(({ last }) => last !== undefined);
  if (moved.length === 0) return answered;
  await insertOutcomes(
    tx,
    answered.flatMap(({ outcome }) => outcome ?? []),
  );
  await writeTransmissions(tx, moved, at);
  await noteReturns(tx, moved, at);
  await clearAlarms(tx, moved, at);
  return answered;
}
