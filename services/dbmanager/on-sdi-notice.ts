// dbmanager: takes SdI's notices: each is kept once, verbatim, and moves the invoices of the file that it is about (ADR-0012).
import { followNews, type NewsAnswer } from '@staffetta/flow/invoice-details.ts';
import type { InvoiceStatus } from '@staffetta/flow/statuses.ts';
import type { FlowStep, World } from '@staffetta/platform/service.ts';
import type { Tx } from '@staffetta/platform/store/store.ts';
import { answeredDocuments, changeDocumentDetails } from './answered-documents.ts';
import { applyMoves, type Answered } from './apply-moves.ts';
import { arrivedNotices, type ArrivedNotice, type NoticeEvent } from './arrived-notices.ts';
import type { DbmanagerOptions } from './config.ts';
import { wantDetails } from './detail-wishes.ts';
import { lockInvoices, type InvoiceState } from './invoices.ts';
import { keepNotices } from './kept-notices.ts';
import { archiveOf, matchNotices, type MatchedNotice } from './match-notices.ts';
import { noteFindings, readFindings } from './noted-findings.ts';
import { newsOfNotice, planNotices, type NoticeMove } from './notice-moves.ts';
import { invoicesSentWith, noteSentFiles, type SentFileNews, type SentInvoiceRow } from './sent-files.ts';
import { tellMoves } from './tell-moves.ts';
import type { TransmissionState } from './transmissions.ts';

type Options = Pick<DbmanagerOptions, 'checking'>;

function readBatch(batch: readonly NoticeEvent[]) {
  const arrived: ArrivedNotice[] = [];
  const failed: { event: NoticeEvent; error: unknown }[] = [];
  for (const event of batch) {
    try {
      arrived.push(...arrivedNotices(event));
    } catch (error) {
      failed.push({ event, error });
    }
  }
  // The same notice twice in a batch is one.
  return { arrived: [...new Map(arrived.map((one) => [one.key, one])).values()], failed };
}

function statusOf(state: TransmissionState): InvoiceStatus {
  return state === 'ERROR' ? 'INVOICE_ERROR' : `INTERNAL_INVOICE_${state}`;
}

function stateOf(status: InvoiceStatus): TransmissionState {
  return status.replace(/^INTERNAL_INVOICE_|^INVOICE_/, '') as TransmissionState;
}

/** SdI gives each copy an id of its own: that of a copy it refused as sent before, or of news that does not count, is not the file's. */
function idFor(one: MatchedNotice, event: string, { kind }: NewsAnswer): string | null {
  if (event === 'noticed' || kind === 'refused' || kind === 'late') return null;
  return one.isPart ? (archiveOf(one).sdiId ?? null) : one.sdiId;
}

/** What notices tell of the files themselves; an invoice's latest takes its state from the invoice. */
function fileNews(
  notices: readonly MatchedNotice[],
  sent: readonly SentInvoiceRow[],
  latest: ReadonlySet<string>,
): SentFileNews[] {
  const states = new Map(sent.map(({ transmissionId, state }) => [transmissionId, statusOf(state)]));
  const news = new Map<string, SentFileNews>();
  for (const one of notices) {
    const told = newsOfNotice(one);
    const transmissionId = one.file?.transmissionId;
    const status = transmissionId === undefined ? undefined : states.get(transmissionId);
    if (!told || transmissionId === undefined || !status) continue;
    const answer = followNews({ status, detail: null }, told.event, told.detail);
    states.set(transmissionId, answer.status);
    const before = news.get(transmissionId);
    const state = latest.has(transmissionId) ? null : stateOf(answer.status);
    news.set(transmissionId, { transmissionId, state, sdiId: idFor(one, told.event, answer) ?? before?.sdiId ?? null });
  }
  return [...news.values()];
}

