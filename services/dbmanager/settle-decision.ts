// dbmanager: settles what SdI's notices leave open: somebody looked whether a copy of the file was taken, and says so.
import { fileStem } from '@staffetta/fatturapa/notices/notice-name.ts';
import { followParts } from '@staffetta/flow/archive-parts.ts';
import { issuedBy, settle } from '@staffetta/flow/decisions.ts';
import { HubError } from '@staffetta/flow/errors.ts';
import type { NewsAnswer, NewsEvent, Standing } from '@staffetta/flow/invoice-details.ts';
import { eventLeadingTo } from '@staffetta/flow/invoice-moves.ts';
import type { Bus } from '@staffetta/platform/bus/bus.ts';
import type { Tx } from '@staffetta/platform/store/store.ts';
import { answeredDocuments, changeDocumentDetails, type AnsweredDocument } from './answered-documents.ts';
import { applyMoves } from './apply-moves.ts';
import { noteAct } from './audit.ts';
import type { Act } from './change-customers.ts';
import { holdTarget, type Target } from './change-invoices.ts';
import type { Cause } from './invoice-events.ts';
import { pointToTransmission, type InvoiceState } from './invoices.ts';
import { freeNumbersOf, reclaimNumbersOf } from './issued-numbers.ts';
import { casesOf, type NoticedCase } from './notices.ts';
import { partStanding, withStanding } from './part-news.ts';
import { tellMoves } from './tell-moves.ts';

/** What somebody found out. */
export interface DecisionWish {
  readonly firstCopyTaken: boolean;
  /** The file of an archive that it is about; all doubtful ones where it is left out. */
  readonly file?: string | undefined;
}

/** What the notices say of the latest file, and of those that were sent before it. */
interface Cases {
  readonly own: readonly NoticedCase[];
  readonly earlier: readonly NoticedCase[];
}

async function readCases(tx: Tx, { invoiceId, transmissionId }: InvoiceState): Promise<Cases> {
  const all = await casesOf(tx, invoiceId);
  const isOwn = (one: NoticedCase): boolean => one.transmissionId === transmissionId;
  return { own: all.filter(isOwn), earlier: all.filter((one) => !isOwn(one)) };
}

/** The earlier file that a receipt is about: it is the one that counts, and what comes of it later counts too. */
function fileIssued({ own, earlier }: Cases): string | undefined {
  const casesIn = (cases: readonly NoticedCase[]): string[] => cases.map(({ noticeCase }) => noticeCase);
  if (issuedBy(casesIn(own))) return undefined;
  const byFile = [...Map.groupBy(earlier, ({ transmissionId }) => transmissionId)];
  return byFile.findLast(([, cases]) => issuedBy(casesIn(cases)))?.[0];
}

/** Where a decision leads. */
interface Settled {
  readonly leads: (standing: Standing) => NewsAnswer;
  /** Files of an archive that changed. */
  readonly changed: readonly AnsweredDocument[];
}

function nothing(state: InvoiceState, why: string): HubError {
  return new HubError('NOTHING_TO_DECIDE', `Of invoice ${state.invoiceNumber} (${state.status}) ${why}.`);
}

/** What notices say of each file of an archive; one about no file in particular speaks for each of them. */
function casesByFile(
  bodies: readonly AnsweredDocument[],
  cases: readonly NoticedCase[],
): (body: AnsweredDocument) => string[] {
  const stems = new Set(bodies.map(({ part }) => stemOf(part)));
  const byStem = Map.groupBy(cases, ({ fileName }) => {
    const stem = stemOf(fileName);
    return stems.has(stem) ? stem : undefined;
  });
  return ({ part }) => {
    const its = [...(byStem.get(undefined) ?? []), ...(byStem.get(stemOf(part)) ?? [])];
    return its.map(({ noticeCase }) => noticeCase);
  };
}

function stemOf(name: string | null): string | undefined {
  return name === null ? undefined : fileStem(name);
}

