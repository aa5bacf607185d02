// dbmanager: takes SdI's notices: each is kept once, verbatim, and moves the invoices of the file that it is about (ADR-0012).
import { followNews, type NewsAnswer } from '@staffetta/flow/invoice-details.ts';
import type { FlowStep, World } from '@staffetta/platform/service.ts';
import type { Tx } from '@staffetta/platform/store/store.ts';
import { answeredDocuments, changeDocumentDetails } from './answered-documents.ts';
import { applyMoves } from './apply-moves.ts';
import { arrivedNotices, type ArrivedNotice, type NoticeEvent } from './arrived-notices.ts';
import type { DbmanagerOptions } from './config.ts';
import { noteOffices } from './due-deadlines.ts';
import { lockInvoices, pointToTransmission, type InvoiceState } from './invoices.ts';
import { freeNumbersOf, reclaimNumbersOf } from './issued-numbers.ts';
import { tracesOfFiles } from './invoice-traces.ts';
import { keepNotices } from './kept-notices.ts';
import { leadBack } from './lead-back.ts';
import { archiveOf, matchNotices, type MatchedNotice } from './match-notices.ts';
import { noteFindings, readFindings } from './noted-findings.ts';
import { causeOf } from './on-incoming-invoice.ts';
import { placeReceived } from './place-received.ts';
import { takeReceivedNotice } from './take-received-notice.ts';
import { newsOfNotice, planNotices, type PlacedNotice } from './notice-moves.ts';
import { invoicesSentWith, noteSentFiles, type SentFileNews, type SentInvoiceRow } from './sent-files.ts';
import { tellWanted } from './tell-wanted.ts';
import { stateOfStatus, statusOfState } from './transmission-states.ts';

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

/** SdI gives each copy an id of its own: that of a copy it refused as sent before, or of news that does not count, is not the file's. */
function idFor(one: MatchedNotice, event: string, { kind }: NewsAnswer): string | null {
  if (event === 'noticed' || kind === 'refused' || kind === 'late') return null;
  return one.sdiId;
}

/** What notices tell of the files themselves; an invoice's latest takes its state from the invoice. */
function fileNews(
  notices: readonly MatchedNotice[],
  sent: readonly SentInvoiceRow[],
  latest: ReadonlySet<string>,
): SentFileNews[] {
  const states = new Map(sent.map(({ transmissionId, state }) => [transmissionId, statusOfState(state)]));
  const news = new Map<string, SentFileNews>();
  for (const one of notices) {
    const told = newsOfNotice(one);
    const transmissionId = one.file?.transmissionId;
    const status = transmissionId === undefined ? undefined : states.get(transmissionId);
    if (!told || transmissionId === undefined || !status) continue;
    const before = news.get(transmissionId);
    if (one.isPart) {
      // A file of an archive has an id of its own, and says nothing of the others.
      news.set(transmissionId, {
        transmissionId,
        state: null,
        ...before,
        sdiId: archiveOf(one).sdiId ?? before?.sdiId ?? null,
      });
      continue;
    }
    const answer = followNews({ status, detail: null }, told.event, told.detail);
    states.set(transmissionId, answer.status);
    const state = latest.has(transmissionId) ? null : stateOfStatus(answer.status);
    news.set(transmissionId, { transmissionId, state, sdiId: idFor(one, told.event, answer) ?? before?.sdiId ?? null });
  }
  return [...news.values()];
}

/** The invoices of each notice's file: those of which it is the latest, and those of which another one was sent since. */
function withInvoices(
  notices: readonly MatchedNotice[],
  sent: readonly SentInvoiceRow[],
  states: readonly InvoiceState[],
): PlacedNotice[] {
  const latest = new Map(states.map(({ invoiceId, transmissionId }) => [invoiceId, transmissionId]));
  return notices.map((one) => {
    const carried = sent.filter(({ transmissionId }) => transmissionId === one.file?.transmissionId);
    const ids = carried.map(({ invoiceId }) => invoiceId);
    const isLatest = (invoiceId: string): boolean => latest.get(invoiceId) === one.file?.transmissionId;
    return { one, latestOf: ids.filter(isLatest), earlierOf: ids.filter((invoiceId) => !isLatest(invoiceId)) };
  });
}

