// sender: invoices on their way out, for its tests.
import { decodeEvent, encodeEvent, type EncodedEvent } from '@staffetta/flow/events.ts';
import { uuidv7 } from '@staffetta/platform/ids.ts';
import { createHash } from 'node:crypto';
import type { Outgoing } from './outgoing-file.ts';

/** Makes the event of an invoice by its file's name; ids are new where none are given, the correlation id is `c-<name>`. */
export function outgoing(
  fileName: string,
  transmissionId: string = uuidv7(),
  changes: { readonly invoiceId?: string; readonly correlationId?: string } = {},
): EncodedEvent {
  const bytes = Buffer.from(`<a>è ${fileName}</a>`);
  const { invoiceId = uuidv7(), correlationId = `c-${fileName}` } = changes;
  const message = {
    invoiceId,
    invoiceNumber: 7,
    invoiceStatus: 'INTERNAL_INVOICE_TOBE_SENT',
    file: bytes.toString('base64'),
    customer: { customerId: 2 },
    transmission: { transmissionId, fileName, sha256: createHash('sha256').update(bytes).digest('hex') },
  };
  const value = Buffer.from(JSON.stringify(message));
  return encodeEvent('outgoingInvoice', invoiceId, value, { eventId: uuidv7(), correlationId });
}

/** The same as a step gets it from the log. */
export function incoming(event: EncodedEvent): Outgoing {
  const record = { ...event, partition: 0, offset: 0n, timestamp: new Date(0) };
  return decodeEvent('outgoingInvoice', record, 'outgoingInvoice-0@0');
}
