// sender: the file of an invoice on its way out, as the bus brings it.
import { HubError } from '@staffetta/flow/errors.ts';
import type { Incoming } from '@staffetta/platform/service.ts';
import { createHash } from 'node:crypto';
import type { ChannelFile } from './channel.ts';

/** An invoice on its way out, with its record. */
export type Outgoing = Incoming<'outgoingInvoice'>;

const uuidForm = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

function placeOf({ record }: Outgoing): string {
  return `${record.topic}-${record.partition}@${record.offset}`;
}

/**
 * Insists on ids that the ledger can take, before anything is mailed that could not be noted.
 * @throws HubError MESSAGE_NOT_READABLE
 */
export function insistOnIds(event: Outgoing): void {
  const { invoiceId, transmission } = event.message;
  if (uuidForm.test(transmission.transmissionId) && uuidForm.test(invoiceId)) return;
  const words = `The ids of the invoice and its transmission at ${placeOf(event)} are no UUIDs.`;
  throw new HubError('MESSAGE_NOT_READABLE', words);
}

/** Foreign writers put what they like into their events; a header takes printable ASCII. */
export function headerForm(correlationId: string): string {
  return correlationId.slice(0, 200).replaceAll(/[^\x21-\x7e]/g, '?');
}

/** The exact bytes: wrong ones never go out. */
function exactBytes(event: Outgoing): Buffer {
  const { file, invoice, transmission } = event.message;
  const bytes = file === undefined ? Buffer.from(invoice ?? '') : Buffer.from(file, 'base64');
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  if (sha256 === transmission.sha256) return bytes;
  const words = `The bytes of ${transmission.fileName} at ${placeOf(event)} are not those of its transmission.`;
  throw new HubError('MESSAGE_NOT_READABLE', words);
}

/**
 * Makes the file of an invoice ready for a channel.
 * @param event the invoice
 * @param recipient where SdI takes it
 * @throws HubError MESSAGE_NOT_READABLE where the bytes are not those that the transmission names
 */
export function fileOf(event: Outgoing, recipient: string): ChannelFile {
  const { transmissionId, fileName } = event.message.transmission;
  const correlationId = headerForm(event.correlationId);
  return { transmissionId, fileName, content: exactBytes(event), correlationId, recipient };
}
