// flow: the whole saga on one page; what each topic carries, who speaks, who listens, and what happens when we give up.
import type { Static, TSchema } from 'typebox';
import type { InvoiceEvent } from './invoice-moves.ts';
import {
  CustomerCommand,
  IncomingInvoice,
  InvoiceCommand,
  OutgoingInvoice,
  PecReceipt,
  SavedCustomer,
  SavedInvoice,
  SdiAddress,
  SdiNotice,
  SdiNotificationDto,
  SentInvoice,
  SignedInvoice,
  UnsignedInvoice,
} from './messages.ts';
import type { ServiceName } from './services.ts';

/** One flow of the saga. `key` keeps one invoice's events in order; `waits` names its time-out's watcher. */
export interface Flow {
  readonly topic: string;
  readonly from: readonly (ServiceName | 'trusted systems')[];
  readonly to: readonly (ServiceName | 'trusted systems')[];
  readonly key: string;
  readonly message: TSchema;
  readonly moves: readonly InvoiceEvent[];
  readonly means: string;
  readonly givesUp: string;
}

/** Every flow of the hub by name; the name is the topic. */
export const flows = {
  incomingInvoice: {
    topic: 'incomingInvoice',
    from: ['receiver', 'dbmanager'],
    to: ['dbmanager', 'receiver'],
    key: 'invoiceId',
    message: IncomingInvoice,
    moves: ['accepted', 'rejected', 'received'],
    means: 'an invoice to validate and store; the receiver reads it too, to know what it waits for',
    givesUp:
      'incomingInvoice.DLT: not readable, not saved after all tries, or not saved in time; replay stores it once',
  },
  savedInvoice: {
    topic: 'savedInvoice',
    from: ['dbmanager'],
    to: ['receiver'],
    key: 'invoiceId',
    message: SavedInvoice,
    moves: [],
    means: 'the outcome of a save or of an update: ends the waiting, starts the callback',
    givesUp: 'savedInvoice.DLT: the callback failed for good; replay calls back again',
  },
  unsignedInvoice: {
    topic: 'unsignedInvoice',
    from: ['dbmanager'],
    to: ['signer'],
    key: 'invoiceId',
    message: UnsignedInvoice,
    moves: [],
    means: 'a valid internal invoice, named, that must be signed before it goes out',
    givesUp: 'unsignedInvoice.DLT: not readable, or not signed after all tries; it stays TOBE_SENT; replay signs it',
  },
  signedInvoice: {
    topic: 'signedInvoice',
    from: ['signer'],
    to: ['dbmanager'],
    key: 'invoiceId',
    message: SignedInvoice,
    moves: [],
    means: 'its signed file, which goes out in place of the original',
    givesUp: 'signedInvoice.DLT: not stored after all tries; replay stores it',
  },
  outgoingInvoice: {
    topic: 'outgoingInvoice',
    from: ['dbmanager'],
    to: ['sender'],
    key: 'invoiceId',
    message: OutgoingInvoice,
    moves: ['sent', 'notSent'],
    means:
      'a valid internal invoice, named, signed where it must be, and ready to be mailed; or the answer (EC) to a received one',
    givesUp:
      'outgoingInvoice.DLT: not readable, the result could not be told, or never confirmed (a late receipt closes that one); a refused mail is NOT_SENT instead',
  },
  sentInvoice: {
    topic: 'sentInvoice',
    from: ['sender'],
    to: ['dbmanager'],
    key: 'invoiceId',
    message: SentInvoice,
    moves: ['sent', 'notSent'],
    means: 'what the mail server said: SENT or NOT_SENT',
    givesUp: 'sentInvoice.DLT: not stored after all tries; replay stores it',
  },
  dsiNotification: {
    topic: 'dsiNotification',
    from: ['receiver'],
    to: ['dbmanager', 'receiver'],
    key: 'customerId:invoiceNumber',
    message: SdiNotificationDto,
    moves: ['delivered', 'discarded', 'notDelivered'],
    means: "SdI's answer about an invoice; the receiver reads it too, to know what it waits for",
    givesUp:
      'dsiNotification.DLT: not readable, not saved after all tries, or not saved in time; replay applies it once',
  },
  sdiNotice: {
    topic: 'sdiNotice',
    from: ['receiver'],
    to: ['dbmanager'],
    key: "the notice's file name without its extension, in lower case",
    message: SdiNotice,
    moves: ['delivered', 'discarded', 'notDelivered'],
    means: "SdI's own notices (RC, NS, MC, NE, DT, AT, MT, SE …) about a file that was sent or received, verbatim",
    givesUp: 'sdiNotice.DLT: not readable, or not stored after all tries; replay keeps each notice once',
  },
  pecReceipt: {
    topic: 'pecReceipt',
    from: ['mailbox'],
    to: ['dbmanager', 'sender'],
    key: 'ofMessageId',
    message: PecReceipt,
    moves: ['sent', 'returned'],
    means: 'what the PEC provider certifies of a mail to SdI: taken, delivered, refused, not deliverable',
    givesUp: 'pecReceipt.DLT: not readable, or not stored after all tries; replay keeps each receipt once',
  },
  sdiAddress: {
    topic: 'sdiAddress',
    from: ['mailbox'],
    to: ['sender'],
    key: 'mailbox',
    message: SdiAddress,
    moves: [],
    means: "SdI's dedicated address for a mailbox, learned from its first answer",
    givesUp: 'sdiAddress.DLT: not readable, or not stored after all tries; the next mail of SdI says it again',
  },
  customerCommand: {
    topic: 'customerCommand',
    from: ['trusted systems'],
    to: ['dbmanager'],
    key: 'customerId',
    message: CustomerCommand,
    moves: [],
    means: 'create, update or delete a customer by message',
    givesUp: 'customerCommand.DLT: not readable, or not done after all tries',
  },
  savedCustomer: {
    topic: 'savedCustomer',
    from: ['dbmanager'],
    to: ['trusted systems'],
    key: 'customerId',
    message: SavedCustomer,
    moves: [],
    means: 'what became of a customer command',
    givesUp: 'nobody of ours reads it',
  },
  invoiceCommand: {
    topic: 'invoiceCommand',
    from: ['trusted systems'],
    to: ['dbmanager'],
    key: 'invoiceNumber',
    message: InvoiceCommand,
    moves: ['accepted', 'rejected', 'sent', 'notSent', 'delivered', 'discarded', 'notDelivered', 'failed'],
    means: 'create, update or delete an invoice by message; the outcome comes on savedInvoice',
    givesUp: 'invoiceCommand.DLT: not readable, or not done after all tries',
  },
} as const satisfies Record<string, Flow>;

