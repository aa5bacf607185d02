// receiver: SdI's notice MT that comes with an invoice: refused where it is none, else it travels as it came.
import { incomingMetadata } from '@staffetta/fatturapa/notices/incoming-metadata.ts';
import { HubError } from '@staffetta/flow/errors.ts';
import { certifiedBy } from './certified-at.ts';
import { bytesOfBase64, checkBound } from './read-document.ts';
import type { InvoiceRequest } from './requests.ts';

/** The notice as it travels: its exact bytes in base64, and its name. */
export interface TravellingMetadata {
  readonly metadata: string;
  readonly metadataName?: string;
  /** The PEC mailbox that it came to. */
  readonly mailbox?: string;
  /** When the mail that brought it was certified, ISO 8601 in UTC. */
  readonly certifiedAt?: string;
}

/**
 * Takes SdI's data about an incoming file out of a JSON request.
 * @param body the request
 * @param bytesMax the largest file, in bytes
 * @param createdBy who calls: only the service mailbox knows when a mail was certified
 * @returns undefined where the request has none
 * @throws HubError BODY_NOT_VALID for what is no base64 or no notice MT; DOCUMENT_TOO_LARGE
 */
export function metadataOf(
  {
    metadata,
    metadataName,
    mailbox,
    certifiedAt,
  }: Pick<InvoiceRequest, 'metadata' | 'metadataName' | 'mailbox' | 'certifiedAt'>,
  bytesMax: number,
  createdBy: string,
): TravellingMetadata | undefined {
  if (metadata === undefined || metadata === null || metadata === '') return undefined;
  const bytes = bytesOfBase64(metadata, 'metadata');
  checkBound(bytes.length, bytesMax);
  if (!incomingMetadata(bytes)) {
    throw new HubError('BODY_NOT_VALID', 'body/metadata is no notice MT of SdI (MetadatiInvioFile or FileMetadati).');
  }
  return {
    metadata: bytes.toString('base64'),
    ...(metadataName && { metadataName }),
    ...(mailbox && { mailbox }),
    ...certifiedBy(createdBy, certifiedAt),
  };
}
