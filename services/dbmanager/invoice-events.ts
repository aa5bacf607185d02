// dbmanager: the events it publishes about invoices, each with what its value can be built again from.
import { encodeEvent, type EncodedEvent } from '@staffetta/flow/events.ts';
import { eventHeaders } from '@staffetta/flow/flows.ts';
import type { TraceContext } from '@staffetta/flow/trace-context.ts';
import type { Finding, SavedInvoice, UnsignedInvoice } from '@staffetta/flow/messages.ts';
import { uuidv7 } from '@staffetta/platform/ids.ts';
import { fileJson, invoiceJson } from './invoice-value.ts';
import type { InvoiceView } from './invoice-views.ts';
import type { Transmission } from './transmissions.ts';

/** What made us publish: the event of the bus, or a request. */
export interface Cause {
  readonly eventId: string | undefined;
  readonly correlationId: string;
  readonly trace: TraceContext | undefined;
}

function causeMeta(cause: Cause) {
  return {
    ...(cause.eventId !== undefined && { causationId: cause.eventId }),
    trace: cause.trace,
  };
}

/**
 * An outcome: `savedInvoice` under the id `<invoiceId>:<sequence>`, the same whenever it is published again.
 * @param view the invoice as it is told (see `asTold`)
 * @param document as `documentJson` wrote it
 * @param cause what caused it
 */
export function outcomeEvent(view: InvoiceView, document: string, cause: Cause): EncodedEvent {
  return encodeEvent('savedInvoice', view.invoiceId, invoiceJson(view, document), {
    eventId: `${view.invoiceId}:${view.sequence}`,
    // The invoice's own: the customer recognises its callback by it, whoever brought the news.
    correlationId: view.correlationId,
    reference: `outcome:${view.invoiceId}:${view.sequence}`,
    ...causeMeta(cause),
  });
}

/**
 * An answer that repeats the invoice's present state: it ends the waiting and calls nobody.
 * @param view the invoice as it is
 * @param document as `documentJson` wrote it
 * @param cause what asked
 * @param findings why nothing changed, where somebody should know
 */
export function repeatedEvent(
  view: InvoiceView,
  document: string,
  cause: Cause,
  findings: readonly Finding[] = [],
): EncodedEvent {
  const more = findings.length > 0 ? { findings } : {};
  return encodeEvent('savedInvoice', view.invoiceId, invoiceJson(view, document, more), {
    eventId: uuidv7(),
    correlationId: view.correlationId,
    headers: { [eventHeaders.repeated]: 'true' },
    reference: `state:${view.invoiceId}`,
    ...causeMeta(cause),
  });
}

/**
 * The answer about an invoice that nobody knows: INVALID, without id and sequence.
 * @param key the key of the event that asked, so that the order holds
 * @param asked who and what was named
 * @param finding what is wrong
 * @param cause what asked
 */
export function unknownEvent(
  key: string,
  asked: { readonly customerId: number; readonly invoiceNumber?: number },
  finding: Finding,
  cause: Cause,
): EncodedEvent {
  const message: SavedInvoice = {
    ...(asked.invoiceNumber !== undefined && { invoiceNumber: asked.invoiceNumber }),
    invoiceStatus: 'INTERNAL_INVOICE_INVALID',
    customer: { customerId: asked.customerId },
    correlationId: cause.correlationId,
    findings: [finding],
  };
  return encodeEvent('savedInvoice', key, Buffer.from(JSON.stringify(message)), {
    eventId: cause.eventId === undefined ? uuidv7() : `${cause.eventId}:unknown`,
    correlationId: cause.correlationId,
    ...causeMeta(cause),
  });
}

/** What the sender needs to know of a file. */
export type SendingFile = Pick<Transmission, 'transmissionId' | 'fileName' | 'sha256' | 'mailbox'>;

/**
 * Writes what the sender needs of a transmission.
 * @param view the invoice
 * @param document as `documentJson` wrote it
 * @param transmission the file's name and hash
 */
export function outgoingJson(view: InvoiceView, document: string, transmission: SendingFile): Buffer {
  const { transmissionId, fileName, sha256, mailbox } = transmission;
  const from = mailbox !== null && { mailbox };
  return invoiceJson(view, document, { transmission: { transmissionId, fileName, sha256, ...from } });
}

/**
 * A valid invoice on its way to the sender, under its transmission's id.
 * @param view the invoice, TOBE_SENT
 * @param document as `documentJson` wrote it
 * @param transmission the file's name and hash
 * @param cause what caused it
 */
export function outgoingEvent(
  view: InvoiceView,
  document: string,
  transmission: SendingFile,
  cause: Cause,
): EncodedEvent {
  return encodeEvent('outgoingInvoice', view.invoiceId, outgoingJson(view, document, transmission), {
    eventId: transmission.transmissionId,
    correlationId: view.correlationId,
    reference: `outgoing:${transmission.transmissionId}`,
    ...causeMeta(cause),
  });
}

/** The signed file of a transmission. */
export interface SignedFile extends SendingFile {
  readonly bytes: Buffer;
}

/**
 * Writes what the sender needs of a transmission whose file was signed: the signed bytes take the place of the document.
 * @param view the invoice
 * @param signed the file
 */
export function outgoingSignedJson(view: InvoiceView, { bytes, ...transmission }: SignedFile): Buffer {
  const told: InvoiceView = { ...view, status: 'INTERNAL_INVOICE_TOBE_SENT', isText: false };
  return outgoingJson(told, fileJson(bytes, transmission.fileName), transmission);
}

/**
 * A signed invoice on its way to the sender, under its transmission's id.
 * @param view the invoice
 * @param signed the file
 * @param cause what caused it
 */
export function outgoingSignedEvent(view: InvoiceView, signed: SignedFile, cause: Cause): EncodedEvent {
  return encodeEvent('outgoingInvoice', view.invoiceId, outgoingSignedJson(view, signed), {
    eventId: signed.transmissionId,
    correlationId: view.correlationId,
    reference: `outgoing:${signed.transmissionId}`,
    ...causeMeta(cause),
  });
}

/**
 * Writes what the signer needs of a transmission.
 * @param view the invoice
 * @param document as `documentJson` wrote it
 * @param transmission the file's name and hash, and how it is to be signed
 */
export function unsignedJson(
  view: InvoiceView,
  document: string,
  { transmissionId, fileName, sha256, format }: UnsignedInvoice['transmission'],
): Buffer {
  return invoiceJson(view, document, { transmission: { transmissionId, fileName, sha256, format } });
}

/**
 * A valid invoice on its way to the signer.
 * @param view the invoice, TOBE_SENT
 * @param document as `documentJson` wrote it
 * @param transmission the file's name and hash, and how it is to be signed
 * @param cause what caused it
 */
export function unsignedEvent(
  view: InvoiceView,
  document: string,
  transmission: UnsignedInvoice['transmission'],
  cause: Cause,
): EncodedEvent {
  return encodeEvent('unsignedInvoice', view.invoiceId, unsignedJson(view, document, transmission), {
    eventId: `${transmission.transmissionId}:unsigned`,
    correlationId: view.correlationId,
    reference: `unsigned:${transmission.transmissionId}`,
    ...causeMeta(cause),
  });
}