/** The invoices of each notice's file, as far as it is their latest: late news of an older one moves nothing. */
function withInvoices(
  notices: readonly MatchedNotice[],
  sent: readonly SentInvoiceRow[],
  states: readonly InvoiceState[],
): (readonly [MatchedNotice, readonly string[]])[] {
  const latestOf = new Map(states.map(({ invoiceId, transmissionId }) => [invoiceId, transmissionId]));
  return notices.map((one) => {
    const ids = sent
      .filter(({ transmissionId }) => transmissionId === one.file?.transmissionId)
      .map(({ invoiceId }) => invoiceId);
    return [one, ids.filter((invoiceId) => latestOf.get(invoiceId) === one.file?.transmissionId)] as const;
  });
}

async function tellThose(tx: Tx, answered: readonly Answered<NoticeMove>[], states: readonly InvoiceState[]) {
  const customers = new Map(states.map(({ invoiceId, customerId }) => [invoiceId, customerId]));
  const wanting = await wantDetails(tx, [...new Set([...customers.values()].filter((id) => id !== null))]);
  const isTold = ({ answer, move }: Answered<NoticeMove>): boolean => {
    const customerId = customers.get(move.invoiceId) ?? null;
    return answer.kind === 'moved' || move.asks || (customerId !== null && wanting.has(customerId));
  };
  return tellMoves(tx, answered.filter(isTold));
}

async function moveThose(world: World, options: Options, tx: Tx, fresh: readonly MatchedNotice[]) {
  const sent = await invoicesSentWith(tx, [...new Set(fresh.flatMap(({ file }) => file?.transmissionId ?? []))]);
  if (sent.length === 0) return { refused: [], unplaced: [] };
  const ids = [...new Set(sent.map(({ invoiceId }) => invoiceId))];
  const at = world.clock.now();
  const states = await lockInvoices(tx, ids);
  const plan = planNotices(withInvoices(fresh, sent, states), {
    states,
    documents: await answeredDocuments(tx, ids),
    findings: await readFindings(tx, ids),
    findingsMax: options.checking.findingsMax,
  });
  await noteFindings(tx, plan.findings);
  await changeDocumentDetails(tx, plan.documents);
  const answered = await applyMoves(tx, states, plan.moves, at);
  const latest = new Set(states.flatMap(({ transmissionId }) => transmissionId ?? []));
  await noteSentFiles(tx, fileNews(fresh, sent, latest), at);
  world.bus.publishIn(tx, await tellThose(tx, answered, states));
  return plan;
}

function shown({ notice, sdiId, event, doubt }: MatchedNotice) {
  const fileName = 'fileName' in notice ? notice.fileName : undefined;
  return { kind: notice.kind, sdiId, fileName, doubt, correlationId: event.correlationId };
}

/**
 * Makes the step for `sdiNotice`. The same notice again changes nothing; one that fits no file of ours is kept without a transmission and
 * told in the log and in `GET /api/notices`; one that contradicts what is known is kept and moves nothing.
 * @param world store, bus, clock and log
 * @param options how many findings an invoice may have
 */
export function takeNotices(world: World, options: Options): FlowStep<'sdiNotice'> {
  return async (batch) => {
    const { arrived, failed } = readBatch(batch);
    if (arrived.length === 0) return failed;
    await world.store.transaction(async (tx) => {
      const matched = await matchNotices(tx, arrived);
      const kept = await keepNotices(tx, matched, world.clock.now());
      const fresh = matched.filter(({ key }) => kept.has(key));
      const { refused, unplaced } = await moveThose(world, options, tx, fresh);
      tx.afterCommit(() => {
        for (const one of fresh) if (!one.file) world.log.warn(shown(one), 'notice.unmatched');
        for (const one of refused) world.log.warn(shown(one), 'notice.contradicts');
        for (const one of unplaced) world.log.warn(shown(one), 'notice.fitsNoInvoice');
        world.log.debug({ read: arrived.length, kept: fresh.length }, 'notices.kept');
      });
    });
    return failed;
  };
}