/** Invoices that an earlier file of theirs was taken of show that one. */
async function pointThose(tx: Tx, states: readonly InvoiceState[], pointed: ReadonlyMap<string, string>) {
  for (const [invoiceId, transmissionId] of pointed) await pointToTransmission(tx, invoiceId, transmissionId);
  return states.map((state) => ({ ...state, transmissionId: pointed.get(state.invoiceId) ?? state.transmissionId }));
}

/** SdI's notices of the family PA are about files for public bodies, whose answer is waited for. */
function officeInvoices(fresh: readonly MatchedNotice[], sent: readonly SentInvoiceRow[]): string[] {
  const files = new Set(
    fresh.flatMap(({ notice, file }) => (notice.family === 'PA' && file ? file.transmissionId : [])),
  );
  return sent.filter(({ transmissionId }) => files.has(transmissionId)).map(({ invoiceId }) => invoiceId);
}

async function moveThose(world: World, options: Options, tx: Tx, fresh: readonly MatchedNotice[]) {
  const sent = await invoicesSentWith(tx, [...new Set(fresh.flatMap(({ file }) => file?.transmissionId ?? []))]);
  if (sent.length === 0) return { refused: [], unplaced: [] };
  const ids = [...new Set(sent.map(({ invoiceId }) => invoiceId))];
  const at = world.clock.now();
  const locked = await lockInvoices(tx, ids);
  await noteOffices(tx, officeInvoices(fresh, sent));
  const plan = planNotices(withInvoices(fresh, sent, locked), {
    states: locked,
    documents: await answeredDocuments(tx, ids),
    findings: await readFindings(tx, ids),
    findingsMax: options.checking.findingsMax,
  });
  await noteFindings(tx, plan.findings);
  await changeDocumentDetails(tx, plan.documents);
  await freeNumbersOf(tx, plan.discarded);
  await reclaimNumbersOf(tx, plan.contradicted);
  const states = await pointThose(tx, locked, plan.pointed);
  const answered = await applyMoves(tx, states, plan.moves, at);
  const latest = new Set(states.flatMap(({ transmissionId }) => transmissionId ?? []));
  await noteSentFiles(tx, fileNews(fresh, sent, latest), at);
  world.bus.publishIn(tx, await tellWanted(tx, answered, states));
  return plan;
}

/** What is about invoices that were received; the file that a notice is about may have been sent from here, too. */
async function takeReceived(
  world: World,
  tx: Tx,
  fresh: readonly MatchedNotice[],
  received: ReadonlyMap<string, string>,
  at: Date,
): Promise<MatchedNotice[]> {
  const lost: MatchedNotice[] = [];
  for (const one of fresh) {
    const invoiceId = received.get(one.key);
    if (invoiceId === undefined) continue;
    const by = one.event.message.createdBy ?? null;
    const { events, fits } = await takeReceivedNotice(
      tx,
      { notice: one.notice, invoiceId, by, cause: causeOf(one.event) },
      at,
    );
    world.bus.publishIn(tx, events);
    if (!fits) lost.push(one);
  }
  return lost;
}

function shown({ notice, sdiId, event, doubt }: MatchedNotice) {
  return { kind: notice.kind, sdiId, doubt, correlationId: event.correlationId };
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
      const at = world.clock.now();
      const matched = await matchNotices(tx, arrived);
      const received = await placeReceived(tx, matched, at);
      const kept = await keepNotices(tx, matched, received, at);
      const fresh = await leadBack(
        tx,
        matched.filter(({ key }) => kept.has(key)),
        { flow: 'sdiNotice', about: ({ file }) => file?.transmissionId, read: (ids) => tracesOfFiles(tx, ids) },
      );
      const { refused, unplaced } = await moveThose(world, options, tx, fresh);
      const lost = await takeReceived(world, tx, fresh, received, at);
      tx.afterCommit(() => {
        for (const one of fresh)
          if (!one.file && !received.has(one.key)) world.log.warn(shown(one), 'notice.unmatched');
        for (const one of refused) world.log.warn(shown(one), 'notice.contradicts');
        for (const one of [...unplaced, ...lost]) world.log.warn(shown(one), 'notice.fitsNoInvoice');
        world.log.debug({ read: arrived.length, kept: fresh.length }, 'notices.kept');
      });
    });
    return failed;
  };
}
