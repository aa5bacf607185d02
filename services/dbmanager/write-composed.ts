// dbmanager: writes a document made of JSON once its number and its file's name are known.
import { nameSending } from '@staffetta/fatturapa/compose/number-document.ts';
import { parseFileName } from '@staffetta/fatturapa/file-name.ts';
import { writeDocument } from '@staffetta/fatturapa/write/write-document.ts';
import { hash } from 'node:crypto';
import type { IncomingRequest } from './incoming-request.ts';

/**
 * Writes the XML: ProgressivoInvio is that of the file's name, IdTrasmittente who names it.
 * @param request a valid one with all its numbers
 * @param fileName the name that it goes to SdI with
 * @returns the request with the exact bytes that are stored; as it is where it was not made of JSON
 */
export function writeComposed(request: IncomingRequest, fileName: string): IncomingRequest {
  const name = parseFileName(fileName);
  if (!request.file || !name) return request;
  nameSending(request.file.document, { transmitter: name.transmitter, progressive: name.progressive });
  const bytes = writeDocument(request.file.document);
  return { ...request, bytes, text: bytes.toString('utf8'), sha256: hash('sha256', bytes, 'buffer'), isText: true };
}
