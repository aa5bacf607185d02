// dbmanager: notes of received invoices what SdI says of them (MT), and until when a public body may answer.
import type { Tx } from '@staffetta/platform/store/store.ts';
import { insertReceivedFiles, type ReceivedFile } from './received-files.ts';

/** What SdI says of a received invoice. */
export interface Description extends Pick<ReceivedFile, 'invoiceId' | 'sdiId' | 'fileName' | 'format' | 'mailbox'> {
  /** When the mail that brought it was certified, where that is known. */
  readonly certifiedAt: Date | null;
}

/** A public body answers within 15 days of the delivery (DM 55/2013, art. 2 and annex B). */
const termMs = 15 * 86_400_000;

/**
 * Notes what SdI says of received invoices; what is known of one stays.
 * @param tx the transaction
 * @param described each invoice once
 * @param at when they were stored: the term runs from the mail's certified time where it is known and not later, else from then
 */
export async function describeInvoices(tx: Tx, described: readonly Description[], at: Date): Promise<void> {
  const files = described.map(({ certifiedAt, ...one }) => {
    const receivedAt = certifiedAt !== null && certifiedAt < at ? certifiedAt : at;
    return { ...one, receivedAt, answerBy: one.format === 'FPA12' ? new Date(receivedAt.getTime() + termMs) : null };
  });
  await insertReceivedFiles(tx, files);
}
