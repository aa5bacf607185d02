// receiver: the document of a request: refused if empty, too large or with a DOCTYPE; its bytes stay as they came.
import { readJsonDocument } from '@staffetta/fatturapa/compose/read-request.ts';
import { hasDoctype } from '@staffetta/fatturapa/doctype.ts';
import { HubError } from '@staffetta/flow/errors.ts';
import { isUtf8 } from 'node:buffer';
import type { InvoiceRequest } from './requests.ts';

/** The document as it travels: XML text whose UTF-8 is the exact bytes, the exact bytes in base64, or a JSON object. */
export type TravellingDocument =
  | { readonly invoice: string }
  | { readonly file: string }
  | { readonly document: Readonly<Record<string, unknown>> };

/**
 * Takes the document out of a JSON request.
 * @param body the request
 * @param bytesMax the largest document, in bytes
 * @throws HubError BODY_NOT_VALID without a document, with two, with an empty one, with what is no base64, or with a JSON document that
 *   has none of its shapes (the first thing that does not fit, with its path); DOCUMENT_TOO_LARGE; DOCTYPE_REFUSED
 */
export function documentOfJson(
  body: Pick<InvoiceRequest, 'invoice' | 'file' | 'document'>,
  bytesMax: number,
): TravellingDocument {
  const { invoice, file, document } = body;
  const given = [typeof invoice === 'string', typeof file === 'string' && file !== '', isGiven(document)];
  if (given.filter(Boolean).length > 1) {
    const rule = '`invoice`, `file` and `document`; one document is enough';
    throw new HubError('BODY_NOT_VALID', `The body has more than one of ${rule}.`);
  }
  if (isGiven(document)) return { document: checkJson(document, bytesMax) };
  if (typeof file === 'string' && typeof invoice !== 'string') {
    const bytes = bytesOfBase64(file);
    checkBytes(bytes, bytesMax);
    return { file: bytes.toString('base64') };
  }
  return { invoice: checkText(invoice ?? '', bytesMax) };
}

function isGiven<T>(value: T | null | undefined): value is T {
  return value !== undefined && value !== null;
}

function checkJson(document: Readonly<Record<string, unknown>>, bytesMax: number): Readonly<Record<string, unknown>> {
  const reading = readJsonDocument(document);
  if (!reading.ok) {
    const [first] = reading.findings;
    throw new HubError(
      'BODY_NOT_VALID',
      `body/document${first?.path ?? ''}: ${first?.message.en} ${first?.fix?.en ?? ''}`,
    );
  }
  // Only now: the shape bounds the depth, which a writer of JSON must trust.
  checkSize(Buffer.byteLength(JSON.stringify(document)), bytesMax);
  return document;
}

/**
 * Takes raw bytes as a document.
 * @param bytes the body
 * @param mediaType its media type without parameters
 * @param bytesMax the largest document, in bytes
 * @throws HubError as `documentOfJson`
 */
export function documentOfBytes(
  bytes: Buffer,
  mediaType: string,
  bytesMax: number,
): { readonly invoice: string } | { readonly file: string } {
  checkBytes(bytes, bytesMax);
  return isXmlText(bytes, mediaType) ? { invoice: bytes.toString('utf8') } : { file: bytes.toString('base64') };
}

function checkText(text: string, bytesMax: number): string {
  checkSize(Buffer.byteLength(text), bytesMax);
  // A zero character is no XML, but the bytes might be read as UTF-16: then they are what must be looked at.
  if (hasDoctype(text.slice(0, 4).includes('\0') ? Buffer.from(text) : text)) throw doctypeRefused();
  if (!text.isWellFormed())
    throw new HubError('BODY_NOT_VALID', 'body/invoice holds half a character (a lone surrogate).');
  return text;
}

function checkBytes(bytes: Buffer, bytesMax: number): void {
  checkSize(bytes.length, bytesMax);
  if (hasDoctype(bytes)) throw doctypeRefused();
}

function checkSize(size: number, bytesMax: number): void {
  if (size === 0) throw new HubError('BODY_NOT_VALID', 'The document is empty.');
  if (size > bytesMax) {
    throw new HubError('DOCUMENT_TOO_LARGE', `The document has ${size} bytes, the limit is ${bytesMax}.`);
  }
}

function doctypeRefused(): HubError {
  return new HubError('DOCTYPE_REFUSED', 'The document carries a DOCTYPE.');
}

function bytesOfBase64(text: string): Buffer {
  const compact = /\s/.test(text) ? text.replaceAll(/\s+/g, '') : text;
  if (compact.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(compact)) {
    throw new HubError('BODY_NOT_VALID', 'body/file is no base64.');
  }
  return Buffer.from(compact, 'base64');
}

function isXmlText(bytes: Buffer, mediaType: string): boolean {
  const marked = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  if (marked || mediaType === 'application/pkcs7-mime' || mediaType === 'application/zip' || !isUtf8(bytes))
    return false;
  return mediaType !== 'application/octet-stream' || /^\s*</.test(bytes.toString('latin1', 0, 256));
}
