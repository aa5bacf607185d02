// dbmanager: the PEC provider's receipts as they come in, and the file of ours that each names by its Message-ID. Pure.
import { HubError } from '@staffetta/flow/errors.ts';
import type { PecReceiptKind } from '@staffetta/flow/messages.ts';
import { uuidv7 } from '@staffetta/platform/ids.ts';
import type { Incoming } from '@staffetta/platform/service.ts';
import { storableText } from '@staffetta/platform/store/storable-text.ts';
import { certifiedInstant } from './certified-instant.ts';

/** A receipt as the bus brings it. */
export type ReceiptEvent = Incoming<'pecReceipt'>;

/** What our Message-ID says: `<fileName.transmissionId@domain>`, as the sender makes it. */
export interface NamedTransmission {
  readonly transmissionId: string;
  readonly fileName: string;
}

/** A receipt that came in, in a form that can be stored. */
export interface ArrivedReceipt {
  readonly receiptId: string;
  readonly event: ReceiptEvent;
  readonly receipt: PecReceiptKind;
  readonly ofMessageId: string;
  /** Undefined where the Message-ID is none of ours. */
  readonly named: NamedTransmission | undefined;
  readonly mailbox: string;
  readonly mailId: string;
  readonly provider: string | null;
  readonly recipient: string | null;
  readonly certifiedAt: Date | null;
  readonly reason: string | null;
  readonly daticert: string | null;
  readonly sha256: Buffer;
}

const idForm = /^<?(.+)\.([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})@[^@]+$/i;

/**
 * Reads which transmission a Message-ID of ours belongs to. Providers write it as it was, in other case, with or without its brackets.
 * @param messageId as the receipt has it
 */
export function transmissionNamed(messageId: string): NamedTransmission | undefined {
  const [, fileName, transmissionId] = idForm.exec(messageId.trim()) ?? [];
  if (fileName === undefined || transmissionId === undefined) return undefined;
  return { fileName, transmissionId: transmissionId.toLowerCase() };
}

function textOf(text: string | undefined, lengthMax: number): string | null {
  return text === undefined || text.trim() === '' ? null : storableText(text, lengthMax);
}

const daticertMax = 200_000;

/**
 * Reads a receipt.
 * @param event as the bus brings it
 * @throws HubError MESSAGE_NOT_READABLE where its hash is none
 */
export function arrivedReceipt(event: ReceiptEvent): ArrivedReceipt {
  const { receipt, ofMessageId, mailbox, mailId, provider, recipient, at, reason, daticert, sha256 } = event.message;
  if (!/^[0-9a-f]{64}$/i.test(sha256)) {
    throw new HubError('MESSAGE_NOT_READABLE', 'The hash of the receipt is no SHA-256 in hexadecimal.');
  }
  return {
    receiptId: uuidv7(),
    event,
    receipt,
    ofMessageId: storableText(ofMessageId, 998),
    named: transmissionNamed(ofMessageId),
    mailbox: storableText(mailbox, 320),
    mailId: storableText(mailId, 200),
    provider: textOf(provider, 500),
    recipient: textOf(recipient, 320),
    certifiedAt: certifiedInstant(at),
    reason: textOf(reason, 2000),
    daticert: textOf(daticert, daticertMax),
    sha256: Buffer.from(sha256, 'hex'),
  };
}
