// dbmanager: all that is known of one invoice beside its document: history, files sent, receipts, notices, alarms, clocks that run.
import type { TrailStep } from '@staffetta/fatturapa/show/trail.ts';
import { toRomeWallTime } from '@staffetta/platform/clock.ts';
import type { Store } from '@staffetta/platform/store/store.ts';
import { alarmFix, alarmWords, deadlineWords } from './alarm-words.ts';
import { alarmsOf, type Alarm } from './alarms.ts';
import { deadlinesOf, type ClockFacts, type Deadline } from './deadline-rules.ts';
import type { DeadlineOptions } from './deadline-settings.ts';
import { facesOf } from './documents.ts';
import { isToOffice } from './due-deadlines.ts';
import { trailOf, type TrailParts } from './invoice-trail.ts';
import type { InvoiceView } from './invoice-views.ts';
import { noticesOf } from './notices.ts';
import { historyOf, type Outcome } from './outcomes.ts';
import { firstReceiptAt, receiptsOf, type Receipt } from './pec-receipts.ts';
import { receiptDto } from './receipt-words.ts';
import { resendBy } from './resend-term.ts';
import { standingWords } from './standing-words.ts';
import { documentDto } from './told-documents.ts';
import { noticeDto, toldNotice } from './told-notices.ts';
import { transmissionsOf, type Transmission } from './transmissions.ts';

function historyDto({ invoiceId: _id, happenedAt, countsFrom, findings, ...row }: Outcome) {
  return {
    ...row,
    ...(findings && { findings }),
    happenedAt: toRomeWallTime(happenedAt),
    ...(countsFrom && { countsFrom: toRomeWallTime(countsFrom) }),
  };
}

function transmissionDto({ createdAt, signedAt, sentAt, ...row }: Transmission, receipts: readonly Receipt[]) {
  return {
    ...row,
    createdAt: toRomeWallTime(createdAt),
    signedAt: signedAt && toRomeWallTime(signedAt),
    sentAt: sentAt && toRomeWallTime(sentAt),
    receipts: receipts.filter(({ transmissionId }) => transmissionId === row.transmissionId).map(receiptDto),
  };
}

/**
 * Writes an alarm as REST answers it; times are Europe/Rome.
 * @param alarm the alarm
 */
export function alarmDto({ alarmId, transmissionId, kind, since, dueAt, raisedAt, clearedAt, clearedBy }: Alarm) {
  const fix = alarmFix(kind);
  return {
    alarmId,
    kind,
    ...(transmissionId !== null && { transmissionId }),
    since: toRomeWallTime(since),
    dueAt: toRomeWallTime(dueAt),
    raisedAt: toRomeWallTime(raisedAt),
    ...(clearedAt && { clearedAt: toRomeWallTime(clearedAt) }),
    ...(clearedBy !== null && { clearedBy }),
    words: alarmWords(kind),
    ...(fix && { fix }),
  };
}

function deadlineDto(deadline: Deadline) {
  const { kind, since, due } = deadline;
  return { kind, since: toRomeWallTime(since), due: toRomeWallTime(due), words: deadlineWords(deadline) };
}

/** Receipts are expected of mails that went out since somebody reads the mailbox, give or take the expected time. */
function areReceiptsRead(first: Date | null, sentAt: Date | null, { times }: DeadlineOptions): boolean {
  return first !== null && sentAt !== null && sentAt.getTime() >= first.getTime() - times.receiptExpectedMs;
}

/** What the clocks need to know of an invoice. */
async function clockFacts(
  store: Store,
  view: InvoiceView,
  known: {
    readonly history: readonly Outcome[];
    readonly latest: Transmission | undefined;
    receipts: readonly Receipt[];
  },
  options: DeadlineOptions,
): Promise<ClockFacts> {
  const { history, latest, receipts } = known;
  const sentAt = latest?.sentAt ?? null;
  const isWaiting = view.status === 'INTERNAL_INVOICE_SENT';
  return {
    status: view.status,
    detail: view.detail,
    isOffice: await isToOffice(store, view.invoiceId),
    hasReceipt: receipts.some(({ transmissionId }) => transmissionId === latest?.transmissionId),
    receiptsAreRead:
      isWaiting && areReceiptsRead(await firstReceiptAt(store, latest?.mailbox ?? null), sentAt, options),
    sentAt,
    transmittedAt: latest?.createdAt ?? null,
    history,
  };
}

function stepDto({ at, event, details = [] }: TrailStep) {
  return { at, event, details: details.map((one) => (typeof one === 'string' ? { it: one, en: one } : one)) };
}

/** What happened, without what the answer tells elsewhere: findings, and the words of each notice. */
function briefTrail(
  view: InvoiceView,
  { history, notices, ...rest }: Omit<TrailParts, 'view' | 'fileName' | 'sha256'>,
): readonly TrailStep[] {
  const brief = {
    view: { ...view, findings: null },
    history: history.map((outcome) => ({ ...outcome, findings: null })),
    notices: notices.map((notice) => ({ ...notice, words: { it: [], en: [] } })),
  };
  return trailOf({ ...brief, ...rest, fileName: undefined, sha256: '' }).steps ?? [];
}

/**
 * Reads an invoice's story; times are Europe/Rome.
 * @param store the database
 * @param view the invoice
 * @param options the expected times
 * @returns where it stands in words, and `trail`: all that happened, in words and in the order of time; the rest is what that was told from
 */
export async function readStory(store: Store, view: InvoiceView, options: DeadlineOptions) {
  const { invoiceId } = view;
  const history = await historyOf(store, invoiceId);
  const transmissions = await transmissionsOf(store, invoiceId);
  const receipts = await receiptsOf(store, invoiceId);
  const facts = await clockFacts(
    store,
    view,
    { history, latest: transmissions.find(({ current }) => current), receipts },
    options,
  );
  const by = resendBy(history);
  const notices = await noticesOf(store, invoiceId);
  const alarms = await alarmsOf(store, invoiceId);
  const trail = briefTrail(view, { history, transmissions, receipts, alarms, notices: notices.map(toldNotice) });
  const faces = await facesOf(store, invoiceId);
  return {
    words: standingWords(view),
    ...(faces.length > 0 && { documents: faces.map(documentDto) }),
    ...(by !== undefined && { resendBy: by }),
    history: history.map(historyDto),
    transmissions: transmissions.map((one) => transmissionDto(one, receipts)),
    notices: notices.map(noticeDto),
    alarms: alarms.map(alarmDto),
    deadlines: deadlinesOf(facts, options.times).map(deadlineDto),
    trail: trail.map(stepDto),
  };
}
