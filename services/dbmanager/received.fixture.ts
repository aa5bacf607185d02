// dbmanager: invoices that SdI brings, for its tests, with SdI's data about them (MT), and what SdI says of the answers.
import type { NewNotice } from '@staffetta/fatturapa/notices/write-notice.ts';
import { writeNotice } from '@staffetta/fatturapa/notices/write-notice.ts';
import type { IncomingInvoice } from '@staffetta/flow/messages.ts';
import { hash } from 'node:crypto';
import { documentOf, incoming } from './events.fixture.ts';

/** What a received invoice differs in. */
export interface ReceivedSketch {
  readonly sdiId: string;
  readonly fileName: string;
  readonly numbers?: readonly string[];
  readonly format?: 'FPA12' | 'FPR12';
  /** In place of the document that is made. */
  readonly xml?: string;
  /** B2B alone has it; that of the document where it is left out. */
  readonly hash?: string;
}

/** The document of a received invoice. */
export function receivedXml({ numbers = ['7'], format = 'FPA12', xml }: ReceivedSketch): string {
  if (xml !== undefined) return xml;
  const office = format === 'FPA12' ? 'UFABC1' : 'ABC1234';
  return documentOf(numbers)
    .replaceAll('FPR12', format)
    .replace('<CodiceDestinatario>ABC1234', `<CodiceDestinatario>${office}`);
}

/** MT. */
export function metadataOf(sketch: ReceivedSketch): NewNotice {
  const { sdiId, fileName, format = 'FPA12' } = sketch;
  const about = { IdentificativoSdI: sdiId, NomeFile: fileName, Formato: format, TentativiInvio: '1', MessageId: '9' };
  if (format === 'FPA12') return { family: 'PA', kind: 'MT', object: { ...about, CodiceDestinatario: 'UFABC1' } };
  const Hash = sketch.hash ?? hash('sha256', receivedXml(sketch));
  return { family: 'B2B', kind: 'MT', object: { ...about, CodiceDestinatario: 'ABC1234', Hash } };
}

/** The event that brings an invoice without SdI's data. */
export function bareEvent(sketch: ReceivedSketch, changes: Partial<IncomingInvoice> = {}) {
  const file = Buffer.from(receivedXml(sketch)).toString('base64');
  return incoming({
    invoiceStatus: 'EXTERNAL_INVOICE',
    file,
    fileName: sketch.fileName,
    createdBy: 'mailbox',
    ...changes,
  });
}

/** The event that brings an invoice with SdI's data, as the mailbox hands it in. */
export function receivedEvent(sketch: ReceivedSketch, changes: Partial<IncomingInvoice> = {}) {
  const metadata = writeNotice(metadataOf(sketch)).toString('base64');
  const idempotencyKey = `sdi:${sketch.sdiId}`;
  return bareEvent(sketch, { metadata, metadataName: 'MT_001.xml', idempotencyKey, ...changes });
}

/** SE: SdI does not take the answer. */
export function answerRejected(sketch: ReceivedSketch, messageId: string, buyersMessageId?: string): NewNotice {
  const named = buyersMessageId !== undefined && { MessageIdCommittente: buyersMessageId };
  const object = { IdentificativoSdI: sketch.sdiId, Scarto: 'EN01', MessageId: messageId, ...named } as const;
  return { family: 'PA', kind: 'SE', object };
}
