// dbmanager: the event that takes a transmission on: to the signer where it waits for its signature, else to the sender.
import type { EncodedEvent } from '@staffetta/flow/events.ts';
import {
  outgoingEvent,
  outgoingSignedEvent,
  outgoingJson,
  outgoingSignedJson,
  unsignedEvent,
  unsignedJson,
  type Cause,
} from './invoice-events.ts';
import { documentJson, fileJson } from './invoice-value.ts';
import type { FullInvoiceView } from './invoice-views.ts';
import type { TransmissionFile } from './unsigned-transmissions.ts';

/** The file is the invoice's own document, which travels as it is told; a signed file, or that of an older transmission, is not. */
function isDocument({ signedAt, bytes }: TransmissionFile, view: FullInvoiceView): boolean {
  return signedAt === null && bytes.equals(view.bytes);
}

function toBeSent(view: FullInvoiceView): FullInvoiceView {
  return { ...view, status: 'INTERNAL_INVOICE_TOBE_SENT' };
}

/**
 * Writes what the sender needs of a transmission, with the bytes that this one sends.
 * @param view the invoice as it is now
 * @param file the transmission
 */
export function outgoingValue(view: FullInvoiceView, file: TransmissionFile): Buffer {
  if (!isDocument(file, view)) return outgoingSignedJson(view, file);
  return outgoingJson(toBeSent(view), documentJson(view, view.bytes), file);
}

/** Bytes to sign as a file, and the invoice beside them, which is not told as text then. */
function unsignedParts(
  view: FullInvoiceView,
  { bytes, fileName, ...file }: TransmissionFile,
  format: 'cades' | 'xades',
) {
  const asked = { transmissionId: file.transmissionId, fileName, sha256: file.sha256, format };
  if (bytes.equals(view.bytes)) return [view, documentJson(view, view.bytes), asked] as const;
  return [{ ...view, isText: false }, fileJson(bytes, fileName), asked] as const;
}

/**
 * Writes what the signer needs of a transmission.
 * @param view the invoice as it is now
 * @param file the transmission
 * @returns undefined where nothing is to be signed, or is signed already: a file needs no second signature
 */
export function unsignedValue(view: FullInvoiceView, file: TransmissionFile): Buffer | undefined {
  if (file.signAs === null || file.signedAt !== null) return undefined;
  return unsignedJson(...unsignedParts(view, file, file.signAs));
}

/**
 * Makes the event that takes a transmission on.
 * @param view the invoice, TOBE_SENT
 * @param file the transmission
 * @param cause what caused it
 */
export function nextEvent(view: FullInvoiceView, file: TransmissionFile, cause: Cause): EncodedEvent {
  if (file.signAs !== null && file.signedAt === null) {
    return unsignedEvent(...unsignedParts(view, file, file.signAs), cause);
  }
  if (!isDocument(file, view)) return outgoingSignedEvent(view, file, cause);
  return outgoingEvent(view, documentJson(view, view.bytes), file, cause);
}
