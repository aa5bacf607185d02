// dbmanager: takes what the PEC provider certifies of our mails: each receipt is kept once, and moves the invoices of its file.
import type { EncodedEvent } from '@staffetta/flow/events.ts';
import type { PecReceiptKind } from '@staffetta/flow/messages.ts';
import type { FlowStep, World } from '@staffetta/platform/service.ts';
import { shownAddress } from '@staffetta/platform/telemetry/shown-address.ts';
import type { Queryable, Tx } from '@staffetta/platform/store/store.ts';
import { clearReceiptAlarms } from './alarms.ts';
import { applyMoves } from './apply-moves.ts';
import { arrivedReceipt, type ArrivedReceipt, type ReceiptEvent } from './arrived-receipts.ts';
import type { DbmanagerOptions } from './config.ts';
import { tracesOfFiles } from './invoice-traces.ts';
import { lockInvoices, type InvoiceState } from './invoices.ts';
import { leadBack } from './lead-back.ts';
import { readFindings } from './noted-findings.ts';
import { causeOf } from './on-incoming-invoice.ts';
import { keepReceipts, receiptKinds, transmissionNames, type MatchedReceipt } from './pec-receipts.ts';
import { isContradicted, oldStateAfter, receiptMove } from './receipt-moves.ts';
import { invoicesSentWith, noteSentFiles, type SentFileNews, type SentInvoiceRow } from './sent-files.ts';
import { mailOfReceipt, takeAnswerMail } from './take-answer-mail.ts';
import { tellWanted } from './tell-wanted.ts';

type Options = Pick<DbmanagerOptions, 'checking'>;

function readBatch(batch: readonly ReceiptEvent[]) {
  const arrived: ArrivedReceipt[] = [];
  const failed: { event: ReceiptEvent; error: unknown }[] = [];
  for (const event of batch) {
    try {
      arrived.push(arrivedReceipt(event));
    } catch (error) {
      failed.push({ event, error });
    }
  }
  return { arrived, failed };
}

/** By the id in our Message-ID, the name checked: a receipt about another's mail moves nothing of ours. */
async function matchReceipts(db: Queryable, arrived: readonly ArrivedReceipt[]): Promise<MatchedReceipt[]> {
  const names = await transmissionNames(db, [...new Set(arrived.flatMap(({ named }) => named?.transmissionId ?? []))]);
  return arrived.map((one) => {
    const id = one.named?.transmissionId;
    const isOurs = id !== undefined && names.get(id)?.toLowerCase() === one.named?.fileName.toLowerCase();
    return { ...one, transmissionId: isOurs ? id : null };
  });
}

/** Receipts with those about the same mail that were known before each. */
function withBefore(fresh: readonly MatchedReceipt[], known: ReadonlyMap<string, readonly PecReceiptKind[]>) {
  const before = new Map<string, readonly PecReceiptKind[]>(known);
  return fresh.flatMap((one) => {
    if (one.transmissionId === null) return [];
    const kinds = before.get(one.transmissionId) ?? [];
    before.set(one.transmissionId, [...kinds, one.receipt]);
    return [{ one, transmissionId: one.transmissionId, before: kinds }];
  });
}

type Placed = ReturnType<typeof withBefore>[number];

function movesOf(
  placed: readonly Placed[],
  states: readonly InvoiceState[],
  findings: Awaited<ReturnType<typeof readFindings>>,
  findingsMax: number,
) {
  const standing = placed.filter(({ one, before }) => !isContradicted(one.receipt, before));
  return standing.flatMap(({ one, transmissionId }) => {
    // Late news of an earlier transmission never moves the invoice: it shows its latest one.
    const latest = states.filter((state) => state.transmissionId === transmissionId);
    return latest.flatMap(
      ({ invoiceId }) => receiptMove(one, invoiceId, findings.get(invoiceId) ?? [], findingsMax) ?? [],
    );
  });
}

