// dbmanager: stores a corrected document under a new file name; the file before stays with its transmission.
import type { Transmitter } from '@staffetta/fatturapa/file-name.ts';
import { HubError } from '@staffetta/flow/errors.ts';
import { uuidv7 } from '@staffetta/platform/ids.ts';
import type { Tx } from '@staffetta/platform/store/store.ts';
import { hash } from 'node:crypto';
import type { DbmanagerOptions } from './config.ts';
import { insertContents } from './contents.ts';
import type { Decision } from './decide-invoice.ts';
import { documentRows, isToOffices } from './document-rows.ts';
import { deleteDocuments, insertDocuments } from './documents.ts';
import { mailboxOf } from './fiscal-profiles.ts';
import type { IncomingRequest } from './incoming-request.ts';
import { pointToTransmission, replaceFile } from './invoices.ts';
import { noteOffices } from './due-deadlines.ts';
import { freeOtherNumbers } from './issued-numbers.ts';
import { insertNamed } from './name-files.ts';
import { claimsOf } from './number-claims.ts';
import { writeComposed } from './write-composed.ts';

/** The ids of what is stored. */
interface Ids {
  readonly transmissionId: string;
  readonly contentId: string;
  readonly requestContentId: string | null;
}

async function nameFile(
  tx: Tx,
  { invoiceId, check, event }: IncomingRequest,
  { transmissionId, contentId }: Ids,
  { transmitter, signAs }: Decision & { readonly transmitter: Transmitter },
  options: DbmanagerOptions,
  at: Date,
): Promise<string> {
  const kind = signAs === 'cades' ? 'p7m' : check.fileKind;
  const mailbox = await mailboxOf(tx, event.message.customer.customerId);
  const file = { transmissionId, invoiceId, contentId, transmitter, kind, signAs: signAs ?? null, mailbox };
  const [named] = await insertNamed(tx, [file], options, at);
  if (!named) throw new HubError('UNEXPECTED', `No name was found for the corrected file of invoice ${invoiceId}.`);
  return named.fileName;
}

async function storeContents(tx: Tx, { bytes, sha256, asked }: IncomingRequest, ids: Ids): Promise<void> {
  const { contentId, requestContentId } = ids;
  const json =
    asked && requestContentId !== null
      ? [{ contentId: requestContentId, bytes: asked, sha256: hash('sha256', asked, 'buffer') }]
      : [];
  await insertContents(tx, [{ contentId, bytes, sha256 }, ...json]);
}

/**
 * Stores a corrected document that may go out.
 * @param tx a transaction that holds the invoice's row
 * @param request the document, with all its numbers
 * @param decision that it is accepted, and who names its file
 * @param options start and prefix of names, and whether numbers are owned
 * @param at the instant
 * @returns its transmission's id, to which the invoice points now
 */
export async function storeCorrection(
  tx: Tx,
  request: IncomingRequest,
  decision: Decision & { readonly transmitter: Transmitter },
  options: DbmanagerOptions,
  at: Date,
): Promise<string> {
  const { invoiceId, check, event } = request;
  const ids = { transmissionId: uuidv7(), contentId: uuidv7(), requestContentId: request.asked ? uuidv7() : null };
  const written = writeComposed(request, await nameFile(tx, request, ids, decision, options, at));
  await storeContents(tx, written, ids);
  await deleteDocuments(tx, invoiceId);
  await insertDocuments(tx, documentRows(invoiceId, check.documents, check.fileKind));
  if (options.duplicateCheck !== 'off') await freeOtherNumbers(tx, invoiceId, claimsOf(check.documents));
  const { contentId, requestContentId, transmissionId } = ids;
  const findings = decision.findings.length > 0 ? JSON.stringify(decision.findings) : null;
  const { fileKind, isText } = written;
  const fileName = event.message.fileName ?? null;
  await replaceFile(tx, invoiceId, { contentId, requestContentId, fileKind, isText, fileName, findings });
  await pointToTransmission(tx, invoiceId, transmissionId);
  if (isToOffices(check.documents)) await noteOffices(tx, [invoiceId]);
  return transmissionId;
}
