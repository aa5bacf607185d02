// dbmanager: takes what the mail server said about a transmission: SENT or NOT_SENT, whatever came before it.
import { storableText } from '@staffetta/platform/store/storable-text.ts';
import { HubError } from '@staffetta/flow/errors.ts';
import type { FlowStep, Incoming, World } from '@staffetta/platform/service.ts';
import { applyMoves } from './apply-moves.ts';
import { lockInvoices, type InvoiceState } from './invoices.ts';
import { causeOf } from './on-incoming-invoice.ts';
import { takeAnswerMail, type AnswerMailNews } from './take-answer-mail.ts';
import { tellMoves, type ToldMove } from './tell-moves.ts';
import { changeOldTransmissions } from './transmissions.ts';

type Sent = Incoming<'sentInvoice'>;

const uuidForm = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

function moveOf(event: Sent): ToldMove {
  const { invoiceId, invoiceStatus, messageId, reason } = event.message;
  return {
    invoiceId: invoiceId.toLowerCase(),
    event: invoiceStatus === 'INTERNAL_INVOICE_SENT' ? 'sent' : 'notSent',
    causationId: event.eventId,
    by: 'sender',
    reason: reason === undefined ? undefined : storable(reason),
    messageId: messageId === undefined ? undefined : storable(messageId),
    cause: causeOf(event),
    answerAlways: false,
  };
}

/** A file that is about a received invoice is the answer to it. */
function answerNews(event: Sent): AnswerMailNews {
  const { reason, messageId, cause, by } = moveOf(event);
  const { transmissionId, invoiceStatus } = event.message;
  const mail = invoiceStatus === 'INTERNAL_INVOICE_SENT' ? 'SENT' : 'NOT_SENT';
  return { transmissionId: transmissionId.toLowerCase(), mail, by, cause, reason, messageId };
}

/** A mail server may answer anything. */
function storable(text: string): string {
  return storableText(text, 2000);
}

function sortOut(batch: readonly Sent[]) {
  const good: Sent[] = [];
  const failed: { event: Sent; error: unknown }[] = [];
  for (const event of batch) {
    const { invoiceId, transmissionId } = event.message;
    if (uuidForm.test(invoiceId) && uuidForm.test(transmissionId)) good.push(event);
    else
      failed.push({
        event,
        error: new HubError('MESSAGE_NOT_READABLE', 'The invoice id or the transmission id is no UUID.'),
      });
  }
  return { good, failed };
}

/** Late news of an earlier transmission never moves the invoice: it shows its latest one. */
function isLatest(event: Sent, state: InvoiceState): boolean {
  return state.transmissionId === event.message.transmissionId.toLowerCase();
}

/**
 * Makes the step for `sentInvoice`. Repeated and late news change nothing; news about an invoice that does not exist fails alone.
 * @param world store, bus and clock
 */
export function takeSentInvoices(world: World): FlowStep<'sentInvoice'> {
  return async (batch) => {
    const { good, failed } = sortOut(batch);
    if (good.length === 0) return failed;
    const unknown = await world.store.transaction(async (tx) => {
      const at = world.clock.now();
      const states = await lockInvoices(
        tx,
        good.map(({ message }) => message.invoiceId),
      );
      const byId = new Map(states.map((state) => [state.invoiceId, state]));
      const known = good.flatMap((event) => {
        const state = byId.get(event.message.invoiceId.toLowerCase());
        return state ? [{ event, state, latest: isLatest(event, state) }] : [];
      });
      await changeOldTransmissions(
        tx,
        known.filter(({ latest, state }) => !latest && state.kind === 'internal').map(({ event }) => event.message),
        at,
      );
      const moves = known.filter(({ latest }) => latest).map(({ event }) => moveOf(event));
      const answered = await applyMoves(tx, states, moves, at);
      world.bus.publishIn(tx, await tellMoves(tx, answered));
      const answers = known.filter(({ state }) => state.kind === 'external');
      for (const { event } of answers) world.bus.publishIn(tx, await takeAnswerMail(tx, answerNews(event), at));
      return good.filter(({ message }) => !byId.has(message.invoiceId.toLowerCase()));
    });
    const missing = unknown.map((event) => {
      return { event, error: new HubError('INVOICE_UNKNOWN', `There is no invoice ${event.message.invoiceId}.`) };
    });
    return [...failed, ...missing];
  };
}