function oldNews(
  placed: readonly Placed[],
  sent: readonly SentInvoiceRow[],
  latest: ReadonlySet<string | null>,
): SentFileNews[] {
  const states = new Map(sent.map(({ transmissionId, state }) => [transmissionId, state]));
  const changed = new Map<string, SentFileNews>();
  for (const { one, transmissionId, before } of placed) {
    const state = states.get(transmissionId);
    if (state === undefined || latest.has(transmissionId)) continue;
    const next = oldStateAfter(state, one.receipt, before);
    states.set(transmissionId, next);
    changed.set(transmissionId, { transmissionId, state: next, sdiId: null });
  }
  return [...changed.values()];
}

async function moveThose(world: World, options: Options, tx: Tx, placed: readonly Placed[], at: Date): Promise<void> {
  const sent = await invoicesSentWith(tx, [...new Set(placed.map(({ transmissionId }) => transmissionId))]);
  if (sent.length === 0) return;
  const ids = [...new Set(sent.map(({ invoiceId }) => invoiceId))];
  const states = await lockInvoices(tx, ids);
  const moves = movesOf(placed, states, await readFindings(tx, ids), options.checking.findingsMax);
  const answered = await applyMoves(tx, states, moves, at);
  const latest = new Set(states.map(({ transmissionId }) => transmissionId));
  await noteSentFiles(tx, oldNews(placed, sent, latest), at);
  await clearReceiptAlarms(tx, sent, at);
  world.bus.publishIn(tx, await tellWanted(tx, answered, states));
  for (const one of placed) world.bus.publishIn(tx, await tellAnswer(tx, one, at));
}

/** The mail may carry a public body's answer to an invoice that it received. */
async function tellAnswer(tx: Tx, { one, transmissionId }: Placed, at: Date): Promise<EncodedEvent[]> {
  const mail = mailOfReceipt[one.receipt];
  if (mail === null) return [];
  const news = {
    by: 'mailbox',
    cause: causeOf(one.event),
    reason: one.reason ?? undefined,
    messageId: one.ofMessageId,
  };
  return takeAnswerMail(tx, { ...news, transmissionId, mail }, at);
}

function shown({ receipt, mailbox, mailId, event }: ArrivedReceipt) {
  return { receipt, mailbox: shownAddress(mailbox), mailId, correlationId: event.correlationId };
}

/**
 * Makes the step for `pecReceipt`. The same receipt again changes nothing, in whatever order receipts, SdI's notices and the sender's own
 * word come; one that names no file of ours is kept without a transmission and told in the log. A refined detail calls back where the
 * customer wants it; a mail that came back always does.
 * @param world store, bus, clock and log
 * @param options how many findings are told
 */
export function takeReceipts(world: World, options: Options): FlowStep<'pecReceipt'> {
  return async (batch) => {
    const { arrived, failed } = readBatch(batch);
    if (arrived.length === 0) return failed;
    await world.store.transaction(async (tx) => {
      const at = world.clock.now();
      const matched = await matchReceipts(tx, arrived);
      const ids = [...new Set(matched.flatMap(({ transmissionId }) => transmissionId ?? []))];
      const known = await receiptKinds(tx, ids);
      const kept = await keepReceipts(tx, matched, at);
      const fresh = await leadBack(
        tx,
        matched.filter(({ mailId }) => kept.delete(mailId)),
        {
          flow: 'pecReceipt',
          about: ({ transmissionId }) => transmissionId ?? undefined,
          read: (ids) => tracesOfFiles(tx, ids),
        },
      );
      await moveThose(world, options, tx, withBefore(fresh, known), at);
      tx.afterCommit(() => {
        for (const one of fresh) if (one.transmissionId === null) world.log.warn(shown(one), 'receipt.unmatched');
        world.log.debug({ read: arrived.length, kept: fresh.length }, 'receipts.kept');
      });
    });
    return failed;
  };
}