function settleFiles(
  bodies: readonly AnsweredDocument[],
  cases: readonly NoticedCase[],
  { firstCopyTaken, file }: DecisionWish,
): AnsweredDocument[] {
  const casesFor = casesByFile(bodies, cases);
  return bodies.map((body) => {
    if (file !== undefined && stemOf(body.part) !== fileStem(file)) return body;
    const answer = settle(partStanding(body), firstCopyTaken, casesFor(body));
    return answer.kind === 'refused' ? body : withStanding(body, answer);
  });
}

function settled(bodies: readonly AnsweredDocument[], { own, earlier }: Cases, wish: DecisionWish): Settled {
  const doubtful = bodies.filter(({ part, detail }) => part !== null && detail === 'DECISION_NEEDED');
  if (doubtful.length === 0) {
    const [now, before] = [own, earlier].map((cases) => cases.map(({ noticeCase }) => noticeCase));
    return { leads: (standing) => settle(standing, wish.firstCopyTaken, now ?? [], before), changed: [] };
  }
  const cases = own;
  const now = settleFiles(bodies, cases, wish);
  const changed = now.filter((body, index) => body !== bodies[index]);
  const parts = now.map(partStanding);
  return {
    leads: (standing) => (changed.length > 0 ? followParts(standing, parts, true) : { ...standing, kind: 'refused' }),
    changed,
  };
}

async function noteFiles(tx: Tx, changed: readonly AnsweredDocument[]): Promise<void> {
  await changeDocumentDetails(tx, changed);
  await freeNumbersOf(
    tx,
    changed.filter(({ status }) => status === 'INTERNAL_INVOICE_DISCARDED'),
  );
  await reclaimNumbersOf(
    tx,
    changed.filter(({ status }) => status !== null && status !== 'INTERNAL_INVOICE_DISCARDED'),
  );
}

async function pointToIssued(
  tx: Tx,
  state: InvoiceState,
  { firstCopyTaken }: DecisionWish,
  transmissionId: string | undefined,
): Promise<InvoiceState> {
  if (!firstCopyTaken || transmissionId === undefined) return state;
  await pointToTransmission(tx, state.invoiceId, transmissionId);
  return { ...state, transmissionId };
}

/** The history names a decision by the move that it stands for, as clocks and readers know it. */
function eventOf(state: InvoiceState, { kind, status }: NewsAnswer): NewsEvent {
  return (kind === 'moved' && status !== state.status && eventLeadingTo(status)) || 'settled';
}

/**
 * Settles a decision that an invoice waits for (`DECISION_NEEDED`), by the table of decisions.
 * @param tx the transaction
 * @param bus where the outcome is published
 * @param target which one
 * @param wish what somebody found out
 * @param act who, when and why
 * @param cause the request
 * @returns the invoice's id
 * @throws HubError INVOICE_UNKNOWN; NOTHING_TO_DECIDE where nothing is open, or no notice says what became of the copy
 */
export async function settleDecision(
  tx: Tx,
  bus: Bus,
  target: Target,
  wish: DecisionWish,
  act: Act,
  cause: Cause,
): Promise<string> {
  const state = await holdTarget(tx, target);
  const { invoiceId, invoiceNumber, status, detail } = state;
  if (detail !== 'DECISION_NEEDED') throw nothing(state, 'nothing is to be decided');
  const cases = await readCases(tx, state);
  const { leads, changed } = settled(await answeredDocuments(tx, [invoiceId]), cases, wish);
  const answer = leads({ status, detail });
  if (answer.kind === 'refused') throw nothing(state, 'no file waits for this decision');
  await noteFiles(tx, changed);
  const { by, reason, at } = act;
  const event = eventOf(state, answer);
  const shared = { invoiceId, causationId: cause.eventId ?? null, by, reason, cause, answerAlways: false };
  const counted = await pointToIssued(tx, state, wish, changed.length > 0 ? undefined : fileIssued(cases));
  const answered = await applyMoves(tx, [counted], [{ ...shared, event, leads, refines: true }], at);
  const details = { ...wish, from: { status, detail }, to: { status: answer.status, detail: answer.detail } };
  await noteAct(tx, { ...act, action: 'invoice.decision', subject: `invoice ${invoiceNumber}`, details });
  bus.publishIn(tx, await tellMoves(tx, answered));
  return invoiceId;
}