/** The name of a flow, which is its topic. */
export type FlowName = keyof typeof flows;

/** The flows' names in the order of the road. */
export const flowNames = Object.keys(flows) as FlowName[];

/** The message that travels on a flow. */
export type MessageOf<F extends FlowName> = Static<(typeof flows)[F]['message']>;

/** The flows that a service must consume: its map of consumers has exactly these keys, or it does not compile. */
export type ConsumedBy<S extends ServiceName> = {
  [F in FlowName]: S extends (typeof flows)[F]['to'][number] ? F : never;
}[FlowName];

/** The flows on which a service may speak. */
export type PublishedBy<S extends ServiceName> = {
  [F in FlowName]: S extends (typeof flows)[F]['from'][number] ? F : never;
}[FlowName];

/** The topic of what could not be done: `<topic>.DLT`, as the contract spells it. */
export function deadLetterTopic(topic: string): string {
  return `${topic}.DLT`;
}

/** The headers that every event carries besides its body, in plain text. */
export const eventHeaders = {
  correlationId: 'X-Correlation-ID',
  traceparent: 'traceparent',
  tracestate: 'tracestate',
  eventId: 'x-event-id',
  causationId: 'x-causation-id',
  schemaVersion: 'schemaVersion',
  /** On `savedInvoice`: "true" when the outcome repeats what was already told (closes the waiting, calls nobody). */
  repeated: 'x-repeated',
  /** On a replayed event: the id of the dead letter it comes from. */
  replayOf: 'x-replay-of',
  /** On a record of a dead-letter topic: the event id whose dead letter this record closes. */
  closes: 'x-closes',
  /** On such a record: the service that did it after all. */
  closedBy: 'x-closed-by',
} as const;
