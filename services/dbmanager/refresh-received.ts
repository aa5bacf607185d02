// dbmanager: brings a received invoice to where it stands by all that is known, and tells of it: whatever came in whatever order.
import type { EncodedEvent } from '@staffetta/flow/events.ts';
import type { Finding } from '@staffetta/flow/messages.ts';
import { asksSomebody, mayAnswer, type ReceivedEvent } from '@staffetta/flow/received-details.ts';
import type { Tx } from '@staffetta/platform/store/store.ts';
import { boundFindings } from '@staffetta/fatturapa/bound-findings.ts';
import { clearAnswerAlarm } from './due-answers.ts';
import { answeredDocuments, type AnsweredDocument } from './answered-documents.ts';
import { wantDetails } from './detail-wishes.ts';
import { outcomeEvent, type Cause } from './invoice-events.ts';
import { asTold, documentJson } from './invoice-value.ts';
import { readInvoices } from './invoice-views.ts';
import type { InvoiceState } from './invoices.ts';
import { readFindings } from './noted-findings.ts';
import { insertOutcomes, type Outcome } from './outcomes.ts';
import { answersOf } from './received-answers.ts';
import { noteReceivedDetails } from './received-documents.ts';
import { findReceivedFile } from './received-files.ts';
import { standingOf, type KnownReceived, type ReceivedStanding } from './received-standing.ts';

/** What became known of a received invoice; it is in the store already. */
export interface ReceivedNews {
  readonly event: ReceivedEvent;
  readonly by: string;
  readonly cause: Cause;
  readonly reason?: string | undefined;
  /** What is told beside the invoice's own findings. */
  readonly findings?: readonly Finding[];
}

const findingsMax = 200;

/**
 * Reads everything that is known of a received invoice.
 * @param tx a transaction that holds its row
 * @param state the invoice
 * @returns undefined for an invoice that did not come by SdI
 */
export async function knownReceived(tx: Tx, { invoiceId, detail }: InvoiceState): Promise<KnownReceived | undefined> {
  const file = await findReceivedFile(tx, invoiceId);
  return file && { isOwn: detail === 'OWN_DOCUMENT', file, answers: await answersOf(tx, invoiceId) };
}

/** Only what differs; a body that nothing was said of has no detail. */
function changesOf(bodies: readonly AnsweredDocument[], standing: ReceivedStanding): Map<number, string> {
  const now = new Map(bodies.map(({ position, detail }) => [position, detail ?? 'RECEIVED']));
  return new Map([...standing.bodies].filter(([position, detail]) => now.get(position) !== detail));
}

async function tell(tx: Tx, state: InvoiceState, outcome: Outcome, news: ReceivedNews): Promise<EncodedEvent[]> {
  const view = (await readInvoices(tx, [state.invoiceId])).get(state.invoiceId);
  return view ? [outcomeEvent(asTold(view, outcome), documentJson(view, view.bytes), news.cause)] : [];
}

async function wants(tx: Tx, { customerId }: InvoiceState): Promise<boolean> {
  return customerId !== null && (await wantDetails(tx, [customerId])).has(customerId);
}

async function outcomeOf(tx: Tx, state: InvoiceState, detail: string, news: ReceivedNews, at: Date): Promise<Outcome> {
  const { invoiceId, status, sequence } = state;
  const { event, cause, reason = null, by, findings = [] } = news;
  const known = findings.length === 0 ? [] : ((await readFindings(tx, [invoiceId])).get(invoiceId) ?? []);
  return {
    invoiceId,
    sequence: sequence + 1,
    status,
    detail,
    event,
    causationId: cause.eventId ?? null,
    reason,
    happenedAt: at,
    doneBy: by,
    findings: findings.length === 0 ? null : boundFindings([...findings, ...known], findingsMax),
  };
}

/**
 * Brings a received invoice to where it stands now. Nothing happens where that is where it stood: the same news again changes nothing.
 * @param tx a transaction that holds its row
 * @param state the invoice, locked and as it is
 * @param news what became known last
 * @param at the instant
 * @returns what to publish: the outcome, where somebody has to act or the customer wants to be told of details
 */
export async function refreshReceived(
  tx: Tx,
  state: InvoiceState,
  news: ReceivedNews,
  at: Date,
): Promise<EncodedEvent[]> {
  if (state.status !== 'EXTERNAL_INVOICE' || state.deletedAt !== null) return [];
  const known = await knownReceived(tx, state);
  if (!known) return [];
  const bodies = await answeredDocuments(tx, [state.invoiceId]);
  const standing = standingOf(
    known,
    bodies.map(({ position }) => position),
    at,
  );
  const changes = changesOf(bodies, standing);
  if (standing.detail === state.detail && changes.size === 0) return [];
  await noteReceivedDetails(tx, state.invoiceId, changes);
  if (!mayAnswer(standing.detail)) await clearAnswerAlarm(tx, state.invoiceId, news.event, at);
  const outcome = await outcomeOf(tx, state, standing.detail, news, at);
  await insertOutcomes(tx, [outcome]);
  const asks = [...changes.values(), standing.detail].some((detail) => asksSomebody(detail));
  return asks || (await wants(tx, state)) ? tell(tx, state, outcome, news) : [];
}
