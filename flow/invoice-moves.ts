// flow: the state machine of an invoice; rows are events, the answer is moved, repeated, late or refused.
import type { InvoiceStatus, NotificationStatus } from './statuses.ts';

/** What may happen to an invoice once it is stored (or as it is stored: from `INTERNAL_INVOICE_NEW`). */
export const invoiceEvents = [
  'accepted',
  'rejected',
  'received',
  'sent',
  'notSent',
  'returned',
  'delivered',
  'discarded',
  'notDelivered',
  'failed',
  'resent',
] as const;

/** One of the events that the table of moves knows. */
export type InvoiceEvent = (typeof invoiceEvents)[number];

/** A row of the table: where the event leads, from where, and where it comes too late to change anything. */
export interface InvoiceMove {
  readonly to: InvoiceStatus;
  readonly from: readonly InvoiceStatus[];
  readonly late: readonly InvoiceStatus[];
  readonly means: string;
}

/** The table of moves. What is neither in `from` nor in `late` (nor already there) is refused. */
export const invoiceMoves: Readonly<Record<InvoiceEvent, InvoiceMove>> = {
  accepted: {
    to: 'INTERNAL_INVOICE_TOBE_SENT',
    from: ['INTERNAL_INVOICE_NEW'],
    late: [
      'INTERNAL_INVOICE_SENT',
      'INTERNAL_INVOICE_NOT_SENT',
      'INTERNAL_INVOICE_DELIVERED',
      'INTERNAL_INVOICE_DISCARDED',
      'INTERNAL_INVOICE_NOT_DELIVERED',
    ],
    means: 'the document and its customer are right; it waits to be mailed',
  },
  rejected: {
    to: 'INTERNAL_INVOICE_INVALID',
    from: ['INTERNAL_INVOICE_NEW'],
    late: [],
    means: 'the document or its customer is not right; nothing goes out',
  },
  received: {
    to: 'EXTERNAL_INVOICE',
    from: ['INTERNAL_INVOICE_NEW'],
    late: [],
    means: "a supplier's invoice for one of our customers is stored",
  },
  sent: {
    to: 'INTERNAL_INVOICE_SENT',
    from: ['INTERNAL_INVOICE_TOBE_SENT', 'INVOICE_ERROR', 'INTERNAL_INVOICE_NOT_SENT'],
    late: ['INTERNAL_INVOICE_DELIVERED', 'INTERNAL_INVOICE_DISCARDED', 'INTERNAL_INVOICE_NOT_DELIVERED'],
    means: "the mail server took the mail (SMTP's 250)",
  },
  notSent: {
    to: 'INTERNAL_INVOICE_NOT_SENT',
    from: ['INTERNAL_INVOICE_TOBE_SENT', 'INVOICE_ERROR'],
    late: [
      'INTERNAL_INVOICE_SENT',
      'INTERNAL_INVOICE_DELIVERED',
      'INTERNAL_INVOICE_DISCARDED',
      'INTERNAL_INVOICE_NOT_DELIVERED',
    ],
    means: 'the mail server refused the mail for good; SdI has not seen it',
  },
  returned: {
    to: 'INTERNAL_INVOICE_NOT_SENT',
    from: ['INTERNAL_INVOICE_TOBE_SENT', 'INVOICE_ERROR', 'INTERNAL_INVOICE_SENT'],
    late: ['INTERNAL_INVOICE_DELIVERED', 'INTERNAL_INVOICE_DISCARDED', 'INTERNAL_INVOICE_NOT_DELIVERED'],
    means: 'the PEC provider took the mail from the mail server and could not bring it to SdI, which has not seen it',
  },
  delivered: {
    to: 'INTERNAL_INVOICE_DELIVERED',
    from: [
      'INTERNAL_INVOICE_TOBE_SENT',
      'INVOICE_ERROR',
      'INTERNAL_INVOICE_SENT',
      'INTERNAL_INVOICE_NOT_SENT',
      'INTERNAL_INVOICE_NOT_DELIVERED',
    ],
    late: [],
    means: 'SdI delivered it to the customer (RC)',
  },
  discarded: {
    to: 'INTERNAL_INVOICE_DISCARDED',
    from: ['INTERNAL_INVOICE_TOBE_SENT', 'INVOICE_ERROR', 'INTERNAL_INVOICE_SENT', 'INTERNAL_INVOICE_NOT_SENT'],
    late: [],
    means: 'SdI refused it: never issued (NS)',
  },
  notDelivered: {
    to: 'INTERNAL_INVOICE_NOT_DELIVERED',
    from: ['INTERNAL_INVOICE_TOBE_SENT', 'INVOICE_ERROR', 'INTERNAL_INVOICE_SENT', 'INTERNAL_INVOICE_NOT_SENT'],
    late: ['INTERNAL_INVOICE_DELIVERED'],
    means: 'SdI could not deliver it; it is issued all the same (MC)',
  },
  failed: {
    to: 'INVOICE_ERROR',
    from: ['INTERNAL_INVOICE_NEW', 'INTERNAL_INVOICE_TOBE_SENT'],
    late: [
      'INTERNAL_INVOICE_SENT',
      'INTERNAL_INVOICE_NOT_SENT',
      'INTERNAL_INVOICE_DELIVERED',
      'INTERNAL_INVOICE_DISCARDED',
      'INTERNAL_INVOICE_NOT_DELIVERED',
    ],
    means:
      'the hub itself could not go on with it; an operator must look, and what becomes known of it later still counts',
  },
  resent: {
    to: 'INTERNAL_INVOICE_TOBE_SENT',
    from: ['INTERNAL_INVOICE_NOT_SENT', 'INTERNAL_INVOICE_DISCARDED', 'INTERNAL_INVOICE_SENT', 'INVOICE_ERROR'],
    late: [],
    means:
      'somebody sends it again, corrected or as it was (of what SdI never answered the same file alone): a new transmission, and the invoice shows its latest one',
  },
};

