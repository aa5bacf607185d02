// dbmanager: takes SdI's answers about (customer, invoice number): a known internal invoice moves, everything else is answered.
import type { EncodedEvent } from '@staffetta/flow/events.ts';
import type { Standing } from '@staffetta/flow/invoice-details.ts';
import { eventOf } from '@staffetta/flow/invoice-moves.ts';
import type { Finding, SdiNotificationDto } from '@staffetta/flow/messages.ts';
import type { FlowStep, Incoming, World } from '@staffetta/platform/service.ts';
import { applyMoves } from './apply-moves.ts';
import { unknownEvent } from './invoice-events.ts';
import { tracesOfInvoices } from './invoice-traces.ts';
import { lockInvoicesByNumber, type InvoiceState } from './invoices.ts';
import { leadBack } from './lead-back.ts';
import { causeOf } from './on-incoming-invoice.ts';
import { causesTold } from './outcomes.ts';
import { isStorable } from '@staffetta/platform/store/storable-text.ts';
import { tellMoves, type ToldMove } from './tell-moves.ts';

type Notification = Incoming<'dsiNotification'>;

/**
 * The finding for an invoice that this customer does not have.
 * @param asked who and which
 */
export function invoiceUnknown({
  customerId,
  invoiceNumber,
}: Pick<SdiNotificationDto, 'customerId' | 'invoiceNumber'>): Finding {
  return {
    code: 'INVOICE_UNKNOWN',
    severity: 'error',
    path: '/invoiceNumber',
    value: String(invoiceNumber),
    message: {
      it: `Il cliente ${customerId} non ha una fattura ${invoiceNumber} inviata allo SdI.`,
      en: `Customer ${customerId} has no invoice ${invoiceNumber} that goes to SdI.`,
    },
    fix: { it: 'Controllare cliente e numero della fattura.', en: 'Check the customer and the invoice number.' },
  };
}

/** A deleted invoice is known only as far as the news brings it back: what SdI has seen was sent. */
function isAbout(state: InvoiceState, { message }: Notification): boolean {
  if (state.customerId !== message.customerId || state.kind !== 'internal') return false;
  return state.deletedAt === null || state.status === 'INTERNAL_INVOICE_NOT_SENT';
}

function principalOf({ updatedBy, createdBy }: SdiNotificationDto): string {
  const by = updatedBy ?? createdBy ?? 'receiver';
  return isStorable(by, 200) ? by : 'receiver';
}

/** Brought once more, it says nothing new: the invoice may have been sent again since. */
function stays(standing: Standing) {
  return { ...standing, kind: 'repeated' } as const;
}

function moveOf(event: Notification, invoiceId: string, isKnown: boolean): ToldMove {
  return {
    invoiceId,
    event: eventOf(event.message.status),
    ...(isKnown && { leads: stays }),
    causationId: event.eventId,
    by: principalOf(event.message),
    cause: causeOf(event),
    answerAlways: true,
  };
}

function answerUnknown(event: Notification): EncodedEvent {
  return unknownEvent(event.key, event.message, invoiceUnknown(event.message), causeOf(event));
}

/**
 * Makes the step for `dsiNotification`. Every event gets an answer on `savedInvoice`, since the receiver waits for one: the outcome
 * where the invoice moved, its present state as repeated where not (or where it was told before), INVALID without id where it is not known.
 * @param world store, bus and clock
 */
export function takeNotifications(world: World): FlowStep<'dsiNotification'> {
  return async (batch) => {
    await world.store.transaction(async (tx) => {
      const states = await lockInvoicesByNumber(
        tx,
        batch.map(({ message }) => message.invoiceNumber),
      );
      const byNumber = new Map(states.map((state) => [state.invoiceNumber, state]));
      const known = await causesTold(
        tx,
        states.map(({ invoiceId }) => invoiceId),
        batch.map(({ eventId }) => eventId),
      );
      const moved = (event: Notification): InvoiceState | undefined => {
        const state = byNumber.get(event.message.invoiceNumber);
        return state && isAbout(state, event) ? state : undefined;
      };
      const news = await leadBack(
        tx,
        batch.map((event) => ({ event })),
        {
          flow: 'dsiNotification',
          about: ({ event }) => moved(event)?.invoiceId,
          read: (ids) => tracesOfInvoices(tx, ids),
        },
      );
      const moves: ToldMove[] = [];
      const unknown: EncodedEvent[] = [];
      for (const { event } of news) {
        const state = moved(event);
        if (state) moves.push(moveOf(event, state.invoiceId, known.has(event.eventId)));
        else unknown.push(answerUnknown(event));
      }
      const answered = await applyMoves(tx, states, moves, world.clock.now());
      world.bus.publishIn(tx, [...(await tellMoves(tx, answered)), ...unknown]);
    });
  };
}
