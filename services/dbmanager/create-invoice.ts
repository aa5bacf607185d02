// dbmanager: an invoice that is asked for here enters the saga like any other: as an event, stored by the same step.
import { hasDoctype } from '@staffetta/fatturapa/doctype.ts';
import { HubError } from '@staffetta/flow/errors.ts';
import { speakAs, type EncodedEvent } from '@staffetta/flow/events.ts';
import { uuidv7 } from '@staffetta/platform/ids.ts';
import { insistOnCallback } from './change-invoices.ts';
import { isStorable } from './storable-text.ts';

/** What somebody wants to send. */
export interface NewInvoiceWish {
  readonly customerId: number;
  readonly invoice?: string | undefined;
  readonly file?: string | undefined;
  readonly fileName?: string | undefined;
  readonly callback?: string | undefined;
  readonly correlationId: string;
  /** The caller gave the correlation id: with the document's hash it tells double requests. */
  readonly correlationGiven: boolean;
  readonly idempotencyKey?: string | undefined;
  readonly by: string;
  readonly causationId?: string | undefined;
}

const speak = speakAs('dbmanager');

function insistOnDocument({ invoice, file }: NewInvoiceWish, bytesMax: number): void {
  if ((invoice === undefined) === (file === undefined)) {
    throw new HubError('BODY_NOT_VALID', 'body must have either invoice (text) or file (base64).');
  }
  if (invoice === '' || file === '') throw new HubError('BODY_NOT_VALID', 'The document is empty.');
  const bytes = invoice === undefined ? Buffer.byteLength(file ?? '', 'base64') : Buffer.byteLength(invoice);
  if (bytes > bytesMax) throw new HubError('DOCUMENT_TOO_LARGE', `The document has ${bytes} bytes, over ${bytesMax}.`);
  if (hasDoctype(invoice ?? Buffer.from(file ?? '', 'base64'))) {
    throw new HubError('DOCTYPE_REFUSED', 'The document carries a DOCTYPE.');
  }
}

/**
 * Makes the event that brings a new internal invoice into the saga.
 * @param wish what to send, for whom, and who asks
 * @param bytesMax the largest document
 * @throws HubError BODY_NOT_VALID, DOCUMENT_TOO_LARGE, DOCTYPE_REFUSED, CALLBACK_NOT_ALLOWED
 */
export function newInvoiceEvent(wish: NewInvoiceWish, bytesMax: number): EncodedEvent {
  insistOnDocument(wish, bytesMax);
  if (wish.callback !== undefined) insistOnCallback(wish.callback);
  const { fileName: name } = wish;
  // As at the receiver: separators and control characters have no place in a name that may become an attachment's.
  if (name !== undefined && !/^[^/\\\p{Cc}]{1,255}$/u.test(name)) {
    throw new HubError('BODY_NOT_VALID', 'body/fileName must be a plain file name of at most 255 characters.');
  }
  for (const field of ['correlationId', 'idempotencyKey'] as const) {
    const text = wish[field];
    if (text !== undefined && !isStorable(text, 200)) {
      throw new HubError('BODY_NOT_VALID', `${field} is longer than 200 characters or no valid text.`);
    }
  }
  const invoiceId = uuidv7();
  const { invoice, file, fileName, callback, idempotencyKey, correlationId, correlationGiven, causationId } = wish;
  const message = {
    invoiceId,
    invoiceStatus: 'INTERNAL_INVOICE_NEW',
    customer: { customerId: wish.customerId },
    correlationId,
    correlationGiven,
    createdBy: wish.by,
    ...(invoice !== undefined && { invoice }),
    ...(file !== undefined && { file }),
    ...(fileName !== undefined && { fileName }),
    ...(callback !== undefined && { callback }),
    ...(idempotencyKey !== undefined && { idempotencyKey }),
  } as const;
  const meta = { eventId: uuidv7(), correlationId, ...(causationId !== undefined && { causationId }) };
  return speak('incomingInvoice', invoiceId, message, meta);
}