/** The table's answer: `moved` changes the status, `repeated` and `late` change nothing, `refused` contradicts. */
export type MoveAnswer =
  | { readonly kind: 'moved'; readonly status: InvoiceStatus }
  | { readonly kind: 'repeated' | 'late' | 'refused'; readonly status: InvoiceStatus };

/**
 * Asks the table what an event does to an invoice.
 * @param status the invoice's status now
 * @param event what happened
 * @returns the answer with the status that holds afterwards (unchanged unless `moved`)
 */
export function moveInvoice(status: InvoiceStatus, event: InvoiceEvent): MoveAnswer {
  const move = invoiceMoves[event];
  if (status === move.to) return { kind: 'repeated', status };
  if (move.from.includes(status)) return { kind: 'moved', status: move.to };
  return { kind: move.late.includes(status) ? 'late' : 'refused', status };
}

const eventOfNotification = {
  INTERNAL_INVOICE_DELIVERED: 'delivered',
  INTERNAL_INVOICE_DISCARDED: 'discarded',
  INTERNAL_INVOICE_NOT_DELIVERED: 'notDelivered',
} as const satisfies Record<NotificationStatus, InvoiceEvent>;

/**
 * Names the event that a contract notification stands for.
 * @param status the status that SdI's notification carries
 * @returns the event to ask the table about
 */
export function eventOf(status: NotificationStatus): InvoiceEvent {
  return eventOfNotification[status];
}

/**
 * Finds the event that leads to a status, for manual changes (`PUT /invoices/{n}/status`).
 * @param status the status somebody wants
 * @returns the event, or undefined for `INTERNAL_INVOICE_NEW`, to which nothing leads
 */
export function eventLeadingTo(status: InvoiceStatus): InvoiceEvent | undefined {
  const byHand = invoiceEvents.filter((event) => event !== 'resent' && event !== 'returned');
  return byHand.find((event) => invoiceMoves[event].to === status);
}
