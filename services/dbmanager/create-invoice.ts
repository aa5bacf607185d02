// dbmanager: an invoice that is asked for here enters the saga like any other: as an event, stored by the same step.
import { jsonTextOf } from '@staffetta/fatturapa/compose/json-text.ts';
import { hasDoctype } from '@staffetta/fatturapa/doctype.ts';
import { HubError } from '@staffetta/flow/errors.ts';
import { speakAs, type EncodedEvent } from '@staffetta/flow/events.ts';
import { uuidv7 } from '@staffetta/platform/ids.ts';
import { insistOnCallback } from './change-invoices.ts';
import { isCorrelationId, isFileName, isIdempotencyKey } from './request-texts.ts';

/** What somebody wants to send. */
export interface NewInvoiceWish {
  readonly customerId: number;
  readonly invoice?: string | undefined;
  readonly file?: string | undefined;
  /** The invoice as JSON. */
  readonly document?: Readonly<Record<string, unknown>> | undefined;
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

function insistOnJson(document: Readonly<Record<string, unknown>>): string {
  const written = jsonTextOf(document);
  if (written.ok) return written.text;
  throw new HubError('BODY_NOT_VALID', written.fault, undefined, written.findings);
}

/**
 * Insists on one document that may be looked at.
 * @param wish what somebody wants to send
 * @param bytesMax the largest document
 * @throws HubError BODY_NOT_VALID, DOCUMENT_TOO_LARGE, DOCTYPE_REFUSED
 */
export function insistOnDocument(
  { invoice, file, document }: Pick<NewInvoiceWish, 'invoice' | 'file' | 'document'>,
  bytesMax: number,
): void {
  if ([invoice, file, document].filter((one) => one !== undefined).length !== 1) {
    throw new HubError('BODY_NOT_VALID', 'body must have one of invoice (text), file (base64) and document (JSON).');
  }
  if (invoice === '' || file === '') throw new HubError('BODY_NOT_VALID', 'The document is empty.');
  const text = invoice ?? (document && insistOnJson(document));
  const bytes = text === undefined ? Buffer.byteLength(file ?? '', 'base64') : Buffer.byteLength(text);
  if (bytes > bytesMax) throw new HubError('DOCUMENT_TOO_LARGE', `The document has ${bytes} bytes, over ${bytesMax}.`);
  if (!document && hasDoctype(invoice ?? Buffer.from(file ?? '', 'base64'))) {
    throw new HubError('DOCTYPE_REFUSED', 'The document carries a DOCTYPE.');
  }
}

function insistOnTexts({ callback, fileName, correlationId, idempotencyKey }: NewInvoiceWish): void {
  if (callback !== undefined) insistOnCallback(callback);
  if (fileName !== undefined && !isFileName(fileName)) {
    throw new HubError('BODY_NOT_VALID', 'body/fileName must be a plain file name of at most 255 characters.');
  }
  if (!isCorrelationId(correlationId)) {
    throw new HubError(
      'BODY_NOT_VALID',
      'body/correlationId must be 1 to 200 printable ASCII characters without blanks.',
    );
  }
  if (idempotencyKey !== undefined && !isIdempotencyKey(idempotencyKey)) {
    throw new HubError('BODY_NOT_VALID', 'The header Idempotency-Key must be 1 to 255 printable ASCII characters.');
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
  insistOnTexts(wish);
  const invoiceId = uuidv7();
  const { invoice, file, document, fileName, callback, idempotencyKey, correlationId, correlationGiven, causationId } =
    wish;
  const message = {
    invoiceId,
    invoiceStatus: 'INTERNAL_INVOICE_NEW',
    customer: { customerId: wish.customerId },
    correlationId,
    correlationGiven,
    createdBy: wish.by,
    ...(invoice !== undefined && { invoice }),
    ...(file !== undefined && { file }),
    ...(document !== undefined && { document }),
    ...(fileName !== undefined && { fileName }),
    ...(callback !== undefined && { callback }),
    ...(idempotencyKey !== undefined && { idempotencyKey }),
  } as const;
  const meta = { eventId: uuidv7(), correlationId, ...(causationId !== undefined && { causationId }) };
  return speak('incomingInvoice', invoiceId, message, meta);
}
