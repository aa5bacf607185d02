// receiver: accepts an invoice: gives it an id and puts it on incomingInvoice; it is kept once this returns.
import { HubError } from '@staffetta/flow/errors.ts';
import { speakAs, type EventMeta } from '@staffetta/flow/events.ts';
import type { IncomingInvoice } from '@staffetta/flow/messages.ts';
import type { Bus } from '@staffetta/platform/bus/bus.ts';
import { uuidv7 } from '@staffetta/platform/ids.ts';
import { checkCallbackUrl, type CallbackPolicy } from './callback-policy.ts';
import type { TravellingDocument } from './read-document.ts';
import type { TravellingMetadata } from './read-metadata.ts';
import type { RequestIds } from './request-ids.ts';

/** An invoice as it was asked to be accepted. */
export interface InvoiceToAccept {
  readonly status: IncomingInvoice['invoiceStatus'];
  readonly document: TravellingDocument;
  readonly fileName: string | undefined;
  /** SdI's notice MT that came with it. */
  readonly metadata: TravellingMetadata | undefined;
  readonly customerId: number;
  readonly callback: string | undefined;
  /** The caller's wish, if any. */
  readonly invoiceNumber: number | undefined;
  readonly ids: RequestIds;
  /** The caller's name, for the audit fields. */
  readonly createdBy: string;
}

const speak = speakAs('receiver');

/**
 * Accepts an invoice.
 * @param bus where to publish; concurrent requests share one produce request
 * @param policy where callbacks may go
 * @param asked what to accept
 * @returns the invoice's id, once the event is durable
 * @throws HubError CALLBACK_NOT_ALLOWED, BODY_NOT_VALID for a file name; BUS_AWAY or DATABASE_AWAY where it cannot be
 * kept
 */
export async function acceptInvoice(bus: Bus, policy: CallbackPolicy, asked: InvoiceToAccept): Promise<string> {
  if (asked.callback !== undefined) checkCallbackUrl(asked.callback, policy);
  const { fileName } = asked;
  if (fileName !== undefined) insistOnFileName(fileName);
  if (asked.metadata?.metadataName !== undefined) insistOnFileName(asked.metadata.metadataName);
  const invoiceId = uuidv7();
  await bus.publish([speak('incomingInvoice', invoiceId, messageOf(invoiceId, asked), metaOf(asked.ids))]);
  return invoiceId;
}

/**
 * Insists on a name that a file can have.
 * @param fileName as the caller gave it
 * @throws HubError BODY_NOT_VALID
 */
export function insistOnFileName(fileName: string): void {
  if (isFileName(fileName)) return;
  const rule = 'a plain file name of at most 255 UTF-16 units, without control or half characters';
  throw new HubError('BODY_NOT_VALID', `fileName must be ${rule}.`);
}

function isFileName(text: string): boolean {
  // Path separators and control characters have no place in a name that later becomes an attachment's; lone surrogates
  // and more than 300 units would be refused by those who read the event, after the 202.
  return text.length <= 255 && /^[^/\\\p{Cc}\p{Cs}]+$/u.test(text);
}

function messageOf(invoiceId: string, asked: InvoiceToAccept): IncomingInvoice {
  const { ids, callback, fileName, invoiceNumber } = asked;
  return {
    invoiceId,
    invoiceStatus: asked.status,
    ...asked.document,
    ...(fileName !== undefined && { fileName }),
    ...asked.metadata,
    customer: { customerId: asked.customerId },
    ...(callback !== undefined && { callback }),
    ...(invoiceNumber !== undefined && { invoiceNumber }),
    createdBy: asked.createdBy,
    correlationId: ids.correlationId,
    correlationGiven: ids.correlationGiven,
    ...(ids.idempotencyKey !== undefined && { idempotencyKey: ids.idempotencyKey }),
  };
}

/**
 * Makes what an event carries besides its message.
 * @param ids the request's ids
 */
export function metaOf({ correlationId, trace }: RequestIds): EventMeta {
  return { eventId: uuidv7(), correlationId, trace };
}
