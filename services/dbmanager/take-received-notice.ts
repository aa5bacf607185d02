// dbmanager: what SdI says to who received an invoice: that the term passed (DT), or that it did not take the answer (SE).
import type { DeadlineNotice, Notice, RejectedAnswer } from '@staffetta/fatturapa/notices/notice.ts';
import type { EncodedEvent } from '@staffetta/flow/events.ts';
import type { Tx } from '@staffetta/platform/store/store.ts';
import { answeredDocuments, type AnsweredDocument } from './answered-documents.ts';
import type { Cause } from './invoice-events.ts';
import { lockInvoices, type InvoiceState } from './invoices.ts';
import { meantBy } from './meant-documents.ts';
import { answersOf, noteAnswerDiscarded, type ReceivedAnswer } from './received-answers.ts';
import { noteTermTold } from './received-files.ts';
import { answerDiscarded, answerNotCounted } from './received-findings.ts';
import { refreshReceived } from './refresh-received.ts';
import { isStorable, storableText } from '@staffetta/platform/store/storable-text.ts';

/** A notice that is about a received invoice. */
export interface ReceivedNotice {
  readonly notice: Notice;
  readonly invoiceId: string;
  readonly by: string | null;
  readonly cause: Cause;
}

/** What a notice did: `fits` is false where it is about no body, or no answer, that we know. */
export interface TakenNotice {
  readonly events: readonly EncodedEvent[];
  readonly fits: boolean;
}

const nothing = (fits: boolean): TakenNotice => ({ events: [], fits });

function principalOf(by: string | null): string {
  return by !== null && by !== '' && isStorable(by, 200) ? by : 'receiver';
}

function reasonOf(text: string | undefined): string | undefined {
  return text === undefined || text.trim() === '' ? undefined : storableText(text, 2000);
}

function standsFor(state: InvoiceState, meant: readonly AnsweredDocument[]): boolean {
  const details = meant.length > 0 ? meant.map(({ detail }) => detail) : [state.detail];
  return details.some((detail) => detail === 'ACCEPTANCE_SENT' || detail === 'REFUSAL_SENT');
}

async function takeDeadline(
  tx: Tx,
  state: InvoiceState,
  notice: DeadlineNotice,
  { by, cause }: ReceivedNotice,
  at: Date,
): Promise<TakenNotice> {
  const bodies = await answeredDocuments(tx, [state.invoiceId]);
  const meant = meantBy(notice.invoice, bodies);
  if (notice.invoice && meant.length === 0) return nothing(false);
  const isAll = meant.length === bodies.length;
  const positions = isAll ? [] : meant.map(({ position }) => position);
  await noteTermTold(tx, state.invoiceId, positions, at);
  const findings = standsFor(state, meant) ? [answerNotCounted] : [];
  const news = {
    event: 'deadlinePassed',
    by: principalOf(by),
    cause,
    reason: reasonOf(notice.description),
    findings,
  } as const;
  return { events: await refreshReceived(tx, state, news, at), fits: true };
}

/** The answer that SdI did not take: by the number that we gave it, else the latest about that invoice of the lot. */
function answerMeant(
  { buyersMessageId, invoice }: RejectedAnswer,
  answers: readonly ReceivedAnswer[],
  bodies: readonly AnsweredDocument[],
): ReceivedAnswer | undefined {
  if (buyersMessageId !== undefined) return answers.find(({ messageId }) => messageId === buyersMessageId);
  const positions: readonly (number | null)[] = meantBy(invoice, bodies).map(({ position }) => position);
  return answers.findLast(({ position }) => !invoice || position === null || positions.includes(position));
}

async function takeRejection(
  tx: Tx,
  state: InvoiceState,
  notice: RejectedAnswer,
  { by, cause }: ReceivedNotice,
  at: Date,
): Promise<TakenNotice> {
  const bodies = await answeredDocuments(tx, [state.invoiceId]);
  const answer = answerMeant(notice, await answersOf(tx, state.invoiceId), bodies);
  if (!answer) return nothing(false);
  await noteAnswerDiscarded(tx, answer.transmissionId, at);
  const news = {
    event: 'answerDiscarded',
    by: principalOf(by),
    cause,
    reason: reasonOf(notice.note),
    findings: [answerDiscarded(notice)],
  } as const;
  return { events: await refreshReceived(tx, state, news, at), fits: true };
}

/**
 * Takes a notice about a received invoice that is kept and new. MT and EC say nothing that moves it.
 * @param tx the transaction that keeps it
 * @param one the notice with its invoice
 * @param at when it came
 */
export async function takeReceivedNotice(tx: Tx, one: ReceivedNotice, at: Date): Promise<TakenNotice> {
  const { notice } = one;
  if (notice.kind !== 'DT' && notice.kind !== 'SE') return nothing(true);
  const [state] = await lockInvoices(tx, [one.invoiceId]);
  if (!state || state.kind !== 'external') return nothing(false);
  return notice.kind === 'DT' ? takeDeadline(tx, state, notice, one, at) : takeRejection(tx, state, notice, one, at);
}
